package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The folder for what should outlive a run but belongs to no document, one for each user: {@code
 * agilelens} under {@code XDG_STATE_HOME} where that is set, otherwise under the platform's own
 * folder.
 */
public final class UserState {
    private static final String NAME = "agilelens";

    private UserState() {}

    /** The folder; nothing is made yet. */
    public static Path folder() {
        return base(System.getenv(), System.getProperty("os.name"), System.getProperty("user.home"))
                .resolve(NAME);
    }

    /**
     * A folder made if it is not there.
     *
     * @throws UserException if it cannot be made
     */
    public static Path made(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException failure) {
            throw new UserException(
                    "the folder %s cannot be made; set XDG_STATE_HOME to a folder you may write to"
                            .formatted(Printable.of(folder)),
                    failure);
        }
    }

    static Path base(Map<String, String> environment, String system, String home) {
        return UserCache.base(
                environment,
                "XDG_STATE_HOME",
                system,
                Path.of(home, "Library", "Application Support"),
                Path.of(home, ".local", "state"));
    }
}
