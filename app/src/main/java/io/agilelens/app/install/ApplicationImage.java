package io.agilelens.app.install;

import io.agilelens.app.command.ShellFiles;
import io.agilelens.engine.task.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A folder with AgileLens and the part of Java that it needs: {@code bin/AgileLens} starts the
 * window, {@code bin/agilelens} is the launcher for terminals, and {@code share} holds what a
 * desktop and shells want to know.
 */
final class ApplicationImage {
    static final String NAME = "AgileLens";

    /** Of progress; a package has one more. */
    static final int STEPS = 3;

    /**
     * All of Java SE, since libraries come and go, and what lies beside it: vectors, the
     * collector's figures, memory for native libraries. The windows' modules are those of the
     * launcher's flags.
     */
    private static final List<String> MODULES =
            List.of(
                    "java.se",
                    "jdk.incubator.vector",
                    "jdk.management",
                    "jdk.unsupported",
                    "jdk.zipfs");

    private static final String MAIN_CLASS = "io.agilelens.app.AgileLens";
    private static final String ICON = "/io/agilelens/resources/icon/agilelens";

    private final Build build;
    private final CommandSpec program;
    private final Path work;

    /**
     * @param program whose commands manual and completion describe
     * @param work an empty folder on the file system of the result
     */
    ApplicationImage(Build build, CommandSpec program, Path work) {
        this.build = build;
        this.program = program;
        this.work = work;
    }

    /** Makes the image, and returns its folder inside the working folder. */
    Path make(Progress progress) throws IOException {
        progress.report("linking Java", 0, STEPS);
        Path runtime = link(modules());
        progress.report("making the image", 1, STEPS);
        Path image = pack(runtime);
        progress.report("adding manual and completion", 2, STEPS);
        addLauncher(image);
        addShared(image.resolve("share"));
        return image;
    }

    private Set<String> modules() {
        Set<String> modules = new TreeSet<>(MODULES);
        for (String flag : build.windowFlags()) {
            if (flag.startsWith("--add-modules=")) {
                modules.addAll(List.of(flag.substring(flag.indexOf('=') + 1).split(",")));
            }
        }
        return modules;
    }

    private Path link(Set<String> modules) {
        Path runtime = work.resolve("runtime");
        Tools.ofJdk(
                "jlink",
                List.of(
                        "--module-path",
                        build.javafx().toString(),
                        "--add-modules",
                        String.join(",", modules),
                        "--no-header-files",
                        "--no-man-pages",
                        "--output",
                        runtime.toString()));
        return runtime;
    }

    private Path pack(Path runtime) throws IOException {
        Path input = Files.createDirectory(work.resolve("input"));
        for (Path jar : build.jars()) {
            Files.copy(jar, input.resolve(jar.getFileName()));
        }
        Files.copy(build.configuration(), input.resolve("launch.conf"));
        Path icon = work.resolve(NAME + ".png");
        copyIcon(".png", icon);
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--type", "app-image",
                                "--name", NAME,
                                "--app-version", build.version(),
                                "--description", summary(),
                                "--input", input.toString(),
                                "--main-jar", build.jars().getFirst().getFileName().toString(),
                                "--main-class", MAIN_CLASS,
                                "--runtime-image", runtime.toString(),
                                "--icon", icon.toString(),
                                "--dest", work.toString()));
        List<String> flags = new ArrayList<>(build.flags());
        flags.addAll(build.windowFlags());
        flags.add("-XX:MaxRAMPercentage=70");
        flags.add("-Djava.awt.headless=true");
        flags.forEach(flag -> arguments.addAll(List.of("--java-options", flag)));
        Tools.ofJdk("jpackage", arguments);
        Folders.delete(input);
        Folders.delete(runtime);
        return work.resolve(NAME);
    }

    /** The script knows by what lies beside it that it need not build. */
    private void addLauncher(Path image) throws IOException {
        Path script = image.resolve("bin/agilelens");
        Files.copy(build.launcher(), script);
        script.toFile().setExecutable(true, false);
    }

    private void addShared(Path share) throws IOException {
        ShellFiles.write(program, share);
        write(
                share.resolve("applications/agilelens.desktop"),
                text("agilelens.desktop").formatted(summary()));
        write(share.resolve("mime/packages/agilelens.xml"), text("agilelens.xml"));
        Path icons = share.resolve("icons/hicolor");
        copyIcon(".png", icons.resolve("256x256/apps/agilelens.png"));
        copyIcon(".svg", icons.resolve("scalable/apps/agilelens.svg"));
    }

    /** What the program is, in one line without its full stop. */
    String summary() {
        return program.usageMessage().description()[0].replaceFirst("\\.$", "");
    }

    private static String text(String name) throws IOException {
        try (InputStream stream = ApplicationImage.class.getResourceAsStream(name)) {
            return new String(stream.readAllBytes());
        }
    }

    private static void copyIcon(String ending, Path target) throws IOException {
        Files.createDirectories(target.getParent());
        try (InputStream stream = ApplicationImage.class.getResourceAsStream(ICON + ending)) {
            Files.copy(stream, target);
        }
    }

    static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
