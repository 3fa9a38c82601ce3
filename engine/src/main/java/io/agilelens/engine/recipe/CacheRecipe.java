package io.agilelens.engine.recipe;

/**
 * The numbers that attention reads as keys (rotated, where positions are rotary) and values.
 *
 * @param bits of codes, 2…8
 */
public record CacheRecipe(CacheMethod method, int bits) {

    /** Keys and values as they are. */
    public static final CacheRecipe NONE = new CacheRecipe(CacheMethod.NONE, 8);

    public CacheRecipe {
        Knobs.CACHE_BITS.check(bits);
    }

    /** Whether keys and values are kept alike. */
    public boolean keepsAs(CacheRecipe other) {
        return method == other.method && (method != CacheMethod.UNIFORM || bits == other.bits);
    }
}
