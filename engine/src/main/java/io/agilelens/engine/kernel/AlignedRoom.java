package io.agilelens.engine.kernel;

import java.util.function.IntFunction;

/**
 * Room for numbers that vectors are read from again and again, none of which lies across two lines
 * of a cache: a load that does takes two of them. Java says nothing of where an array lies, but G1
 * gives a large one regions of the heap for itself and leaves it at their start. With another
 * collector it is room like any other.
 *
 * @param array an array of numbers
 * @param offset of the first one
 * @param length of the room
 */
record AlignedRoom<N>(N array, int offset, int length) {

    private static final int LINE_BYTES = 64;

    private static final Slab<float[]> FLOATS = new Slab<>(Float.BYTES, float[]::new);
    private static final Slab<double[]> DOUBLES = new Slab<>(Double.BYTES, double[]::new);
    private static final Slab<short[]> SHORTS = new Slab<>(Short.BYTES, short[]::new);

    /** An array that rooms are cut from; whoever has one of them keeps it alive. */
    private static final class Slab<N> {
        private final int bytes;
        private final IntFunction<N> maker;
        private N array;
        private int length;
        private int used;

        Slab(int bytes, IntFunction<N> maker) {
            this.bytes = bytes;
            this.maker = maker;
        }

        /** Index of the first number that starts a line in a large array. */
        private int first() {
            return (LINE_BYTES - VectorSupport.arrayHeaderBytes() % LINE_BYTES) / bytes;
        }

        private int largeArray() {
            return VectorSupport.largeObjectBytes() / bytes;
        }

        synchronized AlignedRoom<N> cut(int wanted) {
            int whole = wholeLines(wanted);
            if (array == null || length - used < whole) {
                length = Math.max(largeArray(), first() + whole);
                array = maker.apply(length);
                used = first();
            }
            used += whole;
            return new AlignedRoom<>(array, used - whole, whole);
        }

        private int wholeLines(int wanted) {
            int ofLine = LINE_BYTES / bytes;
            return Math.ceilDiv(wanted, ofLine) * ofLine;
        }

        AlignedRoom<N> make(int wanted) {
            boolean worthIt = (long) wanted * bytes >= VectorSupport.largeObjectBytes() / 16;
            int least = worthIt ? largeArray() : 0;
            int made = Math.max(least, Math.addExact(wanted, first()));
            return new AlignedRoom<>(maker.apply(made), first(), made - first());
        }
    }

    /** Nothing yet. */
    static <N> AlignedRoom<N> none() {
        return new AlignedRoom<>(null, 0, 0);
    }

    /** Little room, such as a thread has for itself; many share an array. */
    static AlignedRoom<float[]> ofFloats(int length) {
        return FLOATS.cut(length);
    }

    /** The same in double precision. */
    static AlignedRoom<double[]> ofDoubles(int length) {
        return DOUBLES.cut(length);
    }

    /** The same of integers of 16 bits. */
    static AlignedRoom<short[]> ofShorts(int length) {
        return SHORTS.cut(length);
    }

    /**
     * Much room, which has an array of its own. One that is too small to be large for the collector
     * becomes so if not more than sixteen times as much is taken for it.
     */
    static AlignedRoom<float[]> ofManyFloats(int length) {
        return FLOATS.make(length);
    }
}
