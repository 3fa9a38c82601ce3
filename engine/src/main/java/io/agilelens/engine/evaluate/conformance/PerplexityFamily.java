package io.agilelens.engine.evaluate.conformance;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.PerplexityEvaluator;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.format.JsonFiles;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Perplexity of texts, in full precision with three ways of cutting windows, and quantized and
 * pruned.
 */
final class PerplexityFamily implements CaseFamily {
    private static final long LARGEST_TEXT = 64L << 20;
    private static final String PERPLEXITY = "fp32 perplexity_rel";
    private static final String NLL_SUM = "fp32 nll_sum_rel";

    /** A loss may be this much off for rounding alone; the forward-pass cases use it too. */
    private static final double SMALLEST_LOSS_TOLERANCE = 2e-4;

    private static final Set<String> PROTOCOLS = Set.of("A", "A_with_tail", "B");
    private static final String SPECIALS = "variant_specials_recognised";

    @Override
    public boolean covers(String kind) {
        return kind.startsWith("perplexity");
    }

    @Override
    public void check(KitFolder folder, KitModels models, CaseSink sink) {
        Kit kit = new Kit(folder, models, models.decoder(folder));
        for (Map.Entry<String, JsonNode> text : folder.manifest().path("texts").properties()) {
            String name = text.getKey();
            CaseSink part = sink.part(name);
            part.attempt("", () -> text(kit, name, text.getValue(), part));
        }
        JsonNode quantized = folder.manifest().path("quantized");
        if (quantized.isObject()) {
            sink.attempt("calibration", () -> quantized(kit, quantized, sink));
        }
    }

    /** What all cases of a folder share. */
    record Kit(KitFolder folder, KitModels models, Decoder decoder) {

        int window() {
            int window = folder.manifest().path("window").asInt(0);
            if (window < 2) {
                throw new UserException("the manifest's window is below 2: mend the manifest");
            }
            return window;
        }

        /** The token that starts a sequence, as the manifest or else the tokenizer says. */
        int start() {
            return folder.manifest()
                    .path("bos_id")
                    .asInt(decoder.model().tokenizer().startToken().orElse(-1));
        }

        Perplexity evaluate(
                Decoder evaluated, TokenPruner pruner, String source, List<int[]> windows) {
            return PerplexityEvaluator.of(evaluated, pruner)
                    .evaluate(
                            new TokenWindows(source, Protocol.GPTQ, windows, window()),
                            value -> {},
                            models.progress(),
                            models.cancellation());
        }

        /** Windows of protocol A, with what is left at the end if it predicts something. */
        List<int[]> windows(int[] stream) {
            List<int[]> windows = new ArrayList<>();
            for (int from = 0; from + 2 <= stream.length; from += window()) {
                int to = Math.min(stream.length, from + window());
                windows.add(Arrays.copyOfRange(stream, from, to));
            }
            return windows;
        }

        /** Chunks of the stream without its start token, a start token in front of each. */
        List<int[]> startedWindows(int[] stream) {
            List<int[]> windows = new ArrayList<>();
            for (int from = 1; from < stream.length; from += window() - 1) {
                int to = Math.min(stream.length, from + window() - 1);
                int[] window = new int[to - from + 1];
                window[0] = start();
                System.arraycopy(stream, from, window, 1, to - from);
                windows.add(window);
            }
            return windows;
        }

        int fullWindows(int[] stream) {
            return stream.length / window();
        }
    }

    // ---- full precision

    private static void text(Kit kit, String name, JsonNode text, CaseSink sink) {
        KitFolder folder = kit.folder();
        sink.check("ids", () -> Measurement.exact(folder.ints(name + "_ids"), encode(kit, text)));
        int[] stream = folder.ints(name + "_ids");
        Perplexity tailed =
                kit.evaluate(kit.decoder(), TokenPruner.NONE, name, kit.windows(stream));
        for (Map.Entry<String, JsonNode> entry : text.properties()) {
            String key = entry.getKey();
            JsonNode expected = entry.getValue();
            if (PROTOCOLS.contains(key)) {
                sink.check(
                        key,
                        () ->
                                switch (key) {
                                    case "A" ->
                                            fullPrecision(
                                                    folder,
                                                    expected,
                                                    Sums.of(tailed, kit.fullWindows(stream)));
                                    case "A_with_tail" ->
                                            fullPrecision(folder, expected, Sums.of(tailed));
                                    default ->
                                            fullPrecision(
                                                    folder,
                                                    expected,
                                                    Sums.of(
                                                            kit.evaluate(
                                                                    kit.decoder(),
                                                                    TokenPruner.NONE,
                                                                    name,
                                                                    kit.startedWindows(stream))));
                                });
            } else if (key.equals(SPECIALS)) {
                specials(kit, name, text, expected, sink);
            } else if (expected.isObject()) {
                sink.unsupported(key, "what this is about is not known");
            }
        }
        if (folder.has(name + "_A_window_nll_sum")) {
            sink.check("A window_nll_sum", () -> windowSums(folder, name, tailed));
        }
        if (folder.has(name + "_A_first_window_nll")) {
            sink.check("A first_window_nll", () -> firstWindow(kit, name, text, stream));
        }
    }

    private static int[] encode(Kit kit, JsonNode text) {
        int[] ids = kit.decoder().model().tokenizer().encodeLiterally(read(kit, text));
        int[] stream = new int[ids.length + 1];
        stream[0] = kit.start();
        System.arraycopy(ids, 0, stream, 1, ids.length);
        return stream;
    }

    private static String read(Kit kit, JsonNode text) {
        var file = kit.folder().path().resolve(text.path("file").asString(""));
        return new String(JsonFiles.readBytes(file, LARGEST_TEXT), StandardCharsets.UTF_8);
    }

    private static void specials(
            Kit kit, String name, JsonNode text, JsonNode variant, CaseSink sink) {
        String array = name + "_specials_recognised_ids";
        Tokenizer tokenizer = kit.decoder().model().tokenizer();
        sink.check(
                "ids, specials recognised",
                () ->
                        Measurement.exact(
                                kit.folder().ints(array), tokenizer.encode(read(kit, text), true)));
        sink.check(
                "A, specials recognised",
                () -> {
                    int[] stream = kit.folder().ints(array);
                    List<int[]> full = kit.windows(stream).subList(0, kit.fullWindows(stream));
                    return fullPrecision(
                            kit.folder(),
                            variant.path("A"),
                            Sums.of(kit.evaluate(kit.decoder(), TokenPruner.NONE, name, full)));
                });
    }

    /** Loss sums and counts of some windows. */
    private record Sums(int windows, double nll, long count, double meanOfMeans) {

        static Sums of(Perplexity measured) {
            return of(measured, measured.windowNll().size());
        }

        /** Of the first {@code windows} windows. */
        static Sums of(Perplexity measured, int windows) {
            double nll = 0;
            long count = 0;
            double means = 0;
            for (int w = 0; w < windows; w++) {
                nll += measured.windowNll().get(w);
                count += measured.windowTokens().get(w);
                means += measured.windowNll().get(w) / measured.windowTokens().get(w);
            }
            return new Sums(windows, nll, count, means / windows);
        }

        double perplexity() {
            return Math.exp(nll / count);
        }

        double perplexityOfMeans() {
            return Math.exp(meanOfMeans);
        }
    }

    private static Measurement fullPrecision(KitFolder folder, JsonNode expected, Sums sums) {
        if (expected.path("windows").asInt() != sums.windows()) {
            return Measurement.exact(expected.path("windows").asInt(), sums.windows())
                    .withNote("windows: " + sums.windows());
        }
        Measurement perplexity =
                perplexity(expected, sums, Tolerance.number(folder.tolerance(), PERPLEXITY));
        Measurement sum =
                Measurement.relative(
                        expected.path("nll_sum").doubleValue(),
                        sums.nll(),
                        Tolerance.number(folder.tolerance(), NLL_SUM));
        return sum.passes() ? perplexity : sum.withNote("nll_sum is " + sums.nll());
    }

    /** Perplexity over tokens and over windows; the number of predictions must be the same. */
    private static Measurement perplexity(JsonNode expected, Sums sums, double tolerance) {
        if (expected.path("nll_count").asLong() != sums.count()) {
            return Measurement.exact(expected.path("nll_count").asLong(), sums.count());
        }
        double error =
                Measurement.relativeError(
                        expected.path("perplexity").doubleValue(), sums.perplexity());
        double errorOfMeans =
                KitFolder.number(expected, "perplexity_mean_of_window_means")
                        .map(e -> Measurement.relativeError(e, sums.perplexityOfMeans()))
                        .orElse(0.0);
        return new Measurement(
                Measurement.worse(error, errorOfMeans),
                tolerance,
                "perplexity %.6g, expected %.6g"
                        .formatted(sums.perplexity(), expected.path("perplexity").doubleValue()));
    }

    private static Measurement windowSums(KitFolder folder, String name, Perplexity measured) {
        float[] sums = new float[measured.windowNll().size()];
        for (int w = 0; w < sums.length; w++) {
            sums[w] = measured.windowNll().get(w).floatValue();
        }
        return Measurement.relative(
                folder.floats(name + "_A_window_nll_sum"),
                sums,
                Tolerance.number(folder.tolerance(), NLL_SUM));
    }

    private static Measurement firstWindow(Kit kit, String name, JsonNode text, int[] stream) {
        float[] losses =
                PerplexityEvaluator.of(kit.decoder(), TokenPruner.NONE)
                        .score(kit.windows(stream).getFirst(), 0, kit.models().cancellation())
                        .kept();
        double rounding =
                KitFolder.number(text, "fp32_vs_float64_max_abs_nll_diff_first_windows")
                        .orElse(0.0);
        return Measurement.absolute(
                kit.folder().floats(name + "_A_first_window_nll"),
                Arrays.copyOf(losses, losses.length - 1),
                Math.max(SMALLEST_LOSS_TOLERANCE, 4 * rounding));
    }

    // ---- quantized and pruned

    private static void quantized(Kit kit, JsonNode variants, CaseSink sink) {
        int[] shape = kit.folder().shape("calib_ids");
        int[] ids = kit.folder().ints("calib_ids");
        List<int[]> windows = new ArrayList<>();
        for (int w = 0; w < shape[0]; w++) {
            windows.add(Arrays.copyOfRange(ids, w * shape[1], (w + 1) * shape[1]));
        }
        RecipeFitter fitter =
                new RecipeFitter(
                        kit.decoder().model(),
                        kit.models().kernels(),
                        kit.decoder().numerics(),
                        new Calibration("calib_ids", windows));
        for (Map.Entry<String, JsonNode> variant : variants.properties()) {
            CaseSink part = sink.part(variant.getKey());
            part.attempt(
                    "", () -> variant(kit, fitter, variant.getKey(), variant.getValue(), part));
        }
    }

    private static void variant(
            Kit kit, RecipeFitter fitter, String name, JsonNode variant, CaseSink sink) {
        QuantizedVariant parsed = QuantizedVariant.of(kit.folder().manifest(), variant);
        if (parsed == null) {
            sink.unsupported("", "the definition is not understood: " + variant.path("definition"));
            return;
        }
        TunedModel tuned =
                fitter.fit(parsed.recipe(), kit.models().progress(), kit.models().cancellation());
        CalibrationChecks.check(kit.folder(), name, variant, tuned, sink);
        for (String text : kit.folder().manifest().path("texts").propertyNames()) {
            if (variant.path(text).isObject()) {
                sink.check(text, () -> measure(kit, parsed, tuned, text, variant.path(text)));
            }
        }
    }

    private static Measurement measure(
            Kit kit, QuantizedVariant variant, TunedModel tuned, String text, JsonNode expected) {
        int[] stream = kit.folder().ints(text + "_ids");
        int count = expected.path("windows").asInt();
        if (count < 1 || count > kit.fullWindows(stream)) {
            throw new UserException(
                    "%s has %d windows where %d are asked for"
                            .formatted(text, kit.fullWindows(stream), count));
        }
        Sums sums =
                Sums.of(
                        kit.evaluate(
                                tuned.decoder(),
                                variant.recipe().pruning().pruner(),
                                text,
                                kit.windows(stream).subList(0, count)));
        JsonNode tolerances = kit.folder().tolerance();
        return variant.scoresOfQuantizedAttention()
                ? perplexity(
                        expected.path(QuantizedVariant.ALTERNATIVE),
                        sums,
                        variant.tolerance(tolerances, expected))
                : perplexity(expected, sums, variant.tolerance(tolerances, expected));
    }
}
