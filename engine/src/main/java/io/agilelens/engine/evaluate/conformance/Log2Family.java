package io.agilelens.engine.evaluate.conformance;

import io.agilelens.engine.UserException;
import io.agilelens.engine.quant.Log2Quantizer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The Log2 quantizer on attention probabilities, for every number of bits that the kit has. */
final class Log2Family implements CaseFamily {
    private static final Pattern RESULT = Pattern.compile("b(\\d+)_(codes|dequant)");

    @Override
    public boolean covers(String kind) {
        return kind.startsWith("Log2");
    }

    @Override
    public void check(KitFolder folder, KitModels models, CaseSink sink) {
        float[] probabilities = folder.floats("P");
        for (String array : folder.arrays()) {
            Matcher name = RESULT.matcher(array);
            if (name.matches()) {
                sink.check(
                        array,
                        () -> {
                            var quantizer = new Log2Quantizer(Integer.parseInt(name.group(1)));
                            return name.group(2).equals("codes")
                                    ? codes(folder, array, quantizer, probabilities)
                                    : values(folder, array, quantizer, probabilities);
                        });
            } else if (!array.equals("P")) {
                sink.unsupported(array, "what this array holds is not known");
            }
        }
        for (var entry : folder.manifest().properties()) {
            JsonNode zeroed = entry.getValue().path("zeroed_by_mask_on_or_below_diagonal");
            if (zeroed.isNumber() && entry.getKey().matches("b\\d+")) {
                sink.check(
                        entry.getKey() + " zeroed",
                        () -> {
                            int bits = Integer.parseInt(entry.getKey().substring(1));
                            return Measurement.exact(
                                    zeroed.asInt(), zeroed(folder, new Log2Quantizer(bits)));
                        });
            }
        }
    }

    private static Measurement codes(
            KitFolder folder, String array, Log2Quantizer quantizer, float[] probabilities) {
        int[] codes = new int[probabilities.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = quantizer.encode(probabilities[i]);
        }
        return Measurement.exact(folder.ints(array), codes);
    }

    private static Measurement values(
            KitFolder folder, String array, Log2Quantizer quantizer, float[] probabilities) {
        float[] values = new float[probabilities.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = quantizer.apply(probabilities[i]);
        }
        return Measurement.absolute(folder.floats(array), values, 0);
    }

    /** Probabilities on or below the diagonal that become 0. */
    private static int zeroed(KitFolder folder, Log2Quantizer quantizer) {
        float[] probabilities = folder.floats("P");
        int[] shape = folder.shape("P");
        if (shape.length != 3) {
            throw new UserException(folder.path() + ": array P is not [heads, queries, keys]");
        }
        int queries = shape[1];
        int keys = shape[2];
        int zeroed = 0;
        for (int i = 0; i < probabilities.length; i++) {
            boolean visible = i % keys <= i / keys % queries;
            if (visible && quantizer.isZero(probabilities[i])) {
                zeroed++;
            }
        }
        return zeroed;
    }
}
