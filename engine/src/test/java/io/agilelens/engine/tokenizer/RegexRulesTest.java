package io.agilelens.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegexRulesTest {

    /** Patterns in the manner of GPT-2, LLaMA-3, BLOOM, newer multilingual ones, SentencePiece. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+|"
                        + " ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
                "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r"
                        + "\\n"
                        + "\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r"
                        + "\\n"
                        + "]*|\\s*[\\r"
                        + "\\n"
                        + "]+|\\s+(?!\\S)|\\s+",
                " ?[^(\\s|[.,!?…。，、।۔،])]+",
                "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}]*[\\p{Ll}\\p{M}]+(?i:'s|'t|'ll)?|\\s+",
                "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+",
                "\\A +| +\\z",
                " {2,}",
                "[]a]+[^]b]+",
                "a+?b*+",
                "(a|b)+c{3}",
                "(a+b+|c+d+)?",
                "{}x{,y",
                "",
            })
    void letsOrdinaryExpressionsThrough(String regex) {
        assertEquals(Optional.empty(), RegexRules.danger(regex));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(x+x+)+y",
                "(x+)*",
                "(x*){2,3}",
                "((x|y)+)+",
                "((x+)?)*",
                "(?:x{2,})+",
                "(?=(a+))+",
                "x**",
                "x{2}*",
                "x{3,4}{5,6}",
                "x*x*x*y",
                "(x*|a)(x*|b)x*",
                "x{0,100}x{0,100}x{0,100}",
                "(a)\\1+",
                "(?<n>a|\\g<n>b)",
                "(?<n>a)\\k<n>",
                "(?~a)",
                "(?(1)a|b)",
                "a)+",
            })
    void refusesDangerousOnes(String regex) {
        assertTrue(RegexRules.danger(regex).isPresent());
    }

    @Test
    void refusesVeryLongOnes() {
        assertTrue(RegexRules.danger("a".repeat(30_000)).isPresent());
        assertEquals(Optional.empty(), RegexRules.danger("(".repeat(10_000)));
    }
}
