package io.agilelens.engine.model;

/** Keys and values as codes in bytes, from which floats are made when they are read. */
public non-sealed interface CodedCacheFormat extends CacheFormat {

    /**
     * @param rows {@code [count, keyValueWidth]}
     * @param target receives the rows from row {@code firstRow} on
     */
    void encode(float[] rows, int count, byte[] target, int firstRow);

    /**
     * @param source at least {@code count} rows
     * @param rows receives what they stand for, {@code [count, keyValueWidth]}
     */
    void decode(byte[] source, int count, float[] rows);
}
