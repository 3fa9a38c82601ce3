package io.agilelens.engine.format.packed;

/**
 * Which group an input belongs to: neighbouring inputs in natural order, or any when the weights
 * were quantized in the order of their importance ("act-order").
 *
 * @param groups how many there are
 * @param size inputs of a group, the last of which may be smaller
 * @param explicit the group of each input, all from 0 to {@code groups − 1}; null in natural order
 */
record GroupIndex(int groups, int size, int[] explicit) {

    /** Neighbours share a group. */
    static GroupIndex natural(int inputs, int size) {
        return new GroupIndex(Math.ceilDiv(inputs, size), size, null);
    }

    /** One group over all inputs. */
    static GroupIndex single(int inputs) {
        return natural(inputs, inputs);
    }

    int of(int input) {
        return explicit == null ? input / size : explicit[input];
    }

    /** The first group that inputs from this one on can belong to. */
    int first(int input) {
        return explicit == null ? input / size : 0;
    }

    /** How many groups, from {@link #first} on, the inputs can belong to. */
    int reach(int input, int inputs) {
        return explicit == null ? (input + inputs - 1) / size - input / size + 1 : groups;
    }

    boolean isNatural() {
        return explicit == null;
    }

    /** For a person to read, as part of how a tensor is stored. */
    String describe(String single) {
        if (groups == 1) {
            return single;
        }
        return "groups of %d%s".formatted(size, explicit == null ? "" : ", act-order");
    }
}
