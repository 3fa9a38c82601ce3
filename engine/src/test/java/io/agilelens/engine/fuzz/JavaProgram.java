package io.agilelens.engine.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of the tests in a process of its own, with a heap of its own. */
public final class JavaProgram {
    private static final String[] FLAGS = {
        "--add-modules=jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        // Jazzer attaches its agent to the running process.
        "-XX:+EnableDynamicAgentLoading",
        "-XX:-CreateCoredumpOnCrash",
        // Heaps are small, and the tests beside it need the other cores.
        "-XX:+UseSerialGC",
        "-Djava.awt.headless=true",
    };

    private final List<String> command = new ArrayList<>();
    private final Path folder;

    /**
     * @param folder to run in; output and what a crash leaves are written there
     * @param megabytes the largest heap
     */
    public JavaProgram(Path folder, int megabytes) {
        this.folder = folder;
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(List.of(FLAGS));
        command.add("-Xmx" + megabytes + "m");
        command.add("-XX:ErrorFile=" + folder.resolve("hs_err.log"));
        command.add("-Djava.io.tmpdir=" + folder);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
    }

    /** Adds the main class, or an argument, or (before the class) a flag. */
    public JavaProgram with(String... arguments) {
        command.addAll(List.of(arguments));
        return this;
    }

    /**
     * What a program left.
     *
     * @param status its exit status
     * @param output all it printed, errors too
     */
    public record Result(int status, String output) {
        /** The end of the output, which is where programs say why they failed. */
        public String tail() {
            return output.substring(Math.max(0, output.length() - 6000));
        }
    }

    /** Starts it and returns at once. */
    public Process start() throws IOException {
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
    }

    /** Waits for the end of a started program. */
    public Result await(Process process, long seconds) throws IOException, InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            return new Result(-1, output() + "\nnot finished after " + seconds + " seconds");
        }
        return new Result(process.exitValue(), output());
    }

    public Result run(long seconds) throws IOException, InterruptedException {
        return await(start(), seconds);
    }

    private String output() throws IOException {
        return new String(
                Files.readAllBytes(folder.resolve("output")), StandardCharsets.ISO_8859_1);
    }
}
