package io.agilelens.app.conformance;

import io.agilelens.engine.quant.Log2Quantizer;
import java.util.ArrayList;
import java.util.List;

/** Log2 codes of attention probabilities. */
final class Log2Family implements Family {

    @Override
    public boolean covers(String kind) {
        return kind.startsWith("Log2");
    }

    @Override
    public List<CaseResult> run(String name, GoldenFolder golden, KitModels models) {
        float[] probabilities = golden.floats("P");
        List<CaseResult> results = new ArrayList<>();
        for (int bits = 2; bits <= 8; bits++) {
            String variant = "b" + bits;
            if (golden.has(variant + "_codes")) {
                results.add(
                        CaseResult.of(
                                name + "/" + variant,
                                variant(golden, variant, probabilities, bits)));
            }
        }
        return results;
    }

    private static List<Check> variant(
            GoldenFolder golden, String variant, float[] probabilities, int bits) {
        Log2Quantizer quantizer = new Log2Quantizer(bits);
        int[] codes = new int[probabilities.length];
        float[] values = new float[probabilities.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = quantizer.encode(probabilities[i]);
            values[i] = quantizer.apply(probabilities[i]);
        }
        return List.of(
                Check.differences("codes", golden.ints(variant + "_codes"), codes),
                Check.largestDistance(
                        "dequantized", golden.floats(variant + "_dequant"), values, 0));
    }
}
