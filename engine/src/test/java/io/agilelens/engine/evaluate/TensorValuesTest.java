package io.agilelens.engine.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Tensor;
import io.agilelens.engine.tensor.TensorDifference;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** What is said about a tensor's values, against plain loops over all of them. */
class TensorValuesTest {
    /** More than a piece that is read at once, and no multiple of it. */
    private static final int ROWS = 300;

    private static final int COLUMNS = 701;

    /** Floats in memory. */
    private record Values(float[] values, long... shape) implements Tensor {
        @Override
        public String name() {
            return "values";
        }

        @Override
        public String storage() {
            return "F32";
        }

        @Override
        public long bytes() {
            return 4L * values.length;
        }

        @Override
        public boolean isFloat() {
            return true;
        }

        @Override
        public void widen(long first, float[] target, int offset, int count) {
            System.arraycopy(values, (int) first, target, offset, count);
        }
    }

    private static Values random(double mean, long seed) {
        Random random = new Random(seed);
        float[] values = new float[ROWS * COLUMNS];
        for (int i = 0; i < values.length; i++) {
            double x = random.nextGaussian();
            values[i] = (float) (mean + x * x * x);
        }
        return new Values(values, ROWS, COLUMNS);
    }

    @Test
    void momentsAreThoseOfAPlainLoopHoweverFarTheMeanIsFromZero() {
        for (double mean : new double[] {0, 500}) {
            float[] values = random(mean, 3).values();
            double sum = 0;
            double least = Double.POSITIVE_INFINITY;
            double most = Double.NEGATIVE_INFINITY;
            for (float x : values) {
                sum += x;
                least = Math.min(least, x);
                most = Math.max(most, x);
            }
            double average = sum / values.length;
            double second = 0;
            double fourth = 0;
            for (float x : values) {
                second += Math.pow(x - average, 2);
                fourth += Math.pow(x - average, 4);
            }
            double variance = second / values.length;
            TensorStatistics statistics = TensorStatistics.of(random(mean, 3));
            assertEquals(least, statistics.minimum());
            assertEquals(most, statistics.maximum());
            assertEquals(average, statistics.mean(), 1e-9);
            assertEquals(Math.sqrt(variance), statistics.standardDeviation(), 1e-8);
            double kurtosis = fourth / values.length / (variance * variance);
            assertEquals(kurtosis, statistics.kurtosis(), 1e-6 * kurtosis);
            assertTrue(kurtosis > 10, "the cube of a normal distribution has long tails");
        }
    }

    @Test
    void whatIsNotFiniteIsCountedAndLeftOut() {
        float[] values = {1, Float.NaN, 3, Float.NEGATIVE_INFINITY, Float.NaN, 2};
        Tensor tensor = new Values(values, 6);
        TensorStatistics statistics = TensorStatistics.of(tensor);
        assertEquals(2, statistics.notANumber());
        assertEquals(1, statistics.infinite());
        assertEquals(3, statistics.unusable());
        assertEquals(2, statistics.mean());
        assertEquals(1.5, statistics.kurtosis(), 1e-12);
        ValueHistogram histogram = ValueHistogram.of(tensor, new double[] {0, 1.5, 3});
        assertArrayEquals(new long[] {1, 2}, histogram.counts());
        ValueMap map = ValueMap.of(tensor, 100);
        assertEquals(1, map.rows());
        assertArrayEquals(values, map.values());
        assertEquals(2, map.largestColumn());
        TensorStatistics none = TensorStatistics.of(new Values(new float[] {Float.NaN}, 1));
        assertTrue(Double.isNaN(none.minimum()) && Double.isNaN(none.mean()));
        assertTrue(Double.isNaN(none.kurtosis()));
        assertTrue(
                Double.isNaN(TensorStatistics.of(new Values(new float[5], 5)).kurtosis()),
                "all the same");
    }

    @Test
    void everyValueIsInTheBinThatHoldsIt() {
        Values tensor = random(0, 5);
        double[] edges = new double[41];
        for (int i = 0; i < edges.length; i++) {
            edges[i] = -2 + i * 0.1;
        }
        long[] expected = new long[40];
        for (float x : tensor.values()) {
            int bin = 0;
            while (bin < 39 && x >= -2 + (bin + 1) * 0.1) {
                bin++;
            }
            expected[bin]++;
        }
        ValueHistogram histogram = ValueHistogram.of(tensor, edges);
        assertArrayEquals(expected, histogram.counts());
        assertEquals(tensor.elements(), histogram.total());
        assertTrue(histogram.counts()[0] > 1000, "values beyond an edge are not lost");
        assertArrayEquals(expected, ValueHistogram.of(tensor.values(), edges).counts());
    }

    @Test
    void aBlockKeepsTheValueFarthestFromZero() {
        Values tensor = random(0, 7);
        ValueMap whole = ValueMap.of(tensor, ROWS * COLUMNS);
        assertEquals(1, whole.block());
        assertArrayEquals(tensor.values(), whole.values());

        ValueMap map = ValueMap.of(tensor, 10_000);
        assertEquals(5, map.block());
        assertEquals(60, map.rows());
        assertEquals(141, map.columns());
        float largest = 0;
        for (int row = 0; row < map.rows(); row++) {
            for (int column = 0; column < map.columns(); column++) {
                float farthest = 0;
                for (int r = row * 5; r < Math.min(ROWS, row * 5 + 5); r++) {
                    for (int c = column * 5; c < Math.min(COLUMNS, column * 5 + 5); c++) {
                        float value = tensor.values()[r * COLUMNS + c];
                        farthest = Math.abs(value) > Math.abs(farthest) ? value : farthest;
                        largest = Math.max(largest, Math.abs(value));
                    }
                }
                assertEquals(farthest, map.values()[row * map.columns() + column]);
            }
        }
        assertEquals(
                largest,
                Math.abs(tensor.values()[map.largestRow() * COLUMNS + map.largestColumn()]));
    }

    @Test
    void theErrorIsThatOfAPlainLoopAndTheDifferenceItsValues() {
        Values exact = random(0, 11);
        float[] rounded = exact.values().clone();
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = Math.round(rounded[i] * 8) / 8f;
            signal += (double) exact.values()[i] * exact.values()[i];
            noise += Math.pow((double) rounded[i] - exact.values()[i], 2);
        }
        rounded[12_345] += 4;
        noise += Math.pow((double) rounded[12_345] - exact.values()[12_345], 2);
        noise -= Math.pow((double) rounded[12_345] - 4 - exact.values()[12_345], 2);
        Values tuned = new Values(rounded, ROWS, COLUMNS);
        WeightError error = WeightError.of(exact, tuned);
        assertEquals(10 * Math.log10(signal / noise), error.signalToNoise(), 1e-6);
        assertEquals(Math.sqrt(noise / rounded.length), error.rootMeanSquare(), 1e-9);
        assertEquals(12_345, error.index());
        Tensor difference = new TensorDifference("error", tuned, exact);
        assertEquals(error.largest(), Math.abs(difference.toFloats(12_345, 1)[0]), 1e-6);
        float[] all = difference.toFloats();
        for (int i = 0; i < all.length; i++) {
            assertEquals(rounded[i] - exact.values()[i], all[i]);
        }
        assertEquals(Double.POSITIVE_INFINITY, WeightError.of(exact, exact).signalToNoise());
    }

    @Test
    void oneReadingOfTwoTensorsSaysWhatReadingsOfEachSay() {
        Values exact = random(0, 17);
        exact.values()[70_001] = Float.NaN;
        Values rounded = random(2, 19);
        WeightComparison both = WeightComparison.of(exact, rounded);
        assertEquals(TensorStatistics.of(exact), both.exact());
        assertEquals(TensorStatistics.of(rounded), both.rounded());
        assertEquals(WeightError.of(exact, rounded), both.error());
        assertThrows(
                IllegalArgumentException.class,
                () -> WeightComparison.of(exact, new Values(new float[3], 3)));
    }

    @Test
    void readingStopsWhenItIsCancelled() {
        Cancellation cancelled = new Cancellation();
        cancelled.cancel();
        Values tensor = random(0, 13);
        assertThrows(
                CancellationException.class,
                () -> cancelled.during(() -> ValueMap.of(tensor, 100)));
        assertThrows(
                CancellationException.class,
                () -> cancelled.during(() -> ValueHistogram.of(tensor, new double[] {0, 1})));
        assertThrows(
                CancellationException.class,
                () -> cancelled.during(() -> WeightError.of(tensor, tensor)));
    }
}
