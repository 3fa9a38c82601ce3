package io.agilelens.engine.recipe;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * @param bits 2…8
 * @param maxExponent K, the largest exponent TRIP may give a channel
 * @param exponents the only exponents that TRIP may give a channel, for sets with gaps; empty for
 *     all of 0…K (and made so if it holds all of them), otherwise its largest is K
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
            if (exponents.size() == maxExponent + 1) {
                exponents = Collections.emptySortedSet();
            }
        }
        Knobs.MAX_EXPONENT.check(maxExponent);
    }

    /** Every exponent up to K, symmetric. */
    public ActivationRecipe(
            ActivationMethod method, int bits, int maxExponent, Granularity granularity) {
        this(method, bits, maxExponent, new TreeSet<>(), granularity, true);
    }

    /** The exponents that TRIP may give a channel, ascending; at least one. */
    public int[] candidates() {
        return exponents.isEmpty()
                ? IntStream.rangeClosed(0, maxExponent).toArray()
                : exponents.stream().mapToInt(Integer::intValue).toArray();
    }

    public ActivationRecipe withMethod(ActivationMethod changed) {
        return new ActivationRecipe(changed, bits, maxExponent, exponents, granularity, symmetric);
    }

    public ActivationRecipe withBits(int changed) {
        return new ActivationRecipe(
                method, changed, maxExponent, exponents, granularity, symmetric);
    }

    /** TRIP may give every exponent up to K. */
    public ActivationRecipe withMaxExponent(int changed) {
        return new ActivationRecipe(method, bits, changed, new TreeSet<>(), granularity, symmetric);
    }

    /** TRIP may give these exponents only; all up to K if there are none. */
    public ActivationRecipe withExponents(SortedSet<Integer> changed) {
        return new ActivationRecipe(method, bits, maxExponent, changed, granularity, symmetric);
    }

    public ActivationRecipe withGranularity(Granularity changed) {
        return new ActivationRecipe(method, bits, maxExponent, exponents, changed, symmetric);
    }

    public ActivationRecipe withSymmetric(boolean changed) {
        return new ActivationRecipe(method, bits, maxExponent, exponents, granularity, changed);
    }
}
