package io.agilelens.engine.format.packed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import java.time.Duration;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModulePatternTest {
    private static final String[] PIECES = {
        "a",
        "b",
        ".",
        ".*",
        ".+",
        "a?",
        "(a|b)",
        "(?:ab|b)*",
        "[ab]",
        "[^a]",
        "[a-c]+",
        "\\.",
        "\\d",
        "\\w{2}",
        "(a|){1,3}",
        "b{0,2}?",
        "^",
        "$",
        "a*?",
        "|",
        "(b{2,})",
        "x{0}",
        "\\D"
    };

    /** The platform's own engine says what is right, as long as the patterns are harmless. */
    @Test
    void agreesWithBacktracking() {
        Random random = new Random(1);
        int matched = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int piece = random.nextInt(5); piece >= 0; piece--) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
            StringBuilder name = new StringBuilder();
            for (int letter = random.nextInt(8); letter > 0; letter--) {
                name.append("aabbc.1x".charAt(random.nextInt(8)));
            }
            boolean expected = Pattern.compile(text.toString()).matcher(name).lookingAt();
            matched += expected ? 1 : 0;
            boolean actual;
            try {
                actual = ModulePattern.compile(text.toString(), "test").matches(name.toString());
            } catch (UserException refused) {
                assertTrue(
                        refused.getMessage().contains("repeating a repetition")
                                || refused.getMessage().contains("repeating nothing"),
                        refused.getMessage());
                continue;
            }
            assertEquals(expected, actual, text + " on " + name);
        }
        assertTrue(matched > 2000 && matched < 18_000, "matched " + matched);
    }

    @Test
    void knowsThePatternsThatToolsWrite() {
        assertTrue(matches(".*\\.18\\..*gate.*", "model.layers.18.mlp.gate_proj"));
        assertFalse(matches(".*\\.18\\..*gate.*", "model.layers.181.mlp.gate_proj"));
        assertTrue(matches("lm_head", "lm_head"));
        assertTrue(matches("model\\.layers\\.(?:[0-9]|1[0-5])\\.", "model.layers.12.x"));
        assertFalse(matches("^head$", "lm_head"));
        assertTrue(matches(".*(q|k|v)_proj$", "a.v_proj"));
        assertTrue(matches("[\\w.]+down", "a.b_1.down_proj"));
        assertTrue(matches("[]a]+$", "a]a"));
    }

    /** What makes a backtracking engine think for years. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a+)+$",
                "(a|a)*b",
                "(a|aa)+$",
                "(.*)*x",
                "(a?){30}a{30}x",
                "((a*)*)*c",
                "(|){100}(|){100}z",
                "(?:(?:){100}){10}z",
                "(a{0,20}){0,20}z"
            })
    void isNeverSlow(String text) {
        String name = "a".repeat(2000);
        assertTimeout(
                Duration.ofSeconds(20),
                () -> {
                    assertFalse(matches(text, name + "!"));
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                ")",
                "a)",
                "(a",
                "[a",
                "[",
                "[b-a]",
                "\\",
                "*",
                "a|*",
                "a{2",
                "a{x}",
                "a{3,2}",
                "a**",
                "(?!x)",
                "(?=x)",
                "(?<n>a)",
                "(?i)a",
                "(a)\\1",
                "\\bx",
                "a{99999}",
                "((a{100}){100}){100}",
                "a++",
                "\\p{L}"
            })
    void refusesWhatItDoesNotKnow(String text) {
        UserException refused =
                assertThrows(UserException.class, () -> ModulePattern.compile(text, "here"));
        assertTrue(
                refused.getMessage().startsWith("here: the pattern '" + text + "' cannot be read"),
                refused.getMessage());
    }

    @Test
    void boundsLengthAndDepth() {
        assertThrows(UserException.class, () -> ModulePattern.compile("(".repeat(900), "here"));
        assertThrows(
                UserException.class,
                () -> ModulePattern.compile("(".repeat(400) + ")".repeat(400), "here"));
        assertThrows(UserException.class, () -> ModulePattern.compile("a".repeat(1001), "here"));
    }

    private static boolean matches(String text, String name) {
        return ModulePattern.compile(text, "test").matches(name);
    }
}
