package io.agilelens.engine.export.packed;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.tensor.DType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** How another tool's checkpoints store quantized linears. */
public sealed interface PackedLayout
        permits AwqLayout, GptqLayout, PackQuantizedLayout, IntQuantizedLayout {

    /**
     * Checks that the layout can hold a linear.
     *
     * @throws UserException naming the linear and what would mend it
     */
    void require(QuantizedModule module);

    /**
     * The weight that the stored parts of a linear stand for: its values, with scales as the file
     * has them.
     *
     * @throws UserException if a scale or zero point does not fit
     */
    QuantizedWeight stored(QuantizedModule module);

    /** Declares the parts of a linear. */
    void add(SafetensorsWriter writer, QuantizedModule module);

    /** The type of the biases of quantized linears, where it is not the source's own. */
    Optional<DType> biasType();

    /**
     * The {@code quantization_config}.
     *
     * @param modules all quantized linears, at least one
     * @param plain linears that stay as they are
     */
    ObjectNode settings(List<QuantizedModule> modules, List<String> plain);

    /** Further files of settings, by name. */
    default Map<String, ObjectNode> files(List<QuantizedModule> modules, List<String> plain) {
        return Map.of();
    }

    /** Whether what BLOOM's GELU is divided by may stand beside the linears. */
    default boolean carriesDivisors() {
        return false;
    }
}
