package io.agilelens.engine.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UserCacheTest {
    private static final Path HOME = Path.of("").toAbsolutePath().resolve("home");

    @Test
    void followsThePlatform() {
        assertEquals(HOME.resolve(".cache"), base(Map.of(), "Linux"));
        assertEquals(HOME.resolve("Library").resolve("Caches"), base(Map.of(), "Mac OS X"));
        Map<String, String> windows = Map.of("LOCALAPPDATA", HOME.resolve("Local").toString());
        assertEquals(HOME.resolve("Local"), base(windows, "Windows 11"));
    }

    @Test
    void theEnvironmentDecidesWithAnAbsolutePath() {
        String chosen = HOME.resolve("chosen").toString();
        assertEquals(Path.of(chosen), base(Map.of("XDG_CACHE_HOME", chosen), "Linux"));
        assertEquals(HOME.resolve(".cache"), base(Map.of("XDG_CACHE_HOME", "relative"), "Linux"));
        assertEquals(HOME.resolve(".cache"), base(Map.of("XDG_CACHE_HOME", ""), "Linux"));
    }

    private static Path base(Map<String, String> environment, String system) {
        return UserCache.base(environment, system, HOME.toString());
    }
}
