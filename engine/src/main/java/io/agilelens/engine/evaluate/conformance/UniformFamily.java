package io.agilelens.engine.evaluate.conformance;

import io.agilelens.engine.UserException;
import io.agilelens.engine.quant.AffineQuantizer;
import io.agilelens.engine.quant.IntegerRange;
import io.agilelens.engine.tensor.Matrix;
import java.util.Arrays;
import tools.jackson.databind.JsonNode;

/** Uniform min-max quantizers for a whole matrix or for each of its channels. */
final class UniformFamily implements CaseFamily {

    @Override
    public boolean covers(String kind) {
        return kind.startsWith("uniform");
    }

    @Override
    public void check(KitFolder folder, KitModels models, CaseSink sink) {
        for (JsonNode variant : folder.manifest().path("variants")) {
            String name = variant.path("name").asString("");
            sink.attempt(name, () -> variant(folder, variant, name, sink));
        }
    }

    private static void variant(KitFolder folder, JsonNode variant, String name, CaseSink sink) {
        String tensor = variant.path("tensor").asString("X");
        Matrix x = folder.matrix(tensor);
        IntegerRange range =
                new IntegerRange(variant.path("bits").asInt(), variant.path("signed").asBoolean());
        Channels channels = Channels.of(folder, tensor, variant.path("mode").asString(""), x);
        AffineQuantizer[] quantizers = channels.fit(x, range);

        int[] codes = new int[x.rows() * x.columns()];
        float[] values = new float[codes.length];
        float[] steps = new float[codes.length];
        for (int i = 0; i < codes.length; i++) {
            AffineQuantizer quantizer = quantizers[channels.of(i)];
            codes[i] = quantizer.encode(x.data()[i]);
            values[i] = quantizer.decode(codes[i]);
            steps[i] = quantizer.scale();
        }
        JsonNode tolerance = folder.tolerance();
        sink.check(
                name + " scale",
                () -> {
                    float[] scales = new float[quantizers.length];
                    for (int c = 0; c < scales.length; c++) {
                        scales[c] = quantizers[c].scale();
                    }
                    return Measurement.relative(
                            folder.floats(name + "_scale"),
                            scales,
                            Tolerance.number(tolerance, "scale_rel"));
                });
        sink.check(
                name + " zero",
                () ->
                        Measurement.exact(
                                folder.ints(name + "_zero"),
                                Arrays.stream(quantizers)
                                        .mapToInt(AffineQuantizer::zero)
                                        .toArray()));
        sink.check(
                name + " codes",
                () ->
                        Measurement.exact(
                                withoutTies(
                                        folder.ints(name + "_codes"),
                                        codes,
                                        x,
                                        quantizers,
                                        channels),
                                codes));
        if (folder.has(name + "_dequant")) {
            sink.check(
                    name + " dequant",
                    () ->
                            CodeComparison.values(
                                    folder.floats(name + "_dequant"),
                                    values,
                                    folder.ints(name + "_codes"),
                                    codes,
                                    steps,
                                    Tolerance.number(tolerance, "scale_rel")));
        }
        if (variant.has("mse")) {
            sink.check(
                    name + " mse",
                    () ->
                            Measurement.relative(
                                    variant.path("mse").doubleValue(),
                                    CodeComparison.meanSquaredError(x.data(), values),
                                    Tolerance.number(tolerance, "mse_rel")));
        }
    }

    /**
     * The expected codes, but ours where a symmetric quantizer's largest magnitude lies on the
     * rounding tie at the end of its range and the codes are neighbours: there the last bit of a
     * quotient decides.
     */
    private static int[] withoutTies(
            int[] expected,
            int[] actual,
            Matrix x,
            AffineQuantizer[] quantizers,
            Channels channels) {
        Measurement.requireLength(expected.length, actual.length);
        int[] adjusted = expected.clone();
        for (int i = 0; i < adjusted.length; i++) {
            AffineQuantizer quantizer = quantizers[channels.of(i)];
            double end = quantizer.range().steps() / 2.0;
            double quotient = Math.abs(x.data()[i] / (double) quantizer.scale());
            if (quantizer.range().signed()
                    && Math.abs(quotient - end) < 1e-5 * end
                    && Math.abs(expected[i] - actual[i]) == 1) {
                adjusted[i] = actual[i];
            }
        }
        return adjusted;
    }

    /** Which elements of a matrix share parameters. */
    private record Channels(int count, boolean rows, int columns) {

        /** A weight's channels are its rows, an activation's its columns. */
        static Channels of(KitFolder folder, String tensor, String mode, Matrix x) {
            boolean rows = folder.meaning(tensor).startsWith("weight");
            return switch (mode) {
                case "layer_wise" -> new Channels(1, rows, x.columns());
                case "channel_wise" ->
                        new Channels(rows ? x.rows() : x.columns(), rows, x.columns());
                default ->
                        throw new UserException(
                                "mode %s is not known: known are layer_wise, channel_wise"
                                        .formatted(mode));
            };
        }

        /** The channel of an element. */
        int of(int element) {
            return count == 1 ? 0 : rows ? element / columns : element % columns;
        }

        AffineQuantizer[] fit(Matrix x, IntegerRange range) {
            float[] minimum = new float[count];
            float[] maximum = new float[count];
            Arrays.fill(minimum, Float.POSITIVE_INFINITY);
            Arrays.fill(maximum, Float.NEGATIVE_INFINITY);
            for (int i = 0; i < x.rows() * x.columns(); i++) {
                minimum[of(i)] = Math.min(minimum[of(i)], x.data()[i]);
                maximum[of(i)] = Math.max(maximum[of(i)], x.data()[i]);
            }
            AffineQuantizer[] quantizers = new AffineQuantizer[count];
            for (int c = 0; c < count; c++) {
                quantizers[c] = AffineQuantizer.fit(minimum[c], maximum[c], range);
            }
            return quantizers;
        }
    }
}
