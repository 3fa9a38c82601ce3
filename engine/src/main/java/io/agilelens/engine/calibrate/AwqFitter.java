package io.agilelens.engine.calibrate;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Folding;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * AWQ, layer by layer (METHOD §3). What enters a layer comes from the unquantized layers before it,
 * so that a layer's result depends on no other's: layers for which the next recipe says the same
 * are not done again. Finished layers go into a {@link BlockStore}, if there is a folder for it; a
 * run that finds them there leaves them out, with the same result to the bit.
 */
final class AwqFitter implements WeightFitter {
    private static final String SCALES = "scales.";

    private final Decoder decoder;
    private final Calibration calibration;
    private final Optional<WorkFolder> work;

    /** By layer; of a run that was cancelled, too. */
    private final Map<Integer, Finished> finished = new HashMap<>();

    private FittedWeights latest;

    /** A layer and what it was made by. */
    private record Finished(List<WeightRecipe> recipes, Layer layer) {}

    /** What becomes of one layer. */
    private record Layer(Map<Site, float[]> scales, Map<LinearRole, QuantizedWeight> weights) {}

    /**
     * @param floats the model's float arithmetic
     * @param work where finished layers are kept, if they are to be
     */
    AwqFitter(
            Model model,
            Kernels kernels,
            Numerics floats,
            Calibration calibration,
            Optional<WorkFolder> work) {
        this.decoder = new Decoder(model, kernels, floats);
        this.calibration = calibration;
        this.work = work;
    }

    @Override
    public FittedWeights fit(Recipe recipe, Progress progress, Cancellation cancellation) {
        int count = config().layers();
        List<Integer> missing =
                IntStream.range(0, count)
                        .filter(layer -> !isFinished(layer, recipe))
                        .boxed()
                        .toList();
        if (latest == null || !missing.isEmpty()) {
            latest = null;
            if (!missing.isEmpty()) {
                WeightRoom.require(decoder.model(), recipe, activationBytes());
                quantize(missing, recipe, progress, cancellation);
            }
            latest = fitted(IntStream.range(0, count).mapToObj(finished::get).toList());
        }
        progress.report("AWQ", count, count);
        return latest;
    }

    private boolean isFinished(int layer, Recipe recipe) {
        Finished known = finished.get(layer);
        return known != null && known.recipes().equals(recipes(layer, recipe));
    }

    /** Everything of a recipe that decides what becomes of a layer. */
    private List<WeightRecipe> recipes(int layer, Recipe recipe) {
        return config().roles().stream()
                .map(role -> recipe.weightsAt(layer, role.input()))
                .toList();
    }

    /** Where the layers of a recipe are kept. */
    BlockStore store(Recipe recipe) {
        return work.map(
                        folder ->
                                folder.open(
                                        WorkFolder.key(
                                                decoder.model(),
                                                decoder.kernels(),
                                                recipe,
                                                calibration)))
                .orElse(BlockStore.NONE);
    }

    private void quantize(
            List<Integer> missing, Recipe recipe, Progress progress, Cancellation cancellation) {
        BlockStore store = store(recipe);
        Stream stream = new Stream(calibration.windows().stream().map(decoder::embed).toList());
        for (int layer : missing) {
            cancellation.check();
            progress.report("AWQ", layer, config().layers());
            finished.remove(layer);
            Optional<Layer> kept = read(store, recipe, layer);
            if (kept.isEmpty()) {
                if (store.holds(layer)) {
                    progress.report(
                            "what was kept of layer %d is damaged, it is done again"
                                    .formatted(layer),
                            layer,
                            config().layers());
                }
                AwqLayer.Fit fit =
                        AwqLayer.fit(
                                decoder,
                                layer,
                                recipe,
                                stream.entering(layer, cancellation),
                                step ->
                                        progress.report(
                                                "AWQ, layer " + layer + ", " + step,
                                                layer,
                                                config().layers()),
                                cancellation);
                stream.left(layer, fit.leaving());
                kept = Optional.of(new Layer(fit.scales(), fit.weights()));
                store.keep(layer, block(kept.get()), config().layers(), progress);
            }
            finished.put(layer, new Finished(recipes(layer, recipe), kept.get()));
        }
    }

    private FittedWeights fitted(List<Finished> all) {
        List<Layer> layers = all.stream().map(Finished::layer).toList();
        Folding folding = new Folding(layers.stream().map(Layer::scales).toList());
        List<Map<LinearRole, QuantizedWeight>> weights =
                layers.stream().map(Layer::weights).toList();
        Model model = decoder.model();
        Numerics floats = decoder.numerics();
        if (!folding.isEmpty()) {
            model = model.fold(folding);
            floats = new FoldedNumerics(model, folding, decoder.kernels(), decoder.numerics());
        }
        return new FittedWeights(model, floats, weights);
    }

    private ModelConfig config() {
        return decoder.model().config();
    }

    /**
     * What one layer's calibration takes at most: the residual stream at five places, the inputs of
     * the linears that are inspected at themselves, and the weights of a set in three forms.
     */
    private long activationBytes() {
        long tokens = calibration.windows().stream().mapToLong(window -> window.length).sum();
        long inputs = 0;
        long weights = 0;
        for (Site site : Site.values()) {
            if (site.isLinearInput()) {
                long set = 0;
                for (LinearRole role : config().roles()) {
                    if (role.input() == site) {
                        set += (long) role.outputs(config()) * role.inputs(config());
                    }
                }
                weights = Math.max(weights, set);
                boolean kept =
                        AwqInspection.isSearched(config(), site)
                                && AwqInspection.at(config(), site) == AwqInspection.ITSELF;
                inputs += kept ? config().channels(site) : 0;
            }
        }
        return Float.BYTES * (tokens * (5L * config().hiddenSize() + inputs) + 3 * weights);
    }

    /** The residual stream of all windows, carried through unquantized layers when it is needed. */
    private final class Stream {
        private List<Matrix> residuals;

        /** The layer that they enter. */
        private int next;

        Stream(List<Matrix> embedded) {
            this.residuals = embedded;
        }

        List<Matrix> entering(int layer, Cancellation cancellation) {
            for (; next < layer; next++) {
                List<Matrix> left = new ArrayList<>();
                for (Matrix residual : residuals) {
                    cancellation.check();
                    Matrix middle = decoder.attention(next, residual, Probe.NONE);
                    left.add(decoder.mlp(next, middle, Probe.NONE));
                }
                residuals = left;
            }
            return residuals;
        }

        void left(int layer, List<Matrix> leaving) {
            residuals = leaving;
            next = layer + 1;
        }
    }

    // ---- kept blocks

    private static Block block(Layer layer) {
        Block block = Block.EMPTY;
        for (Map.Entry<Site, float[]> site : layer.scales().entrySet()) {
            block = block.with(SCALES + site.getKey(), site.getValue());
        }
        for (Map.Entry<LinearRole, QuantizedWeight> linear : layer.weights().entrySet()) {
            block = block.with(linear.getKey().name(), linear.getValue());
        }
        return block;
    }

    /** A layer that was kept, if everything that belongs to it is there. */
    private Optional<Layer> read(BlockStore store, Recipe recipe, int layer) {
        return store.read(layer).flatMap(block -> layer(block, recipe, layer));
    }

    private Optional<Layer> layer(Block block, Recipe recipe, int layer) {
        Map<Site, float[]> scales = new EnumMap<>(Site.class);
        Map<LinearRole, QuantizedWeight> weights = new EnumMap<>(LinearRole.class);
        for (LinearRole role : config().roles()) {
            Site site = role.input();
            WeightRecipe expected = recipe.weightsAt(layer, site);
            if (AwqLayer.isScaled(config(), expected, site)) {
                float[] kept = block.floats().get(SCALES + site);
                if (kept == null || kept.length != config().channels(site) || !positive(kept)) {
                    return Optional.empty();
                }
                scales.put(site, kept);
            }
            if (expected.method() != WeightMethod.NONE) {
                Optional<QuantizedWeight> weight =
                        block.weight(
                                role.name(),
                                role.outputs(config()),
                                role.inputs(config()),
                                expected.bits());
                if (weight.isEmpty()) {
                    return Optional.empty();
                }
                weights.put(role, weight.get());
            }
        }
        return Optional.of(new Layer(scales, weights));
    }

    private static boolean positive(float[] scales) {
        for (float scale : scales) {
            if (!(scale > 0) || Float.isInfinite(scale)) {
                return false;
            }
        }
        return true;
    }
}
