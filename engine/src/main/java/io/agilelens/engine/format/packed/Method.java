package io.agilelens.engine.format.packed;

import java.util.List;

/** A way of storing linears as codes. Reading the settings is the constructor's work. */
interface Method {

    /** As people call it. */
    String name();

    /**
     * What stands behind the module's name in that of a tensor which only a quantized linear has,
     * its codes or its scale.
     */
    List<String> suffixes();

    /**
     * The weight of a linear whose codes are there, under its plain name.
     *
     * @param module the linear's name, for example {@code model.layers.0.mlp.up_proj}
     * @throws io.agilelens.engine.UserException if a part is missing or does not fit the others
     */
    Packed unpack(String module);

    /**
     * A decoded weight.
     *
     * @param bits of a code
     */
    record Packed(int bits, PackedTensor tensor) {}
}
