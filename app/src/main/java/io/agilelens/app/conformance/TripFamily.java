package io.agilelens.app.conformance;

import io.agilelens.engine.quant.IntegerRange;
import io.agilelens.engine.quant.TripFit;
import io.agilelens.engine.quant.TripQuantizer;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** TRIP's parameters and codes. */
final class TripFamily implements Family {
    /** Codes at a rounding tie may be one off: this share of them. */
    private static final double TIES = 5e-4;

    @Override
    public boolean covers(String kind) {
        return kind.startsWith("TRIP");
    }

    @Override
    public List<CaseResult> run(String name, GoldenFolder golden, KitModels models) {
        List<Matrix> batches = batches(golden);
        List<CaseResult> results = new ArrayList<>();
        for (JsonNode variant : golden.manifest().path("variants")) {
            String variantName = variant.path("name").asString("");
            results.add(
                    CaseResult.of(
                            name + "/" + variantName,
                            variant(golden, batches, variant, variantName)));
        }
        return results;
    }

    private static List<Matrix> batches(GoldenFolder golden) {
        List<Matrix> batches = new ArrayList<>();
        if (golden.has("X")) {
            batches.add(golden.matrix("X"));
        }
        for (int i = 0; golden.has("X_batch" + i); i++) {
            batches.add(golden.matrix("X_batch" + i));
        }
        return batches;
    }

    private static List<Check> variant(
            GoldenFolder golden, List<Matrix> batches, JsonNode variant, String name) {
        float minimum = Float.POSITIVE_INFINITY;
        float maximum = Float.NEGATIVE_INFINITY;
        for (Matrix batch : batches) {
            for (float x : batch.data()) {
                minimum = Math.min(minimum, x);
                maximum = Math.max(maximum, x);
            }
        }
        Matrix last = batches.getLast();
        var range =
                new IntegerRange(
                        variant.path("bits").asInt(0), variant.path("signed").asBoolean(true));
        TripQuantizer trip =
                TripFit.fit(minimum, maximum, variant.path("K").asInt(0), range, last).quantizer();
        List<Check> checks = new ArrayList<>();
        checks.add(Check.differences("alpha", golden.ints(name + "_alpha"), trip.exponents()));
        checks.add(
                Check.differences(
                        "zero point",
                        new int[] {variant.path("zero_point").asInt(Integer.MIN_VALUE)},
                        new int[] {trip.zero()}));
        checks.add(scales(golden, name, trip));
        checks.addAll(codes(golden, name, trip, last));
        checks.add(
                Check.relative(
                        "mse",
                        variant.path("mse").asDouble(Double.NaN),
                        error(trip, last),
                        golden.tolerance("mse_rel", 1e-4)));
        return checks;
    }

    private static Check scales(GoldenFolder golden, String name, TripQuantizer trip) {
        float[] expected = golden.floats(name + "_scale");
        double worst = expected.length == trip.channels() ? 0 : Double.NaN;
        for (int channel = 0; channel < Math.min(expected.length, trip.channels()); channel++) {
            worst =
                    Math.max(
                            worst,
                            Math.abs(trip.step(channel) - expected[channel]) / expected[channel]);
        }
        return new Check("scale", worst, golden.tolerance("scale_rel", 1e-6));
    }

    private static List<Check> codes(
            GoldenFolder golden, String name, TripQuantizer trip, Matrix x) {
        int[] expected = golden.ints(name + "_codes");
        int differing = 0;
        int furthest = 0;
        for (int t = 0; t < x.rows(); t++) {
            for (int c = 0; c < x.columns(); c++) {
                int distance = Math.abs(trip.encode(c, x.get(t, c)) - expected[x.offset(t) + c]);
                differing += Math.min(distance, 1);
                furthest = Math.max(furthest, distance);
            }
        }
        return List.of(
                new Check("share of codes off", (double) differing / expected.length, TIES),
                new Check("furthest code", furthest, 1));
    }

    private static double error(TripQuantizer trip, Matrix x) {
        Matrix simulated = trip.simulate(x);
        double sum = 0;
        for (int i = 0; i < x.rows() * x.columns(); i++) {
            double error = x.data()[i] - simulated.data()[i];
            sum += error * error;
        }
        return sum / (x.rows() * x.columns());
    }
}
