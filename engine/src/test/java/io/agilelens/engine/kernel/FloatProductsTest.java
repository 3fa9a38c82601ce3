package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FloatProductsTest {
    private static final int STEPS = 37;

    static Stream<Integer> bits() {
        return KernelProvider.availableBits().stream().filter(bits -> bits > 0);
    }

    @ParameterizedTest
    @MethodSource("bits")
    void bothFormsOfATileGiveTheSameToTheBit(int bits) {
        FloatProducts.Forms forms = FloatProducts.Forms.of(bits);
        int width = forms.usual().panelOutputs();
        int rows = forms.usual().tileTokens();
        Random random = new Random(1);
        float[] panel = floats(random, STEPS * width + 1);
        float[] tile = floats(random, STEPS * rows + 2);
        float[] before = floats(random, rows * width + 3);
        int spread = width + 5;
        for (int tokens : new int[] {1, 6, 7, 12}) {
            if (tokens > rows) {
                continue;
            }
            int computed = forms.usual().rowsComputed(tokens);
            for (boolean add : new boolean[] {false, true}) {
                float[] close = before.clone();
                float[] compact = before.clone();
                float[] apart = new float[rows * spread + 3];
                forms.usual()
                        .multiplyTile(
                                panel, 1, tile, 2, tokens, STEPS, add, close, 3, close, 3, width);
                forms.compact()
                        .multiplyTile(
                                panel, 1, tile, 2, tokens, STEPS, add, compact, 3, compact, 3,
                                width);
                forms.usual()
                        .multiplyTile(
                                panel, 1, tile, 2, tokens, STEPS, add, before, 3, apart, 3, spread);
                assertArrayEquals(close, compact);
                for (int t = 0; t < computed; t++) {
                    for (int o = 0; o < width; o++) {
                        assertEquals(close[3 + t * width + o], apart[3 + t * spread + o]);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("bits")
    void theCompactFormTakesNoOtherStride(int bits) {
        FloatProducts compact = FloatProducts.Forms.of(bits).compact();
        int width = compact.panelOutputs();
        int rows = compact.tileTokens();
        float[] sums = new float[rows * (width + 1)];
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        compact.multiplyTile(
                                new float[width],
                                0,
                                new float[rows],
                                0,
                                rows,
                                1,
                                false,
                                sums,
                                0,
                                sums,
                                0,
                                width + 1));
        assertArrayEquals(new float[sums.length], sums);
    }

    private static float[] floats(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }
}
