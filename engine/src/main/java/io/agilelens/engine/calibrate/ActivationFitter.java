package io.agilelens.engine.calibrate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.ModelConfig;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Fits quantizers of activations to the float activations behind quantized weights. What a recipe
 * shares with the previous one, the ranges, is not computed again.
 */
final class ActivationFitter {
    private final ModelConfig config;
    private final Calibration calibration;
    private Ranges latest;

    private record Ranges(
            FittedWeights weights,
            PruningRecipe removal,
            List<Map<Site, ActivationRange>> layers) {}

    ActivationFitter(ModelConfig config, Calibration calibration) {
        this.config = config;
        this.calibration = calibration;
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
     * @param decoder runs the weights with float activations
     */
    FittedActivations fit(
            Recipe recipe,
            FittedWeights weights,
            Decoder decoder,
            Progress progress,
            Cancellation cancellation) {
        PruningRecipe removal =
                recipe.pruning().action() == PruningAction.REMOVE
                        ? recipe.pruning()
                        : PruningRecipe.NONE;
        List<Map<Site, ActivationRange>> ranges =
                ranges(removal, weights, decoder, progress, cancellation);
        FittedActivations fitted = FittedActivations.none(config.layers());
        boolean trip = false;
        for (int layer = 0; layer < config.layers(); layer++) {
            for (Site site : Site.values()) {
                ActivationRecipe siteRecipe = recipe.activationsAt(layer, site);
                if (site == Site.SOFTMAX || siteRecipe.method() == ActivationMethod.NONE) {
                    continue;
                }
                if (siteRecipe.method() == ActivationMethod.TRIP) {
                    trip = true;
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
        if (trip) {
            decoder.run(
                    calibration.windows().getLast(),
                    null,
                    removal.pruner(),
                    new TripProbe(recipe, ranges, fitted),
                    cancellation);
        }
        return fitted;
    }

    private List<Map<Site, ActivationRange>> ranges(
            PruningRecipe removal,
            FittedWeights weights,
            Decoder decoder,
            Progress progress,
            Cancellation cancellation) {
        if (latest != null
                && latest.weights().equals(weights)
                && latest.removal().equals(removal)) {
            return latest.layers();
        }
        RangeProbe probe = new RangeProbe(config);
        int count = calibration.windows().size();
        for (int window = 0; window < count; window++) {
            progress.report("calibrating", window, count);
            decoder.run(
                    calibration.windows().get(window), null, removal.pruner(), probe, cancellation);
        }
        progress.report("calibrating", count, count);
        latest = new Ranges(weights, removal, probe.ranges());
        return probe.ranges();
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

    /** Chooses TRIP's exponents from the activations of the pass that it watches. */
    private record TripProbe(
            Recipe recipe, List<Map<Site, ActivationRange>> ranges, FittedActivations fitted)
            implements Probe {

        @Override
        public void activation(int layer, Site site, Matrix before, Activation after) {
            ActivationRecipe siteRecipe = recipe.activationsAt(layer, site);
            if (siteRecipe.method() != ActivationMethod.TRIP) {
                return;
            }
            ActivationRange range = ranges.get(layer).get(site);
            int[] candidates = siteRecipe.candidates();
            TripFit fit =
                    TripFit.fit(
                            range.lowest(),
                            range.highest(),
                            candidates,
                            new IntegerRange(siteRecipe.bits(), true),
                            before);
            fitted.tripFits().get(layer).put(site, fit);
            fitted.quantizers().get(layer).put(site, granular(siteRecipe, fit.quantizer()));
            if (marks(recipe, layer, site)) {
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
    }
}
