package io.agilelens.engine.evaluate.conformance;

import io.agilelens.engine.UserException;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.KeyValueCache;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.ProbabilityBlock;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Matrix;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Full-precision passes over a few sequences: hidden states, attention, logits and losses; each
 * sequence again token by token through the cache; greedy continuation.
 */
final class ForwardPassFamily implements CaseFamily {
    private static final Pattern OF_SEQUENCE = Pattern.compile("(.+)_s(\\d+)");

    @Override
    public boolean covers(String kind) {
        return kind.startsWith("forward pass");
    }

    @Override
    public void check(KitFolder folder, KitModels models, CaseSink sink) {
        Decoder decoder = models.decoder(folder);
        for (JsonNode sequence : folder.manifest().path("sequences")) {
            int index = sequence.path("index").asInt();
            String suffix = "_s" + index;
            sink.attempt(
                    "sequence" + suffix,
                    () -> sequence(folder, decoder, sequence, suffix, sink, models.cancellation()));
        }
        for (String array : folder.arrays()) {
            Matcher name = OF_SEQUENCE.matcher(array);
            if (!name.matches() && !array.equals("greedy_ids")) {
                sink.unsupported(array, "what this array holds is not known");
            }
        }
        if (folder.has("greedy_ids")) {
            sink.check("greedy_ids", () -> greedy(folder, decoder, models.cancellation()));
        }
        JsonNode text = folder.manifest().path("greedy_text");
        if (text.isString() && folder.has("greedy_ids")) {
            sink.check("greedy_text", () -> greedyText(folder, decoder, text.stringValue()));
        }
    }

    /** The continuation as text, without the prompt. */
    private static Measurement greedyText(KitFolder folder, Decoder decoder, String expected) {
        int[] ids = folder.ints("greedy_ids");
        int prompt = folder.manifest().path("greedy_prompt_len").asInt(0);
        String text =
                decoder.model()
                        .tokenizer()
                        .decode(Arrays.copyOfRange(ids, prompt, ids.length), true);
        boolean same = text.equals(expected);
        return new Measurement(same ? 0 : 1, 0, same ? "" : "it is: " + text);
    }

    private static void sequence(
            KitFolder folder,
            Decoder decoder,
            JsonNode sequence,
            String suffix,
            CaseSink sink,
            Cancellation cancellation) {
        int[] ids = folder.ints("ids" + suffix);
        Recorder seen = new Recorder(decoder.model().config(), ids.length);
        Decoder.Pass pass = decoder.run(ids, null, TokenPruner.NONE, seen, cancellation);
        Matrix logits = decoder.logits(pass.hidden(), 0, ids.length);
        double[] losses = Losses.next(logits, ids, pass.survivors());
        JsonNode tolerance = folder.tolerance();
        for (String array : folder.arrays()) {
            Matcher name = OF_SEQUENCE.matcher(array);
            if (!name.matches() || !array.endsWith(suffix)) {
                continue;
            }
            switch (name.group(1)) {
                case "ids" -> {}
                case "embed" -> hidden(folder, array, seen.embedded, sink);
                case "layers" -> hidden(folder, array, seen.layers, sink);
                case "final" -> hidden(folder, array, pass.hidden().data(), sink);
                case "logits" -> floats(folder, array, logits.data(), "logits_abs", sink);
                case "attn_first" -> floats(folder, array, seen.first, "attention_abs", sink);
                case "attn_last" -> floats(folder, array, seen.last, "attention_abs", sink);
                case "nll" -> floats(folder, array, Losses.narrow(losses), "nll_abs", sink);
                default -> sink.unsupported(array, "what this array holds is not known");
            }
        }
        if (sequence.has("perplexity")) {
            sink.check(
                    "perplexity" + suffix,
                    () ->
                            Measurement.relative(
                                    sequence.path("perplexity").doubleValue(),
                                    Math.exp(Losses.sum(losses) / losses.length),
                                    Tolerance.number(tolerance, "perplexity_rel")));
        }
        if (sequence.has("nll_sum")) {
            sink.check(
                    "nll_sum" + suffix,
                    () ->
                            Measurement.absolute(
                                    sequence.path("nll_sum").doubleValue(),
                                    Losses.sum(losses),
                                    losses.length * Tolerance.number(tolerance, "nll_abs")));
        }
        if (folder.has("logits" + suffix)) {
            sink.check(
                    "replay through the cache" + suffix,
                    () -> replay(folder, decoder, ids, "logits" + suffix, cancellation));
        }
    }

    private static void hidden(KitFolder folder, String array, float[] actual, CaseSink sink) {
        floats(folder, array, actual, "hidden_abs", sink);
    }

    private static void floats(
            KitFolder folder, String array, float[] actual, String tolerance, CaseSink sink) {
        sink.check(
                array,
                () ->
                        Measurement.absolute(
                                folder.floats(array),
                                actual,
                                Tolerance.number(folder.tolerance(), tolerance)));
    }

    /** Gives the sequence to the cache one token at a time and compares every row of logits. */
    private static Measurement replay(
            KitFolder folder, Decoder decoder, int[] ids, String array, Cancellation cancellation) {
        float[] replayed = new float[ids.length * decoder.model().config().vocabularySize()];
        KeyValueCache cache = decoder.cache();
        for (int t = 0; t < ids.length; t++) {
            Matrix logits = step(decoder, new int[] {ids[t]}, cache, cancellation);
            System.arraycopy(logits.data(), 0, replayed, t * logits.columns(), logits.columns());
        }
        return Measurement.absolute(
                folder.floats(array), replayed, Tolerance.number(folder.tolerance(), "logits_abs"));
    }

    private static Measurement greedy(
            KitFolder folder, Decoder decoder, Cancellation cancellation) {
        int[] expected = folder.ints("greedy_ids");
        int prompt = folder.manifest().path("greedy_prompt_len").asInt(0);
        if (prompt < 1 || prompt >= expected.length) {
            throw new UserException(
                    "greedy_prompt_len is %d of %d ids: it must leave something to generate"
                            .formatted(prompt, expected.length));
        }
        int[] generated = Arrays.copyOf(expected, expected.length);
        KeyValueCache cache = decoder.cache();
        int[] next = Arrays.copyOf(expected, prompt);
        for (int t = prompt; t < expected.length; t++) {
            generated[t] = Losses.largest(step(decoder, next, cache, cancellation), 0);
            next = new int[] {generated[t]};
        }
        Measurement found = Measurement.exact(expected, generated);
        return found.passes()
                ? found
                : found.withNote(
                        "%s; smallest gap of the two best logits %s"
                                .formatted(
                                        found.note(),
                                        folder.manifest().path("greedy_min_top1_top2_gap")));
    }

    /** Logits after the last of some tokens, one row. */
    private static Matrix step(
            Decoder decoder, int[] ids, KeyValueCache cache, Cancellation cancellation) {
        Decoder.Pass pass = decoder.run(ids, cache, TokenPruner.NONE, Probe.NONE, cancellation);
        return decoder.logits(pass.hidden(), ids.length - 1, 1);
    }

    /** Keeps what the reference data has. */
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
            layers = new float[config.layers() * tokens * config.hiddenSize()];
            first = new float[config.heads() * tokens * tokens];
            last = new float[config.heads() * tokens * tokens];
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
                keep(block, first);
            }
            if (block.layer() == lastLayer) {
                keep(block, last);
            }
        }

        private void keep(ProbabilityBlock block, float[] target) {
            for (int i = 0; i < block.queries(); i++) {
                int row = (block.head() * tokens + block.firstQuery() + i) * tokens;
                System.arraycopy(block.values(), i * block.stride(), target, row, block.visible(i));
            }
        }
    }
}
