package io.agilelens.engine.model;

import io.agilelens.engine.UserException;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Matrix;
import io.agilelens.engine.tensor.Tensor;
import java.util.Arrays;

/**
 * The forward pass. There is one: full precision, simulated quantization and integer execution
 * differ in the {@link Numerics} plugged in, not in this code. Immutable and safe for several
 * threads.
 */
public final class Decoder {
    private final Model model;
    private final ModelConfig config;
    private final ModelWeights weights;
    private final Kernels kernels;
    private final Numerics numerics;
    private final float[] frequencies;

    /** Scratch space for one head's probabilities, grown as needed and kept by each thread. */
    private static final ThreadLocal<float[]> PROBABILITIES =
            ThreadLocal.withInitial(() -> new float[0]);

    /** Queries of a head that are worked on at once, so that no tokens² buffer is ever needed. */
    private static final int QUERY_BLOCK = 64;

    public Decoder(Model model, Kernels kernels, Numerics numerics) {
        this.model = model;
        this.config = model.config();
        this.weights = model.weights();
        this.kernels = kernels;
        this.numerics = numerics;
        this.frequencies = config.rotary().frequencies(config.headDimension());
    }

    public Model model() {
        return model;
    }

    public Kernels kernels() {
        return kernels;
    }

    public Numerics numerics() {
        return numerics;
    }

    /**
     * What a pass left.
     *
     * @param hidden input of the output head, {@code [survivors, hidden]}
     * @param survivors indices among the pass's tokens of those that reached the end, ascending
     */
    public record Pass(Matrix hidden, int[] survivors) {}

    /** A pass over a whole sequence that nothing watches and nothing is pruned from. */
    public Pass run(int[] ids, Cancellation cancellation) {
        return run(ids, null, TokenPruner.NONE, Probe.NONE, cancellation);
    }

    /**
     * Runs tokens through all layers.
     *
     * @param ids token ids, at least one
     * @param cache what came before, extended by this pass; null for a sequence on its own
     * @throws UserException if an id is outside the vocabulary
     */
    public Pass run(
            int[] ids,
            KeyValueCache cache,
            TokenPruner pruner,
            Probe probe,
            Cancellation cancellation) {
        Matrix residual = embed(ids);
        probe.embedded(residual);
        int[] survivors = range(0, ids.length);
        int[] positions = range(cache == null ? 0 : cache.nextPosition(0), ids.length);
        Rotation rotation = new Rotation(positions);
        for (int layer = 0; layer < config.layers(); layer++) {
            cancellation.check();
            if (!pruner.keepsPositions()) {
                int start = cache == null ? 0 : cache.nextPosition(layer);
                positions = range(start, residual.rows());
            }
            if (!Arrays.equals(positions, rotation.positions)) {
                rotation = new Rotation(positions);
            }
            boolean prunes = residual.rows() > 1 && pruner.prunes(layer);
            TokenScores scores =
                    prunes
                            ? new TokenScores(pruner.score(), config.heads(), residual.rows())
                            : null;
            attention(layer, residual, rotation, cache, scores, probe);
            if (prunes) {
                float[] importance = scores.sum();
                int[] kept = pruner.survivors(layer, importance);
                probe.pruned(layer, importance, kept);
                residual = gather(residual, kept);
                survivors = gather(survivors, kept);
                positions = gather(positions, kept);
            }
            mlp(layer, residual, probe);
            probe.layerOutput(layer, residual);
        }
        Matrix hidden = Matrix.zeros(residual.rows(), config.hiddenSize());
        norm(residual, weights.finalNorm(), hidden);
        return new Pass(hidden, survivors);
    }

    /**
     * The output head on some rows of a pass.
     *
     * @param hidden {@code [rows, hidden]}
     * @return logits {@code [count, vocabulary]}
     */
    public Matrix logits(Matrix hidden, int firstRow, int count) {
        int width = hidden.columns();
        float[] rows =
                Arrays.copyOfRange(hidden.data(), firstRow * width, (firstRow + count) * width);
        Matrix logits = Matrix.zeros(count, config.vocabularySize());
        numerics.head().apply(new Activation.Floats(new Matrix(count, width, rows)), logits.data());
        return logits;
    }

    private Matrix embed(int[] ids) {
        if (ids.length == 0) {
            throw new UserException("there are no tokens to run: give at least one id");
        }
        Tensor table = weights.embedding();
        int hidden = config.hiddenSize();
        Matrix residual = Matrix.zeros(ids.length, hidden);
        for (int t = 0; t < ids.length; t++) {
            if (ids[t] < 0 || ids[t] >= config.vocabularySize()) {
                throw new UserException(
                        "token id %d at position %d is outside the vocabulary 0…%d of %s"
                                .formatted(
                                        ids[t],
                                        t,
                                        config.vocabularySize() - 1,
                                        model.checkpoint().source()));
            }
            table.widen((long) ids[t] * hidden, residual.data(), residual.offset(t), hidden);
        }
        return residual;
    }

    /** Adds the attention block's output to the residual stream and collects token scores. */
    private void attention(
            int layer,
            Matrix residual,
            Rotation rotation,
            KeyValueCache cache,
            TokenScores scores,
            Probe probe) {
        int tokens = residual.rows();
        Matrix normed = Matrix.zeros(tokens, config.hiddenSize());
        norm(residual, weights.attentionNorm(layer), normed);
        Activation input = transform(layer, Site.ATTN_INPUT, normed, probe);

        // The transforms may share their input's array, and rotation works in place.
        float[] queries = project(layer, LinearRole.QUERY, Site.QUERY, input, probe);
        float[] keys = project(layer, LinearRole.KEY, Site.KEY, input, probe);
        float[] values = project(layer, LinearRole.VALUE, Site.VALUE, input, probe);
        rotation.apply(queries, config.heads());
        rotation.apply(keys, config.keyValueHeads());

        float[] allKeys = keys;
        float[] allValues = values;
        int cached = 0;
        if (cache != null) {
            cached = cache.length(layer);
            cache.append(layer, keys, values, tokens, rotation.next());
            allKeys = cache.keys(layer);
            allValues = cache.values(layer);
        }
        Matrix context = Matrix.zeros(tokens, config.queryWidth());
        Heads heads = new Heads(layer, queries, allKeys, allValues, tokens, cached, context);
        Workers.shared()
                .forRanges(
                        config.heads(),
                        1,
                        (from, to) -> {
                            for (int head = from; head < to; head++) {
                                heads.attend(head, scores, probe);
                            }
                        });
        Activation output = transform(layer, Site.ATTN_OUTPUT, context, probe);
        float[] projected = new float[tokens * config.hiddenSize()];
        numerics.linear(layer, LinearRole.ATTENTION_OUTPUT).apply(output, projected);
        kernels.add(residual.data(), projected, tokens * config.hiddenSize());
    }

    private float[] project(int layer, LinearRole role, Site site, Activation input, Probe probe) {
        Matrix projected = Matrix.zeros(input.tokens(), role.outputs(config));
        numerics.linear(layer, role).apply(input, projected.data());
        return transform(layer, site, projected, probe).values().data();
    }

    /** One layer's attention, head by head. */
    private final class Heads {
        private final int layer;
        private final float[] queries;
        private final float[] keys;
        private final float[] values;
        private final int tokens;
        private final int cached;
        private final Matrix context;
        private final SoftmaxTransform softmax;

        Heads(
                int layer,
                float[] queries,
                float[] keys,
                float[] values,
                int tokens,
                int cached,
                Matrix context) {
            this.layer = layer;
            this.queries = queries;
            this.keys = keys;
            this.values = values;
            this.tokens = tokens;
            this.cached = cached;
            this.context = context;
            this.softmax = numerics.softmax(layer);
        }

        void attend(int head, TokenScores scores, Probe probe) {
            for (int first = 0; first < tokens; first += QUERY_BLOCK) {
                attend(head, first, Math.min(QUERY_BLOCK, tokens - first), scores, probe);
            }
        }

        private void attend(int head, int first, int count, TokenScores scores, Probe probe) {
            int dimension = config.headDimension();
            int queryWidth = config.queryWidth();
            int keyWidth = config.keyValueWidth();
            int keyOffset = config.keyValueHead(head) * dimension;
            int firstVisible = cached + first + 1;
            int stride = cached + first + count;
            float[] p = probabilityScratch(count * stride);
            int offset = first * queryWidth + head * dimension;
            kernels.attentionScores(
                    queries,
                    offset,
                    queryWidth,
                    count,
                    keys,
                    keyOffset,
                    keyWidth,
                    stride,
                    dimension,
                    (float) (1 / Math.sqrt(dimension)),
                    firstVisible,
                    p,
                    0,
                    stride);
            for (int i = 0; i < count; i++) {
                kernels.softmax(p, i * stride, firstVisible + i);
            }
            ProbabilityBlock block =
                    new ProbabilityBlock(
                            layer, head, first, count, stride, firstVisible, p, stride);
            if (scores != null) {
                scores.add(block, cached);
            }
            probe.probabilities(block);
            softmax.apply(block);
            probe.transformedProbabilities(block);
            softmax.context(
                    kernels,
                    block,
                    values,
                    keyOffset,
                    keyWidth,
                    dimension,
                    context.data(),
                    offset,
                    queryWidth);
        }
    }

    private static float[] probabilityScratch(int size) {
        float[] scratch = PROBABILITIES.get();
        if (scratch.length < size) {
            scratch = new float[size];
            PROBABILITIES.set(scratch);
        }
        return scratch;
    }

    /** Adds the MLP block's output to the residual stream. */
    private void mlp(int layer, Matrix residual, Probe probe) {
        int tokens = residual.rows();
        Matrix normed = Matrix.zeros(tokens, config.hiddenSize());
        norm(residual, weights.mlpNorm(layer), normed);
        Activation input = transform(layer, Site.MLP_INPUT, normed, probe);
        Matrix hidden = Matrix.zeros(tokens, config.feedForwardSize());
        float[] up = new float[tokens * config.feedForwardSize()];
        numerics.linear(layer, LinearRole.GATE).apply(input, hidden.data());
        numerics.linear(layer, LinearRole.UP).apply(input, up);
        kernels.siluMultiply(hidden.data(), up, tokens * config.feedForwardSize());
        Activation activated = transform(layer, Site.MLP_HIDDEN, hidden, probe);
        float[] projected = new float[tokens * config.hiddenSize()];
        numerics.linear(layer, LinearRole.DOWN).apply(activated, projected);
        kernels.add(residual.data(), projected, tokens * config.hiddenSize());
    }

    private Activation transform(int layer, Site site, Matrix values, Probe probe) {
        Activation transformed = numerics.site(layer, site).apply(values);
        probe.activation(layer, site, values, transformed);
        return transformed;
    }

    private void norm(Matrix x, float[] weight, Matrix y) {
        kernels.rmsNorm(x.data(), x.rows(), x.columns(), weight, config.normEpsilon(), y.data());
    }

    /** Cosines and sines of the tokens' positions. */
    private final class Rotation {
        private final int[] positions;
        private final float[] cosines;
        private final float[] sines;

        Rotation(int[] positions) {
            this.positions = positions;
            int half = frequencies.length;
            cosines = new float[positions.length * half];
            sines = new float[positions.length * half];
            for (int t = 0; t < positions.length; t++) {
                for (int i = 0; i < half; i++) {
                    float angle = positions[t] * frequencies[i];
                    cosines[t * half + i] = (float) Math.cos(angle);
                    sines[t * half + i] = (float) Math.sin(angle);
                }
            }
        }

        void apply(float[] x, int heads) {
            kernels.rotate(x, positions.length, heads, config.headDimension(), cosines, sines);
        }

        int next() {
            return positions[positions.length - 1] + 1;
        }
    }

    private static Matrix gather(Matrix rows, int[] kept) {
        Matrix gathered = Matrix.zeros(kept.length, rows.columns());
        for (int i = 0; i < kept.length; i++) {
            System.arraycopy(
                    rows.data(),
                    rows.offset(kept[i]),
                    gathered.data(),
                    gathered.offset(i),
                    rows.columns());
        }
        return gathered;
    }

    private static int[] gather(int[] from, int[] kept) {
        int[] gathered = new int[kept.length];
        for (int i = 0; i < kept.length; i++) {
            gathered[i] = from[kept[i]];
        }
        return gathered;
    }

    private static int[] range(int start, int count) {
        int[] range = new int[count];
        for (int i = 0; i < count; i++) {
            range[i] = start + i;
        }
        return range;
    }
}
