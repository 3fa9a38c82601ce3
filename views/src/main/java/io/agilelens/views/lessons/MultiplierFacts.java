package io.agilelens.views.lessons;

import io.agilelens.engine.evaluate.LayerDetail;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.LinearWeight;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.quant.AffineQuantizer;
import io.agilelens.engine.quant.IntegerRange;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.quant.RoundToNearest;
import io.agilelens.engine.tensor.Matrix;
import io.agilelens.views.Figures;
import io.agilelens.views.workbench.KernelReport;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.WindowComparison;
import java.util.Optional;

/**
 * Two 4-bit weights of the model in one 16-bit integer, times one 4-bit activation: two products by
 * one multiplication.
 */
final class MultiplierFacts {
    private static final int BITS = 4;
    private static final int GROUP = 32;

    /** Codes below this make products that are no exercise. */
    private static final int DULL = 3;

    private MultiplierFacts() {}

    /**
     * One multiplication.
     *
     * @param low weight code of one output, 0…15
     * @param high weight code of another, 0…15
     * @param activation code, 0…15
     */
    record Exercise(int low, int high, int activation) {

        int packed() {
            return low + (high << 2 * BITS);
        }

        int product() {
            return packed() * activation;
        }
    }

    static Facts of(LessonState state) {
        Facts.Builder facts = new Facts.Builder();
        OpenedModel opened = state.model().orElseThrow();
        WindowComparison windows = state.comparison().orElseThrow();
        Optional<LayerDetail> kept = windows.baseline().detail();
        if (kept.isEmpty()) {
            return facts.build();
        }
        LayerDetail detail = kept.get();
        LinearRole role = LinearRole.QUERY;
        LinearWeight weight = opened.model().weights().linear(detail.layer(), role);
        QuantizedWeight codes =
                RoundToNearest.quantize(
                        weight.weight(), weight.outputs(), weight.inputs(), BITS, GROUP, false);
        Matrix x = detail.before().get(role.input());
        int channel = channel(codes);
        int activation = activation(x, channel);
        Exercise exercise =
                new Exercise(codes.code(0, channel), codes.code(1, channel), activation);
        int top = (1 << BITS) - 1;
        facts.whole("layer", detail.layer())
                .site("site", Site.ATTN_INPUT)
                .whole("channel", channel)
                .whole("low", exercise.low())
                .whole("high", exercise.high())
                .whole("low.signed", exercise.low() - (1L << BITS - 1))
                .whole("high.signed", exercise.high() - (1L << BITS - 1))
                .whole("activation", exercise.activation())
                .whole("low.product", (long) exercise.low() * exercise.activation())
                .whole("high.product", (long) exercise.high() * exercise.activation())
                .whole("packed", exercise.packed())
                .whole("product", exercise.product())
                .whole("product.high", exercise.product() >> 2 * BITS)
                .whole("product.low", exercise.product() & (1 << 2 * BITS) - 1)
                .word("bits.high", "bits", bits(exercise.product() >> 2 * BITS))
                .word("bits.low", "bits", bits(exercise.product() & (1 << 2 * BITS) - 1))
                .whole("largest", (long) top * top)
                .whole("shift", 2L * BITS)
                .whole("radix", 1L << 2 * BITS);
        state.kernels().ifPresent(report -> tell(facts, report));
        return facts.build();
    }

    private static void tell(Facts.Builder facts, KernelReport report) {
        double ratio = report.speedup("INT4", "FP32").orElse(Double.NaN);
        facts.number("int4.times", ratio)
                .word("int4.ratio", "ratio", Figures.times(ratio))
                .word("faster", ratio > 1.05 ? "faster" : ratio < 0.95 ? "slower" : "alike");
    }

    /** The first input channel at which the first two outputs make an exercise. */
    private static int channel(QuantizedWeight codes) {
        for (int c = 0; c < codes.inputs(); c++) {
            if (codes.code(0, c) >= DULL
                    && codes.code(1, c) >= DULL
                    && codes.code(0, c) != codes.code(1, c)) {
                return c;
            }
        }
        return 0;
    }

    /** An activation's unsigned code in a channel: of the first token where it is an exercise. */
    private static int activation(Matrix x, int channel) {
        float low = 0;
        float high = 0;
        for (int i = 0; i < x.rows() * x.columns(); i++) {
            low = Math.min(low, x.data()[i]);
            high = Math.max(high, x.data()[i]);
        }
        AffineQuantizer quantizer = AffineQuantizer.fit(low, high, new IntegerRange(BITS, false));
        for (int t = 0; t < x.rows(); t++) {
            int code = quantizer.encode(x.get(t, channel));
            if (code >= DULL) {
                return code;
            }
        }
        return quantizer.encode(x.get(0, channel));
    }

    private static String bits(int value) {
        String digits = Integer.toBinaryString(value | 1 << 2 * BITS).substring(1);
        return digits.substring(0, BITS) + " " + digits.substring(BITS);
    }
}
