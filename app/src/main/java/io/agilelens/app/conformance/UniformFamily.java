package io.agilelens.app.conformance;

import io.agilelens.engine.quant.AffineQuantizer;
import io.agilelens.engine.quant.IntegerRange;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Min-max quantizers of whole tensors and of channels. */
final class UniformFamily implements Family {
    /** How near to a rounding tie an element is for which either code is right. */
    private static final double TIE = 1e-4;

    @Override
    public boolean covers(String kind) {
        return kind.startsWith("uniform");
    }

    @Override
    public List<CaseResult> run(String name, GoldenFolder golden, KitModels models) {
        List<CaseResult> results = new ArrayList<>();
        for (JsonNode variant : golden.manifest().path("variants")) {
            String variantName = variant.path("name").asString("");
            results.add(
                    CaseResult.of(name + "/" + variantName, variant(golden, variant, variantName)));
        }
        return results;
    }

    private static List<Check> variant(GoldenFolder golden, JsonNode variant, String name) {
        String tensor = variant.path("tensor").asString("");
        Matrix x = golden.matrix(tensor);
        boolean channelwise = variant.path("mode").asString("").equals("channel_wise");
        // An activation's channel is its column, a weight's its row.
        boolean byColumn = tensor.equals("X");
        int channels = !channelwise ? 1 : byColumn ? x.columns() : x.rows();
        var range =
                new IntegerRange(
                        variant.path("bits").asInt(0), variant.path("signed").asBoolean(true));
        AffineQuantizer[] quantizers = fit(x, channels, byColumn, range);
        float[] scales = new float[channels];
        int[] zeros = new int[channels];
        for (int channel = 0; channel < channels; channel++) {
            scales[channel] = quantizers[channel].scale();
            zeros[channel] = quantizers[channel].zero();
        }
        int[] expected = golden.ints(name + "_codes");
        int wrong = expected.length == x.rows() * x.columns() ? 0 : expected.length;
        double squares = 0;
        for (int row = 0; row < x.rows(); row++) {
            for (int column = 0; column < x.columns(); column++) {
                float value = x.get(row, column);
                AffineQuantizer quantizer = quantizers[channel(row, column, channels, byColumn)];
                if (!accepts(quantizer, value, expected[x.offset(row) + column])) {
                    wrong++;
                }
                double error = value - quantizer.apply(value);
                squares += error * error;
            }
        }
        return List.of(
                scales(golden.floats(name + "_scale"), scales, golden),
                Check.differences("zero point", golden.ints(name + "_zero"), zeros),
                new Check("codes", wrong, 0),
                Check.relative(
                        "mse",
                        variant.path("mse").asDouble(Double.NaN),
                        squares / (x.rows() * x.columns()),
                        golden.tolerance("mse_rel", 1e-3)));
    }

    private static Check scales(float[] expected, float[] actual, GoldenFolder golden) {
        double worst = expected.length == actual.length ? 0 : Double.NaN;
        for (int i = 0; i < Math.min(expected.length, actual.length); i++) {
            worst = Math.max(worst, Math.abs(actual[i] - expected[i]) / expected[i]);
        }
        return new Check("scale", worst, golden.tolerance("scale_rel", 1e-6));
    }

    private static AffineQuantizer[] fit(
            Matrix x, int channels, boolean byColumn, IntegerRange range) {
        float[] minimum = new float[channels];
        float[] maximum = new float[channels];
        java.util.Arrays.fill(minimum, Float.POSITIVE_INFINITY);
        java.util.Arrays.fill(maximum, Float.NEGATIVE_INFINITY);
        for (int row = 0; row < x.rows(); row++) {
            for (int column = 0; column < x.columns(); column++) {
                int channel = channel(row, column, channels, byColumn);
                minimum[channel] = Math.min(minimum[channel], x.get(row, column));
                maximum[channel] = Math.max(maximum[channel], x.get(row, column));
            }
        }
        AffineQuantizer[] quantizers = new AffineQuantizer[channels];
        for (int channel = 0; channel < channels; channel++) {
            quantizers[channel] = AffineQuantizer.fit(minimum[channel], maximum[channel], range);
        }
        return quantizers;
    }

    private static int channel(int row, int column, int channels, boolean byColumn) {
        return channels == 1 ? 0 : byColumn ? column : row;
    }

    /** Signed types have their extreme exactly on a tie, where both neighbours are right. */
    private static boolean accepts(AffineQuantizer quantizer, float value, int expected) {
        int code = quantizer.encode(value);
        if (code == expected) {
            return true;
        }
        double place = (double) value / quantizer.scale() + quantizer.zero();
        double fromTie = Math.abs(Math.abs(place - Math.floor(place)) - 0.5);
        return quantizer.range().signed() && Math.abs(code - expected) == 1 && fromTie < TIE;
    }
}
