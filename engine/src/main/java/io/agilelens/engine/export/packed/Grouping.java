package io.agilelens.engine.export.packed;

import io.agilelens.engine.UserException;
import io.agilelens.engine.quant.QuantizedWeight;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the inputs of a linear are put into groups.
 *
 * @param inputs all inputs
 * @param size inputs of a group, −1 for a single group
 * @param natural whether input {@code c} belongs to group {@code c / size}
 */
public record Grouping(int inputs, int size, boolean natural) {

    /**
     * @throws UserException if groups are not of one size, the last one aside
     */
    static Grouping of(String module, QuantizedWeight weight) {
        int[] members = new int[weight.groups()];
        for (int group : weight.groupOf()) {
            members[group]++;
        }
        int size = members[0];
        for (int count : members) {
            size = Math.max(size, count);
        }
        boolean natural = true;
        for (int c = 0; c < weight.inputs() && natural; c++) {
            natural = weight.groupOf()[c] == c / size;
        }
        if (Math.ceilDiv(weight.inputs(), size) != members.length) {
            throw new UserException(
                    "%s has groups of different sizes, which no format but native holds: use --format native"
                            .formatted(module));
        }
        return new Grouping(weight.inputs(), members.length == 1 ? -1 : size, natural);
    }

    /** Number of groups. */
    int count() {
        return size == -1 ? 1 : Math.ceilDiv(inputs, size);
    }

    /** Whether groups of a size (−1 for whole rows), the last one perhaps shorter, are these. */
    boolean is(int other) {
        return size == other || size == -1 && other >= inputs;
    }

    /**
     * The size that most of the linears have, those aside that have one group under any size as
     * large as they are.
     */
    static int common(List<QuantizedModule> modules) {
        Map<Integer, Integer> counts = new TreeMap<>();
        for (QuantizedModule module : modules) {
            if (module.grouping().size() != -1) {
                counts.merge(module.grouping().size(), 1, Integer::sum);
            }
        }
        return counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(-1);
    }
}
