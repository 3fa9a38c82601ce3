package io.agilelens.engine.calibrate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.KeptPasses;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.PassState;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.quant.ActivationQuantizer;
import io.agilelens.engine.quant.ChannelwiseQuantizer;
import io.agilelens.engine.quant.IntegerRange;
import io.agilelens.engine.quant.TokenwiseQuantizer;
import io.agilelens.engine.quant.TripFit;
import io.agilelens.engine.quant.TripQuantizer;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.ActivationRecipe;
import io.agilelens.engine.recipe.Granularity;
import io.agilelens.engine.recipe.PruningAction;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Fits quantizers of activations to the float activations behind quantized weights. What a recipe
 * shares with the previous one is not computed again: ranges and TRIP's exponents of the layers in
 * front of the first whose weights or pruning differ, and of all layers if none do.
 */
final class ActivationFitter {
    /** Choices of exponents that are remembered, more than one recipe can have. */
    private static final int MOST_CHOICES_A_LAYER = 40;

    private final ModelConfig config;
    private final Calibration calibration;
    private final KeptPasses passes;

    private FittedWeights weights;
    private PruningRecipe removal;

    /** Layers whose ranges are those of the weights and the pruning above. */
    private int known;

    private List<Map<Site, ActivationRange>> ranges = List.of();
    private final Map<TripChoice, TripFit> tripFits = new HashMap<>();

    /** What TRIP's exponents depend on, next to weights and pruning. */
    private record TripChoice(int layer, Site site, int bits, List<Integer> candidates) {
        static TripChoice of(int layer, Site site, ActivationRecipe recipe) {
            return new TripChoice(
                    layer,
                    site,
                    recipe.bits(),
                    Arrays.stream(recipe.candidates()).boxed().toList());
        }
    }

    /**
     * @param bytes that may be taken by where passes stood in front of layers
     */
    ActivationFitter(ModelConfig config, Calibration calibration, long bytes) {
        this.config = config;
        this.calibration = calibration;
        int longest = calibration.windows().stream().mapToInt(ids -> ids.length).max().orElse(0);
        this.passes = new KeptPasses(config, calibration.windows().size(), longest, bytes);
    }

    /**
     * Whether any site is quantized.
     *
     * @throws UserException if the recipe asks of activations what does not go together
     */
    boolean isNeeded(Recipe recipe) {
        boolean needed = false;
        for (int layer = 0; layer < config.layers(); layer++) {
            for (Site site : Site.values()) {
                if (site == Site.SOFTMAX) {
                    continue;
                }
                ActivationRecipe siteRecipe = recipe.activationsAt(layer, site);
                switch (siteRecipe.method()) {
                    case NONE -> {}
                    case UNIFORM -> needed = true;
                    case TRIP -> {
                        requireTrip(layer, site, siteRecipe);
                        requireChannels(layer, site, recipe);
                        needed = true;
                    }
                }
                if (marks(recipe, layer, site)) {
                    requireCoarser(layer, site, siteRecipe, recipe.pruning().lowerBits());
                }
            }
        }
        return needed;
    }

    private static void requireTrip(int layer, Site site, ActivationRecipe recipe) {
        if (!site.isLinearInput()) {
            throw new UserException(
                    "overrides: layer %d, %s: TRIP is for the inputs of linear layers: use method uniform there"
                            .formatted(layer, site));
        }
        if (recipe.granularity() == Granularity.CHANNEL) {
            throw new UserException(
                    "activations.granularity is channel: TRIP has one scale for all channels: use"
                            + " tensor or token");
        }
    }

    private void requireChannels(int layer, Site site, Recipe recipe) {
        SortedMap<Integer, Integer> fixed = recipe.channelExponentsAt(layer, site);
        int channels = config.channels(site);
        if (!fixed.isEmpty() && fixed.lastKey() >= channels) {
            throw new UserException(
                    "overrides: channel_exponents at layer %d, %s, names channel %d: there are channels 0…%d"
                            .formatted(layer, site, fixed.lastKey(), channels - 1));
        }
        int[] candidates = recipe.activationsAt(layer, site).candidates();
        fixed.forEach(
                (channel, exponent) -> {
                    if (Arrays.binarySearch(candidates, exponent) < 0) {
                        throw new UserException(
                                "overrides: channel_exponents at layer %d, %s, gives channel %d exponent %d: TRIP may give %s there"
                                        .formatted(
                                                layer,
                                                site,
                                                channel,
                                                exponent,
                                                Arrays.toString(candidates)));
                    }
                });
    }

    private static void requireCoarser(int layer, Site site, ActivationRecipe recipe, int bits) {
        if (recipe.method() == ActivationMethod.NONE) {
            throw new UserException(
                    "pruning.action is lower-bits, and layer %d, %s, is float: give activations.method uniform or trip, or use remove"
                            .formatted(layer, site));
        }
        if (bits > recipe.bits()) {
            throw new UserException(
                    "pruning.bits is %d, and layer %d, %s, has %d bits: give at most as many"
                            .formatted(bits, layer, site, recipe.bits()));
        }
    }

    /** Whether marked tokens may be quantized with fewer bits at a site. */
    private static boolean marks(Recipe recipe, int layer, Site site) {
        PruningRecipe pruning = recipe.pruning();
        return pruning.isActive()
                && pruning.action() == PruningAction.LOWER_BITS
                && layer >= pruning.layers().first()
                && (site == Site.ATTN_OUTPUT || site == Site.MLP_INPUT || site == Site.MLP_HIDDEN);
    }

    /**
     * @param decoder runs the weights with float activations; asked for if anything is to be run
     */
    FittedActivations fit(
            Recipe recipe,
            FittedWeights fittedWeights,
            Supplier<Decoder> decoder,
            Progress progress,
            Cancellation cancellation) {
        Supplier<Decoder> once = once(decoder);
        keepCommonLayers(fittedWeights, removal(recipe));
        fitRanges(once, progress, cancellation);
        fitTrip(recipe, once, progress, cancellation);
        FittedActivations fitted = FittedActivations.none(config.layers());
        for (int layer = 0; layer < config.layers(); layer++) {
            for (Site site : Site.values()) {
                ActivationRecipe siteRecipe = recipe.activationsAt(layer, site);
                if (site == Site.SOFTMAX || siteRecipe.method() == ActivationMethod.NONE) {
                    continue;
                }
                if (siteRecipe.method() == ActivationMethod.TRIP) {
                    addTrip(recipe, layer, site, fitted);
                    continue;
                }
                ActivationRange range = ranges.get(layer).get(site);
                fitted.quantizers().get(layer).put(site, uniform(site, siteRecipe, range));
                if (marks(recipe, layer, site)) {
                    ActivationRecipe coarse = siteRecipe.withBits(recipe.pruning().lowerBits());
                    fitted.marked().get(layer).put(site, uniform(site, coarse, range));
                }
            }
        }
        return fitted;
    }

    /** Tokens that are yet to be run, counted in passes through all layers. */
    long tokensToRun(Recipe recipe, FittedWeights fittedWeights) {
        keepCommonLayers(fittedWeights, removal(recipe));
        long tokens = calibration.windows().stream().mapToLong(ids -> ids.length).sum();
        long layers = tokens * (config.layers() - known);
        MissingTrip missing = missingTrip(recipe);
        if (!missing.choices().isEmpty()) {
            long last = calibration.windows().getLast().length;
            layers += last * (missing.last() + 1 - missing.first());
        }
        return layers / config.layers();
    }

    private static Supplier<Decoder> once(Supplier<Decoder> decoder) {
        AtomicReference<Decoder> made = new AtomicReference<>();
        return () -> made.updateAndGet(there -> there == null ? decoder.get() : there);
    }

    private static PruningRecipe removal(Recipe recipe) {
        return recipe.pruning().action() == PruningAction.REMOVE
                ? recipe.pruning()
                : PruningRecipe.NONE;
    }

    /** From here on what is kept is of these weights and this pruning. */
    private void keepCommonLayers(FittedWeights fittedWeights, PruningRecipe removed) {
        int common =
                weights == null
                        ? 0
                        : Math.min(
                                known,
                                Math.min(
                                        weights.firstDifference(fittedWeights),
                                        removal.pruner()
                                                .firstDifference(
                                                        removed.pruner(), config.layers())));
        known = common;
        weights = fittedWeights;
        removal = removed;
        passes.changed(common);
        tripFits.keySet().removeIf(choice -> choice.layer() >= common);
    }

    private void fitRanges(
            Supplier<Decoder> decoder, Progress progress, Cancellation cancellation) {
        int layers = config.layers();
        if (known == layers) {
            return;
        }
        RangeProbe probe = new RangeProbe(config);
        int count = calibration.windows().size();
        for (int window = 0; window < count; window++) {
            progress.report("calibrating", window, count);
            run(window, decoder.get(), known, layers, probe, cancellation);
        }
        progress.report("calibrating", count, count);
        List<Map<Site, ActivationRange>> all = new ArrayList<>(ranges.subList(0, known));
        all.addAll(probe.ranges().subList(known, layers));
        ranges = all;
        known = layers;
    }

    private void run(
            int window, Decoder decoder, int from, int to, Probe probe, Cancellation cancellation) {
        int[] ids = calibration.windows().get(window);
        PassState start = passes.start(decoder, window, ids, from);
        passes.advance(decoder, window, start, to, removal.pruner(), probe, cancellation);
    }

    /**
     * Choices of exponents that are to be made.
     *
     * @param first the first layer with one
     * @param last the last layer with one
     */
    private record MissingTrip(Set<TripChoice> choices, int first, int last) {}

    private MissingTrip missingTrip(Recipe recipe) {
        Set<TripChoice> missing = new HashSet<>();
        int first = config.layers();
        int last = -1;
        for (int layer = 0; layer < config.layers(); layer++) {
            for (Site site : Site.values()) {
                ActivationRecipe siteRecipe = recipe.activationsAt(layer, site);
                TripChoice choice =
                        site != Site.SOFTMAX && siteRecipe.method() == ActivationMethod.TRIP
                                ? TripChoice.of(layer, site, siteRecipe)
                                : null;
                if (choice != null && !tripFits.containsKey(choice)) {
                    missing.add(choice);
                    first = Math.min(first, layer);
                    last = layer;
                }
            }
        }
        return new MissingTrip(missing, first, last);
    }

    /** Chooses the exponents that are not known, on the activations of the last window. */
    private void fitTrip(
            Recipe recipe,
            Supplier<Decoder> decoder,
            Progress progress,
            Cancellation cancellation) {
        if (tripFits.size() > MOST_CHOICES_A_LAYER * config.layers()) {
            tripFits.clear();
        }
        MissingTrip missing = missingTrip(recipe);
        if (missing.choices().isEmpty()) {
            return;
        }
        progress.report("choosing exponents", 0, 1);
        Probe probe =
                new Probe() {
                    @Override
                    public void activation(int layer, Site site, Matrix before, Activation after) {
                        ActivationRecipe siteRecipe = recipe.activationsAt(layer, site);
                        if (siteRecipe.method() != ActivationMethod.TRIP) {
                            return;
                        }
                        TripChoice choice = TripChoice.of(layer, site, siteRecipe);
                        if (missing.choices().contains(choice)) {
                            tripFits.put(choice, tripFit(choice, siteRecipe, before));
                        }
                    }
                };
        int window = calibration.windows().size() - 1;
        run(window, decoder.get(), missing.first(), missing.last() + 1, probe, cancellation);
    }

    private TripFit tripFit(TripChoice choice, ActivationRecipe recipe, Matrix before) {
        ActivationRange range = ranges.get(choice.layer()).get(choice.site());
        return TripFit.fit(
                range.lowest(),
                range.highest(),
                recipe.candidates(),
                new IntegerRange(recipe.bits(), true),
                before);
    }

    private void addTrip(Recipe recipe, int layer, Site site, FittedActivations fitted) {
        ActivationRecipe siteRecipe = recipe.activationsAt(layer, site);
        TripFit fit =
                tripFits.get(TripChoice.of(layer, site, siteRecipe))
                        .withExponents(recipe.channelExponentsAt(layer, site));
        fitted.tripFits().get(layer).put(site, fit);
        fitted.quantizers().get(layer).put(site, granular(siteRecipe, fit.quantizer()));
        if (marks(recipe, layer, site)) {
            ActivationRange range = ranges.get(layer).get(site);
            int[] candidates = siteRecipe.candidates();
            TripQuantizer coarse =
                    fit.quantizer()
                            .coarser(
                                    range.lowest(),
                                    range.highest(),
                                    candidates[candidates.length - 1],
                                    recipe.pruning().lowerBits());
            fitted.marked().get(layer).put(site, granular(siteRecipe, coarse));
        }
    }

    private static ActivationQuantizer granular(ActivationRecipe recipe, TripQuantizer trip) {
        return switch (recipe.granularity()) {
            case TENSOR -> trip;
            case TOKEN -> trip.tokenwise();
            case CHANNEL ->
                    throw new IllegalStateException(
                            recipe.granularity().name().toLowerCase(Locale.ROOT));
        };
    }

    private ActivationQuantizer uniform(Site site, ActivationRecipe recipe, ActivationRange range) {
        IntegerRange codes = new IntegerRange(recipe.bits(), recipe.symmetric());
        int width =
                switch (recipe.granularity()) {
                    case TENSOR -> range.minimum().length;
                    case CHANNEL -> site.isPerHead() ? config.headDimension() : 1;
                    case TOKEN -> 0;
                };
        return width == 0
                ? new TokenwiseQuantizer(codes)
                : ChannelwiseQuantizer.fit(range.minimum(), range.maximum(), width, codes);
    }
}
