package io.agilelens.engine.format.gguf;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.tensor.RowSelection;
import io.agilelens.engine.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors of a model under the names of GGUF, from which an architecture takes what it knows
 * and gives it the Hugging Face name. What nobody took would be left out of the arithmetic and is
 * an error.
 */
final class TensorTable {
    private record Place(GgufFile file, GgufFile.Entry entry) {}

    private final Path path;
    private final Map<String, Place> left = new LinkedHashMap<>();
    private final Map<String, Tensor> taken = new LinkedHashMap<>();
    private boolean quantized;

    TensorTable(Path path, List<GgufFile> files) {
        this.path = path;
        for (GgufFile file : files) {
            for (GgufFile.Entry entry : file.entries()) {
                quantized |= entry.type().isQuantized();
                if (left.put(entry.name(), new Place(file, entry)) != null) {
                    throw Cursor.damaged(
                            file.path(),
                            "tensor '%s' is in another file of the set too"
                                    .formatted(Printable.of(entry.name())));
                }
            }
        }
    }

    /** Whether any tensor is stored in quantized blocks. */
    boolean isQuantized() {
        return quantized;
    }

    boolean has(String name) {
        return left.containsKey(name);
    }

    /** Whether a tensor was taken or added under a new name. */
    boolean isTaken(String newName) {
        return taken.containsKey(newName);
    }

    /**
     * The shape of a tensor that was not taken yet.
     *
     * @throws UserException if there is none
     */
    long[] shape(String name) {
        return require(name).entry().shape();
    }

    /** Takes a tensor that must be there. */
    Tensor take(String name, String newName) {
        Place place = require(name);
        checkNotEmpty(place);
        Tensor tensor = place.file().tensor(place.entry(), newName);
        left.remove(name);
        taken.put(newName, tensor);
        return tensor;
    }

    /** Reads a tensor that is no weight; it does not appear among those of the model. */
    Tensor withdraw(String name) {
        Place place = require(name);
        left.remove(name);
        return place.file().tensor(place.entry(), name);
    }

    /** Takes a tensor if it is there. */
    void takeIfThere(String name, String newName) {
        if (has(name)) {
            take(name, newName);
        }
    }

    /**
     * Takes a matrix or vector whose rows stand in another order.
     *
     * @param rows the row of the file for every row of the result
     */
    void takeRows(String name, String newName, int[] rows) {
        Place place = require(name);
        checkNotEmpty(place);
        long[] shape = place.entry().shape();
        if (shape.length == 0 || shape[0] != rows.length) {
            throw Cursor.damaged(
                    path,
                    "tensor '%s' should have %d rows, its shape is %s"
                            .formatted(name, rows.length, Arrays.toString(shape)));
        }
        left.remove(name);
        taken.put(
                newName,
                new RowSelection(newName, place.file().tensor(place.entry(), newName), rows));
    }

    /** Adds a tensor that the file leaves out because it follows from the rest. */
    void add(Tensor tensor) {
        taken.put(tensor.name(), tensor);
    }

    /** Passes over a tensor that changes nothing. */
    void ignore(String name) {
        left.remove(name);
    }

    /**
     * All that was taken, by its new name.
     *
     * @throws UserException if something is left
     */
    Map<String, Tensor> finish(String architecture) {
        if (!left.isEmpty()) {
            throw new UserException(
                    "%s: tensor '%s' has no place in the architecture '%s' as it is known here, so the results would be wrong; open a model without it"
                            .formatted(
                                    Printable.of(path),
                                    Printable.of(left.keySet().iterator().next()),
                                    architecture));
        }
        return taken;
    }

    private Place require(String name) {
        Place place = left.get(name);
        if (place == null) {
            throw new UserException(
                    "%s lacks the tensor '%s'; get the file again or convert the model again"
                            .formatted(Printable.of(path), name));
        }
        return place;
    }

    private void checkNotEmpty(Place place) {
        if (place.entry().bytes() == 0) {
            throw Cursor.damaged(
                    path, "tensor '%s' has no elements".formatted(place.entry().name()));
        }
    }
}
