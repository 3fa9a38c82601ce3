package io.agilelens.engine.format.gguf;

import io.agilelens.engine.format.Printable;
import io.agilelens.engine.tensor.BlockTensor;
import io.agilelens.engine.tensor.BlockType;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.StoredBytes;
import io.agilelens.engine.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Element types of tensors, as ggml numbers them.
 *
 * @param name as ggml spells it
 * @param blockElements elements that are stored together; 1 for plain numbers
 * @param blockBytes bytes they take
 * @param dense the plain type, or null
 * @param block the block type, or null
 */
record TensorType(String name, int blockElements, int blockBytes, DType dense, BlockType block) {

    private static final Map<Long, TensorType> READ = new TreeMap<>();

    /** Types that exist but are not read, and types that were taken out of the format again. */
    private static final Map<Long, String> OTHER =
            Map.ofEntries(
                    Map.entry(4L, "Q4_2"),
                    Map.entry(5L, "Q4_3"),
                    Map.entry(9L, "Q8_1"),
                    Map.entry(15L, "Q8_K"),
                    Map.entry(16L, "IQ2_XXS"),
                    Map.entry(17L, "IQ2_XS"),
                    Map.entry(18L, "IQ3_XXS"),
                    Map.entry(19L, "IQ1_S"),
                    Map.entry(20L, "IQ4_NL"),
                    Map.entry(21L, "IQ3_S"),
                    Map.entry(22L, "IQ2_S"),
                    Map.entry(23L, "IQ4_XS"),
                    Map.entry(29L, "IQ1_M"),
                    Map.entry(31L, "Q4_0_4_4"),
                    Map.entry(32L, "Q4_0_4_8"),
                    Map.entry(33L, "Q4_0_8_8"),
                    Map.entry(34L, "TQ1_0"),
                    Map.entry(35L, "TQ2_0"),
                    Map.entry(36L, "IQ4_NL_4_4"),
                    Map.entry(37L, "IQ4_NL_4_8"),
                    Map.entry(38L, "IQ4_NL_8_8"),
                    Map.entry(39L, "MXFP4"));

    static {
        plain(0, DType.F32);
        plain(1, DType.F16);
        plain(30, DType.BF16);
        plain(24, DType.I8);
        plain(26, DType.I32);
        plain(27, DType.I64);
        READ.put(25L, new TensorType("I16", 1, 2, null, null));
        READ.put(28L, new TensorType("F64", 1, 8, null, null));
        blocks(2, BlockType.Q4_0);
        blocks(3, BlockType.Q4_1);
        blocks(6, BlockType.Q5_0);
        blocks(7, BlockType.Q5_1);
        blocks(8, BlockType.Q8_0);
        blocks(10, BlockType.Q2_K);
        blocks(11, BlockType.Q3_K);
        blocks(12, BlockType.Q4_K);
        blocks(13, BlockType.Q5_K);
        blocks(14, BlockType.Q6_K);
    }

    private static void plain(long code, DType type) {
        READ.put(code, new TensorType(type.name(), 1, type.bytes(), type, null));
    }

    private static void blocks(long code, BlockType type) {
        READ.put(code, new TensorType(type.name(), type.elements(), type.bytes(), null, type));
    }

    static Optional<TensorType> of(long code) {
        return Optional.ofNullable(READ.get(code));
    }

    /** The name of a type that is not read, if it is known at all. */
    static Optional<String> nameOfOther(long code) {
        return Optional.ofNullable(OTHER.get(code));
    }

    /** For messages: what weights may be stored as. */
    static String readable() {
        List<String> names =
                READ.values().stream()
                        .filter(type -> type.block != null || type.isWeight())
                        .map(TensorType::name)
                        .toList();
        return String.join(", ", names);
    }

    private boolean isWeight() {
        return block != null || dense != null && dense.isFloat();
    }

    boolean isQuantized() {
        return block != null;
    }

    /**
     * A tensor of this type over its bytes.
     *
     * @param path where it was read, for messages
     */
    Tensor tensor(String tensorName, long[] shape, StoredBytes data, Path path) {
        if (block != null) {
            return new BlockTensor(tensorName, block, shape, data, Printable.of(path));
        }
        return dense != null
                ? new DenseTensor(tensorName, dense, shape, data)
                : new Opaque(tensorName, name, shape, data.size());
    }

    /** Numbers that no weight is made of: they are listed, never read. */
    private record Opaque(String name, String storage, long[] shape, long bytes) implements Tensor {
        @Override
        public boolean isFloat() {
            return false;
        }

        @Override
        public void widen(long first, float[] target, int offset, int count) {
            throw new IllegalStateException(
                    "%s %s of %s is no weight".formatted(storage, name, Arrays.toString(shape)));
        }
    }
}
