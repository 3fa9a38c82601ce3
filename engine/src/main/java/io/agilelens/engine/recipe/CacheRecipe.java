package io.agilelens.engine.recipe;

/**
 * The numbers that attention reads as keys (rotated, where positions are rotary) and values.
 *
 * @param bits of codes, 2…8
 */
public record CacheRecipe(CacheMethod method, int bits) {

    /** Keys and values as they are. */
    public static final CacheRecipe NONE = new CacheRecipe(CacheMethod.NONE, 8);

    /** Keys and values in half precision. */
    public static final CacheRecipe HALF = new CacheRecipe(CacheMethod.HALF, 8);

    public CacheRecipe {
        Knobs.CACHE_BITS.check(bits);
    }

    /** Bits of each number that is kept. */
    public int keptBits() {
        return switch (method) {
            case NONE -> Float.SIZE;
            case UNIFORM -> bits;
            case HALF -> Short.SIZE;
        };
    }

    /** Whether keys and values are kept alike. */
    public boolean keepsAs(CacheRecipe other) {
        return method == other.method && keptBits() == other.keptBits();
    }
}
