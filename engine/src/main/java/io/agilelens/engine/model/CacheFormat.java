package io.agilelens.engine.model;

/**
 * How the keys and values that later tokens read are kept. A row is what one layer keeps of one
 * token's keys or of its values, {@code [keyValueWidth]}.
 */
public interface CacheFormat {

    /** Bytes of one row. */
    int rowBytes();

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

    /** What is left of rows that were encoded and decoded, in place; the same numbers. */
    void round(float[] rows, int count);
}
