package io.agilelens.engine.format.packed;

import io.agilelens.engine.format.Printable;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * GPTQ's layouts, versions 1 and 2. A linear {@code X} of b bits is {@code X.qweight} I32 {@code
 * [inputs · b / 32, outputs]}, {@code X.qzeros} I32 {@code [groups, outputs · b / 32]}, {@code
 * X.scales} {@code [groups, outputs]} and {@code X.g_idx} I32 {@code [inputs]}, the group of each
 * input. A weight is {@code (code − zero) · scale}. Source: GPTQModel, {@code
 * nn_modules/qlinear/__init__.py} and {@code quantization/config.py}.
 *
 * <p>Version 1 stores a zero point less one, in b bits: a stored 2^b − 1 means that it was 0. So it
 * is read field by field, {@code (stored + 1) mod 2^b}. Adding one to the words, as some loaders
 * do, carries into the neighbouring field.
 *
 * <p>A {@code g_idx} of zeros with several groups is what older tools leave when they quantize in
 * natural order; it is read as no {@code g_idx}.
 */
final class Gptq implements Method {
    private static final int WORD_BITS = Integer.SIZE;

    private final Settings settings;
    private final Parts parts;
    private final List<String> warnings;
    private final boolean storesZeroLessOne;
    private final Scheme common;
    private final List<Rule> rules;
    private int mislabelled;

    /** How a linear is quantized. */
    private record Scheme(int bits, int groupSize, boolean actOrder, boolean symmetric) {}

    /**
     * One entry of {@code dynamic}: how the modules it matches are quantized, or that they are not.
     */
    private record Rule(ModulePattern pattern, String key, Scheme scheme) {}

    Gptq(Settings settings, Parts parts, List<String> warnings) {
        this.settings = settings;
        this.parts = parts;
        this.warnings = warnings;
        String key = settings.has("checkpoint_format") ? "checkpoint_format" : "format";
        storesZeroLessOne =
                switch (settings.lowerCase(key, "gptq")) {
                    case "gptq" -> true;
                    case "gptq_v2" -> false;
                    default ->
                            throw settings.unknown(key, "of GPTQ's layouts gptq and gptq_v2 are");
                };
        if (settings.flag("is_marlin_format", false)) {
            throw settings.unknown("is_marlin_format", "of GPTQ's layouts gptq and gptq_v2 are");
        }
        String pack = settings.lowerCase("pack_dtype", "int32");
        if (!pack.equals("int32") && !pack.equals("torch.int32")) {
            throw settings.unknown("pack_dtype", "words must be int32");
        }
        if (!settings.has("bits")) {
            throw settings.wrong("bits", "2, 3, 4 or 8 belongs there");
        }
        common = scheme(settings, new Scheme(4, 128, false, false));
        rules = settings.has("dynamic") ? rules(settings.inside("dynamic")) : List.of();
    }

    private static Scheme scheme(Settings settings, Scheme otherwise) {
        int bits = settings.number("bits", otherwise.bits());
        if (bits != 2 && bits != 3 && bits != 4 && bits != 8) {
            throw settings.unknown("bits", "2, 3, 4 and 8 are");
        }
        return new Scheme(
                bits,
                settings.groupSize("group_size", otherwise.groupSize()),
                settings.flag("desc_act", otherwise.actOrder()),
                settings.flag("sym", otherwise.symmetric()));
    }

    private List<Rule> rules(Settings dynamic) {
        List<Rule> rules = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : dynamic.values().properties()) {
            String key = entry.getKey();
            boolean plain = key.startsWith("-:");
            String pattern = plain || key.startsWith("+:") ? key.substring(2) : key;
            rules.add(
                    new Rule(
                            parts.pattern(pattern, dynamic.where(key)),
                            key,
                            plain ? null : scheme(dynamic.inside(key), common)));
        }
        return rules;
    }

    /** The first rule that matches counts, as in the tools that write them. */
    private Scheme scheme(String module) {
        for (Rule rule : rules) {
            if (parts.matches(rule.pattern(), module)) {
                if (rule.scheme() == null) {
                    throw parts.damaged(
                            "the linear '%s' is quantized although the rule '%s' says that it is not"
                                    .formatted(Printable.of(module), Printable.of(rule.key())));
                }
                return rule.scheme();
            }
        }
        return common;
    }

    @Override
    public String name() {
        return "GPTQ";
    }

    @Override
    public List<String> suffixes() {
        return List.of(".qweight");
    }

    @Override
    public Packed unpack(String module) {
        parts.requireAlone(module, "qweight");
        Scheme scheme = scheme(module);
        int bits = scheme.bits();
        DenseTensor words = parts.matrix(module + ".qweight", Parts.WORDS, 2);
        long rowBits = words.shape()[0] * WORD_BITS;
        if (rowBits % bits != 0) {
            throw parts.wrong(words, "a multiple of %d rows for %d bits".formatted(bits, bits));
        }
        int inputs = Math.toIntExact(rowBits / bits);
        int outputs = (int) words.shape()[1];
        int size = scheme.groupSize() == -1 ? inputs : scheme.groupSize();
        int count = Math.ceilDiv(inputs, size);
        Tensor scales = parts.shaped(module + ".scales", Parts.FLOATS, new long[] {count, outputs});
        Optional<DenseTensor> order =
                parts.optional(module + ".g_idx", Parts.WORDS, new long[] {inputs});
        GroupIndex groups = groups(module, scheme, inputs, size, order);
        Optional<DenseTensor> zeros = zeros(module, scheme, outputs, count);
        Grid grid =
                new Grid(
                        scales,
                        Grid.Layout.GROUPS_FIRST,
                        zeros.<Grid.Zeros>map(stored -> read(stored, scheme, outputs))
                                .orElse(new Grid.Zeros.Constant(1 << bits - 1)),
                        outputs,
                        count);
        return new Packed(
                bits,
                new PackedTensor(
                        module + ".weight",
                        outputs,
                        inputs,
                        new Packing.AlongInputs(words.data(), outputs, bits),
                        null,
                        grid,
                        groups,
                        "GPTQ %d-bit, %s".formatted(bits, groups.describe("a group an output")),
                        words.bytes()
                                + scales.bytes()
                                + zeros.map(Tensor::bytes).orElse(0L)
                                + order.map(Tensor::bytes).orElse(0L)));
    }

    private GroupIndex groups(
            String module, Scheme scheme, int inputs, int size, Optional<DenseTensor> stored) {
        GroupIndex natural = GroupIndex.natural(inputs, size);
        if (stored.isEmpty()) {
            if (scheme.actOrder() && natural.groups() > 1) {
                throw parts.damaged(
                        "tensor '%s' is missing, without which desc_act cannot be undone"
                                .formatted(Printable.of(module + ".g_idx")));
            }
            return natural;
        }
        int[] index = parts.groupIndex(stored.get(), 0, natural.groups());
        boolean isNatural = true;
        for (int i = 0; i < inputs && isNatural; i++) {
            isNatural = index[i] == i / size;
        }
        return isNatural || Arrays.stream(index).allMatch(group -> group == 0)
                ? natural
                : new GroupIndex(natural.groups(), size, index);
    }

    /** Zero points may be left out where symmetry says what they are. */
    private Optional<DenseTensor> zeros(String module, Scheme scheme, int outputs, int groups) {
        String name = module + ".qzeros";
        if (!parts.has(name) && scheme.symmetric()) {
            return Optional.empty();
        }
        if ((long) outputs * scheme.bits() % WORD_BITS != 0) {
            throw parts.damaged(
                    "the linear '%s' has %d outputs, whose zero points of %d bits do not fill whole words"
                            .formatted(Printable.of(module), outputs, scheme.bits()));
        }
        return Optional.of(
                parts.shaped(
                        name,
                        Parts.WORDS,
                        new long[] {groups, (long) outputs * scheme.bits() / WORD_BITS}));
    }

    private Grid.Zeros.Stored read(DenseTensor stored, Scheme scheme, int outputs) {
        Codes codes = new Packing.AlongOutputs(stored.data(), outputs, scheme.bits(), null);
        int mask = (1 << scheme.bits()) - 1;
        boolean lessOne = storesZeroLessOne && !isMislabelled(codes, scheme, outputs);
        return new Grid.Zeros.Stored(codes, lessOne ? 1 : 0, mask);
    }

    /**
     * Some tools wrote version 2 and called it version 1. In a symmetric checkpoint this shows:
     * every zero point must be 2^(b−1), so if exactly that is stored, nothing was subtracted.
     */
    private boolean isMislabelled(Codes codes, Scheme scheme, int outputs) {
        if (!scheme.symmetric()) {
            return false;
        }
        byte[] first = new byte[outputs];
        codes.read(0, outputs, 0, 1, first);
        for (byte zero : first) {
            if (zero != (byte) (1 << scheme.bits() - 1)) {
                return false;
            }
        }
        if (mislabelled++ == 0) {
            warnings.add(
                    "%s says %s, but the zero points are stored as gptq_v2 does: they are read as such"
                            .formatted(
                                    settings.where("checkpoint_format"),
                                    settings.text(
                                            "checkpoint_format", settings.text("format", "gptq"))));
        }
        return true;
    }
}
