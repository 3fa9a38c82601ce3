package io.agilelens.engine.recipe;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * @param bits 2…8
 * @param maxExponent K, the largest exponent TRIP may give a channel
 * @param exponents the only exponents that TRIP may give a channel, for sets with gaps; empty for
 *     all of 0…K, otherwise its largest is K
 * @param symmetric whether the zero point is fixed in the middle of the range; TRIP has its own
 *     zero point either way
 */
public record ActivationRecipe(
        ActivationMethod method,
        int bits,
        int maxExponent,
        SortedSet<Integer> exponents,
        Granularity granularity,
        boolean symmetric) {

    /** Activations as they are. */
    public static final ActivationRecipe NONE =
            new ActivationRecipe(ActivationMethod.NONE, 8, 3, Granularity.TENSOR);

    public ActivationRecipe {
        Knobs.ACTIVATION_BITS.check(bits);
        exponents = Collections.unmodifiableSortedSet(new TreeSet<>(exponents));
        if (!exponents.isEmpty()) {
            Knobs.MAX_EXPONENT.check(exponents.first());
            maxExponent = exponents.last();
        }
        Knobs.MAX_EXPONENT.check(maxExponent);
    }

    /** Every exponent up to K, symmetric. */
    public ActivationRecipe(
            ActivationMethod method, int bits, int maxExponent, Granularity granularity) {
        this(method, bits, maxExponent, new TreeSet<>(), granularity, true);
    }
}
