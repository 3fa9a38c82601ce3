package io.agilelens.engine.export.packed;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.recipe.GptqRecipe;
import io.agilelens.engine.tensor.DType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * GPTQ's layouts: {@code X.qweight} I32 {@code [inputs · b / 32, outputs]}, {@code X.qzeros} I32
 * {@code [groups, outputs · b / 32]}, {@code X.scales} F16 {@code [groups, outputs]}, {@code
 * X.g_idx} I32 {@code [inputs]}, {@code X.bias} F16; fields follow each other from the lowest bit
 * without gaps. Source: GPTQModel, {@code nn_modules/qlinear/__init__.py} and {@code
 * quantization/config.py}.
 *
 * <p>Version 1 stores zero points less one. A zero point of 0 would become −1, which loaders read
 * in different ways; where no code of its group is the largest, codes and zero point are raised by
 * one, which changes no weight, and otherwise version 1 is refused.
 *
 * @param version 1 or 2
 * @param method how the weights were quantized, for the settings; null if not by GPTQ
 */
public record GptqLayout(int version, GptqRecipe method) implements PackedLayout {
    private static final Set<Integer> WIDTHS = Set.of(2, 3, 4, 8);

    public GptqLayout {
        if (version != 1 && version != 2) {
            throw new IllegalArgumentException("GPTQ's layout has versions 1 and 2");
        }
    }

    @Override
    public void require(QuantizedModule module) {
        int bits = module.bits();
        if (!WIDTHS.contains(bits)) {
            throw refuse(
                    module,
                    "weights.bits is %d there".formatted(bits),
                    "give 2, 3, 4 or 8, or use --format compressed-tensors");
        }
        if (module.inputs() * bits % Integer.SIZE != 0
                || module.outputs() * bits % Integer.SIZE != 0) {
            throw refuse(
                    module,
                    "%d bits of its %d inputs and %d outputs do not fill whole 32-bit words"
                            .formatted(bits, module.inputs(), module.outputs()),
                    "use --format compressed-tensors or native");
        }
        module.grouping();
    }

    private UserException refuse(QuantizedModule module, String what, String mend) {
        return new UserException(
                "GPTQ's layout cannot hold %s: %s: %s".formatted(module.name(), what, mend));
    }

    @Override
    public QuantizedWeight stored(QuantizedModule module) {
        QuantizedWeight weight = StoredScales.rounded(module.name(), module.weight(), DType.F16);
        return version == 1 && Arrays.stream(weight.zeros()).anyMatch(zero -> zero == 0)
                ? raised(module, weight)
                : weight;
    }

    /** The same weights with no zero point of 0. */
    private QuantizedWeight raised(QuantizedModule module, QuantizedWeight weight) {
        int largest = (1 << weight.bits()) - 1;
        int groups = weight.groups();
        byte[] codes = weight.codes().clone();
        int[] zeros = weight.zeros().clone();
        for (int o = 0; o < weight.outputs(); o++) {
            for (int c = 0; c < weight.inputs(); c++) {
                if (weight.zeros()[o * groups + weight.groupOf()[c]] == 0) {
                    int code = weight.code(o, c);
                    if (code == largest) {
                        throw refuse(
                                module,
                                "output %d has the zero point 0, which version 1 stores as -1 and loaders read in different ways"
                                        .formatted(o),
                                "use --gptq-version 2, or weights.symmetric true");
                    }
                    codes[o * weight.inputs() + c] = (byte) (code + 1);
                }
            }
        }
        for (int i = 0; i < zeros.length; i++) {
            zeros[i] = Math.max(zeros[i], 1);
        }
        return new QuantizedWeight(
                weight.outputs(),
                weight.inputs(),
                weight.bits(),
                weight.groupOf(),
                codes,
                weight.scales(),
                zeros);
    }

    @Override
    public void add(SafetensorsWriter writer, QuantizedModule module) {
        int bits = module.bits();
        int groups = module.grouping().count();
        long rows = (long) module.inputs() * bits / Integer.SIZE;
        long columns = (long) module.outputs() * bits / Integer.SIZE;
        Words.add(
                writer,
                module.name() + ".qweight",
                () -> codes(stored(module)),
                rows,
                module.outputs());
        Words.add(writer, module.name() + ".qzeros", () -> zeros(stored(module)), groups, columns);
        GroupsFirst.add(writer, module.name() + ".scales", module, groups, this);
        Words.add(
                writer, module.name() + ".g_idx", () -> module.weight().groupOf(), module.inputs());
    }

    private static int[] codes(QuantizedWeight weight) {
        int bits = weight.bits();
        int[] words = new int[weight.inputs() * bits / Integer.SIZE * weight.outputs()];
        for (int o = 0; o < weight.outputs(); o++) {
            for (int i = 0; i < weight.inputs(); i++) {
                Words.put(words, o, weight.outputs(), (long) i * bits, bits, weight.code(o, i));
            }
        }
        return words;
    }

    private int[] zeros(QuantizedWeight weight) {
        int bits = weight.bits();
        int columns = weight.outputs() * bits / Integer.SIZE;
        int[] words = new int[weight.groups() * columns];
        for (int o = 0; o < weight.outputs(); o++) {
            for (int g = 0; g < weight.groups(); g++) {
                int zero = weight.zeros()[o * weight.groups() + g];
                Words.put(
                        words,
                        g * columns,
                        1,
                        (long) o * bits,
                        bits,
                        version == 1 ? zero - 1 : zero);
            }
        }
        return words;
    }

    @Override
    public Optional<DType> biasType() {
        return Optional.of(DType.F16);
    }

    @Override
    public ObjectNode settings(List<QuantizedModule> modules, List<String> plain) {
        int group = Grouping.common(modules);
        Scheme common = common(modules, group);
        ObjectNode settings =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("quant_method", "gptq")
                        .put("bits", common.bits())
                        .put("group_size", common.group())
                        .put("desc_act", common.actOrder())
                        .put("sym", common.symmetric())
                        .put("lm_head", false)
                        .put("checkpoint_format", version == 1 ? "gptq" : "gptq_v2")
                        .put("pack_dtype", "int32");
        if (method != null) {
            settings.put("damp_percent", method.damping())
                    .put("true_sequential", method.sequential())
                    .put("static_groups", method.staticGroups());
        }
        ObjectNode dynamic = JsonNodeFactory.instance.objectNode();
        for (QuantizedModule module : modules) {
            Scheme scheme = Scheme.of(module, group);
            if (!scheme.equals(common)) {
                dynamic.putObject("+:" + pattern(module.name()))
                        .put("bits", scheme.bits())
                        .put("group_size", scheme.group())
                        .put("desc_act", scheme.actOrder())
                        .put("sym", scheme.symmetric());
            }
        }
        plain.forEach(name -> dynamic.putObject("-:" + pattern(name)));
        if (!dynamic.isEmpty()) {
            settings.set("dynamic", dynamic);
        }
        settings.putObject("meta").put("quantizer", "agilelens");
        return settings;
    }

    @Override
    public Map<String, ObjectNode> files(List<QuantizedModule> modules, List<String> plain) {
        return Map.of("quantize_config.json", settings(modules, plain));
    }

    private static String pattern(String name) {
        return "^" + name.replace(".", "\\.") + "$";
    }

    /** What most of the linears have in common. */
    private static Scheme common(List<QuantizedModule> modules, int group) {
        Map<Scheme, Integer> counts = new LinkedHashMap<>();
        modules.forEach(module -> counts.merge(Scheme.of(module, group), 1, Integer::sum));
        return counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElseThrow();
    }

    private record Scheme(int bits, int group, boolean actOrder, boolean symmetric) {
        /**
         * @param common the usual group size, which is given where it comes to the same
         */
        static Scheme of(QuantizedModule module, int common) {
            Grouping grouping = module.grouping();
            return new Scheme(
                    module.bits(),
                    grouping.is(common) ? common : grouping.size(),
                    !grouping.natural(),
                    module.isSymmetric());
        }
    }
}
