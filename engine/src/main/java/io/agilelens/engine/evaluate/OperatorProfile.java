package io.agilelens.engine.evaluate;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.task.Cancellation;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Where the time of a prefill goes, measured on one thread.
 *
 * @param shares share of the measured time by operator; together 1; read only
 */
public record OperatorProfile(Map<Operator, Double> shares) {
    private static final int WARM_UPS = 8;
    private static final int REPETITIONS = 5;

    /** What a decoder layer is made of. */
    public enum Operator {
        LINEAR,
        /**
         * Products of queries with keys and of probabilities with values, ALiBi's bias included.
         */
        ATTENTION,
        SOFTMAX,
        NORM,
        ROTARY,
        /** The MLP's nonlinearity. */
        ACTIVATION,
        /** Turning activations and probabilities into what a recipe says. */
        QUANTIZATION,
        /** Adding to the residual stream. */
        RESIDUAL
    }

    public OperatorProfile {
        shares = Collections.unmodifiableMap(new EnumMap<>(shares));
    }

    /** Adds up nanoseconds by operator; for one thread. */
    static final class Clock {
        private final Kernels kernels;
        private final long[] nanos = new long[Operator.values().length];

        Clock(Kernels kernels) {
            this.kernels = kernels;
        }

        void add(Operator operator, long start) {
            nanos[operator.ordinal()] += System.nanoTime() - start;
        }

        /** The kernels behind timed ones. */
        Kernels untimed(Kernels timed) {
            return timed instanceof TimedKernels ? kernels : timed;
        }

        void reset() {
            java.util.Arrays.fill(nanos, 0);
        }

        OperatorProfile profile() {
            double total = 0;
            for (long each : nanos) {
                total += each;
            }
            Map<Operator, Double> shares = new EnumMap<>(Operator.class);
            for (Operator operator : Operator.values()) {
                shares.put(operator, nanos[operator.ordinal()] / total);
            }
            return new OperatorProfile(shares);
        }
    }

    /**
     * Runs the ids a few times, the head's logits of the last one included.
     *
     * @param ids a prompt
     */
    public static OperatorProfile measure(
            Decoder decoder, TokenPruner pruner, int[] ids, Cancellation cancellation) {
        Clock clock = new Clock(decoder.kernels());
        Decoder timed =
                new Decoder(
                        decoder.model(),
                        new TimedKernels(decoder.kernels(), clock),
                        new TimedNumerics(decoder.numerics(), clock));
        Runnable passes =
                () -> {
                    for (int i = 0; i < WARM_UPS + REPETITIONS; i++) {
                        if (i == WARM_UPS) {
                            clock.reset();
                        }
                        Decoder.Pass pass = timed.run(ids, null, pruner, Probe.NONE, cancellation);
                        timed.logits(pass.hidden(), pass.hidden().rows() - 1, 1);
                    }
                };
        // Work that is shared out from inside a worker stays on its thread, as the clock needs it.
        Workers.shared()
                .forRanges(
                        2,
                        1,
                        (from, to) -> {
                            if (from == 0) {
                                passes.run();
                            }
                        });
        return clock.profile();
    }
}
