package io.agilelens.engine.format;

import java.nio.file.Path;
import java.util.Map;

/**
 * The folder for what a user chose, one for each user: {@code agilelens} under {@code
 * XDG_CONFIG_HOME} where that is set, otherwise under the platform's own folder.
 */
public final class UserConfig {
    private static final String NAME = "agilelens";

    private UserConfig() {}

    /** The folder; nothing is made. */
    public static Path folder() {
        return base(System.getenv(), System.getProperty("os.name"), System.getProperty("user.home"))
                .resolve(NAME);
    }

    static Path base(Map<String, String> environment, String system, String home) {
        return UserCache.base(
                environment,
                "XDG_CONFIG_HOME",
                system,
                Path.of(home, "Library", "Preferences"),
                Path.of(home, ".config"));
    }
}
