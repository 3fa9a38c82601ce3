package io.agilelens.engine.kernel;

/**
 * How vectors of half-precision numbers become floats: as integers, shifted left by {@link #SHIFT}
 * with all but {@link #BITS} taken off, and as floats times {@link #FACTOR}. A method that does
 * this to a vector would be fewer lines, but where the compiler has come to it before it comes to
 * the loop around, it may not inline it, and then vectors are objects.
 */
final class HalfWidening {

    /** Places between the lowest bits of a half's and a float's mantissa that both have. */
    static final int SHIFT = 13;

    /** A float's sign, the lower five bits of its exponent, and the upper ten of its mantissa. */
    static final int BITS = 0x8FFFE000;

    /** What the two formats' exponents count from lies 112 apart. */
    static final float FACTOR = 0x1p112f;

    private HalfWidening() {}
}
