package io.agilelens.views.lessons;

import io.agilelens.engine.evaluate.LayerDetail;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.LinearWeight;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.quant.AffineQuantizer;
import io.agilelens.engine.quant.IntegerRange;
import io.agilelens.engine.quant.PackedMultiplication;
import io.agilelens.engine.quant.PackedMultiplication.Carrier;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.quant.RoundToNearest;
import io.agilelens.engine.tensor.Matrix;
import io.agilelens.views.Figures;
import io.agilelens.views.workbench.KernelReport;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.WindowComparison;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Two 4-bit weights of the model in one 16-bit integer, times one 4-bit activation: two products by
 * one multiplication, with the numbers that the picture of the station is given.
 */
final class MultiplierFacts {
    private static final int BITS = 4;
    private static final int GROUP = 32;

    /** Codes nearer to 0 than this make products that are no exercise. */
    private static final int DULL = 3;

    private MultiplierFacts() {}

    /**
     * A multiplication and where its numbers are from.
     *
     * @param channel of all three
     */
    record Exercise(int channel, PackedMultiplication multiplication) {}

    /**
     * Where the numbers of the exercise stand.
     *
     * @param upper the output whose weight goes into the upper field
     * @param lower the other one
     */
    private record Place(int channel, int upper, int lower, int token) {}

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
        QuantizedWeight weights =
                RoundToNearest.quantize(
                        weight.weight(), weight.outputs(), weight.inputs(), BITS, GROUP, true);
        Matrix x = detail.before().get(role.input());
        Exercise exercise = exercise(weights, x);
        tell(
                facts.whole("layer", detail.layer())
                        .site("site", Site.ATTN_INPUT)
                        .whole("channel", exercise.channel()),
                exercise.multiplication());
        state.kernels().ifPresent(report -> tell(facts, report));
        return facts.build();
    }

    /**
     * Chooses two weights and an activation.
     *
     * @param weights of 4 bits, [outputs, inputs]
     * @param x activations, [tokens, inputs]
     */
    static Exercise exercise(QuantizedWeight weights, Matrix x) {
        AffineQuantizer activations = activations(x);
        Place place = place(weights, x, activations);
        return new Exercise(
                place.channel(),
                new PackedMultiplication(
                        Carrier.INT16,
                        signed(weights, place.lower(), place.channel()),
                        signed(weights, place.upper(), place.channel()),
                        activations.encode(x.get(place.token(), place.channel())),
                        BITS));
    }

    /** All that is asked of one multiplication. */
    static void tell(Facts.Builder facts, PackedMultiplication exercise) {
        int field = exercise.carrier().fieldBits();
        int radix = 1 << field;
        int half = 1 << BITS - 1;
        int product = exercise.sum(1);
        PackedMultiplication.Fields products = exercise.split(1);
        int lowerField = product & radix - 1;
        facts.whole("high", exercise.upper())
                .whole("low", exercise.lower())
                .word("low.added", "added", added(exercise.lower()))
                .whole("activation", exercise.activation())
                .whole("packed", exercise.packed())
                .whole("product", product)
                .whole("low.product", products.lower())
                .whole("low.plain", lowerField)
                .whole("rest", product - products.lower())
                .whole("high.product", products.upper())
                .word("bits.high", "bits", bits(product >> field & radix - 1, field))
                .word("bits.low", "bits", bits(lowerField, field))
                .whole("least.code", -half)
                .whole("most.code", half - 1)
                .whole("largest", half * half)
                .whole("field.least", -radix / 2)
                .whole("field.most", radix / 2 - 1)
                .whole("shift", field)
                .whole("radix", radix);
    }

    private static void tell(Facts.Builder facts, KernelReport report) {
        double ratio = report.speedup("INT4", "FP32").orElse(Double.NaN);
        facts.number("int4.times", ratio)
                .word("int4.ratio", "ratio", Figures.times(ratio))
                .word("faster", ratio > 1.05 ? "faster" : ratio < 0.95 ? "slower" : "alike");
    }

    /** Codes of all activations, 0 in their middle. */
    private static AffineQuantizer activations(Matrix x) {
        float low = 0;
        float high = 0;
        for (int i = 0; i < x.rows() * x.columns(); i++) {
            low = Math.min(low, x.data()[i]);
            high = Math.max(high, x.data()[i]);
        }
        return AffineQuantizer.fit(low, high, new IntegerRange(BITS, true));
    }

    private static int signed(QuantizedWeight weights, int output, int channel) {
        return weights.code(output, channel) - (1 << BITS - 1);
    }

    /**
     * The first place at which one output has a weight above 0, another one a weight below it, and
     * some token an activation above it, so that reading the fields takes care; all of them far
     * from 0 if there is such a place.
     */
    private static Place place(QuantizedWeight weights, Matrix x, AffineQuantizer activations) {
        return place(weights, x, activations, DULL)
                .or(() -> place(weights, x, activations, 1))
                .orElse(new Place(0, 0, 1, 0));
    }

    private static Optional<Place> place(
            QuantizedWeight weights, Matrix x, AffineQuantizer activations, int least) {
        for (int each = 0; each < weights.inputs(); each++) {
            int channel = each;
            OptionalInt token =
                    IntStream.range(0, x.rows())
                            .filter(t -> activations.encode(x.get(t, channel)) >= least)
                            .findFirst();
            OptionalInt upper = output(weights, code -> code >= least, channel);
            OptionalInt lower = output(weights, code -> code <= -least, channel);
            if (token.isPresent() && upper.isPresent() && lower.isPresent()) {
                return Optional.of(
                        new Place(channel, upper.getAsInt(), lower.getAsInt(), token.getAsInt()));
            }
        }
        return Optional.empty();
    }

    /** The first output with such a weight. */
    private static OptionalInt output(QuantizedWeight weights, IntPredicate such, int channel) {
        return IntStream.range(0, weights.outputs())
                .filter(output -> such.test(signed(weights, output, channel)))
                .findFirst();
    }

    /** A number as it is added to another. */
    private static String added(int value) {
        return (value < 0 ? "− " : "+ ") + Math.abs(value);
    }

    private static String bits(int value, int width) {
        String digits = Integer.toBinaryString(value | 1 << width).substring(1);
        return digits.substring(0, width / 2) + " " + digits.substring(width / 2);
    }
}
