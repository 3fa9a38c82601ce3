package io.agilelens.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.quant.CacheQuantizer;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeyValueCacheTest {

    /** Threads share out what is large. */
    @Test
    void aLongPromptAtOnceIsThatOfManyPieces() {
        ModelConfig config = config();
        int tokens = 70_000 / config.keyValueWidth();
        int width = config.keyValueWidth();
        float[] keys = random(1, tokens * width);
        float[] values = random(2, tokens * width);
        KeyValueCache whole = new KeyValueCache(config, Optional.empty());
        whole.append(0, keys, values, Positions.range(0, tokens), tokens);
        KeyValueCache pieces = new KeyValueCache(config, Optional.empty());
        int step;
        for (int t = 0; t < tokens; t += step) {
            step = Math.min(1 + t % 7, tokens - t);
            pieces.append(
                    0,
                    Arrays.copyOfRange(keys, t * width, (t + step) * width),
                    Arrays.copyOfRange(values, t * width, (t + step) * width),
                    Positions.range(t, step),
                    t + step);
        }
        for (KeyValueCache cache : new KeyValueCache[] {whole, pieces}) {
            assertEquals(tokens, cache.length(0));
            assertArrayEquals(keys, Arrays.copyOf(cache.keys(0), keys.length));
            assertArrayEquals(values, Arrays.copyOf(cache.values(0), values.length));
            assertHeads(keys, config, cache.keyHeads(0));
            assertHeads(values, config, cache.valueHeads(0));
        }
    }

    @Test
    void anEmptiedCacheHoldsTheNextSequenceOnly() {
        ModelConfig config = config();
        int width = config.keyValueWidth();
        KeyValueCache cache = new KeyValueCache(config, Optional.empty());
        float[] first = random(1, 9 * width);
        cache.append(0, first, first, Positions.range(0, 9), 9);
        float[] room = cache.keyHeads(0).floats(0);
        assertTrue(cache.empty(config, Optional.empty()));
        assertEquals(0, cache.length(0));
        assertEquals(0, cache.nextPosition(0));
        assertEquals(0, cache.bytes());
        float[] second = random(2, 5 * width);
        cache.append(0, second, second, Positions.range(0, 5), 5);
        assertSame(room, cache.keyHeads(0).floats(0));
        assertArrayEquals(second, Arrays.copyOf(cache.keys(0), second.length));
        assertArrayEquals(second, Arrays.copyOf(cache.values(0), second.length));
    }

    @Test
    void aCacheOfAnotherFormatKeepsItsTokens() {
        ModelConfig config = config();
        KeyValueCache cache = new KeyValueCache(config, Optional.empty());
        float[] row = random(1, config.keyValueWidth());
        cache.append(0, row, row, Positions.range(0, 1), 1);
        CacheFormat format = new CacheQuantizer(8, config.headDimension(), config.keyValueHeads());
        assertFalse(cache.empty(config, Optional.of(format)));
        assertEquals(1, cache.length(0));
    }

    private static void assertHeads(
            float[] rows, ModelConfig config, KeyValueCache.HeadRows heads) {
        int dimension = config.headDimension();
        for (int head = 0; head < config.keyValueHeads(); head++) {
            for (int t = 0; t < rows.length / config.keyValueWidth(); t++) {
                int row = t * config.keyValueWidth() + head * dimension;
                int at = heads.offset(head) + t * heads.tokenStride();
                assertArrayEquals(
                        Arrays.copyOfRange(rows, row, row + dimension),
                        Arrays.copyOfRange(heads.floats(head), at, at + dimension));
            }
        }
    }

    private static ModelConfig config() {
        return ConfigReader.read(
                new ConfiguredCheckpoint(TinyModels.config(TinyModels.Dimensions.small())));
    }

    private static float[] random(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }
}
