package io.agilelens.app.install;

import io.agilelens.engine.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * What the launcher runs, as the build left it.
 *
 * @param launcher the script
 * @param configuration flags and version for the launcher
 * @param version of this build
 * @param jars on the class path
 * @param javafx folder with the modules of JavaFX
 */
record Build(
        Path launcher,
        Path configuration,
        String version,
        List<Path> jars,
        Path javafx,
        List<String> flags,
        List<String> windowFlags) {
    private static final String LAUNCHER = "agilelens.launcher";

    /**
     * The build that runs now.
     *
     * @throws UserException if it was not started from the launcher of a project
     */
    static Build present() {
        String launcher = System.getProperty(LAUNCHER);
        Path home = launcher == null ? null : Path.of(launcher).toAbsolutePath().getParent();
        Path configuration = home == null ? null : home.resolve("app/target/launcher/launch.conf");
        if (configuration == null || !Files.isReadable(configuration)) {
            throw new UserException(
                    "package needs the project that AgileLens is built in: run it there, as"
                            + " ./agilelens package");
        }
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(configuration)) {
            properties.load(reader);
        } catch (IOException failure) {
            throw new UserException(
                    "%s cannot be read: %s".formatted(configuration, failure.getMessage()),
                    failure);
        }
        List<Path> jars = new ArrayList<>();
        for (String entry :
                System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
            Path jar = Path.of(entry).toAbsolutePath().normalize();
            if (!Files.isRegularFile(jar)) {
                throw new UserException("%s is no jar: run ./agilelens package".formatted(jar));
            }
            jars.add(jar);
        }
        return new Build(
                Path.of(launcher).toAbsolutePath(),
                configuration,
                properties.getProperty("version"),
                List.copyOf(jars),
                home.resolve("app/target/lib/javafx"),
                words(properties.getProperty("flags")),
                words(properties.getProperty("window.flags")));
    }

    private static List<String> words(String line) {
        return List.of(line.strip().split(" +"));
    }
}
