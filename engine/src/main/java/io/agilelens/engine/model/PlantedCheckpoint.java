package io.agilelens.engine.model;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.CheckpointView;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.model.TensorNames.Part;
import io.agilelens.engine.tensor.ChannelScaled;
import io.agilelens.engine.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A checkpoint seen with outliers planted in it. Norm gains and biases of the chosen channels are
 * multiplied, the columns that read them divided, while they are decoded; nothing is copied.
 */
final class PlantedCheckpoint extends CheckpointView {

    private PlantedCheckpoint(Checkpoint source, JsonNode config, List<Tensor> tensors) {
        super(source, config, tensors);
    }

    /**
     * @throws UserException if the model has no such layer or channel, has no gain to plant in, or
     *     reads its norm's output elsewhere too
     */
    static PlantedCheckpoint of(Checkpoint source, ModelConfig shape, Planting planting) {
        requirePossible(source, shape, planting);
        ObjectNode marked = (ObjectNode) source.config().deepCopy();
        marked.set(Planting.CONFIG_KEY, planting.toJson());
        Map<String, float[]> scaled = scaled(shape, planting);
        List<Tensor> tensors = new ArrayList<>();
        for (Tensor tensor : source.tensors()) {
            float[] factors = scaled.get(tensor.name());
            tensors.add(factors == null ? tensor : new ChannelScaled(tensor, factors));
        }
        return new PlantedCheckpoint(source, marked, tensors);
    }

    private static void requirePossible(Checkpoint source, ModelConfig shape, Planting planting) {
        if (source.config().has(Planting.CONFIG_KEY)) {
            throw refuse(
                    source, "it has planted outliers already: plant in the model it was made from");
        }
        if (!shape.norm().affine()) {
            throw refuse(source, "its norms have no gain that could be raised: take another model");
        }
        if (shape.norm().placement() != Norm.Placement.BEFORE) {
            throw refuse(
                    source,
                    "what its norms give also goes into the residual stream, so that raising a gain"
                        + " would change the model: take one that normalizes before each block");
        }
        if (planting.layers().last() >= shape.layers()) {
            throw refuse(
                    source,
                    "there is no layer %d: its layers are 0…%d"
                            .formatted(planting.layers().last(), shape.layers() - 1));
        }
        if (planting.channels().last() >= shape.hiddenSize()) {
            throw refuse(
                    source,
                    "there is no channel %d: its channels are 0…%d"
                            .formatted(planting.channels().last(), shape.hiddenSize() - 1));
        }
    }

    private static UserException refuse(Checkpoint source, String why) {
        return new UserException(
                "%s: outliers cannot be planted here: %s"
                        .formatted(Printable.of(source.source()), why));
    }

    /** Factors of each tensor that changes, by its name in the source. */
    private static Map<String, float[]> scaled(ModelConfig shape, Planting planting) {
        float[] up = planting.factors(shape.hiddenSize());
        float[] down = new float[up.length];
        for (int channel = 0; channel < up.length; channel++) {
            down[channel] = 1 / up[channel];
        }
        TensorNames names = shape.architecture().names();
        Map<String, float[]> scaled = new HashMap<>();
        for (int layer : planting.layers()) {
            for (Site site : planting.sites()) {
                Part norm = site == Site.ATTN_INPUT ? Part.ATTENTION_NORM : Part.MLP_NORM;
                names.spellings(names.of(layer, norm))
                        .forEach(
                                spelling -> {
                                    scaled.put(spelling + ".weight", up);
                                    scaled.put(spelling + ".bias", up);
                                });
                for (String reader : readers(names, layer, site, shape)) {
                    names.spellings(reader)
                            .forEach(spelling -> scaled.put(spelling + ".weight", down));
                }
            }
        }
        return scaled;
    }

    /** Linears that read a site, fused ones included. */
    private static List<String> readers(
            TensorNames names, int layer, Site site, ModelConfig shape) {
        List<String> readers = new ArrayList<>();
        for (LinearRole role : shape.roles()) {
            if (role.input() == site) {
                readers.add(names.of(layer, role));
            }
        }
        if (site == Site.ATTN_INPUT) {
            names.fused(layer).ifPresent(readers::add);
        }
        return readers;
    }

    @Override
    public String format() {
        return super.format() + ", outliers planted";
    }
}
