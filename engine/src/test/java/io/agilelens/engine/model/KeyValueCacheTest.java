package io.agilelens.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.PackedKeys;
import io.agilelens.engine.quant.CacheQuantizer;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeyValueCacheTest {
    private static final Kernels KERNELS = KernelProvider.current().kernels();

    static Stream<Optional<CacheFormat>> formats() {
        ModelConfig config = config();
        return Stream.of(
                Optional.empty(),
                Optional.of(new HalfCacheFormat(config.keyValueWidth())),
                Optional.of(new CacheQuantizer(8, config.headDimension(), config.keyValueHeads())));
    }

    /** Threads share out what is large. */
    @ParameterizedTest
    @MethodSource("formats")
    void aLongPromptAtOnceIsThatOfManyPieces(Optional<CacheFormat> format) {
        ModelConfig config = config();
        int tokens = 70_000 / config.keyValueWidth();
        int width = config.keyValueWidth();
        float[] keys = random(1, tokens * width);
        float[] values = random(2, tokens * width);
        KeyValueCache whole = cache(format);
        whole.append(0, keys, values, Positions.range(0, tokens), tokens);
        KeyValueCache pieces = cache(format);
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
        format.ifPresent(each -> each.round(keys, tokens));
        format.ifPresent(each -> each.round(values, tokens));
        for (KeyValueCache cache : new KeyValueCache[] {whole, pieces}) {
            assertEquals(tokens, cache.length(0));
            assertEquals(tokens, cache.keys(0).keys());
            assertEquals(tokens, cache.values(0).keys());
            assertArrayEquals(keys, Arrays.copyOf(cache.keyRows(0), keys.length));
            assertArrayEquals(values, Arrays.copyOf(cache.valueRows(0), values.length));
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void anEmptiedCacheHoldsTheNextSequenceOnly(Optional<CacheFormat> format) {
        ModelConfig config = config();
        int width = config.keyValueWidth();
        KeyValueCache cache = cache(format);
        float[] first = random(1, 9 * width);
        cache.append(0, first, first, Positions.range(0, 9), 9);
        PackedKeys room = cache.keys(0);
        assertTrue(cache.empty(config, KERNELS, new Arithmetic(format, Optional.empty())));
        assertEquals(0, cache.length(0));
        assertEquals(0, cache.nextPosition(0));
        assertEquals(0, cache.bytes());
        float[] second = random(2, 5 * width);
        cache.append(0, second, second, Positions.range(0, 5), 5);
        format.ifPresent(each -> each.round(second, 5));
        assertArrayEquals(second, Arrays.copyOf(cache.keyRows(0), second.length));
        assertArrayEquals(second, Arrays.copyOf(cache.valueRows(0), second.length));
        if (format.isEmpty()) {
            assertSame(room, cache.keys(0));
        }
    }

    @Test
    void aCacheThatSuitsAnotherDecoderKeepsItsTokens() {
        ModelConfig config = config();
        KeyValueCache cache = cache(Optional.empty());
        float[] row = random(1, config.keyValueWidth());
        cache.append(0, row, row, Positions.range(0, 1), 1);
        formats()
                .skip(1)
                .forEach(
                        format ->
                                assertFalse(
                                        cache.empty(
                                                config,
                                                KERNELS,
                                                new Arithmetic(format, Optional.empty()))));
        float[] scales = new float[config.keyValueHeads()];
        Arrays.fill(scales, 1);
        assertFalse(
                cache.empty(
                        config, KERNELS, new Arithmetic(Optional.empty(), Optional.of(scales))));
        Kernels others = KernelProvider.of(0);
        assertFalse(
                cache.empty(config, others, new Arithmetic(Optional.empty(), Optional.empty())));
        assertEquals(1, cache.length(0));
    }

    /** Integers are kept in two bytes each, whatever floats are kept in. */
    @Test
    void integerValuesAreKeptAsSuch() {
        ModelConfig config = config();
        float[] scales = new float[config.keyValueHeads()];
        Arrays.fill(scales, 0.5f);
        var cache =
                new KeyValueCache(
                        config, KERNELS, new Arithmetic(Optional.empty(), Optional.of(scales)));
        int width = config.keyValueWidth();
        float[] values = new float[width];
        for (int i = 0; i < width; i++) {
            values[i] = (i % 256 - 128) * 0.5f;
        }
        cache.append(0, values, values, Positions.range(0, 1), 1);
        assertArrayEquals(values, Arrays.copyOf(cache.valueRows(0), width));
        assertEquals(width * 6L, cache.bytes());
    }

    private static KeyValueCache cache(Optional<CacheFormat> format) {
        return new KeyValueCache(config(), KERNELS, new Arithmetic(format, Optional.empty()));
    }

    /** What a cache asks of an arithmetic. */
    private record Arithmetic(Optional<CacheFormat> cacheFormat, Optional<float[]> scales)
            implements Numerics {

        @Override
        public SoftmaxTransform softmax(int layer) {
            return new SoftmaxTransform() {
                @Override
                public void apply(ProbabilityBlock block) {
                    throw new AssertionError();
                }

                @Override
                public Optional<float[]> valueScales(int heads, int headDimension) {
                    return scales;
                }
            };
        }

        @Override
        public LinearOperator linear(int layer, LinearRole role) {
            throw new AssertionError();
        }

        @Override
        public Optional<LinearOperator> inputProjection() {
            throw new AssertionError();
        }

        @Override
        public Optional<LinearOperator> outputProjection() {
            throw new AssertionError();
        }

        @Override
        public LinearOperator head() {
            throw new AssertionError();
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
