package io.agilelens.engine.evaluate.conformance;

import io.agilelens.engine.UserException;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.quant.IntegerRange;
import io.agilelens.engine.quant.TripFit;
import io.agilelens.engine.quant.TripQuantizer;
import io.agilelens.engine.tensor.Matrix;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** TRIP fitted to activation matrices: scale, zero point, exponents, codes, values, errors. */
final class TripFamily implements CaseFamily {

    @Override
    public boolean covers(String kind) {
        return kind.startsWith("TRIP");
    }

    @Override
    public void check(KitFolder folder, KitModels models, CaseSink sink) {
        List<Matrix> batches = batches(folder);
        float minimum = Float.POSITIVE_INFINITY;
        float maximum = Float.NEGATIVE_INFINITY;
        for (Matrix batch : batches) {
            for (float x : batch.data()) {
                minimum = Math.min(minimum, x);
                maximum = Math.max(maximum, x);
            }
        }
        float low = minimum;
        float high = maximum;
        for (JsonNode variant : folder.manifest().path("variants")) {
            String name = variant.path("name").asString("");
            sink.attempt(
                    name,
                    () -> {
                        IntegerRange range =
                                new IntegerRange(
                                        variant.path("bits").asInt(),
                                        variant.path("signed").asBoolean());
                        TripFit fit =
                                TripFit.fit(
                                        low,
                                        high,
                                        variant.path("K").asInt(),
                                        range,
                                        batches.getLast());
                        variant(folder, variant, name, fit, batches.getLast(), sink);
                    });
        }
    }

    /** {@code X}, or {@code X_batch0}, {@code X_batch1}, … in the order of their numbers. */
    private static List<Matrix> batches(KitFolder folder) {
        List<Matrix> batches =
                folder.arrays().stream()
                        .filter(array -> array.matches("X|X_batch\\d+"))
                        .sorted(Comparator.comparingInt(TripFamily::number))
                        .map(folder::matrix)
                        .toList();
        if (batches.isEmpty()) {
            throw new UserException(
                    folder.path() + ": the manifest lists no array X: mend the kit");
        }
        return batches;
    }

    private static int number(String array) {
        return array.equals("X") ? -1 : Integer.parseInt(array.substring("X_batch".length()));
    }

    private static void variant(
            KitFolder folder, JsonNode variant, String name, TripFit fit, Matrix x, CaseSink sink) {
        TripQuantizer trip = fit.quantizer();
        JsonNode tolerance = folder.tolerance();
        int channels = x.columns();
        int[] codes = new int[x.rows() * channels];
        float[] steps = new float[codes.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = trip.encode(i % channels, x.data()[i]);
            steps[i] = trip.step(i % channels);
        }
        float[] scales = new float[channels];
        for (int c = 0; c < channels; c++) {
            scales[c] = trip.step(c);
        }
        float[] values = trip.simulate(KernelProvider.current().kernels(), x).data();

        sink.check(
                name + " zero_point",
                () -> Measurement.exact(variant.path("zero_point").asInt(), trip.zero()));
        sink.check(
                name + " base_scale",
                () ->
                        Measurement.relative(
                                variant.path("base_scale").doubleValue(),
                                trip.base(),
                                Tolerance.number(tolerance, "scale_rel")));
        sink.check(
                name + " alpha",
                () -> Measurement.exact(folder.ints(name + "_alpha"), trip.exponents()));
        sink.check(
                name + " scale",
                () ->
                        Measurement.relative(
                                folder.floats(name + "_scale"),
                                scales,
                                Tolerance.number(tolerance, "scale_rel")));
        sink.check(
                name + " codes",
                () ->
                        CodeComparison.codes(
                                folder.ints(name + "_codes"),
                                codes,
                                Tolerance.share(tolerance.path("codes").asString(""))));
        sink.check(
                name + " dequant",
                () ->
                        CodeComparison.values(
                                folder.floats(name + "_dequant"),
                                values,
                                folder.ints(name + "_codes"),
                                codes,
                                steps,
                                Tolerance.relative(tolerance.path("dequant").asString(""), 1e-6)));
        sink.check(
                name + " mse",
                () ->
                        Measurement.relative(
                                variant.path("mse").doubleValue(),
                                CodeComparison.meanSquaredError(x.data(), values),
                                Tolerance.number(tolerance, "mse_rel")));
        if (folder.has(name + "_candidate_mse")) {
            sink.check(name + " candidate_mse", () -> candidates(folder, name, fit));
        }
    }

    private static Measurement candidates(KitFolder folder, String name, TripFit fit) {
        int candidates = fit.candidateErrors()[0].length;
        float[] errors = new float[fit.candidateErrors().length * candidates];
        for (int i = 0; i < errors.length; i++) {
            errors[i] = (float) fit.candidateErrors()[i / candidates][i % candidates];
        }
        return Measurement.relative(
                folder.floats(name + "_candidate_mse"),
                errors,
                Tolerance.number(folder.tolerance(), "mse_rel"));
    }
}
