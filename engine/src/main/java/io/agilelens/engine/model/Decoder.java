package io.agilelens.engine.model;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.PackedKeys;
import io.agilelens.engine.kernel.PackedValues;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Matrix;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * The forward pass. There is one: full precision, simulated quantization and integer execution
 * differ in the {@link Numerics} plugged in, architectures in their {@link ModelConfig}, neither in
 * this code. Immutable and safe for several threads.
 */
public final class Decoder {
    private final Model model;
    private final ModelConfig config;
    private final ModelWeights weights;
    private final Kernels kernels;
    private final Numerics numerics;

    /** How fast each head's scores fall with distance; empty unless positions are ALiBi's. */
    private final float[] slopes;

    /** For one head's probabilities. */
    private static final ThreadRoom PROBABILITIES = new ThreadRoom();

    /** Most queries of a head worked on at once, so that no tokens² buffer is ever needed. */
    static final int QUERY_BLOCK = 48;

    /** Queries from which on it pays to pack keys and values. */
    private static final int QUERIES_WORTH_PACKING = 12;

    public Decoder(Model model, Kernels kernels, Numerics numerics) {
        this.model = model;
        this.config = model.config();
        this.weights = model.weights();
        this.kernels = kernels;
        this.numerics = numerics;
        this.slopes =
                config.positions() instanceof Alibi ? Alibi.slopes(config.heads()) : new float[0];
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
     * @param hidden input of the output head, {@code [survivors, embedding]}
     * @param survivors indices among the pass's tokens of those that reached the end, ascending
     */
    public record Pass(Matrix hidden, int[] survivors) {}

    /** A cache to run a sequence piece by piece with; it suits this decoder only. */
    public KeyValueCache cache() {
        return new KeyValueCache(config, kernels, numerics);
    }

    /**
     * An empty cache for another sequence: the one that is no longer used, whose room is there
     * already, or a new one if it does not suit this decoder.
     */
    public KeyValueCache cache(KeyValueCache used) {
        return used.empty(config, kernels, numerics) ? used : cache();
    }

    /** A pass over a whole sequence that nothing watches and nothing is pruned from. */
    public Pass run(int[] ids, Cancellation cancellation) {
        return run(ids, null, TokenPruner.NONE, Probe.NONE, cancellation);
    }

    /**
     * Runs tokens through all layers.
     *
     * @param ids token ids, at least one
     * @param cache what came before, extended by this pass; made by {@link #cache()}; null for a
     *     sequence on its own
     * @throws UserException if an id is outside the vocabulary, or the sequence is longer than the
     *     model's {@link SequenceLimit}
     */
    public Pass run(
            int[] ids,
            KeyValueCache cache,
            TokenPruner pruner,
            Probe probe,
            Cancellation cancellation) {
        PassState state = start(ids, cache == null ? 0 : cache.length(0));
        probe.embedded(state.residual());
        while (state.layer() < config.layers()) {
            state = step(state, cache, pruner, probe, cancellation);
        }
        Matrix residual = state.residual();
        Matrix hidden = headInput(residual);
        if (hidden.data() != residual.data()) {
            state.workspace().giveBack(residual);
        }
        return left(state, hidden);
    }

    private static Pass left(PassState state, Matrix hidden) {
        state.workspace().leave();
        return new Pass(hidden, state.survivors());
    }

    /**
     * A pass over a sequence on its own, in front of the first layer. {@link #step} takes it layer
     * by layer to where {@link #end} gives what {@link #run} gives.
     *
     * @throws UserException as {@link #run} does
     */
    public PassState start(int[] ids) {
        return start(ids, 0);
    }

    private PassState start(int[] ids, int seen) {
        Workspace workspace = new Workspace();
        return new PassState(
                0,
                embed(ids, seen, workspace),
                Positions.range(0, ids.length),
                new Positions(Positions.range(seen, ids.length), seen + ids.length),
                TokenMarks.NONE,
                workspace);
    }

    /**
     * Runs the next layer of a pass over a sequence on its own.
     *
     * @param state where the pass stands, in front of a layer; used up by this
     * @return where it stands then
     */
    public PassState step(
            PassState state, TokenPruner pruner, Probe probe, Cancellation cancellation) {
        return step(state, null, pruner, probe, cancellation);
    }

    private PassState step(
            PassState state,
            KeyValueCache cache,
            TokenPruner pruner,
            Probe probe,
            Cancellation cancellation) {
        cancellation.check();
        int layer = state.layer();
        Matrix residual = state.residual();
        int[] survivors = state.survivors();
        Positions positions = state.positions();
        TokenMarks marks = state.marks();
        Workspace workspace = state.workspace();
        if (!pruner.keepsPositions()) {
            positions = positions.renumbered(cache == null ? 0 : cache.nextPosition(layer));
        }
        boolean prunes = residual.rows() > 1 && pruner.prunes(layer);
        TokenScores scores =
                prunes ? new TokenScores(pruner.score(), config.heads(), residual.rows()) : null;
        var attention = new Attention(layer, residual, positions, cache, scores, probe, workspace);
        if (prunes && pruner.marks()) {
            float[] importance = scores.sum();
            int[] unmarked = pruner.survivors(layer, importance);
            marks = marks.orAllBut(unmarked, residual.rows());
            probe.marked(layer, importance, unmarked, marks);
        }
        residual = attention.output(marks);
        if (prunes && !pruner.marks()) {
            float[] importance = scores.sum();
            int[] kept = pruner.survivors(layer, importance);
            probe.pruned(layer, importance, kept);
            residual = gather(residual, kept, workspace);
            survivors = Positions.gather(survivors, kept);
            positions = positions.of(kept);
        }
        residual = mlpBlock(layer, residual, marks, probe, workspace);
        probe.layerOutput(layer, residual);
        return new PassState(layer + 1, residual, survivors, positions, marks, workspace);
    }

    /**
     * What a pass leaves once the last layer is done.
     *
     * @param state where it stands, behind the last layer
     */
    public Pass end(PassState state) {
        if (state.layer() != config.layers()) {
            throw new IllegalArgumentException("layer " + state.layer() + " was not run");
        }
        return left(state, headInput(state.residual()));
    }

    /**
     * What enters the first layer when a sequence on its own is run, {@code [tokens, hidden]}.
     *
     * @throws UserException as {@link #run} does
     */
    public Matrix embed(int[] ids) {
        return embed(ids, 0, new Workspace());
    }

    /**
     * One layer's attention block on a sequence on its own, nothing cached and nothing pruned:
     * {@link #mlp} on the result completes the layer, and layer after layer gives what {@link #run}
     * gives.
     *
     * @param residual what enters the layer, {@code [tokens, hidden]}; stays as it is
     * @return the residual stream behind the attention block
     */
    public Matrix attention(int layer, Matrix residual, Probe probe) {
        Positions positions = new Positions(Positions.range(0, residual.rows()), residual.rows());
        return new Attention(layer, residual.copy(), positions, null, null, probe, new Workspace())
                .output(TokenMarks.NONE);
    }

    /**
     * One layer's MLP block.
     *
     * @param residual the stream behind the attention block, {@code [tokens, hidden]}; stays as it
     *     is
     * @return what leaves the layer
     */
    public Matrix mlp(int layer, Matrix residual, Probe probe) {
        Matrix left = mlpBlock(layer, residual.copy(), TokenMarks.NONE, probe, new Workspace());
        probe.layerOutput(layer, left);
        return left;
    }

    /**
     * What the output head reads once the last layer is done, {@code [tokens, embedding]}.
     *
     * @param residual what left the last layer; stays as it is
     */
    public Matrix finish(Matrix residual) {
        return headInput(residual);
    }

    private Matrix headInput(Matrix residual) {
        Matrix normed = weights.finalNorm().map(norm -> normed(residual, norm)).orElse(residual);
        return numerics.outputProjection()
                .map(projection -> project(projection, normed))
                .orElse(normed);
    }

    /**
     * The output head on some rows of a pass.
     *
     * @param hidden {@code [rows, embedding]}
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

    /**
     * What enters the first layer, {@code [tokens, hidden]}.
     *
     * @param seen tokens that came before
     */
    private Matrix embed(int[] ids, int seen, Workspace workspace) {
        requireTokens(ids, seen);
        Matrix rows = workspace.matrix(ids.length, config.embeddingSize());
        int columns = rows.columns();
        Workers.shared()
                .forEach(
                        ids.length,
                        Workers.grain(columns),
                        t ->
                                weights.embedding()
                                        .widen(
                                                (long) ids[t] * columns,
                                                rows.data(),
                                                rows.offset(t),
                                                columns));
        Matrix embedded =
                numerics.inputProjection()
                        .map(projection -> project(projection, rows))
                        .orElse(rows);
        if (config.positions() instanceof LearnedPositions learned) {
            addPositions(embedded, learned.offset() + seen);
        }
        return weights.embeddingNorm()
                .map(norm -> norm(embedded, norm, workspace))
                .orElse(embedded);
    }

    private void requireTokens(int[] ids, int seen) {
        if (ids.length == 0) {
            throw new UserException("there are no tokens to run: give at least one id");
        }
        for (int t = 0; t < ids.length; t++) {
            if (ids[t] < 0 || ids[t] >= config.vocabularySize()) {
                throw new UserException(
                        "token id %d at position %d is outside the vocabulary 0…%d of %s"
                                .formatted(
                                        ids[t],
                                        t,
                                        config.vocabularySize() - 1,
                                        Printable.of(model.checkpoint().source())));
            }
        }
        int length = seen + ids.length;
        if (config.limit().isPresent() && length > config.limit().get().tokens()) {
            throw new UserException(
                    "the sequence has %d tokens, but config key %s of %s allows %d: give a shorter text or a smaller window"
                            .formatted(
                                    length,
                                    config.limit().get().key(),
                                    Printable.of(model.checkpoint().source()),
                                    config.limit().get().tokens()));
        }
    }

    /** Adds neighbouring rows of the position table. */
    private void addPositions(Matrix embedded, int firstRow) {
        float[] rows = new float[embedded.rows() * embedded.columns()];
        weights.positions()
                .orElseThrow()
                .widen((long) firstRow * embedded.columns(), rows, 0, rows.length);
        kernels.add(embedded.data(), rows, rows.length);
    }

    private static Matrix project(LinearOperator projection, Matrix x) {
        Matrix projected = Matrix.zeros(x.rows(), projection.outputs());
        projection.apply(new Activation.Floats(x), projected.data());
        return projected;
    }

    /** What a block reads: the residual stream, normed unless norms follow the blocks. */
    private Matrix blockInput(Matrix residual, NormWeights norm, Workspace workspace) {
        return switch (config.norm().placement()) {
            case BEFORE, BEFORE_RESIDUAL_TOO -> norm(residual, norm, workspace);
            case AFTER -> residual;
        };
    }

    /**
     * The residual stream behind a block. What is no longer read goes back to the workspace.
     *
     * @param residual the stream in front of the block
     * @param read what the block read
     * @param given what the block gave, {@code [tokens, hidden]}
     */
    private Matrix blockOutput(
            Matrix residual, Matrix read, float[] given, NormWeights norm, Workspace workspace) {
        Matrix stream =
                config.norm().placement() == Norm.Placement.BEFORE_RESIDUAL_TOO ? read : residual;
        kernels.add(stream.data(), given, stream.rows() * stream.columns());
        workspace.giveBack(given);
        Matrix other = stream == read ? residual : read;
        if (other != stream) {
            workspace.giveBack(other);
        }
        if (config.norm().placement() != Norm.Placement.AFTER) {
            return stream;
        }
        Matrix normed = norm(stream, norm, workspace);
        workspace.giveBack(stream);
        return normed;
    }

    /**
     * One layer's attention block. Contexts are there once it is made; its output follows when it
     * is known which tokens are marked, which the scores collected on the way may decide.
     */
    private final class Attention {
        private final int layer;
        private final Matrix residual;
        private final Matrix read;
        private final Matrix context;
        private final Probe probe;
        private final Workspace workspace;

        /**
         * @param residual the stream in front of the block; used up
         */
        Attention(
                int layer,
                Matrix residual,
                Positions positions,
                KeyValueCache cache,
                TokenScores scores,
                Probe probe,
                Workspace workspace) {
            this.layer = layer;
            this.residual = residual;
            this.read = blockInput(residual, weights.attentionNorm(layer), workspace);
            this.probe = probe;
            this.workspace = workspace;
            Activation input = transform(Site.ATTN_INPUT, read, TokenMarks.NONE);
            Matrix[] projected =
                    Decoder.this.project(
                            layer,
                            input,
                            workspace,
                            LinearRole.QUERY,
                            LinearRole.KEY,
                            LinearRole.VALUE);
            input.giveBack(workspace);
            Projected queries = transform(Site.QUERY, projected[0]);
            Projected keys = transform(Site.KEY, projected[1]);
            Projected values = transform(Site.VALUE, projected[2]);
            positions.rotate(queries.floats(), config, config.heads(), kernels);
            positions.rotate(keys.floats(), config, config.keyValueHeads(), kernels);
            this.context = workspace.matrix(residual.rows(), config.queryWidth());
            Heads heads = heads(queries.floats(), keys.floats(), values.floats(), positions, cache);
            heads.attend(scores, probe);
            heads.giveBack();
            queries.giveBack(workspace);
            keys.giveBack(workspace);
            values.giveBack(workspace);
        }

        private Projected transform(Site site, Matrix projected) {
            return new Projected(projected, transform(site, projected, TokenMarks.NONE));
        }

        private Activation transform(Site site, Matrix values, TokenMarks marks) {
            return Decoder.this.transform(layer, site, values, marks, probe, workspace);
        }

        private Heads heads(
                float[] queries,
                float[] keys,
                float[] values,
                Positions positions,
                KeyValueCache cache) {
            int cached = cache == null ? 0 : cache.length(layer);
            if (cache != null) {
                cache.append(layer, keys, values, positions.values(), positions.next());
            }
            PackedKeys packedKeys;
            PackedValues packedValues;
            if (cached == 0) {
                // What a cache would give back is what is there.
                int tokens = context.rows();
                numerics.cacheFormat().ifPresent(format -> format.round(keys, tokens));
                numerics.cacheFormat().ifPresent(format -> format.round(values, tokens));
                packedKeys = packKeys(keys, tokens);
                packedValues = packValues(values, tokens);
            } else if (context.rows() >= QUERIES_WORTH_PACKING) {
                packedKeys = packKeys(cache.keyRows(layer), cache.length(layer));
                packedValues = packValues(cache.valueRows(layer), cache.length(layer));
            } else {
                packedKeys = cache.keys(layer);
                packedValues = cache.values(layer);
            }
            int[] allPositions = cached == 0 ? positions.values() : cache.positions(layer);
            return new Heads(
                    layer, queries, packedKeys, packedValues, allPositions, cached, context);
        }

        private PackedKeys packKeys(float[] keys, int count) {
            return kernels.packKeys(keys, count, config.keyValueHeads(), config.headDimension());
        }

        private PackedValues packValues(float[] values, int count) {
            return numerics.softmax(layer)
                    .pack(kernels, values, count, config.keyValueHeads(), config.headDimension());
        }

        /** The residual stream behind the block. */
        Matrix output(TokenMarks marks) {
            Activation output = transform(Site.ATTN_OUTPUT, context, marks);
            float[] projected = workspace.floats(residual.rows() * config.hiddenSize());
            numerics.linear(layer, LinearRole.ATTENTION_OUTPUT).apply(output, projected);
            output.giveBack(workspace);
            workspace.giveBack(context);
            probe.attentionAdded(
                    layer, new Matrix(residual.rows(), config.hiddenSize(), projected));
            return blockOutput(residual, read, projected, weights.attentionNorm(layer), workspace);
        }
    }

    /**
     * Queries, keys or values of a layer.
     *
     * @param transformed what attention reads; rotation works in place, and it may share the array
     *     of what was projected
     */
    private record Projected(Matrix projected, Activation transformed) {

        float[] floats() {
            return transformed.values().data();
        }

        void giveBack(Workspace workspace) {
            transformed.giveBack(workspace);
            workspace.giveBack(projected);
        }
    }

    /** One layer's attention, head by head. */
    private final class Heads {
        private final int layer;
        private final float[] queries;
        private final PackedKeys keys;
        private final PackedValues values;
        private final int[] positions;
        private final int cached;
        private final Matrix context;
        private final SoftmaxTransform softmax;
        private final Cancellation cancellation = Cancellation.current();

        /**
         * @param positions of all keys, those of the cached ones first
         * @param cached keys that came before this pass
         */
        Heads(
                int layer,
                float[] queries,
                PackedKeys keys,
                PackedValues values,
                int[] positions,
                int cached,
                Matrix context) {
            this.layer = layer;
            this.queries = queries;
            this.keys = keys;
            this.values = values;
            this.positions = positions;
            this.cached = cached;
            this.context = context;
            this.softmax = numerics.softmax(layer);
        }

        /**
         * Blocks of queries are shared out, those of a head that see most keys in turns with those
         * that see fewest: neighbours together then take equally long. Where something is added up
         * on the way, a head's blocks follow each other on one thread.
         */
        void attend(TokenScores scores, Probe probe) {
            int blocks = (context.rows() + QUERY_BLOCK - 1) / QUERY_BLOCK;
            if ((scores == null || !scores.addsUp()) && probe == Probe.NONE) {
                Workers.shared()
                        .forRanges(
                                config.heads() * blocks,
                                1,
                                (from, to) -> {
                                    for (int i = from; i < to; i++) {
                                        int turn = i % blocks;
                                        int block =
                                                turn % 2 == 0 ? blocks - 1 - turn / 2 : turn / 2;
                                        attend(i / blocks, block, scores, probe);
                                    }
                                });
                return;
            }
            Workers.shared()
                    .forRanges(
                            config.heads(),
                            1,
                            (from, to) -> {
                                for (int i = from * blocks; i < to * blocks; i++) {
                                    attend(i / blocks, i % blocks, scores, probe);
                                }
                            });
        }

        void giveBack() {
            keys.giveBack();
            values.giveBack();
        }

        private void attend(int head, int block, TokenScores scores, Probe probe) {
            cancellation.check();
            int first = block * QUERY_BLOCK;
            int count = Math.min(QUERY_BLOCK, context.rows() - first);
            int firstVisible = cached + first + 1;
            int stride = cached + first + count;
            float[] p = PROBABILITIES.floats(count * stride);
            scores(head, first, count, p, stride);
            for (int i = 0; i < count; i++) {
                if (slopes.length > 0) {
                    int position = positions[cached + first + i];
                    kernels.addAlibi(
                            p, i * stride, firstVisible + i, positions, position, slopes[head]);
                }
                kernels.softmax(p, i * stride, firstVisible + i);
            }
            ProbabilityBlock probabilities =
                    new ProbabilityBlock(
                            layer, head, first, count, stride, firstVisible, p, stride);
            if (scores != null) {
                scores.add(probabilities, cached);
            }
            probe.probabilities(probabilities);
            softmax.apply(probabilities);
            probe.transformedProbabilities(probabilities);
            context(head, probabilities);
        }

        private void scores(int head, int first, int count, float[] p, int stride) {
            int dimension = config.headDimension();
            kernels.attentionScores(
                    queries,
                    first * config.queryWidth() + head * dimension,
                    config.queryWidth(),
                    count,
                    keys,
                    config.keyValueHead(head),
                    (float) (1 / Math.sqrt(dimension)),
                    cached + first + 1,
                    p,
                    0,
                    stride);
        }

        private void context(int head, ProbabilityBlock block) {
            int offset = block.firstQuery() * config.queryWidth() + head * config.headDimension();
            kernels.attentionContext(
                    block.values(),
                    0,
                    block.stride(),
                    block.queries(),
                    values,
                    config.keyValueHead(head),
                    block.firstVisible(),
                    context.data(),
                    offset,
                    config.queryWidth());
        }
    }

    /**
     * The residual stream behind the MLP.
     *
     * @param residual the stream in front of it; used up
     */
    private Matrix mlpBlock(
            int layer, Matrix residual, TokenMarks marks, Probe probe, Workspace workspace) {
        int tokens = residual.rows();
        Matrix read = blockInput(residual, weights.mlpNorm(layer), workspace);
        Activation input = transform(layer, Site.MLP_INPUT, read, marks, probe, workspace);
        Matrix hidden = feedForward(layer, input, workspace);
        input.giveBack(workspace);
        weights.hiddenDivisors(layer).ifPresent(divisors -> divide(hidden, divisors));
        Activation activated = transform(layer, Site.MLP_HIDDEN, hidden, marks, probe, workspace);
        float[] projected = workspace.floats(tokens * config.hiddenSize());
        numerics.linear(layer, LinearRole.DOWN).apply(activated, projected);
        activated.giveBack(workspace);
        workspace.giveBack(hidden);
        probe.mlpAdded(layer, new Matrix(tokens, config.hiddenSize(), projected));
        return blockOutput(residual, read, projected, weights.mlpNorm(layer), workspace);
    }

    /**
     * @return {@code [tokens, feedForward]}
     */
    private Matrix feedForward(int layer, Activation input, Workspace workspace) {
        int count = input.tokens() * config.feedForwardSize();
        return switch (config.feedForward()) {
            case GATED_SILU -> {
                Matrix[] both = project(layer, input, workspace, LinearRole.GATE, LinearRole.UP);
                kernels.siluMultiply(both[0].data(), both[1].data(), count);
                workspace.giveBack(both[1]);
                yield both[0];
            }
            case RELU -> {
                Matrix up = project(layer, input, workspace, LinearRole.UP)[0];
                kernels.relu(up.data(), count);
                yield up;
            }
            case GELU_TANH -> {
                Matrix up = project(layer, input, workspace, LinearRole.UP)[0];
                kernels.geluTanh(up.data(), count);
                yield up;
            }
        };
    }

    /**
     * Linears that read the same. For one token they are too short to be worth all threads one by
     * one.
     *
     * @return of each role {@code [tokens, outputs]}
     */
    private Matrix[] project(
            int layer, Activation input, Workspace workspace, LinearRole... roles) {
        LinearOperator[] linears = new LinearOperator[roles.length];
        Matrix[] projected = new Matrix[roles.length];
        for (int i = 0; i < roles.length; i++) {
            linears[i] = numerics.linear(layer, roles[i]); // may pack it now, with all threads
            projected[i] = workspace.matrix(input.tokens(), roles[i].outputs(config));
        }
        IntConsumer apply = i -> linears[i].apply(input, projected[i].data());
        if (input.tokens() == 1) {
            Workers.shared().together(roles.length, apply);
        } else {
            for (int i = 0; i < roles.length; i++) {
                apply.accept(i);
            }
        }
        return projected;
    }

    /** Divides each row channel by channel. */
    private static void divide(Matrix x, float[] divisors) {
        Workers.shared()
                .forRanges(
                        x.rows(),
                        1,
                        (from, to) -> {
                            for (int row = from; row < to; row++) {
                                int offset = x.offset(row);
                                for (int c = 0; c < divisors.length; c++) {
                                    x.data()[offset + c] /= divisors[c];
                                }
                            }
                        });
    }

    private Activation transform(
            int layer,
            Site site,
            Matrix values,
            TokenMarks marks,
            Probe probe,
            Workspace workspace) {
        Activation transformed = numerics.site(layer, site).apply(values, marks, workspace);
        probe.activation(layer, site, values, transformed);
        return transformed;
    }

    private Matrix normed(Matrix x, NormWeights norm) {
        return norm(x, norm, new Workspace());
    }

    private Matrix norm(Matrix x, NormWeights norm, Workspace workspace) {
        Matrix y = workspace.matrix(x.rows(), x.columns());
        float epsilon = config.norm().epsilon();
        switch (config.norm().kind()) {
            case RMS ->
                    kernels.rmsNorm(
                            x.data(), x.rows(), x.columns(), norm.weight(), epsilon, y.data());
            case LAYER ->
                    kernels.layerNorm(
                            x.data(),
                            x.rows(),
                            x.columns(),
                            norm.weight(),
                            norm.bias(),
                            epsilon,
                            y.data());
        }
        return y;
    }

    /** Some rows of a matrix, which goes back to the workspace. */
    private static Matrix gather(Matrix rows, int[] kept, Workspace workspace) {
        int columns = rows.columns();
        Matrix gathered = workspace.matrix(kept.length, columns);
        Workers.shared()
                .forEach(
                        kept.length,
                        Workers.grain(columns),
                        i ->
                                System.arraycopy(
                                        rows.data(),
                                        rows.offset(kept[i]),
                                        gathered.data(),
                                        gathered.offset(i),
                                        columns));
        workspace.giveBack(rows);
        return gathered;
    }
}
