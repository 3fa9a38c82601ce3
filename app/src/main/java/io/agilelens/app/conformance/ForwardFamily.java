package io.agilelens.app.conformance;

import io.agilelens.engine.evaluate.PerplexityEvaluator;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.KeyValueCache;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.ProbabilityBlock;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Matrix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Forward passes: hidden states, attention, logits, losses, and greedy text through the cache. */
final class ForwardFamily implements Family {

    @Override
    public boolean covers(String kind) {
        return kind.equals("forward pass");
    }

    @Override
    public List<CaseResult> run(String name, GoldenFolder golden, KitModels models) {
        Path folder = golden.model();
        if (!models.runs(folder)) {
            return List.of(CaseResult.unsupported(name, "architecture is not run by this version"));
        }
        Decoder decoder = models.decoder(folder);
        List<CaseResult> results = new ArrayList<>();
        for (JsonNode sequence : golden.manifest().path("sequences")) {
            int index = sequence.path("index").asInt(0);
            results.add(
                    CaseResult.of(name + "/s" + index, sequence(golden, decoder, sequence, index)));
            results.add(
                    CaseResult.of(name + "/s" + index + "-cached", cached(golden, decoder, index)));
        }
        if (golden.has("greedy_ids")) {
            results.add(CaseResult.of(name + "/greedy", greedy(golden, decoder)));
        }
        return results;
    }

    private static List<Check> sequence(
            GoldenFolder golden, Decoder decoder, JsonNode sequence, int index) {
        String suffix = "_s" + index;
        int[] ids = golden.ints("ids" + suffix);
        Recorder recorder = new Recorder(decoder.model().config(), ids.length);
        Decoder.Pass pass =
                decoder.run(ids, null, TokenPruner.NONE, recorder, Cancellation.never());
        Matrix logits = decoder.logits(pass.hidden(), 0, ids.length);
        double hidden = golden.tolerance("hidden_abs", 2e-4);
        double attention = golden.tolerance("attention_abs", 2e-5);
        float[] nll = losses(decoder, ids);
        List<Check> checks = new ArrayList<>();
        checks.add(distance(golden, "embed" + suffix, recorder.embedded, hidden));
        checks.add(distance(golden, "layers" + suffix, recorder.layers, hidden));
        checks.add(distance(golden, "final" + suffix, pass.hidden().data(), hidden));
        checks.add(distance(golden, "attn_first" + suffix, recorder.first, attention));
        checks.add(distance(golden, "attn_last" + suffix, recorder.last, attention));
        checks.add(
                distance(
                        golden,
                        "logits" + suffix,
                        logits.data(),
                        golden.tolerance("logits_abs", 2e-4)));
        checks.add(distance(golden, "nll" + suffix, nll, golden.tolerance("nll_abs", 2e-4)));
        double sum = 0;
        for (float loss : nll) {
            sum += loss;
        }
        checks.add(
                Check.relative(
                        "perplexity",
                        sequence.path("perplexity").asDouble(Double.NaN),
                        Math.exp(sum / nll.length),
                        golden.tolerance("perplexity_rel", 1e-4)));
        return checks;
    }

    private static Check distance(
            GoldenFolder golden, String array, float[] actual, double tolerance) {
        return Check.largestDistance(array, golden.floats(array), actual, tolerance);
    }

    private static float[] losses(Decoder decoder, int[] ids) {
        float[] kept =
                PerplexityEvaluator.of(decoder, TokenPruner.NONE)
                        .score(ids, 0, Cancellation.never())
                        .kept();
        return Arrays.copyOf(kept, ids.length - 1);
    }

    /** The same sequence token by token. */
    private static List<Check> cached(GoldenFolder golden, Decoder decoder, int index) {
        int[] ids = golden.ints("ids_s" + index);
        int vocabulary = decoder.model().config().vocabularySize();
        float[] logits = new float[ids.length * vocabulary];
        KeyValueCache cache = new KeyValueCache(decoder.model().config());
        for (int t = 0; t < ids.length; t++) {
            float[] row = next(decoder, cache, new int[] {ids[t]});
            System.arraycopy(row, 0, logits, t * vocabulary, vocabulary);
        }
        return List.of(
                distance(golden, "logits_s" + index, logits, golden.tolerance("logits_abs", 2e-4)));
    }

    private static List<Check> greedy(GoldenFolder golden, Decoder decoder) {
        int[] expected = golden.ints("greedy_ids");
        int prompt = golden.manifest().path("greedy_prompt_len").asInt(1);
        int[] actual = Arrays.copyOf(expected, prompt);
        KeyValueCache cache = new KeyValueCache(decoder.model().config());
        int[] latest = actual;
        while (actual.length < expected.length) {
            latest = new int[] {mostLikely(next(decoder, cache, latest))};
            actual = Arrays.copyOf(actual, actual.length + 1);
            actual[actual.length - 1] = latest[0];
        }
        return List.of(Check.differences("greedy ids", expected, actual));
    }

    /** Logits behind the last of the tokens. */
    private static float[] next(Decoder decoder, KeyValueCache cache, int[] ids) {
        Decoder.Pass pass =
                decoder.run(ids, cache, TokenPruner.NONE, Probe.NONE, Cancellation.never());
        return decoder.logits(pass.hidden(), ids.length - 1, 1).data();
    }

    private static int mostLikely(float[] logits) {
        int best = 0;
        for (int id = 1; id < logits.length; id++) {
            if (logits[id] > logits[best]) {
                best = id;
            }
        }
        return best;
    }

    /** Keeps what the kit has. */
    private static final class Recorder implements Probe {
        private final int lastLayer;
        private final int tokens;
        private final float[] layers;
        private final float[] first;
        private final float[] last;
        private float[] embedded = {};

        Recorder(ModelConfig config, int tokens) {
            this.lastLayer = config.layers() - 1;
            this.tokens = tokens;
            this.layers = new float[config.layers() * tokens * config.hiddenSize()];
            this.first = new float[config.heads() * tokens * tokens];
            this.last = new float[first.length];
        }

        @Override
        public void embedded(Matrix residual) {
            embedded = residual.copy().data();
        }

        @Override
        public void layerOutput(int layer, Matrix residual) {
            int size = residual.rows() * residual.columns();
            System.arraycopy(residual.data(), 0, layers, layer * size, size);
        }

        @Override
        public void probabilities(ProbabilityBlock block) {
            if (block.layer() == 0) {
                copy(block, first);
            }
            if (block.layer() == lastLayer) {
                copy(block, last);
            }
        }

        private void copy(ProbabilityBlock block, float[] target) {
            for (int i = 0; i < block.queries(); i++) {
                int row = (block.head() * tokens + block.firstQuery() + i) * tokens;
                System.arraycopy(block.values(), i * block.stride(), target, row, block.visible(i));
            }
        }
    }
}
