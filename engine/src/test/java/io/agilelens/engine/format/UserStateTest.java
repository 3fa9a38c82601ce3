package io.agilelens.engine.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserStateTest {
    private static final Path HOME = Path.of("").toAbsolutePath().resolve("home");

    @Test
    void followsThePlatform() {
        assertEquals(HOME.resolve(".local").resolve("state"), base(Map.of(), "Linux"));
        assertEquals(
                HOME.resolve("Library").resolve("Application Support"), base(Map.of(), "Mac OS X"));
        Map<String, String> windows = Map.of("LOCALAPPDATA", HOME.resolve("Local").toString());
        assertEquals(HOME.resolve("Local"), base(windows, "Windows 11"));
    }

    @Test
    void theEnvironmentDecidesWithAnAbsolutePath() {
        String chosen = HOME.resolve("chosen").toString();
        assertEquals(Path.of(chosen), base(Map.of("XDG_STATE_HOME", chosen), "Linux"));
        assertEquals(
                HOME.resolve(".local").resolve("state"),
                base(Map.of("XDG_STATE_HOME", "relative"), "Linux"));
    }

    @Test
    void aFileInTheWayIsToldInOneLine(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("state"), "");
        UserException refusal =
                assertThrows(UserException.class, () -> UserState.made(file.resolve("deeper")));
        assertTrue(refusal.getMessage().contains("XDG_STATE_HOME"), refusal.getMessage());
    }

    private static Path base(Map<String, String> environment, String system) {
        return UserState.base(environment, system, HOME.toString());
    }
}
