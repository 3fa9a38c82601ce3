package io.agilelens.engine.model;

/**
 * How the keys and values that later tokens read are kept. A row is what one layer keeps of one
 * token's keys or of its values, {@code [keyValueWidth]}.
 */
public sealed interface CacheFormat permits CodedCacheFormat, HalfCacheFormat {

    /** Bytes of one row. */
    int rowBytes();

    /**
     * What is left of rows that were kept, in place; the same numbers as are read later.
     *
     * @param rows {@code [count, keyValueWidth]}
     */
    void round(float[] rows, int count);
}
