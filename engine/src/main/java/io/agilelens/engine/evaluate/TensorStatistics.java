package io.agilelens.engine.evaluate;

import io.agilelens.engine.tensor.Tensor;

/**
 * What the values of a stored tensor look like. Not-a-number and infinite values are counted and
 * otherwise left out.
 *
 * @param minimum smallest finite value; NaN if there is none
 * @param maximum largest finite value; NaN if there is none
 * @param mean of the finite values; NaN if there are none
 * @param standardDeviation of the finite values; NaN if there are none
 * @param kurtosis fourth central moment over the square of the second: 3 for a normal distribution,
 *     more where few values lie far out; NaN if all values are the same
 * @param notANumber how many values are not-a-number
 * @param infinite how many values are infinite
 */
public record TensorStatistics(
        double minimum,
        double maximum,
        double mean,
        double standardDeviation,
        double kurtosis,
        long notANumber,
        long infinite) {

    /** How many values are not finite. */
    public long unusable() {
        return notANumber + infinite;
    }

    /**
     * Reads the whole tensor once, a piece at a time, unless it is cancelled.
     *
     * @param tensor one whose elements are floats
     */
    public static TensorStatistics of(Tensor tensor) {
        Sums sums = new Sums();
        TensorPieces.read(tensor, (_, values, count) -> sums.add(values, count));
        return sums.statistics();
    }

    /**
     * Central moments, which pieces are joined to one by one (Pébay, 2008): sums of powers would
     * lose their digits where the mean is far from zero.
     */
    static final class Sums {
        private double minimum = Double.NaN;
        private double maximum = Double.NaN;
        private long finite;
        private double mean;

        /** Sums of the second, third and fourth powers of what values lie away from the mean. */
        private double second;

        private double third;
        private double fourth;

        private long notANumber;
        private long infinite;

        void add(float[] values, int count) {
            double sum = 0;
            float least = Float.POSITIVE_INFINITY;
            float most = Float.NEGATIVE_INFINITY;
            int usable = 0;
            for (int i = 0; i < count; i++) {
                float x = values[i];
                if (Float.isFinite(x)) {
                    least = Math.min(least, x);
                    most = Math.max(most, x);
                    sum += x;
                    usable++;
                } else if (Float.isNaN(x)) {
                    notANumber++;
                } else {
                    infinite++;
                }
            }
            if (usable == 0) {
                return;
            }
            minimum = finite == 0 ? least : Math.min(minimum, least);
            maximum = finite == 0 ? most : Math.max(maximum, most);
            double middle = sum / usable;
            double squares = 0;
            double cubes = 0;
            double quartics = 0;
            for (int i = 0; i < count; i++) {
                if (Float.isFinite(values[i])) {
                    double away = values[i] - middle;
                    double square = away * away;
                    squares += square;
                    cubes += square * away;
                    quartics += square * square;
                }
            }
            join(usable, middle, squares, cubes, quartics);
        }

        private void join(
                long count, double middle, double squares, double cubes, double quartics) {
            double before = finite;
            double all = before + count;
            double away = middle - mean;
            double share = away / all;
            double product = away * share * before * count;
            fourth +=
                    quartics
                            + product
                                    * share
                                    * share
                                    * (before * before - before * count + (double) count * count)
                            + 6
                                    * share
                                    * share
                                    * (before * before * squares + (double) count * count * second)
                            + 4 * share * (before * cubes - count * third);
            third +=
                    cubes
                            + product * share * (before - count)
                            + 3 * share * (before * squares - count * second);
            second += squares + product;
            mean += share * count;
            finite += count;
        }

        TensorStatistics statistics() {
            boolean any = finite > 0;
            return new TensorStatistics(
                    minimum,
                    maximum,
                    any ? mean : Double.NaN,
                    any ? Math.sqrt(second / finite) : Double.NaN,
                    second > 0 ? finite * fourth / (second * second) : Double.NaN,
                    notANumber,
                    infinite);
        }
    }
}
