package io.agilelens.engine.format.packed;

import io.agilelens.engine.format.Printable;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The compressed-tensors formats {@code pack-quantized}, {@code int-quantized} and {@code
 * float-quantized}. Source: compressed-tensors, {@code
 * compressors/quantized_compressors/pack_quantized.py}, {@code quantization/quant_args.py} and
 * {@code quant_config.py}.
 *
 * <p>A packed linear {@code X} of b bits is {@code X.weight_packed} I32 {@code [outputs,
 * ceil(inputs / floor(32 / b))]}, lowest bits first, holding the signed codes plus 2^(b−1); {@code
 * X.weight_shape} {@code [2]}; {@code X.weight_scale} {@code [outputs, groups]}, {@code [outputs,
 * 1]} or {@code [1]}; where it is not symmetric {@code X.weight_zero_point} I32 {@code
 * [ceil(outputs / floor(32 / b)), groups]} in the same code, or plain I8; and where inputs were
 * reordered {@code X.weight_g_idx} I32 {@code [inputs]}. In the other two formats {@code X.weight}
 * itself is I8 or F8_E4M3 {@code [outputs, inputs]}. A weight is {@code (code − zero) · scale}.
 *
 * <p>Which linears are quantized is read off the tensors; what {@code ignore} names is stored
 * plainly. Activations are not quantized here, whatever the settings say: that becomes a warning.
 */
final class CompressedTensors implements Method {
    private static final Set<DType> SHAPES = Set.of(DType.I64, DType.I32);

    private final Settings settings;
    private final Parts parts;
    private final List<Scheme> schemes = new ArrayList<>();

    /** How a tensor's parameters are shared. */
    private enum Strategy {
        TENSOR,
        CHANNEL,
        GROUP
    }

    /** How the codes are stored. */
    private enum Format {
        PACKED,
        INTEGER,
        FLOAT
    }

    /**
     * One entry of {@code config_groups}.
     *
     * @param names exact module names it is for
     * @param patterns module names it is for
     * @param general whether it is for every linear
     */
    private record Scheme(
            Set<String> names,
            List<ModulePattern> patterns,
            boolean general,
            Format format,
            int bits,
            boolean symmetric,
            Strategy strategy,
            int groupSize) {}

    CompressedTensors(Settings settings, Parts parts, List<String> warnings) {
        this.settings = settings;
        this.parts = parts;
        refuseTransforms();
        Settings groups = settings.inside("config_groups");
        boolean activations = false;
        for (Map.Entry<String, JsonNode> entry : groups.values().properties()) {
            Settings group = groups.inside(entry.getKey());
            activations |= group.has("input_activations") || group.has("output_activations");
            if (group.has("weights")) {
                schemes.add(scheme(group));
            }
        }
        if (schemes.isEmpty()) {
            throw settings.wrong("config_groups", "it must say how weights are quantized");
        }
        if (activations) {
            warnings.add(
                    "%s asks for quantized activations, which is not applied: only the weights are as it says"
                            .formatted(settings.where("config_groups")));
        }
        if (settings.has("kv_cache_scheme")) {
            warnings.add(
                    "%s asks for quantized keys and values, which is not applied"
                            .formatted(settings.where("kv_cache_scheme")));
        }
    }

    /** Settings that change what the stored weights stand for. */
    private void refuseTransforms() {
        if (settings.has("sparsity_config")
                && !settings.values().get("sparsity_config").isEmpty()) {
            Settings sparsity = settings.inside("sparsity_config");
            if (!sparsity.text("format", "dense").equals("dense")) {
                throw sparsity.unknown("format", "weights must not be stored sparsely");
            }
        }
        if (settings.has("transform_config")
                && !settings.values().get("transform_config").isEmpty()) {
            throw settings.unknown("transform_config", "weights must not be rotated");
        }
    }

    private Scheme scheme(Settings group) {
        Settings holder = group.has("format") ? group : settings;
        Format format =
                switch (holder.text("format", "pack-quantized")) {
                    case "pack-quantized" -> Format.PACKED;
                    case "int-quantized" -> Format.INTEGER;
                    case "float-quantized" -> Format.FLOAT;
                    default ->
                            throw holder.unknown(
                                    "format",
                                    "pack-quantized, int-quantized and float-quantized are");
                };
        Settings weights = group.inside("weights");
        String type = format == Format.FLOAT ? "float" : "int";
        if (!weights.text("type", "int").equals(type)) {
            throw weights.unknown("type", "in this format it must be " + type);
        }
        int bits = weights.number("num_bits", 8);
        if (bits < 1 || bits > 8 || format == Format.FLOAT && bits != 8) {
            throw weights.unknown("num_bits", format == Format.FLOAT ? "8 is" : "1 to 8 are");
        }
        int groupSize = weights.has("group_size") ? weights.groupSize("group_size", -1) : 0;
        String otherwise = groupSize > 0 ? "group" : groupSize < 0 ? "channel" : "tensor";
        Strategy strategy =
                switch (weights.lowerCase("strategy", otherwise)) {
                    case "tensor" -> Strategy.TENSOR;
                    case "channel" -> Strategy.CHANNEL;
                    case "group" -> Strategy.GROUP;
                    default -> throw weights.unknown("strategy", "tensor, channel and group are");
                };
        if (strategy == Strategy.GROUP && groupSize < 1) {
            throw weights.wrong("group_size", "groups need a size of at least 1");
        }
        Set<String> names = new HashSet<>();
        List<ModulePattern> patterns = new ArrayList<>();
        boolean general = false;
        JsonNode targets = group.values().path("targets");
        if (!targets.isArray()) {
            throw group.wrong("targets", "a list belongs there");
        }
        for (JsonNode target : targets) {
            String text = target.asString("");
            if (text.startsWith("re:")) {
                patterns.add(parts.pattern(text.substring(3), group.where("targets")));
            } else if (text.equals("Linear")) {
                general = true;
            } else {
                names.add(text);
            }
        }
        return new Scheme(
                names,
                patterns,
                general,
                format,
                bits,
                weights.flag("symmetric", true),
                strategy,
                groupSize);
    }

    @Override
    public String name() {
        return "compressed-tensors";
    }

    @Override
    public List<String> suffixes() {
        return List.of(".weight_packed", ".weight_scale");
    }

    /** A scheme that names the module goes before one for all linears. */
    private Scheme scheme(String module) {
        for (Scheme scheme : schemes) {
            if (scheme.names().contains(module)
                    || scheme.patterns().stream()
                            .anyMatch(pattern -> parts.matches(pattern, module))) {
                return scheme;
            }
        }
        for (Scheme scheme : schemes) {
            if (scheme.general()) {
                return scheme;
            }
        }
        throw parts.damaged(
                "the linear '%s' is quantized although no config_groups has it as a target"
                        .formatted(Printable.of(module)));
    }

    @Override
    public Packed unpack(String module) {
        Scheme scheme = scheme(module);
        return switch (scheme.format()) {
            case PACKED -> unpackWords(module, scheme);
            case INTEGER, FLOAT -> unpackBytes(module, scheme);
        };
    }

    private Packed unpackWords(String module, Scheme scheme) {
        parts.requireAlone(module, "weight_packed");
        int bits = scheme.bits();
        int fields = Integer.SIZE / bits;
        DenseTensor words = parts.matrix(module + ".weight_packed", Parts.WORDS, 2);
        int outputs = (int) words.shape()[0];
        DenseTensor stated = parts.shaped(module + ".weight_shape", SHAPES, new long[] {2});
        long[] shape = numbers(stated);
        if (shape[0] != outputs
                || shape[1] < 1
                || shape[1] > Integer.MAX_VALUE
                || Math.ceilDiv(shape[1], (long) fields) != words.shape()[1]) {
            throw parts.wrong(
                    words,
                    "what '%s' packs into words of %d codes, with weight_shape %s,"
                            .formatted(Printable.of(module), fields, Arrays.toString(shape)));
        }
        int inputs = (int) shape[1];
        return packed(
                module,
                scheme,
                outputs,
                inputs,
                new Packing.WholeInRows(words.data(), inputs, bits),
                1 << bits - 1,
                words.bytes() + stated.bytes());
    }

    private static long[] numbers(DenseTensor tensor) {
        long[] numbers = new long[(int) tensor.elements()];
        if (tensor.dtype() == DType.I64) {
            tensor.data().copyTo(0, numbers, 0, numbers.length);
        } else {
            Arrays.setAll(numbers, i -> tensor.data().toIntegers()[i]);
        }
        return numbers;
    }

    private Packed unpackBytes(String module, Scheme scheme) {
        boolean integer = scheme.format() == Format.INTEGER;
        DenseTensor bytes =
                parts.matrix(module + ".weight", Set.of(integer ? DType.I8 : DType.F8_E4M3), 2);
        return packed(
                module,
                scheme,
                (int) bytes.shape()[0],
                (int) bytes.shape()[1],
                new Packing.Plain(bytes.data(), (int) bytes.shape()[1], integer ? 0x80 : 0),
                0x80,
                bytes.bytes());
    }

    /**
     * @param middle the unsigned code of zero
     */
    private Packed packed(
            String module,
            Scheme scheme,
            int outputs,
            int inputs,
            Codes codes,
            int middle,
            long codeBytes) {
        boolean grouped = scheme.strategy() == Strategy.GROUP;
        int size = grouped ? scheme.groupSize() : inputs;
        GroupIndex groups = GroupIndex.natural(inputs, size);
        int count = groups.groups();
        String scaleName = module + ".weight_scale";
        boolean single = scheme.strategy() == Strategy.TENSOR;
        DenseTensor scales =
                single
                        ? parts.shaped(
                                scaleName,
                                Parts.FLOATS,
                                new long[] {1},
                                new long[] {},
                                new long[] {1, 1})
                        : count == 1
                                ? parts.shaped(
                                        scaleName,
                                        Parts.FLOATS,
                                        new long[] {outputs, 1},
                                        new long[] {outputs})
                                : parts.shaped(
                                        scaleName, Parts.FLOATS, new long[] {outputs, count});
        long bytes = codeBytes + scales.bytes();
        Optional<DenseTensor> order =
                grouped && scheme.format() == Format.PACKED && parts.has(module + ".weight_g_idx")
                        ? Optional.of(
                                parts.shaped(
                                        module + ".weight_g_idx", Parts.WORDS, new long[] {inputs}))
                        : Optional.empty();
        if (order.isPresent()) {
            int[] index = parts.groupIndex(order.get(), -1, count);
            bytes += order.get().bytes();
            // Where no order was chosen the writer leaves −1.
            if (Arrays.stream(index).noneMatch(group -> group < 0)) {
                groups = new GroupIndex(count, size, index);
            }
        }
        Grid.Zeros zeros = new Grid.Zeros.Constant(middle);
        String zeroName = module + ".weight_zero_point";
        if (!scheme.symmetric() && !parts.has(zeroName)) {
            throw parts.damaged("tensor '%s' is missing".formatted(Printable.of(zeroName)));
        }
        if (parts.has(zeroName)) {
            if (scheme.format() == Format.FLOAT) {
                parts.use(zeroName);
            } else {
                DenseTensor stored = zeroTensor(zeroName, scheme, outputs, count);
                bytes += stored.bytes();
                zeros = zeros(stored, scheme, count, middle);
            }
        }
        Grid grid =
                new Grid(
                        scales,
                        single ? Grid.Layout.SINGLE : Grid.Layout.OUTPUTS_FIRST,
                        zeros,
                        outputs,
                        count);
        return new Packed(
                scheme.bits(),
                new PackedTensor(
                        module + ".weight",
                        outputs,
                        inputs,
                        codes,
                        scheme.format() == Format.FLOAT ? DType.F8_E4M3.eightBitValues() : null,
                        grid,
                        groups,
                        "compressed-tensors %s, %s"
                                .formatted(
                                        scheme.format() == Format.FLOAT
                                                ? "F8_E4M3"
                                                : scheme.bits() + "-bit",
                                        groups.describe(
                                                single ? "one scale" : "a scale an output")),
                        bytes));
    }

    private DenseTensor zeroTensor(String name, Scheme scheme, int outputs, int groups) {
        long[] plain = {outputs, groups};
        long[] one = {1};
        Set<DType> bytes = Set.of(DType.I8);
        if (scheme.strategy() == Strategy.TENSOR) {
            return parts.shaped(name, bytes, one, new long[] {}, new long[] {1, 1});
        }
        if (scheme.format() == Format.INTEGER) {
            return groups == 1
                    ? parts.shaped(name, bytes, plain, new long[] {outputs})
                    : parts.shaped(name, bytes, plain);
        }
        if (parts.has(name) && parts.isOf(name, DType.I8)) {
            return parts.shaped(name, bytes, plain);
        }
        long rows = Math.ceilDiv(outputs, Integer.SIZE / scheme.bits());
        return parts.shaped(name, Parts.WORDS, new long[] {rows, groups});
    }

    /** Zero points, in the numbers in which codes are unsigned. */
    private static Grid.Zeros zeros(DenseTensor stored, Scheme scheme, int groups, int middle) {
        if (scheme.strategy() == Strategy.TENSOR) {
            byte[] one = new byte[1];
            stored.data().copyTo(0, one, 0, 1);
            return new Grid.Zeros.Constant(middle + one[0]);
        }
        return stored.dtype() == DType.I8
                ? new Grid.Zeros.Stored(
                        new Packing.Plain(stored.data(), groups, 0x80), middle - 0x80, -1)
                : new Grid.Zeros.Stored(
                        new Packing.WholeInColumns(stored.data(), groups, scheme.bits()), 0, -1);
    }
}
