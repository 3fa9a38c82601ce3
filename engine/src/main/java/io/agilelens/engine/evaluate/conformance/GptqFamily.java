package io.agilelens.engine.evaluate.conformance;

import io.agilelens.engine.UserException;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.quant.Gptq;
import io.agilelens.engine.quant.Hessian;
import io.agilelens.engine.quant.InverseHessian;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.tensor.Matrix;
import java.util.Arrays;
import tools.jackson.databind.JsonNode;

/** GPTQ of one linear: its Hessian, the factor of the inverse, and the quantized weights. */
final class GptqFamily implements CaseFamily {

    @Override
    public boolean covers(String kind) {
        return kind.startsWith("GPTQ");
    }

    @Override
    public void check(KitFolder folder, KitModels models, CaseSink sink) {
        JsonNode manifest = folder.manifest();
        Matrix[] samples = samples(folder);
        Hessian hessian = new Hessian(models.kernels(), samples[0].columns());
        for (Matrix sample : samples) {
            hessian.add(sample);
        }
        sink.check(
                "H",
                () ->
                        againstLargest(
                                folder.floats("H"),
                                hessian::at,
                                hessian.channels(),
                                Tolerance.number(folder.tolerance(), "H_rel")));
        if (folder.has("U_noact")) {
            sink.check(
                    "U",
                    () -> {
                        InverseHessian inverse = inverse(models.kernels(), folder, hessian, false);
                        return againstLargest(
                                folder.floats("U_noact"),
                                (i, j) -> i > j ? 0 : inverse.factor(i, j),
                                hessian.channels(),
                                Tolerance.number(folder.tolerance(), "H_rel"));
                    });
        }
        if (manifest.has("perm_act")) {
            sink.check(
                    "order",
                    () ->
                            Measurement.exact(
                                    KitFolder.integers(manifest.path("perm_act")),
                                    inverse(models.kernels(), folder, hessian, true).order()));
        }
        for (JsonNode variant : manifest.path("variants")) {
            String name = variant.path("name").asString("");
            sink.attempt(
                    name, () -> variant(folder, models.kernels(), samples, hessian, variant, sink));
        }
    }

    private static InverseHessian inverse(
            Kernels kernels, KitFolder folder, Hessian hessian, boolean activationOrder) {
        return InverseHessian.of(
                kernels,
                hessian,
                folder.manifest().path("percdamp").doubleValue(),
                activationOrder);
    }

    private static void variant(
            KitFolder folder,
            Kernels kernels,
            Matrix[] samples,
            Hessian hessian,
            JsonNode variant,
            CaseSink sink) {
        String name = variant.path("name").asString("");
        Matrix weights = folder.matrix("W");
        Gptq.Settings settings =
                new Gptq.Settings(
                        folder.manifest().path("bits").asInt(),
                        variant.path("groupsize").asInt(),
                        false,
                        variant.path("static_groups").asBoolean(),
                        variant.path("blocksize").asInt());
        Gptq.Result result =
                new Gptq(kernels, settings)
                        .quantize(
                                weights.data(),
                                weights.rows(),
                                inverse(
                                        kernels,
                                        folder,
                                        hessian,
                                        variant.path("actorder").asBoolean()));
        QuantizedWeight weight = result.weight();
        JsonNode tolerance = folder.tolerance();
        String rule = tolerance.path("Q").asString("");
        double differing = 1 - Tolerance.share(rule);
        double equal = Tolerance.bracketed(rule, 0);
        float[] dequantized = weight.dequantize();
        sink.check(
                name + " Q",
                () -> share(folder.floats(name + "_Q"), dequantized, equal, differing));
        sink.check(
                name + " codes",
                () -> {
                    int[] codes = new int[weight.codes().length];
                    for (int i = 0; i < codes.length; i++) {
                        codes[i] = weight.codes()[i] & 0xFF;
                    }
                    return share(folder.ints(name + "_codes"), codes, differing);
                });
        sink.check(
                name + " scale",
                () -> share(folder.floats(name + "_scale"), weight.scales(), equal, differing));
        sink.check(
                name + " zero",
                () -> share(folder.ints(name + "_zero"), weight.zeros(), differing));
        sink.check(
                name + " g_idx",
                () -> Measurement.exact(folder.ints(name + "_g_idx"), weight.groupOf()));
        sink.check(
                name + " error",
                () ->
                        Measurement.relative(
                                variant.path("error").doubleValue(),
                                result.loss(),
                                Tolerance.number(tolerance, "error_rel")));
        sink.check(
                name + " output_mse",
                () ->
                        Measurement.relative(
                                variant.path("output_mse").doubleValue(),
                                outputError(samples, weights, dequantized),
                                Tolerance.number(tolerance, "output_mse_rel")));
    }

    /** The calibration inputs, a matrix a sample. */
    private static Matrix[] samples(KitFolder folder) {
        int[] shape = folder.shape("X");
        if (shape.length != 3) {
            throw new UserException(
                    "%s: array X has %d dimensions where 3 are needed"
                            .formatted(folder.path(), shape.length));
        }
        float[] all = folder.floats("X");
        int length = shape[1] * shape[2];
        Matrix[] samples = new Matrix[shape[0]];
        for (int s = 0; s < samples.length; s++) {
            float[] values = Arrays.copyOfRange(all, s * length, (s + 1) * length);
            samples[s] = new Matrix(shape[1], shape[2], values);
        }
        return samples;
    }

    @FunctionalInterface
    private interface Elements {
        double at(int row, int column);
    }

    /** The largest difference of a square matrix, relative to its largest element. */
    private static Measurement againstLargest(
            float[] expected, Elements actual, int size, double tolerance) {
        Measurement.requireLength(expected.length, size * size);
        double largest = 0;
        double error = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            error = Measurement.worse(error, Math.abs(expected[i] - actual.at(i / size, i % size)));
        }
        return new Measurement(error / largest, tolerance, "relative to the largest element");
    }

    /** The share of values that are further apart than a tie explains. */
    private static Measurement share(
            float[] expected, float[] actual, double equal, double tolerance) {
        Measurement.requireLength(expected.length, actual.length);
        int count = 0;
        for (int i = 0; i < expected.length; i++) {
            double apart = Math.abs((double) expected[i] - actual[i]);
            count += apart <= equal * Math.max(1, Math.abs(expected[i])) ? 0 : 1;
        }
        return differing(count, expected.length, tolerance);
    }

    private static Measurement share(int[] expected, int[] actual, double tolerance) {
        Measurement.requireLength(expected.length, actual.length);
        int count = 0;
        for (int i = 0; i < expected.length; i++) {
            count += expected[i] == actual[i] ? 0 : 1;
        }
        return differing(count, expected.length, tolerance);
    }

    private static Measurement differing(int count, int total, double tolerance) {
        return new Measurement(
                (double) count / total,
                tolerance,
                count == 0 ? "" : "%d of %d differ".formatted(count, total));
    }

    /** Mean squared difference of the layer's outputs over all tokens and outputs. */
    private static double outputError(Matrix[] samples, Matrix weights, float[] quantized) {
        int inputs = weights.columns();
        double sum = 0;
        long count = 0;
        for (Matrix sample : samples) {
            for (int t = 0; t < sample.rows(); t++) {
                for (int o = 0; o < weights.rows(); o++) {
                    double difference = 0;
                    for (int i = 0; i < inputs; i++) {
                        difference +=
                                sample.data()[sample.offset(t) + i]
                                        * ((double) weights.data()[o * inputs + i]
                                                - quantized[o * inputs + i]);
                    }
                    sum += difference * difference;
                    count++;
                }
            }
        }
        return sum / count;
    }
}
