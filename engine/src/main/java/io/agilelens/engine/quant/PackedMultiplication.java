package io.agilelens.engine.quant;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * One multiplication that makes two products, step by step: the 4-bit multiplier of Agile-Quant,
 * which has two weights in one integer of 16 bits, and what the vector kernels make of it, two
 * weights in the significand of a float. Either way the packed number is {@code lower + 2^F·upper},
 * and its products with an activation can be summed until a sum no longer fits its field of F bits.
 * Everything is computed as the carrier computes it, overflow and rounding included.
 *
 * @param lower the weight in the lower field, −8…7
 * @param upper the weight in the upper field, −8…7
 * @param activation in the range of its bits
 * @param activationBits of the signed activation, 4 or 8
 */
public record PackedMultiplication(
        Carrier carrier, int lower, int upper, int activation, int activationBits) {
    /** Bits of a weight. */
    public static final int WEIGHT_BITS = 4;

    /** Additions after which nobody asks for a collision any more. */
    public static final int MOST_SUMS = 4096;

    /** What both weights are put into. */
    public enum Carrier {
        /** The paper's: an integer lane of 16 bits with two fields of 8. */
        INT16(8),
        /** Two fields of 12 bits in the 24 bits of a float's significand. */
        FLOAT(12);

        private final int fieldBits;

        Carrier(int fieldBits) {
            this.fieldBits = fieldBits;
        }

        /** F, bits of a field. */
        public int fieldBits() {
            return fieldBits;
        }

        /** Bits of both fields. */
        public int bits() {
            return 2 * fieldBits;
        }
    }

    /**
     * What one bit of the activation contributes.
     *
     * @param bit its number, from 0
     * @param set whether it is 1
     * @param term the packed number moved up by {@code bit}; negative for the sign bit, 0 if the
     *     bit is not set
     */
    public record Partial(int bit, boolean set, int term) {}

    /**
     * Both fields of a sum.
     *
     * @param lower the sum of the lower weight's products
     * @param upper that of the upper weight's
     */
    public record Fields(int lower, int upper) {}

    /**
     * @throws IllegalArgumentException if an operand is outside its range
     */
    public PackedMultiplication {
        if (activationBits != 4 && activationBits != 8) {
            throw new IllegalArgumentException("activations of " + activationBits + " bits");
        }
        requireBits(lower, WEIGHT_BITS);
        requireBits(upper, WEIGHT_BITS);
        requireBits(activation, activationBits);
    }

    private static void requireBits(int value, int bits) {
        if (value < -(1 << bits - 1) || value >= 1 << bits - 1) {
            throw new IllegalArgumentException(value + " has more than " + bits + " bits");
        }
    }

    /** Both weights in one number, {@code lower + 2^F·upper}. */
    public int packed() {
        return lower + (upper << carrier.fieldBits());
    }

    /** One for each bit of the activation, the lowest first; together they are the product. */
    public List<Partial> partials() {
        List<Partial> partials = new ArrayList<>();
        for (int bit = 0; bit < activationBits; bit++) {
            boolean set = (activation >> bit & 1) == 1;
            int sign = bit == activationBits - 1 ? -1 : 1;
            partials.add(new Partial(bit, set, set ? sign * (packed() << bit) : 0));
        }
        return partials;
    }

    /**
     * The sum of so many equal products, as the carrier holds it.
     *
     * @param count at least 0
     */
    public int sum(int count) {
        return switch (carrier) {
            case INT16 -> {
                short sum = 0;
                for (int i = 0; i < count; i++) {
                    sum += (short) (activation * packed());
                }
                yield sum;
            }
            case FLOAT -> {
                float sum = 0;
                for (int i = 0; i < count; i++) {
                    sum = Math.fma((float) activation, (float) packed(), sum);
                }
                yield (int) sum;
            }
        };
    }

    /**
     * What the kernel reads out of a sum of so many equal products: the lower field with its sign,
     * and above it what is left.
     */
    public Fields split(int count) {
        int sum = sum(count);
        return switch (carrier) {
            case INT16 -> new Fields((byte) sum, (short) (sum - (byte) sum) >> carrier.fieldBits());
            case FLOAT -> {
                float field = 1 << carrier.fieldBits();
                float upperSum = (float) Math.rint(sum / field);
                yield new Fields((int) Math.fma(-field, upperSum, (float) sum), (int) upperSum);
            }
        };
    }

    /** What both fields ought to hold. */
    public Fields exact(int count) {
        return new Fields(count * activation * lower, count * activation * upper);
    }

    /** Whether so many products can be summed and told apart again. */
    public boolean holds(int count) {
        Fields exact = exact(count);
        return fits(exact.lower()) && fits(exact.upper()) && split(count).equals(exact);
    }

    /** Rounding to the nearest tells sums apart only below half a field on either side. */
    private boolean fits(int fieldSum) {
        int half = 1 << carrier.fieldBits() - 1;
        return fieldSum < half
                && (fieldSum > -half || carrier == Carrier.INT16 && fieldSum == -half);
    }

    /** The largest sum that a field holds. */
    public int largestSum() {
        return (1 << carrier.fieldBits() - 1) - 1;
    }

    /** The fewest products whose sum collides; empty if {@link #MOST_SUMS} do not. */
    public OptionalInt collision() {
        for (int count = 1; count <= MOST_SUMS; count++) {
            Fields exact = exact(count);
            if (!fits(exact.lower()) || !fits(exact.upper())) {
                return OptionalInt.of(count);
            }
        }
        return OptionalInt.empty();
    }
}
