package io.agilelens.engine.quant;

import io.agilelens.engine.UserException;
import io.agilelens.engine.kernel.DoubleBands;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.task.Cancellation;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * What GPTQ needs of a {@link Hessian}: the order in which columns are quantized, and U, the upper
 * Cholesky factor of the damped inverse, {@code H⁻¹ = Uᵀ · U}, in that order.
 *
 * <p>With V the upper triangle of {@code H = V · Vᵀ}, {@code U = V⁻¹}: one factorization and the
 * inversion of a triangle, where inverting H first would cost twice as much and lose digits. V is
 * the ordinary Cholesky factor of H with its rows and columns in reverse, and so everything is
 * stored in reverse.
 */
public final class InverseHessian {
    /** How much more damping is tried where the Hessian is not positive definite. */
    private static final double MORE_DAMPING = 10;

    private static final int ROWS_PER_PIECE = 16;

    private final int channels;
    private final int[] order;
    private final boolean[] dead;
    private final double damping;

    /** A lower triangle. */
    private final DoubleBands reversed;

    private InverseHessian(
            int channels, int[] order, boolean[] dead, double damping, DoubleBands reversed) {
        this.channels = channels;
        this.order = order;
        this.dead = dead;
        this.damping = damping;
        this.reversed = reversed;
    }

    /**
     * Dead channels, which were 0 in every token, get 1 on the diagonal. Where the damped Hessian
     * is not positive definite, damping is raised tenfold until it is, to 1 at most.
     *
     * @param damping share of the mean diagonal that is added to the diagonal, above 0
     * @param activationOrder columns by falling diagonal, equal ones as they stand; otherwise as
     *     they stand
     * @throws UserException if it is not positive definite even so, or not finite
     */
    public static InverseHessian of(
            Kernels kernels, Hessian hessian, double damping, boolean activationOrder) {
        return of(kernels, hessian, damping, activationOrder, Cancellation.never());
    }

    /**
     * As {@link #of(Kernels, Hessian, double, boolean)}.
     *
     * @param cancellation looked at every few milliseconds
     */
    public static InverseHessian of(
            Kernels kernels,
            Hessian hessian,
            double damping,
            boolean activationOrder,
            Cancellation cancellation) {
        int channels = hessian.channels();
        double[] diagonal = new double[channels];
        boolean[] dead = new boolean[channels];
        double total = 0;
        for (int c = 0; c < channels; c++) {
            diagonal[c] = hessian.at(c, c);
            if (!Double.isFinite(diagonal[c])) {
                throw new UserException(
                        "channel %d's squares sum to %s, too large for GPTQ: use weights.method rtn there"
                                .formatted(c, diagonal[c]));
            }
            dead[c] = diagonal[c] == 0;
            diagonal[c] = dead[c] ? 1 : diagonal[c];
            total += diagonal[c];
        }
        int[] order = order(diagonal, activationOrder);
        DoubleBands work = DoubleBands.lowerTriangle(channels);
        double share = damping;
        while (true) {
            fill(work, hessian, diagonal, order, share * total / channels);
            if (TriangularFactor.cholesky(kernels, work, cancellation)) {
                TriangularFactor.invert(kernels, work, cancellation);
                return new InverseHessian(channels, order, dead, share, work);
            }
            if (share >= 1) {
                throw new UserException(
                        "the Hessian is not positive definite even with weights.gptq.damping 1: use"
                                + " weights.method rtn there, or more calibration text");
            }
            share = Math.min(1, share * MORE_DAMPING);
        }
    }

    private static int[] order(double[] diagonal, boolean activationOrder) {
        IntStream channels = IntStream.range(0, diagonal.length);
        return activationOrder
                ? channels.boxed()
                        .sorted(Comparator.comparingDouble((Integer c) -> -diagonal[c]))
                        .mapToInt(c -> c)
                        .toArray()
                : channels.toArray();
    }

    /** The damped Hessian's lower triangle, in reverse order. */
    private static void fill(
            DoubleBands work, Hessian hessian, double[] diagonal, int[] order, double added) {
        int last = order.length - 1;
        Workers.shared()
                .forRanges(
                        order.length,
                        ROWS_PER_PIECE,
                        (from, to) -> {
                            for (int i = from; i < to; i++) {
                                int row = order[last - i];
                                double[] target = work.array(i);
                                int at = work.index(i, 0);
                                for (int j = 0; j < i; j++) {
                                    target[at + j] = hessian.at(row, order[last - j]);
                                }
                                target[at + i] = diagonal[row] + added;
                            }
                        });
    }

    public int channels() {
        return channels;
    }

    /** The channel that is quantized at each step; read only. */
    public int[] order() {
        return order;
    }

    /** Whether a channel was 0 in every token. */
    public boolean isDead(int channel) {
        return dead[channel];
    }

    /** The damping that was used, perhaps more than was asked for. */
    public double damping() {
        return damping;
    }

    /** An element of U, both indices counting steps; 0 below the diagonal. */
    public double factor(int row, int column) {
        int last = channels - 1;
        return row > column ? 0 : reversed.get(last - row, last - column);
    }
}
