package io.agilelens.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * A real Spark cluster on this machine: a master and workers in JVMs of their own, each of which
 * starts executors in JVMs of their own. What they run with are the libraries of the tests' class
 * path, laid out as Spark's release has them; the classes of AgileLens are not among them.
 */
final class StandaloneCluster implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("spark://127\\.0\\.0\\.1:\\d+");
    private static final long PATIENCE_SECONDS = 90;

    private final Path folder;
    private final Path home;
    private final List<Process> processes = new ArrayList<>();
    private final String address;

    StandaloneCluster(Path folder) throws IOException {
        this.folder = folder;
        this.home = Files.createDirectories(folder.resolve("home"));
        Path jars = Files.createDirectories(home.resolve("jars"));
        for (String entry :
                System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
            Path jar = Path.of(entry);
            boolean ours = jar.getFileName().toString().startsWith("agilelens-");
            if (Files.isRegularFile(jar) && !ours) {
                Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
            }
        }
        start("master", "org.apache.spark.deploy.master.Master", "--port", "0");
        this.address = waitFor("master", ADDRESS);
    }

    /** What a driver connects to. */
    String address() {
        return address;
    }

    /** Starts a worker with one core and waits until the master knows it. */
    Process startWorker(String name) throws IOException {
        Process worker =
                start(
                        name,
                        "org.apache.spark.deploy.worker.Worker",
                        "--cores",
                        "1",
                        "--memory",
                        "512m",
                        "--work-dir",
                        folder.resolve(name + "-work").toString(),
                        address);
        waitFor(name, Pattern.compile("Successfully registered with master"));
        return worker;
    }

    /** Kills a worker and the executors that it started, as a machine that loses its power. */
    static void kill(Process worker) {
        List<ProcessHandle> executors = worker.descendants().toList();
        worker.destroyForcibly();
        executors.forEach(ProcessHandle::destroyForcibly);
    }

    /** All that the processes said, for a test that failed. */
    String logs() {
        StringBuilder all = new StringBuilder();
        for (String name : List.of("master", "one", "two")) {
            all.append("== ").append(name).append('\n').append(log(name));
        }
        return all.toString();
    }

    private Process start(String name, String mainClass, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(
                Arrays.asList(JavaModuleOptions.defaultModuleOptions().trim().split("\\s+")));
        command.addAll(List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", home.resolve("jars") + "/*", mainClass));
        command.addAll(List.of("--host", "127.0.0.1", "--webui-port", "0"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(logFile(name).toFile());
        builder.environment().put("SPARK_HOME", home.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        builder.environment().put("SPARK_LOCAL_DIRS", folder.toString());
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private Path logFile(String name) {
        return folder.resolve(name + ".log");
    }

    private String log(String name) {
        try {
            return Files.exists(logFile(name)) ? Files.readString(logFile(name)) : "";
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private String waitFor(String name, Pattern wanted) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < end) {
            Matcher matcher = wanted.matcher(log(name));
            if (matcher.find()) {
                return matcher.group();
            }
            if (!processes.getLast().isAlive()) {
                break;
            }
            try {
                Thread.sleep(100);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        throw new IOException("%s did not say %s:%n%s".formatted(name, wanted, log(name)));
    }

    @Override
    public void close() {
        for (Process process : processes) {
            kill(process);
        }
        for (Process process : processes) {
            process.onExit().join();
        }
    }
}
