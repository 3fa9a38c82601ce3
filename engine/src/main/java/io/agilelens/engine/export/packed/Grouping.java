package io.agilelens.engine.export.packed;

import io.agilelens.engine.UserException;
import io.agilelens.engine.quant.QuantizedWeight;

/**
 * How the inputs of a linear are put into groups.
 *
 * @param size inputs of a group, −1 for a single group
 * @param natural whether input {@code c} belongs to group {@code c / size}
 */
public record Grouping(int size, boolean natural) {

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
        return new Grouping(members.length == 1 ? -1 : size, natural);
    }
}
