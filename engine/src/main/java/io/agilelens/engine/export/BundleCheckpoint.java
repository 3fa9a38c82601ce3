package io.agilelens.engine.export;

import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.CheckpointView;
import io.agilelens.engine.tensor.Tensor;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A bundle seen as a checkpoint of floats: quantized weights appear under their old names, as what
 * their codes stand for.
 */
final class BundleCheckpoint extends CheckpointView {

    /**
     * @param config the source's configuration
     * @param tensors float tensors, stored ones and those that decode their codes
     */
    BundleCheckpoint(Checkpoint folder, JsonNode config, List<Tensor> tensors) {
        super(folder, config, tensors);
    }

    @Override
    public String format() {
        return "native bundle";
    }
}
