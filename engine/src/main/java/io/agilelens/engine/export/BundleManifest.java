package io.agilelens.engine.export;

import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.model.CacheFormat;
import io.agilelens.engine.model.CodedCacheFormat;
import io.agilelens.engine.model.HalfCacheFormat;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TensorNames;
import io.agilelens.engine.quant.ActivationQuantizer;
import io.agilelens.engine.quant.CacheQuantizer;
import io.agilelens.engine.quant.ChannelwiseQuantizer;
import io.agilelens.engine.quant.Log2Quantizer;
import io.agilelens.engine.quant.QuantizationPlan;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.quant.SoftmaxQuantizer;
import io.agilelens.engine.quant.TokenwiseQuantizer;
import io.agilelens.engine.quant.TripQuantizer;
import io.agilelens.engine.quant.UnitQuantizer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The {@code bundle.json}: what is quantized how, and where it came from. */
final class BundleManifest {
    static final String TRIP = "trip";
    static final String UNIFORM = "uniform";
    static final String TOKEN = "token";
    static final String TRIP_TOKEN = "trip-token";
    static final String LOG2 = "log2";

    private BundleManifest() {}

    /**
     * @param tiedHead whether the float head is the embedding
     * @param calibration may be null
     */
    static ObjectNode of(
            QuantizationPlan plan,
            boolean tiedHead,
            TensorNames names,
            Checkpoint source,
            Calibration calibration) {
        ObjectNode root =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("format", BundleLayout.FORMAT)
                        .put("version", version(plan))
                        .put("source", String.valueOf(source.source().getFileName()));
        addCalibration(root, calibration);
        plan.head()
                .ifPresent(
                        head ->
                                root.putObject("head")
                                        .put("bits", head.bits())
                                        .put("tied", tiedHead));
        plan.cache().ifPresent(cache -> addCache(root.putObject("cache"), cache));
        ArrayNode layers = root.putArray("layers");
        for (QuantizationPlan.Layer layer : plan.layers()) {
            addLayer(layers.addObject(), layer, names);
        }
        return root;
    }

    /**
     * @param calibration may be null
     */
    static void addCalibration(ObjectNode root, Calibration calibration) {
        if (calibration == null) {
            root.putNull("calibration");
        } else {
            root.putObject("calibration")
                    .put("source", calibration.source())
                    .put("windows", calibration.windows().size())
                    .put(
                            "tokens",
                            calibration.windows().stream().mapToLong(ids -> ids.length).sum())
                    .put("sha256", calibration.sha256());
        }
    }

    private static void addCache(ObjectNode node, CacheFormat cache) {
        switch (cache) {
            case HalfCacheFormat half ->
                    node.put("bits", BundleLayout.HALF_BITS).put("width", half.width());
            case CacheQuantizer quantizer ->
                    node.put("bits", quantizer.bits())
                            .put("head_dimension", quantizer.headDimension())
                            .put("heads", quantizer.heads());
            case CodedCacheFormat other ->
                    throw new IllegalArgumentException(other + " has no place in a bundle");
        }
    }

    /** The oldest version that can say all that the plan holds. */
    static int version(QuantizationPlan plan) {
        if (plan.head().isPresent()) {
            return BundleLayout.VERSION_WITH_HEAD;
        }
        if (plan.cache().orElse(null) instanceof HalfCacheFormat) {
            return BundleLayout.VERSION_WITH_HALF_CACHE;
        }
        for (QuantizationPlan.Layer layer : plan.layers()) {
            for (QuantizedWeight weight : layer.weights().values()) {
                if (!weight.hasContiguousGroups()) {
                    return BundleLayout.VERSION_WITH_ORDER;
                }
            }
        }
        return BundleLayout.VERSION;
    }

    private static void addLayer(ObjectNode node, QuantizationPlan.Layer layer, TensorNames names) {
        ObjectNode weights = node.putObject("weights");
        for (LinearRole role : LinearRole.values()) {
            QuantizedWeight weight = layer.weights().get(role);
            if (weight != null) {
                weights.putObject(names.linear(role)).put("bits", weight.bits());
            }
        }
        ObjectNode activations = node.putObject("activations");
        for (Site site : Site.values()) {
            ActivationQuantizer quantizer = layer.activations().get(site);
            if (quantizer != null) {
                ObjectNode entry = activations.putObject(site.name());
                addActivation(entry, quantizer);
                ActivationQuantizer marked = layer.markedActivations().get(site);
                if (marked != null) {
                    addActivation(entry.putObject("marked"), marked);
                }
            }
        }
        layer.softmax().ifPresent(softmax -> addSoftmax(node.putObject("softmax"), softmax));
    }

    private static void addActivation(ObjectNode entry, ActivationQuantizer quantizer) {
        entry.put("bits", quantizer.range().bits()).put("signed", quantizer.range().signed());
        switch (quantizer) {
            case TripQuantizer _ -> entry.put("method", TRIP);
            case ChannelwiseQuantizer uniform ->
                    entry.put("method", UNIFORM).put("channels", uniform.width());
            case TokenwiseQuantizer tokenwise ->
                    entry.put("method", tokenwise.exponents().length == 0 ? TOKEN : TRIP_TOKEN);
        }
    }

    private static void addSoftmax(ObjectNode node, SoftmaxQuantizer quantizer) {
        String method =
                switch (quantizer) {
                    case Log2Quantizer _ -> LOG2;
                    case UnitQuantizer _ -> UNIFORM;
                };
        node.put("method", method).put("bits", quantizer.bits());
    }
}
