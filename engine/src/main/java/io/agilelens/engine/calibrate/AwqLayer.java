package io.agilelens.engine.calibrate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Folding;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.LinearWeight;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.quant.AwqClip;
import io.agilelens.engine.quant.AwqQuantizer;
import io.agilelens.engine.quant.AwqScales;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Matrix;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * AWQ on one decoder layer (METHOD §3): all scale searches on the layer as it is, then all scales
 * applied together, then the clip search, then the weights quantized.
 */
public final class AwqLayer {
    private final Decoder decoder;
    private final ModelConfig config;
    private final Kernels kernels;
    private final int layer;
    private final Recipe recipe;
    private final List<Matrix> entering;
    private final Consumer<String> steps;
    private final Cancellation cancellation;
    private final LayerRecording recording;

    /**
     * What was found.
     *
     * @param searches by site, the scale searches that were done
     * @param thresholds by linear, the clip thresholds {@code [outputs, groups]} of those clipped
     * @param weights quantized linears of the layer with the scales folded in; those not in the map
     *     stay float
     * @param leaving the residual stream behind the unquantized layer, a matrix a window
     */
    public record Fit(
            Map<Site, AwqScales> searches,
            Map<LinearRole, float[]> thresholds,
            Map<LinearRole, QuantizedWeight> weights,
            List<Matrix> leaving) {

        /** The scales found, by site. */
        public Map<Site, float[]> scales() {
            Map<Site, float[]> scales = new EnumMap<>(Site.class);
            searches.forEach((site, search) -> scales.put(site, search.scales()));
            return scales;
        }
    }

    private AwqLayer(
            Decoder decoder,
            int layer,
            Recipe recipe,
            List<Matrix> entering,
            Consumer<String> steps,
            Cancellation cancellation) {
        this.decoder = decoder;
        this.config = decoder.model().config();
        this.kernels = decoder.kernels();
        this.layer = layer;
        this.recipe = recipe;
        this.entering = entering;
        this.steps = steps;
        this.cancellation = cancellation;
        this.recording = record();
    }

    /**
     * @param decoder the model unquantized
     * @param recipe its weight methods at this layer are AWQ, RTN or none
     * @param entering the residual stream before the layer, a matrix {@code [tokens, hidden]} a
     *     window
     * @param steps hears what is being done, for a person to read
     * @throws UserException if weights or activations are no numbers
     */
    public static Fit fit(
            Decoder decoder,
            int layer,
            Recipe recipe,
            List<Matrix> entering,
            Consumer<String> steps,
            Cancellation cancellation) {
        return new AwqLayer(decoder, layer, recipe, entering, steps, cancellation).fit();
    }

    /** Whether scales are searched for at a site. */
    static boolean isScaled(ModelConfig config, WeightRecipe weights, Site site) {
        return weights.method() == WeightMethod.AWQ
                && weights.awq().scale()
                && AwqInspection.isSearched(config, site);
    }

    private List<Site> scaledSites() {
        return EnumSet.allOf(Site.class).stream()
                .filter(Site::isLinearInput)
                .filter(site -> isScaled(config, recipe.weightsAt(layer, site), site))
                .toList();
    }

    private LayerRecording record() {
        Set<Site> wanted = EnumSet.noneOf(Site.class);
        Set<AwqInspection> inspected = EnumSet.noneOf(AwqInspection.class);
        for (Site site : scaledSites()) {
            AwqInspection inspection = AwqInspection.at(config, site);
            inspected.add(inspection);
            if (inspection == AwqInspection.ITSELF) {
                wanted.add(site);
            }
        }
        steps.accept("inputs");
        int tokens = entering.stream().mapToInt(Matrix::rows).sum();
        LayerRecording recorded =
                new LayerRecording(
                        config,
                        tokens,
                        wanted,
                        inspected.contains(AwqInspection.ATTENTION),
                        inspected.contains(AwqInspection.MLP));
        recorded.run(decoder, layer, entering, cancellation);
        return recorded;
    }

    private Fit fit() {
        AwqScaleSearch search =
                new AwqScaleSearch(decoder, layer, entering, recording, cancellation);
        Map<Site, AwqScales> searches = new EnumMap<>(Site.class);
        for (Site site : scaledSites()) {
            steps.accept(site + ": scales");
            AwqQuantizer quantizer = quantizer(recipe.weightsAt(layer, site));
            searches.put(site, search.search(site, quantizer));
        }
        Fit scaled = new Fit(searches, Map.of(), Map.of(), recording.leaving());
        Folding folding = Folding.ofLayer(config.layers(), layer, scaled.scales());
        Map<LinearRole, float[]> thresholds = new EnumMap<>(LinearRole.class);
        Map<LinearRole, QuantizedWeight> weights = new EnumMap<>(LinearRole.class);
        steps.accept("ranges and rounding");
        for (LinearRole role : config.roles()) {
            cancellation.check();
            WeightRecipe weightRecipe = recipe.weightsAt(layer, role.input());
            LinearWeight weight = folding.apply(config, layer, role, stored(role));
            switch (weightRecipe.method()) {
                case NONE -> {}
                case RTN -> weights.put(role, RoundToNearestFitter.quantize(weight, weightRecipe));
                case AWQ -> {
                    float[] values = weight.values();
                    AwqQuantizer quantizer = quantizer(weightRecipe);
                    if (weightRecipe.awq().clip() && AwqInspection.isClipped(config, role)) {
                        Matrix sampled = sampled(role.input(), searches.get(role.input()));
                        float[] most =
                                AwqClip.search(
                                        kernels,
                                        quantizer,
                                        values,
                                        weight.outputs(),
                                        sampled,
                                        cancellation);
                        AwqClip.apply(quantizer, values, weight.outputs(), weight.inputs(), most);
                        thresholds.put(role, most);
                    }
                    weights.put(
                            role,
                            quantizer.quantize(kernels, values, weight.outputs(), weight.inputs()));
                }
                case GPTQ ->
                        throw new UserException(
                                "overrides: layer %d, %s: weights.method gptq inside an AWQ recipe is not possible: use rtn or none there"
                                        .formatted(layer, role.input()));
            }
        }
        return new Fit(searches, thresholds, weights, recording.leaving());
    }

    private LinearWeight stored(LinearRole role) {
        return decoder.model().weights().linear(layer, role);
    }

    private static AwqQuantizer quantizer(WeightRecipe recipe) {
        return new AwqQuantizer(recipe.bits(), recipe.group(), recipe.symmetric());
    }

    /** Inputs for the clip search, as the scaled weights read them. */
    private Matrix sampled(Site site, AwqScales search) {
        Matrix sampled = recording.samples(site);
        if (search == null) {
            return sampled;
        }
        Matrix divided = sampled.copy();
        float[] scales = search.scales();
        for (int t = 0; t < divided.rows(); t++) {
            int row = divided.offset(t);
            for (int c = 0; c < scales.length; c++) {
                divided.data()[row + c] /= scales[c];
            }
        }
        return divided;
    }
}
