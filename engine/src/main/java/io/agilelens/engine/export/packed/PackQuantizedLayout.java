package io.agilelens.engine.export.packed;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * compressed-tensors, {@code pack-quantized}: {@code X.weight_packed} I32 {@code [outputs,
 * ceil(inputs / floor(32 / b))]}, {@code X.weight_scale} {@code [outputs, groups]}, {@code
 * X.weight_shape} I64 {@code [2]}, where weights are not symmetric {@code X.weight_zero_point} I32
 * {@code [ceil(outputs / floor(32 / b)), groups]}, and where inputs are in another order {@code
 * X.weight_g_idx} I32 {@code [inputs]}. Codes and zero points are signed numbers plus {@code
 * 2^(b−1)}, no field straddles two words. Source: {@code pack_quantized.py}.
 *
 * @param scaleType the model's own type
 */
public record PackQuantizedLayout(DType scaleType) implements PackedLayout {

    @Override
    public void require(QuantizedModule module) {
        requireWholeGroups(module, "pack-quantized");
    }

    static void requireWholeGroups(QuantizedModule module, String layout) {
        Grouping grouping = module.grouping();
        if (grouping.size() != -1 && module.inputs() % grouping.size() != 0) {
            throw new UserException(
                    "compressed-tensors (%s) cannot hold %s: weights.group %d does not divide its %d inputs: give a group that does, or -1"
                            .formatted(layout, module.name(), grouping.size(), module.inputs()));
        }
    }

    @Override
    public QuantizedWeight stored(QuantizedModule module) {
        return StoredScales.rounded(module.name(), module.weight(), scaleType);
    }

    @Override
    public void add(SafetensorsWriter writer, QuantizedModule module) {
        String name = module.name();
        int fields = Integer.SIZE / module.bits();
        Grouping grouping = module.grouping();
        int groups = grouping.count();
        Words.add(
                writer,
                name + ".weight_packed",
                () -> codes(module.weight(), fields),
                module.outputs(),
                Math.ceilDiv(module.inputs(), fields));
        writer.add(
                name + ".weight_shape",
                DType.I64,
                new long[] {2},
                channel ->
                        Words.write(
                                channel,
                                ByteBuffer.allocate(2 * Long.BYTES)
                                        .order(ByteOrder.LITTLE_ENDIAN)
                                        .putLong(module.outputs())
                                        .putLong(module.inputs())
                                        .array()));
        addScales(writer, module, groups, scaleType, this);
        if (!module.isSymmetric()) {
            Words.add(
                    writer,
                    name + ".weight_zero_point",
                    () -> zeros(module.weight(), fields),
                    Math.ceilDiv(module.outputs(), fields),
                    groups);
        }
        if (!grouping.natural()) {
            Words.add(
                    writer,
                    name + ".weight_g_idx",
                    () -> module.weight().groupOf(),
                    module.inputs());
        }
    }

    static void addScales(
            SafetensorsWriter writer,
            QuantizedModule module,
            int groups,
            DType scaleType,
            PackedLayout layout) {
        writer.add(
                module.name() + ".weight_scale",
                scaleType,
                new long[] {module.outputs(), groups},
                channel -> writeFloats(channel, scaleType, layout.stored(module).scales()));
    }

    private static void writeFloats(
            java.nio.channels.WritableByteChannel channel, DType type, float[] values)
            throws java.io.IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            switch (type) {
                case F16 -> bytes.putShort(Float.floatToFloat16(value));
                case BF16 -> bytes.putShort(DType.toBfloat16(value));
                default -> bytes.putFloat(value);
            }
        }
        Words.write(channel, bytes.array());
    }

    private static int[] codes(QuantizedWeight weight, int fields) {
        int columns = Math.ceilDiv(weight.inputs(), fields);
        int[] words = new int[weight.outputs() * columns];
        for (int o = 0; o < weight.outputs(); o++) {
            for (int i = 0; i < weight.inputs(); i++) {
                words[o * columns + i / fields] |= weight.code(o, i) << i % fields * weight.bits();
            }
        }
        return words;
    }

    private static int[] zeros(QuantizedWeight weight, int fields) {
        int groups = weight.groups();
        int[] words = new int[Math.ceilDiv(weight.outputs(), fields) * groups];
        for (int o = 0; o < weight.outputs(); o++) {
            for (int g = 0; g < groups; g++) {
                words[o / fields * groups + g] |=
                        weight.zeros()[o * groups + g] << o % fields * weight.bits();
            }
        }
        return words;
    }

    @Override
    public Optional<DType> biasType() {
        return Optional.empty();
    }

    @Override
    public ObjectNode settings(List<QuantizedModule> modules, List<String> plain) {
        return CompressedSettings.of("pack-quantized", modules, plain, null);
    }
}
