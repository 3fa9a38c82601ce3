package io.agilelens.engine.export.packed;

import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Scales {@code [groups, outputs]} in half precision, as AWQ and GPTQ store them. */
final class GroupsFirst {
    private GroupsFirst() {}

    static void add(
            SafetensorsWriter writer,
            String name,
            QuantizedModule module,
            int groups,
            PackedLayout layout) {
        writer.add(
                name,
                DType.F16,
                new long[] {groups, module.outputs()},
                channel -> {
                    QuantizedWeight weight = layout.stored(module);
                    ByteBuffer bytes =
                            ByteBuffer.allocate(weight.scales().length * Short.BYTES)
                                    .order(ByteOrder.LITTLE_ENDIAN);
                    for (int g = 0; g < groups; g++) {
                        for (int o = 0; o < weight.outputs(); o++) {
                            bytes.putShort(Float.floatToFloat16(weight.scales()[o * groups + g]));
                        }
                    }
                    Words.write(channel, bytes.array());
                });
    }
}
