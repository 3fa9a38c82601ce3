package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenDotsTest {
    private final KernelInputs random = new KernelInputs(20261130);

    /** Lengths around the steps of the loops, for few tokens and for many. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 31, 32, 33, 100, 512})
    void haveTheBitsOfSingleOnes(int tokens) {
        for (int inputs : new int[] {1, 3, 4, 5, 15, 16, 17, 19, 20, 32, 36, 131}) {
            assertSame(random.floats(tokens * inputs), tokens, inputs);
        }
    }

    @ParameterizedTest
    @CsvSource({"Infinity, 1", "-Infinity, 0", "-0.0, 1", "1e38, 1e3", "1e-45, 0.5"})
    void treatRareNumbersAlike(float rare, float other) {
        int tokens = 40;
        int inputs = 21;
        float[] x = new float[tokens * inputs];
        Arrays.fill(x, other);
        for (int i = 0; i < x.length; i += 7) {
            x[i] = rare;
        }
        assertSame(x, tokens, inputs);
    }

    private void assertSame(float[] x, int tokens, int inputs) {
        int outputs = 3;
        float[] rows = random.floats(outputs * inputs);
        float[] expected = new float[tokens * outputs];
        float[] together = new float[tokens * outputs];
        TokenDots dots = new TokenDots(x, tokens, inputs);
        for (int o = 0; o < outputs; o++) {
            for (int t = 0; t < tokens; t++) {
                expected[t * outputs + o] = TokenDots.dot(x, t * inputs, rows, o * inputs, inputs);
            }
            dots.with(rows, o * inputs, together, o, outputs);
        }
        assertArrayEquals(expected, together, "%d tokens of %d inputs".formatted(tokens, inputs));
    }
}
