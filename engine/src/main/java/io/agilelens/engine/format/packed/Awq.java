package io.agilelens.engine.format.packed;

import io.agilelens.engine.format.Printable;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/**
 * AutoAWQ's GEMM layout. A linear {@code X} is {@code X.qweight} I32 {@code [inputs, outputs / 8]},
 * {@code X.qzeros} I32 {@code [groups, outputs / 8]} and {@code X.scales} {@code [groups,
 * outputs]}; the eight nibbles of a word, lowest first, belong to its outputs 0, 2, 4, 6, 1, 3, 5,
 * 7. A weight is {@code (code − zero) · scale}. Source: AutoAWQ, {@code modules/linear/gemm.py} and
 * {@code utils/packing_utils.py}.
 *
 * <p>Which linears are packed is read off the tensors; {@code modules_to_not_convert} names those
 * that are plain, and plain they are.
 */
final class Awq implements Method {
    private static final int BITS = 4;
    private static final int NIBBLES = 8;

    /** The nibble of each output inside its word. */
    private static final int[] ORDER = {0, 4, 1, 5, 2, 6, 3, 7};

    private final Parts parts;
    private final int groupSize;

    Awq(Settings settings, Parts parts) {
        this.parts = parts;
        String key =
                Stream.of("version", "checkpoint_format", "format")
                        .filter(settings::has)
                        .findFirst()
                        .orElse("version");
        if (!settings.lowerCase(key, "gemm").equals("gemm")) {
            throw settings.unknown(key, "of AWQ's layouts only gemm is");
        }
        String bits = settings.has("w_bit") ? "w_bit" : "bits";
        if (settings.number(bits, BITS) != BITS) {
            throw settings.unknown(bits, "AWQ's gemm layout has 4 bits");
        }
        String group = settings.has("q_group_size") ? "q_group_size" : "group_size";
        groupSize = settings.groupSize(group, 128);
    }

    @Override
    public String name() {
        return "AWQ";
    }

    @Override
    public List<String> suffixes() {
        return List.of(".qweight");
    }

    @Override
    public Packed unpack(String module) {
        parts.requireAlone(module, "qweight");
        DenseTensor words = parts.matrix(module + ".qweight", Parts.WORDS, 2);
        int inputs = (int) words.shape()[0];
        int outputs = Math.toIntExact(words.shape()[1] * NIBBLES);
        int size = groupSize == -1 ? inputs : groupSize;
        if (inputs % size != 0) {
            throw parts.damaged(
                    "tensor '%s' has %d inputs, which groups of %d do not divide"
                            .formatted(Printable.of(words.name()), inputs, size));
        }
        GroupIndex groups = GroupIndex.natural(inputs, size);
        DenseTensor zeros =
                parts.shaped(
                        module + ".qzeros",
                        Parts.WORDS,
                        new long[] {groups.groups(), words.shape()[1]});
        Tensor scales =
                parts.shaped(
                        module + ".scales", Parts.FLOATS, new long[] {groups.groups(), outputs});
        Grid grid =
                new Grid(
                        scales,
                        Grid.Layout.GROUPS_FIRST,
                        new Grid.Zeros.Stored(
                                new Packing.AlongOutputs(zeros.data(), outputs, BITS, ORDER),
                                0,
                                -1),
                        outputs,
                        groups.groups());
        return new Packed(
                BITS,
                new PackedTensor(
                        module + ".weight",
                        outputs,
                        inputs,
                        new Packing.AlongOutputs(words.data(), outputs, BITS, ORDER),
                        null,
                        grid,
                        groups,
                        "AWQ 4-bit, " + groups.describe("a group an output"),
                        words.bytes() + zeros.bytes() + scales.bytes()));
    }
}
