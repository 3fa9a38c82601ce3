package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * The folder for what can be made again, one for each user: {@code agilelens} under {@code
 * XDG_CACHE_HOME} where that is set, otherwise under the platform's own cache folder.
 */
public final class UserCache {
    private static final String NAME = "agilelens";

    private UserCache() {}

    /**
     * A folder in the cache, made if it is not there.
     *
     * @throws UserException if it cannot be made
     */
    public static Path folder(String name) {
        Path folder = place().resolve(name);
        try {
            return Files.createDirectories(folder);
        } catch (IOException failure) {
            throw new UserException(
                    "the cache folder %s cannot be made; set XDG_CACHE_HOME to a folder you may write to"
                            .formatted(Printable.of(folder)),
                    failure);
        }
    }

    /** Where the cache is; nothing is made. */
    public static Path place() {
        return base(System.getenv(), System.getProperty("os.name"), System.getProperty("user.home"))
                .resolve(NAME);
    }

    static Path base(Map<String, String> environment, String system, String home) {
        return base(
                environment,
                "XDG_CACHE_HOME",
                system,
                Path.of(home, "Library", "Caches"),
                Path.of(home, ".cache"));
    }

    /**
     * The folder of a user's files of one kind.
     *
     * @param variable names it by the XDG specification
     * @param onMac where it is on a Mac
     * @param elsewhere where it is on systems that are neither a Mac nor Windows
     */
    static Path base(
            Map<String, String> environment,
            String variable,
            String system,
            Path onMac,
            Path elsewhere) {
        // The XDG specification asks to ignore a relative path.
        String chosen = environment.getOrDefault(variable, "");
        if (!chosen.isEmpty() && Path.of(chosen).isAbsolute()) {
            return Path.of(chosen);
        }
        String name = system.toLowerCase(Locale.ROOT);
        if (name.startsWith("mac")) {
            return onMac;
        }
        String local = environment.getOrDefault("LOCALAPPDATA", "");
        return name.startsWith("windows") && !local.isEmpty() ? Path.of(local) : elsewhere;
    }
}
