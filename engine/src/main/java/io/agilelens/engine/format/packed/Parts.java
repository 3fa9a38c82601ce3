package io.agilelens.engine.format.packed;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.Tensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The stored tensors of a quantized checkpoint: hands out those that a layer is packed into,
 * checked, and remembers which these were.
 */
final class Parts {
    /** The types that scales come in. */
    static final Set<DType> FLOATS = Set.of(DType.F16, DType.BF16, DType.F32);

    /** The type of packed words and of indices. */
    static final Set<DType> WORDS = Set.of(DType.I32);

    /** More weights than this in one row or column are no matrix of a language model. */
    private static final long LARGEST_SIDE = 1L << 26;

    /** Real checkpoints have a handful of patterns. */
    private static final int MOST_PATTERNS = 500;

    /** Steps of matching that real checkpoints stay a hundred times below. */
    private static final long MOST_STEPS = 4_000_000_000L;

    private final Checkpoint folder;
    private final Map<String, Tensor> stored = new LinkedHashMap<>();
    private final Set<String> used = new HashSet<>();
    private int patterns;
    private long steps;

    Parts(Checkpoint folder) {
        this.folder = folder;
        folder.tensors().forEach(tensor -> stored.put(tensor.name(), tensor));
    }

    /** All tensors in the order of the files. */
    Iterable<Tensor> all() {
        return stored.values();
    }

    boolean has(String name) {
        return stored.containsKey(name);
    }

    boolean isOf(String name, DType dtype) {
        return stored.get(name) instanceof DenseTensor dense && dense.dtype() == dtype;
    }

    boolean isUsed(String name) {
        return used.contains(name);
    }

    /** Marks a tensor as one that does not appear under its own name. */
    void use(String name) {
        used.add(name);
    }

    /**
     * A tensor of plain numbers that must be there.
     *
     * @param dimensions how many, each of at least 1
     */
    DenseTensor matrix(String name, Set<DType> dtypes, int dimensions) {
        DenseTensor tensor = typed(name, dtypes);
        if (tensor.shape().length != dimensions
                || Arrays.stream(tensor.shape()).anyMatch(n -> n < 1 || n > LARGEST_SIDE)) {
            throw wrong(tensor, "%d dimensions of at least 1".formatted(dimensions));
        }
        used.add(name);
        return tensor;
    }

    /** A tensor that must be there in one of these shapes. */
    DenseTensor shaped(String name, Set<DType> dtypes, long[]... shapes) {
        DenseTensor tensor = typed(name, dtypes);
        if (Arrays.stream(shapes).noneMatch(shape -> Arrays.equals(shape, tensor.shape()))) {
            throw wrong(tensor, "shape " + Arrays.toString(shapes[0]));
        }
        used.add(name);
        return tensor;
    }

    Optional<DenseTensor> optional(String name, Set<DType> dtypes, long[]... shapes) {
        return has(name) ? Optional.of(shaped(name, dtypes, shapes)) : Optional.empty();
    }

    private DenseTensor typed(String name, Set<DType> dtypes) {
        Tensor tensor = stored.get(name);
        if (tensor == null) {
            throw damaged("tensor '%s' is missing".formatted(Printable.of(name)));
        }
        if (tensor instanceof DenseTensor dense && dtypes.contains(dense.dtype())) {
            return dense;
        }
        throw wrong(
                tensor, String.join(" or ", dtypes.stream().map(DType::name).sorted().toList()));
    }

    /**
     * Which group each input belongs to, as the tensor says.
     *
     * @throws UserException if one is out of range
     */
    int[] groupIndex(DenseTensor tensor, int least, int groups) {
        int[] index = tensor.data().toIntegers();
        for (int i = 0; i < index.length; i++) {
            if (index[i] < least || index[i] >= groups) {
                throw damaged(
                        "tensor '%s' has %d at %d where a group from 0 to %d belongs"
                                .formatted(Printable.of(tensor.name()), index[i], i, groups - 1));
            }
        }
        return index;
    }

    /**
     * A pattern of the settings, of which there may be only so many.
     *
     * @param where file and key, for the message
     */
    ModulePattern pattern(String text, String where) {
        if (++patterns > MOST_PATTERNS) {
            throw new UserException(
                    "%s: there are more than %d patterns for modules; open the float checkpoint instead"
                            .formatted(where, MOST_PATTERNS));
        }
        return ModulePattern.compile(text, where);
    }

    /** Whether a pattern is for a module; all questions together may take only so long. */
    boolean matches(ModulePattern pattern, String module) {
        steps += pattern.cost(module);
        if (steps > MOST_STEPS) {
            throw damaged("its patterns for modules take too long");
        }
        return pattern.matches(module);
    }

    /** Something is not as the format asks for. */
    UserException wrong(Tensor tensor, String expected) {
        return damaged(
                "tensor '%s' is %s of shape %s where %s belongs"
                        .formatted(
                                Printable.of(tensor.name()),
                                tensor.storage(),
                                Arrays.toString(tensor.shape()),
                                expected));
    }

    UserException damaged(String what) {
        return new UserException(
                "%s: %s: the weights are damaged or the quantization settings are another model's; get both again"
                        .formatted(Printable.of(folder.source()), what));
    }

    /** Checks that the plain weight is not there as well. */
    void requireAlone(String module, String packed) {
        if (has(module + ".weight")) {
            throw damaged(
                    "the linear '%s' is stored twice, as %s and as weight"
                            .formatted(Printable.of(module), packed));
        }
    }
}
