package io.agilelens.engine.export.packed;

import io.agilelens.engine.quant.AffineQuantizer;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * How compressed-tensors says that the inputs of all linears are quantized: per token with scales
 * found while running, or per tensor with scales that stand in the file.
 *
 * @param bits 2…8
 * @param dynamic per token
 * @param symmetric without a zero point
 * @param inputs where it is static, the quantizers of each layer's linears by their input site, in
 *     the order of {@link io.agilelens.engine.model.Site}; otherwise empty
 */
public record ActivationScheme(
        int bits,
        boolean dynamic,
        boolean symmetric,
        List<java.util.Map<io.agilelens.engine.model.Site, AffineQuantizer>> inputs) {

    public ActivationScheme {
        inputs = List.copyOf(inputs);
    }

    void describe(ObjectNode node) {
        node.put("num_bits", bits)
                .put("type", "int")
                .put("symmetric", symmetric)
                .put("strategy", dynamic ? "token" : "tensor")
                .put("dynamic", dynamic);
        if (dynamic) {
            node.putNull("observer");
        } else {
            node.put("observer", "minmax");
        }
        node.putNull("group_size");
    }

    /** The static quantizer of what a linear reads. */
    AffineQuantizer of(QuantizedModule module) {
        return inputs.get(module.layer()).get(module.parts().keySet().iterator().next().input());
    }
}
