package io.agilelens.app.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The Debian package, made from the jars of this build by the command, unpacked, started and worked
 * with its own Java. With {@code -Dagilelens.install=true}, as root, it is also installed and
 * removed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PackageIT {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Path LIBRARIES = PROJECT.resolve("app/target/lib");

    @TempDir static Path folder;
    private Path file;
    private Path unpacked;

    private record Run(int status, String output, String errors) {}

    @BeforeAll
    void makeThePackage() throws Exception {
        assumeTrue(isInstalled("dpkg-deb"), "dpkg-deb is not installed");
        Path out = folder.resolve("out");
        Run made = run(Map.of(), packageCommand("deb", out));
        assertEquals(0, made.status(), made.errors());
        file = Path.of(made.output().strip());
        assertTrue(Files.size(file) > 20_000_000, "with Java and the samples");
        try (Stream<Path> left = Files.list(out)) {
            assertEquals(List.of(file), left.toList());
        }
        unpacked = folder.resolve("unpacked");
        Run unpack = run(Map.of(), List.of("dpkg-deb", "-x", file.toString(), unpacked.toString()));
        assertEquals(0, unpack.status(), unpack.errors());
    }

    @Test
    void holdsWhatSystemsLookFor() throws Exception {
        String content = run(Map.of(), List.of("dpkg-deb", "-c", file.toString())).output();
        for (String path :
                List.of(
                        "./usr/bin/agilelens -> /opt/agilelens/bin/agilelens",
                        "./opt/agilelens/bin/AgileLens",
                        "./opt/agilelens/lib/runtime/bin/java",
                        "./usr/share/man/man1/agilelens.1",
                        "./usr/share/man/man1/agilelens-info.1",
                        "./usr/share/bash-completion/completions/agilelens",
                        "./usr/share/zsh/vendor-completions/_agilelens",
                        "./usr/share/applications/agilelens.desktop",
                        "./usr/share/mime/packages/agilelens.xml",
                        "./usr/share/icons/hicolor/256x256/apps/agilelens.png")) {
            assertTrue(content.contains(path), path + " in\n" + content);
        }
        assertTrue(content.lines().allMatch(line -> line.contains(" root/root ")), content);
        String control = run(Map.of(), List.of("dpkg-deb", "-I", file.toString())).output();
        assertTrue(control.contains("Package: agilelens"), control);
        assertTrue(control.contains("Depends: libc6, libgtk-3-0"), control);
        String desktop =
                Files.readString(unpacked.resolve("usr/share/applications/agilelens.desktop"));
        assertTrue(desktop.contains("Exec=/opt/agilelens/bin/AgileLens %f\n"), desktop);
        assertTrue(desktop.contains("MimeType=application/vnd.agilelens.session+json;"), desktop);
        String types = Files.readString(unpacked.resolve("usr/share/mime/packages/agilelens.xml"));
        assertTrue(types.contains("*.agilelens"), types);
    }

    @Test
    void runsCommandsWithItsOwnJava() throws Exception {
        Run info = run(alone(), List.of(terminal(), "info", "sample:llama-tiny", "--json"));
        assertEquals(0, info.status(), info.errors());
        assertEquals("", info.errors());
        JsonNode model = JsonMapper.shared().readTree(info.output());
        assertEquals(8, model.get("layers").asInt());
        // What the desktop starts understands the same words.
        String native_ = unpacked.resolve("opt/agilelens/bin/AgileLens").toString();
        Run version = run(alone(), List.of(native_, "--version"));
        assertEquals(0, version.status(), version.errors());
        assertTrue(version.output().startsWith("AgileLens "), version.output());
    }

    @Test
    void itsWindowCanBeWorked() throws Exception {
        Path log = folder.resolve("walk.log");
        Run walk =
                run(
                        alone(),
                        List.of(
                                terminal(),
                                "monkey",
                                "--actions",
                                "15",
                                "--seed",
                                "4",
                                "--json",
                                "--log",
                                log.toString()));
        assertEquals(0, walk.status(), walk.output() + walk.errors());
        JsonNode result = JsonMapper.shared().readTree(walk.output());
        assertEquals(15, result.get("actions").asInt());
        assertEquals(0, result.get("failures").size());
    }

    @Test
    void itsWindowOpensOnAScreen() throws Exception {
        assumeTrue(isInstalled("xvfb-run"), "xvfb-run is not installed");
        Path times = folder.resolve("start.times");
        Map<String, String> environment = new java.util.HashMap<>(alone());
        environment.put("AGILELENS_START_TIMES", times.toString());
        // The window ends by itself when its first pictures are shown and their times are wanted.
        String native_ = unpacked.resolve("opt/agilelens/bin/AgileLens").toString();
        Run window = run(environment, List.of("xvfb-run", "-a", native_));
        assertEquals(0, window.status(), window.output() + window.errors());
        assertTrue(Files.readString(times).toLowerCase().contains("pictures"), window.errors());
        // Whoever works with the window finds it as it was left.
        assertFalse(Files.exists(folder.resolve("state/agilelens/layout.properties")));
    }

    @Test
    void nothingIsReplaced() throws Exception {
        Run again = run(Map.of(), packageCommand("deb", file.getParent()));
        assertEquals(1, again.status());
        assertTrue(again.errors().contains("is there already"), again.errors());
    }

    @Test
    void isInstalledAndRemoved() throws Exception {
        assumeTrue(Boolean.getBoolean("agilelens.install"), "not asked for");
        Run install = run(Map.of(), List.of("dpkg", "-i", file.toString()));
        try {
            assertEquals(0, install.status(), install.output() + install.errors());
            Run info = run(alone(), List.of("/usr/bin/agilelens", "info", "sample:opt-tiny"));
            assertEquals(0, info.status(), info.errors());
        } finally {
            Run remove = run(Map.of(), List.of("dpkg", "-r", "agilelens"));
            assertEquals(0, remove.status(), remove.errors());
        }
        assertFalse(Files.exists(Path.of("/opt/agilelens")));
        assertFalse(Files.exists(Path.of("/usr/bin/agilelens")));
    }

    private String terminal() {
        return unpacked.resolve("opt/agilelens/bin/agilelens").toString();
    }

    /** Without any other Java, and with folders of its own for what it keeps. */
    private Map<String, String> alone() {
        return Map.of(
                "JAVA_HOME",
                "",
                "AGILELENS_START_CACHE",
                "off",
                "XDG_CACHE_HOME",
                folder.resolve("cache").toString(),
                "XDG_STATE_HOME",
                folder.resolve("state").toString());
    }

    /** The command as the launcher would start it, from the jars that were built just now. */
    private static List<String> packageCommand(String type, Path out) throws IOException {
        List<String> configuration =
                Files.readAllLines(PROJECT.resolve("app/target/launcher/launch.conf"));
        String flags = value(configuration, "flags=");
        String version = value(configuration, "version=");
        List<String> jars = new ArrayList<>();
        for (String module : List.of("app", "views", "engine", "resources", "sample-models")) {
            jars.add(
                    PROJECT.resolve(module)
                            .resolve("target/agilelens-%s-%s.jar".formatted(module, version))
                            .toString());
        }
        try (Stream<Path> libraries = Files.list(LIBRARIES)) {
            libraries
                    .filter(path -> path.toString().endsWith(".jar"))
                    .map(Path::toString)
                    .forEach(jars::add);
        }
        List<String> command =
                new ArrayList<>(
                        List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
        command.addAll(List.of(flags.split(" ")));
        command.addAll(
                List.of(
                        "-Dagilelens.launcher=" + PROJECT.resolve("agilelens"),
                        "-cp",
                        String.join(java.io.File.pathSeparator, jars),
                        "io.agilelens.app.AgileLens",
                        "package",
                        "--type",
                        type,
                        "--out",
                        out.toString()));
        return command;
    }

    private static String value(List<String> lines, String key) {
        return lines.stream()
                .filter(line -> line.startsWith(key))
                .findFirst()
                .orElseThrow()
                .substring(key.length());
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }

    private Run run(Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "run", ".out");
        Path errors = Files.createTempFile(folder, "run", ".err");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        int status = process.waitFor();
        return new Run(status, Files.readString(output), Files.readString(errors));
    }
}
