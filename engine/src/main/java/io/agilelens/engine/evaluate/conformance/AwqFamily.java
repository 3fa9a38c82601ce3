package io.agilelens.engine.evaluate.conformance;

import io.agilelens.engine.quant.AwqClip;
import io.agilelens.engine.quant.AwqQuantizer;
import io.agilelens.engine.quant.AwqScales;
import io.agilelens.engine.quant.OutputError;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.tensor.Matrix;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** AWQ on a linear layer, or on a decoder layer of a model ({@link AwqBlockCase}). */
final class AwqFamily implements CaseFamily {
    /** How close numbers are that a manifest calls equal; thresholds tried are 5 % apart. */
    static final double EQUAL = 1e-4;

    private static final Pattern CLOSENESS = Pattern.compile("equal to (\\d+(?:\\.\\d+)?e-?\\d+)");
    private static final Pattern AT_RATIO_0 =
            Pattern.compile("(\\d+(?:\\.\\d+)?e-?\\d+) at ratio 0\\b");

    @Override
    public boolean covers(String kind) {
        return kind.startsWith("AWQ");
    }

    @Override
    public void check(KitFolder folder, KitModels models, CaseSink sink) {
        if (folder.manifest().has("layer_0based")) {
            AwqBlockCase.check(folder, models, sink);
        } else {
            linear(folder, models, sink);
        }
    }

    static AwqQuantizer quantizer(KitFolder folder) {
        return new AwqQuantizer(
                folder.manifest().path("bits").asInt(),
                folder.manifest().path("group_size").asInt(),
                false);
    }

    private static void linear(KitFolder folder, KitModels models, CaseSink sink) {
        Matrix weight = folder.matrix("W");
        Matrix x = folder.matrix("X");
        int outputs = weight.rows();
        int inputs = weight.columns();
        AwqQuantizer quantizer = quantizer(folder);
        AwqScales search =
                AwqScales.search(
                                magnitudes(x),
                                scales ->
                                        OutputError.meanOfSquares(
                                                models.kernels(),
                                                weight.data(),
                                                quantizer.simulate(
                                                        models.kernels(),
                                                        weight.data(),
                                                        outputs,
                                                        inputs,
                                                        scales),
                                                outputs,
                                                List.of(x)))
                        .orElseThrow();
        checkSearch(folder, folder.manifest(), search, "", sink);
        if (folder.has("best_scales")) {
            sink.check(
                    "best_scales",
                    () ->
                            Measurement.relative(
                                    folder.floats("best_scales"),
                                    search.scales(),
                                    Tolerance.number(folder.tolerance(), "best_scales_rel")));
        }

        float[] scaled = weight.data().clone();
        Matrix divided = x.copy();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= search.scales()[i % inputs];
        }
        for (int i = 0; i < divided.data().length; i++) {
            divided.data()[i] /= search.scales()[i % inputs];
        }
        float[] unclipped = scaled.clone();
        float[] thresholds =
                AwqClip.search(models.kernels(), quantizer, scaled, outputs, sampled(divided));
        AwqClip.apply(quantizer, scaled, outputs, inputs, thresholds);
        QuantizedWeight quantized = quantizer.quantize(models.kernels(), scaled, outputs, inputs);

        checkEqual(folder, "clip_max", "clip_max", EQUAL, thresholds, sink);
        String sentence = folder.tolerance().path("final_weight").asString("");
        if (folder.has("final_codes")) {
            sink.check(
                    "final_codes",
                    () ->
                            differing(
                                    floats(folder.ints("final_codes")),
                                    codes(quantized),
                                    0,
                                    1 - Tolerance.share(sentence)));
        }
        if (folder.has("final_zero")) {
            sink.check(
                    "final_zero",
                    () ->
                            differing(
                                    floats(folder.ints("final_zero")),
                                    floats(quantized.zeros()),
                                    0,
                                    1 - Tolerance.share(sentence)));
        }
        checkEqual(folder, "final_scale", "final_weight", EQUAL, quantized.scales(), sink);
        float[] values = quantized.dequantize();
        checkEqual(folder, "final_weight_scaled", "final_weight", 0, values, sink);

        JsonNode errors = folder.manifest().path("output_mse");
        double allowed = Tolerance.number(folder.tolerance(), "output_mse_rel");
        checkError(errors, "round_to_nearest", search.losses()[0], allowed, sink);
        checkError(errors, "scale_only", search.losses()[search.best()], allowed, sink);
        checkError(
                errors,
                "scale_and_clip",
                OutputError.meanOfSquares(
                        models.kernels(), unclipped, values, outputs, List.of(divided)),
                allowed,
                sink);
    }

    private static float[] magnitudes(Matrix x) {
        double[] sums = new double[x.columns()];
        for (int i = 0; i < x.rows() * x.columns(); i++) {
            sums[i % sums.length] += Math.abs(x.data()[i]);
        }
        float[] magnitudes = new float[sums.length];
        for (int c = 0; c < sums.length; c++) {
            magnitudes[c] = (float) (sums[c] / x.rows());
        }
        return magnitudes;
    }

    private static Matrix sampled(Matrix x) {
        int stride = AwqClip.stride(x.rows());
        Matrix sampled = Matrix.zeros(Math.ceilDiv(x.rows(), stride), x.columns());
        for (int i = 0; i < sampled.rows(); i++) {
            System.arraycopy(
                    x.data(), x.offset(i * stride), sampled.data(), sampled.offset(i), x.columns());
        }
        return sampled;
    }

    /**
     * Losses and best ratio of a scale search.
     *
     * @param expected holds {@code losses} and {@code best_ratio}
     */
    static void checkSearch(
            KitFolder folder, JsonNode expected, AwqScales search, String name, CaseSink sink) {
        String prefix = name.isEmpty() ? "" : name + " ";
        sink.check(
                prefix + "losses",
                () -> {
                    double allowed = Tolerance.number(folder.tolerance(), "losses_rel");
                    double atRatio0 =
                            matched(AT_RATIO_0, folder.tolerance().path("losses_rel"))
                                    .orElse(allowed);
                    JsonNode losses = expected.path("losses");
                    Measurement.requireLength(losses.size(), AwqScales.RATIOS);
                    double largest = 0;
                    for (int i = 0; i < losses.size(); i++) {
                        double error =
                                Measurement.relativeError(
                                        losses.path(i).doubleValue(), search.losses()[i]);
                        double share = i == 0 ? allowed / atRatio0 : 1;
                        largest = Measurement.worse(largest, error * share);
                    }
                    return new Measurement(largest, allowed, "");
                });
        sink.check(
                prefix + "best_ratio",
                () ->
                        Measurement.exact(
                                Math.round(
                                        expected.path("best_ratio").doubleValue()
                                                * AwqScales.RATIOS),
                                search.best()));
    }

    /**
     * Checks that nearly all numbers of an array are equal.
     *
     * @param key of the tolerance, a sentence such as {@code "equal to 1e-5 for >= 99% of entries"}
     * @param relative how close they must be relative to the expected value, where the sentence
     *     gives no distance
     */
    static void checkEqual(
            KitFolder folder,
            String array,
            String key,
            double relative,
            float[] actual,
            CaseSink sink) {
        if (!folder.has(array)) {
            return;
        }
        JsonNode sentence = folder.tolerance().path(key);
        double share = Tolerance.share(sentence.asString(""));
        double absolute = matched(CLOSENESS, sentence).orElse(0.0);
        sink.check(
                array,
                () -> {
                    float[] expected = folder.floats(array);
                    Measurement.requireLength(expected.length, actual.length);
                    int differing = 0;
                    for (int i = 0; i < expected.length; i++) {
                        double near = Math.max(absolute, relative * Math.abs(expected[i]));
                        if (!(Math.abs((double) expected[i] - actual[i]) <= near)) {
                            differing++;
                        }
                    }
                    return new Measurement(
                            (double) differing / expected.length,
                            1 - share,
                            "%d of %d differ".formatted(differing, expected.length));
                });
    }

    private static Measurement differing(
            float[] expected, float[] actual, double near, double allowed) {
        Measurement.requireLength(expected.length, actual.length);
        int differing = 0;
        for (int i = 0; i < expected.length; i++) {
            if (!(Math.abs(expected[i] - actual[i]) <= near)) {
                differing++;
            }
        }
        return new Measurement(
                (double) differing / expected.length,
                allowed,
                "%d of %d differ".formatted(differing, expected.length));
    }

    static void checkError(
            JsonNode errors, String key, double actual, double allowed, CaseSink sink) {
        KitFolder.number(errors, key)
                .ifPresent(
                        expected ->
                                sink.check(
                                        "output_mse " + key,
                                        () -> Measurement.relative(expected, actual, allowed)));
    }

    private static Optional<Double> matched(Pattern pattern, JsonNode sentence) {
        Matcher matcher = pattern.matcher(sentence.asString(""));
        return matcher.find() ? Optional.of(Double.valueOf(matcher.group(1))) : Optional.empty();
    }

    private static float[] codes(QuantizedWeight weight) {
        float[] codes = new float[weight.codes().length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = weight.codes()[i] & 0xFF;
        }
        return codes;
    }

    private static float[] floats(int[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values[i];
        }
        return floats;
    }
}
