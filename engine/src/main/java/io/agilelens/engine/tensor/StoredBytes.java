package io.agilelens.engine.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Bytes that lie in memory or in a mapped file. They are only ever copied out: a mapped file that
 * another program cuts short makes the copy fail with an error that can be caught, where loads
 * compiled into a loop might fail anywhere. Safe for several threads.
 */
public final class StoredBytes {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INTEGER =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final Object ENTRANCE = new Object();

    private final MemorySegment segment;
    private final Origin origin;

    /** Where bytes come from: knows whether they are still what they were. */
    public interface Origin {
        /** Memory of this process, which nobody else changes. */
        Origin MEMORY =
                new Origin() {
                    @Override
                    public void checkUnchanged() {}

                    @Override
                    public RuntimeException lost(InternalError fault) {
                        throw fault;
                    }
                };

        /**
         * Called after bytes were copied out.
         *
         * @throws io.agilelens.engine.UserException if they may not be what was opened
         */
        void checkUnchanged();

        /** The failure of a copy that hit bytes which are no longer there. */
        RuntimeException lost(InternalError fault);
    }

    private StoredBytes(MemorySegment segment, Origin origin) {
        this.segment = segment;
        this.origin = origin;
    }

    /** Bytes of memory. */
    public static StoredBytes of(MemorySegment memory) {
        return new StoredBytes(memory, Origin.MEMORY);
    }

    /** Bytes of memory. */
    public static StoredBytes of(byte[] memory) {
        return of(MemorySegment.ofArray(memory));
    }

    /** Bytes of a mapped file. */
    public static StoredBytes of(MemorySegment mapped, Origin origin) {
        return new StoredBytes(mapped, origin);
    }

    /** Number of bytes. */
    public long size() {
        return segment.byteSize();
    }

    /**
     * @throws IndexOutOfBoundsException if it reaches over the end
     */
    public StoredBytes slice(long offset, long size) {
        return new StoredBytes(segment.asSlice(offset, size), origin);
    }

    /** Lets the pages of a mapped file go; they come back when bytes are copied again. */
    public void unload() {
        if (segment.isMapped() && size() > 0) {
            segment.unload();
        }
    }

    /** Copies {@code count} bytes from byte {@code offset} on. */
    public void copyTo(long offset, byte[] target, int at, int count) {
        copy(() -> MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, target, at, count));
    }

    /** Copies {@code count} little-endian 16-bit numbers from byte {@code offset} on. */
    public void copyTo(long offset, short[] target, int at, int count) {
        copy(() -> MemorySegment.copy(segment, SHORT, offset, target, at, count));
    }

    /** Copies {@code count} little-endian 32-bit numbers from byte {@code offset} on. */
    public void copyTo(long offset, int[] target, int at, int count) {
        copy(() -> MemorySegment.copy(segment, INTEGER, offset, target, at, count));
    }

    /** Copies {@code count} little-endian 64-bit numbers from byte {@code offset} on. */
    public void copyTo(long offset, long[] target, int at, int count) {
        copy(() -> MemorySegment.copy(segment, LONG, offset, target, at, count));
    }

    /** Copies {@code count} little-endian floats from byte {@code offset} on. */
    public void copyTo(long offset, float[] target, int at, int count) {
        copy(() -> MemorySegment.copy(segment, FLOAT, offset, target, at, count));
    }

    /** All bytes; at most 2^31 − 8 of them. */
    public byte[] toBytes() {
        byte[] bytes = new byte[Math.toIntExact(size())];
        copyTo(0, bytes, 0, bytes.length);
        return bytes;
    }

    /** All bytes as little-endian 32-bit numbers. */
    public int[] toIntegers() {
        int[] integers = new int[Math.toIntExact(size() / Integer.BYTES)];
        copyTo(0, integers, 0, integers.length);
        return integers;
    }

    /**
     * In compiled code the virtual machine notes a fault and throws the error when the thread next
     * enters it, which may be far from the copy. Any native method is such an entrance; this one
     * costs some fifty nanoseconds.
     */
    private static void deliverFault() {
        Thread.holdsLock(ENTRANCE);
    }

    private void copy(Runnable copy) {
        try {
            copy.run();
            deliverFault();
        } catch (InternalError fault) {
            throw origin.lost(fault);
        }
        origin.checkUnchanged();
    }
}
