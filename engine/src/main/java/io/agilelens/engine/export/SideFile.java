package io.agilelens.engine.export;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.quant.ActivationQuantizer;
import io.agilelens.engine.quant.AffineQuantizer;
import io.agilelens.engine.quant.ChannelwiseQuantizer;
import io.agilelens.engine.quant.QuantizationPlan;
import io.agilelens.engine.quant.TokenwiseQuantizer;
import io.agilelens.engine.quant.TripQuantizer;
import io.agilelens.engine.recipe.RecipeJson;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code agilelens.json} beside an export, and the value of a GGUF file's key {@code
 * agilelens.export}: what was tuned, with all that the format cannot hold. Nothing is run from it.
 */
final class SideFile {
    static final String NAME = "agilelens.json";
    private static final int VERSION = 1;

    private SideFile() {}

    static ObjectNode of(ExportSource source, List<String> notCarried) {
        TunedModel tuned = source.tuned();
        ObjectNode root =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("format", "agilelens-export")
                        .put("version", VERSION)
                        .put(
                                "source",
                                String.valueOf(tuned.model().checkpoint().source().getFileName()));
        root.set("recipe", RecipeJson.toTree(tuned.recipe()));
        BundleManifest.addCalibration(root, source.calibration());
        ArrayNode lost = root.putArray("not_carried");
        notCarried.forEach(lost::add);
        ArrayNode layers = root.putArray("activations");
        for (QuantizationPlan.Layer layer : tuned.plan().layers()) {
            ObjectNode sites = layers.addObject();
            for (Map.Entry<Site, ActivationQuantizer> site :
                    new TreeMap<>(layer.activations()).entrySet()) {
                ObjectNode node = sites.putObject(site.getKey().name());
                describe(node, site.getValue());
                ActivationQuantizer marked = layer.markedActivations().get(site.getKey());
                if (marked != null) {
                    describe(node.putObject("lower_bits"), marked);
                }
            }
        }
        return root;
    }

    private static void describe(ObjectNode node, ActivationQuantizer quantizer) {
        node.put("bits", quantizer.range().bits()).put("signed", quantizer.range().signed());
        switch (quantizer) {
            case TripQuantizer trip -> {
                node.put("method", BundleManifest.TRIP)
                        .put("scale", trip.base())
                        .put("zero", trip.zero());
                addExponents(node, trip.exponents());
            }
            case ChannelwiseQuantizer uniform -> {
                node.put("method", BundleManifest.UNIFORM).put("channels", uniform.width());
                ArrayNode scales = node.putArray("scales");
                ArrayNode zeros = node.putArray("zeros");
                for (AffineQuantizer parameters : uniform.parameters()) {
                    scales.add(parameters.scale());
                    zeros.add(parameters.zero());
                }
            }
            case TokenwiseQuantizer tokenwise -> {
                boolean trip = tokenwise.exponents().length > 0;
                node.put("method", trip ? BundleManifest.TRIP_TOKEN : BundleManifest.TOKEN);
                if (trip) {
                    addExponents(node, tokenwise.exponents());
                }
            }
        }
    }

    private static void addExponents(ObjectNode node, int[] exponents) {
        ArrayNode array = node.putArray("exponents");
        for (int exponent : exponents) {
            array.add(exponent);
        }
    }
}
