package io.agilelens.engine.export.packed;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.tensor.DType;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * AutoAWQ's GEMM layout: {@code X.qweight} I32 {@code [inputs, outputs / 8]}, {@code X.qzeros} I32
 * {@code [groups, outputs / 8]}, {@code X.scales} F16 {@code [groups, outputs]}, {@code X.bias}
 * F16. The eight nibbles of a word, lowest first, belong to its outputs 0, 2, 4, 6, 1, 3, 5, 7.
 * Source: AutoAWQ, {@code modules/linear/gemm.py} and {@code utils/packing_utils.py}.
 */
public record AwqLayout() implements PackedLayout {
    private static final int BITS = 4;
    private static final int[] ORDER = {0, 2, 4, 6, 1, 3, 5, 7};

    @Override
    public void require(QuantizedModule module) {
        Grouping grouping = module.grouping();
        if (module.bits() != BITS) {
            throw refuse(
                    module,
                    "weights.bits is %d there".formatted(module.bits()),
                    "give 4, or use --format gptq or compressed-tensors");
        }
        if (module.outputs() % ORDER.length != 0) {
            throw refuse(
                    module,
                    "it has %d outputs, no multiple of 8".formatted(module.outputs()),
                    "use --format compressed-tensors or native");
        }
        if (!grouping.natural()) {
            throw refuse(
                    module,
                    "weights.gptq.act_order has put its inputs into groups in another order",
                    "switch that off, or use --format gptq");
        }
        if (grouping.size() != -1 && module.inputs() % grouping.size() != 0) {
            throw refuse(
                    module,
                    "weights.group %d does not divide its %d inputs"
                            .formatted(grouping.size(), module.inputs()),
                    "give a group that does, or -1");
        }
    }

    private static UserException refuse(QuantizedModule module, String what, String mend) {
        return new UserException(
                "AWQ's gemm layout cannot hold %s: %s: %s".formatted(module.name(), what, mend));
    }

    @Override
    public QuantizedWeight stored(QuantizedModule module) {
        return StoredScales.rounded(module.name(), module.weight(), DType.F16);
    }

    @Override
    public void add(SafetensorsWriter writer, QuantizedModule module) {
        int columns = module.outputs() / ORDER.length;
        int groups = module.grouping().count();
        Words.add(
                writer,
                module.name() + ".qweight",
                () -> codes(module.weight(), columns),
                module.inputs(),
                columns);
        Words.add(
                writer,
                module.name() + ".qzeros",
                () -> zeros(module.weight(), columns),
                groups,
                columns);
        GroupsFirst.add(writer, module.name() + ".scales", module, groups, this);
    }

    private static int[] codes(QuantizedWeight weight, int columns) {
        int[] words = new int[weight.inputs() * columns];
        for (int o = 0; o < weight.outputs(); o++) {
            int column = o / ORDER.length;
            int shift = shift(o);
            for (int i = 0; i < weight.inputs(); i++) {
                words[i * columns + column] |= weight.code(o, i) << shift;
            }
        }
        return words;
    }

    private static int[] zeros(QuantizedWeight weight, int columns) {
        int[] words = new int[weight.groups() * columns];
        for (int o = 0; o < weight.outputs(); o++) {
            for (int g = 0; g < weight.groups(); g++) {
                words[g * columns + o / ORDER.length] |=
                        weight.zeros()[o * weight.groups() + g] << shift(o);
            }
        }
        return words;
    }

    /** Where in its word an output's nibble stands. */
    private static int shift(int output) {
        for (int nibble = 0; nibble < ORDER.length; nibble++) {
            if (ORDER[nibble] == output % ORDER.length) {
                return BITS * nibble;
            }
        }
        throw new IllegalStateException();
    }

    @Override
    public Optional<DType> biasType() {
        return Optional.of(DType.F16);
    }

    @Override
    public ObjectNode settings(List<QuantizedModule> modules, List<String> plain) {
        int group = Grouping.common(modules);
        for (QuantizedModule module : modules) {
            // A row that is one group must be as long as the groups of the others.
            if (!module.grouping().is(group) || group > module.inputs()) {
                throw refuse(
                        module,
                        "weights.group is %d there and %d elsewhere"
                                .formatted(
                                        module.grouping().size() == -1
                                                ? module.inputs()
                                                : module.grouping().size(),
                                        group),
                        "give one group size, or use --format gptq or compressed-tensors");
            }
        }
        ObjectNode settings =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("quant_method", "awq")
                        .put("bits", BITS)
                        .put("group_size", group)
                        .put("zero_point", true)
                        .put("version", "gemm");
        if (plain.isEmpty()) {
            settings.putNull("modules_to_not_convert");
        } else {
            ArrayNode names = settings.putArray("modules_to_not_convert");
            plain.forEach(names::add);
        }
        return settings;
    }

    @Override
    public boolean carriesDivisors() {
        return true;
    }
}
