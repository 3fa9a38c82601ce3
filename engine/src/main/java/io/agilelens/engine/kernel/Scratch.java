package io.agilelens.engine.kernel;

import io.agilelens.engine.task.Cancellation;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** Buffers of one thread, kept from product to product so that hot paths allocate nothing. */
final class Scratch {

    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

    private float[] activations = {};
    private float[] rows = {};
    private float[] tile = {};
    private float[] panel = {};
    private float[] parts = {};
    private float[] scales = {};
    private float[] sums = {};
    private float[] squares = {};
    private float[] zeros = {};
    private int[] unitEnds = {};
    private int[] unitStarts = {};
    private int[] scalesAt = {};
    private int[] slots = {};
    private int[] biases = {};
    private short[] laneSums = {};
    private short[] shortActivations = {};
    private short[] shortParts = {};
    private double[] wideActivations = {};
    private double[] widePanel = {};
    private double[] wideParts = {};
    private double[] wideScales = {};
    private double[] wideSums = {};
    private double[] wideZeros = {};
    private AlignedRoom<float[]> near = AlignedRoom.none();
    private AlignedRoom<float[]> blockSums = AlignedRoom.none();
    private AlignedRoom<float[]> unitSums = AlignedRoom.none();
    private AlignedRoom<double[]> nearDoubles = AlignedRoom.none();
    private AlignedRoom<double[]> blockDoubles = AlignedRoom.none();
    private AlignedRoom<double[]> segmentDoubles = AlignedRoom.none();
    private AlignedRoom<short[]> nearShorts = AlignedRoom.none();
    private final List<AlignedRoom<float[]>> spareHeads =
            new ArrayList<>(List.of(AlignedRoom.none(), AlignedRoom.none()));
    private final Map<ReadAhead.Reader, ReadAhead> readAheads =
            new EnumMap<>(ReadAhead.Reader.class);
    private Operands spare = new Operands();
    private int kept;

    private Scratch() {
        for (ReadAhead.Reader reader : ReadAhead.Reader.values()) {
            readAheads.put(reader, new ReadAhead());
        }
    }

    static Scratch ofThread() {
        return OF_THREAD.get();
    }

    /** Operands for one loop, to be {@linkplain #giveBack given back} behind it. */
    Operands operands() {
        Operands taken = spare == null ? new Operands() : spare;
        spare = null; // a body that calls a kernel in turn gets operands of its own
        taken.cancellation = Cancellation.current();
        return taken;
    }

    void giveBack(Operands operands) {
        operands.clear();
        spare = operands;
    }

    /** How this thread reads ahead in some loop. */
    ReadAhead readAhead(ReadAhead.Reader reader) {
        return readAheads.get(reader);
    }

    /** Room for a product's activations; filled by the calling thread, read by all. */
    float[] activations(long length) {
        activations = grown(activations, length);
        return activations;
    }

    /** Room for the rows of a tile before it is packed. */
    float[] rows(long length) {
        rows = grown(rows, length);
        return rows;
    }

    /** Room for one tile before its numbers are made what they are multiplied as. */
    float[] tile(int length) {
        tile = grown(tile, length);
        return tile;
    }

    /** Room for one unpacked panel. */
    float[] panel(long length) {
        panel = grown(panel, length);
        return panel;
    }

    /** Room for the sums of one segment. */
    float[] parts(int length) {
        parts = grown(parts, length);
        return parts;
    }

    /** Room for the scales of some segments. */
    float[] scales(int length) {
        scales = grown(scales, length);
        return scales;
    }

    /** Room for the sums of some panels. */
    float[] sums(int length) {
        sums = grown(sums, length);
        return sums;
    }

    /** Zeros, not to be changed. */
    float[] zeros(int length) {
        zeros = grown(zeros, length);
        return zeros;
    }

    /** Room for the sums of squares of a tile's rows. */
    float[] squares(int length) {
        squares = grown(squares, length);
        return squares;
    }

    /** Room for the panel that all tiles are multiplied with. */
    AlignedRoom<float[]> near(int length) {
        near = grown(near, length, AlignedRoom::ofFloats);
        return near;
    }

    /** Room for the sums of a block of tokens and panels. */
    AlignedRoom<float[]> blockSums(int length) {
        blockSums = grown(blockSums, length, AlignedRoom::ofFloats);
        return blockSums;
    }

    /** Room for the sums of a tile's units, before they are scaled. */
    AlignedRoom<float[]> unitSums(int length) {
        unitSums = grown(unitSums, length, AlignedRoom::ofFloats);
        return unitSums;
    }

    /** Room that is left behind is not used again, so it grows by leaps. */
    private static <N> AlignedRoom<N> grown(
            AlignedRoom<N> room, int length, IntFunction<AlignedRoom<N>> maker) {
        return room.length() >= length ? room : maker.apply(Math.max(length, 2 * room.length()));
    }

    /** {@link #near} in double precision. */
    AlignedRoom<double[]> nearDoubles(int length) {
        nearDoubles = grown(nearDoubles, length, AlignedRoom::ofDoubles);
        return nearDoubles;
    }

    /** {@link #blockSums} in double precision. */
    AlignedRoom<double[]> blockDoubles(int length) {
        blockDoubles = grown(blockDoubles, length, AlignedRoom::ofDoubles);
        return blockDoubles;
    }

    /** Room for the sums of a tile's segments in double precision. */
    AlignedRoom<double[]> segmentDoubles(int length) {
        segmentDoubles = grown(segmentDoubles, length, AlignedRoom::ofDoubles);
        return segmentDoubles;
    }

    /** {@link #near} of integers of 16 bits. */
    AlignedRoom<short[]> nearShorts(int length) {
        nearShorts = grown(nearShorts, length, AlignedRoom::ofShorts);
        return nearShorts;
    }

    /** Room for a layer's packed keys or values; what it holds is left over from before. */
    AlignedRoom<float[]> heads(int length) {
        for (int i = 0; i < spareHeads.size(); i++) {
            AlignedRoom<float[]> taken = spareHeads.get(i);
            if (taken.length() >= length) {
                spareHeads.set(i, AlignedRoom.none());
                return taken;
            }
        }
        return AlignedRoom.ofManyFloats(length);
    }

    /** Keeps room that nobody reads any more for what is packed next. */
    void giveBackHeads(AlignedRoom<float[]> room) {
        int smaller = spareHeads.get(0).length() <= spareHeads.get(1).length() ? 0 : 1;
        if (spareHeads.get(smaller).length() < room.length()) {
            spareHeads.set(smaller, room);
        }
    }

    /** Room for where a tile's units of segments end; filled and read as {@link #activations}. */
    int[] unitEnds(long length) {
        unitEnds = grown(unitEnds, length);
        return unitEnds;
    }

    /** Room for where some units start in a slice. */
    int[] unitStarts(int length) {
        unitStarts = grown(unitStarts, length);
        return unitStarts;
    }

    /** Room for where the scales of some units start. */
    int[] scalesAt(int length) {
        scalesAt = grown(scalesAt, length);
        return scalesAt;
    }

    /** Room for the slots of {@link Turns}; filled and read as {@link #activations}. */
    int[] slots(int length) {
        slots = grown(slots, length);
        return slots;
    }

    /** Room for what the biases of {@link Turns} gave; filled and read as {@link #activations}. */
    int[] biases(int length) {
        biases = grown(biases, length);
        return biases;
    }

    /** Room for the sums of one of {@link Turns}. */
    short[] laneSums(int length) {
        laneSums = grown(laneSums, length);
        return laneSums;
    }

    /** {@link #activations} as integers of 16 bits. */
    short[] shortActivations(long length) {
        shortActivations = grown(shortActivations, length);
        return shortActivations;
    }

    /** {@link #parts} as integers of 16 bits. */
    short[] shortParts(int length) {
        shortParts = grown(shortParts, length);
        return shortParts;
    }

    /** {@link #activations} in double precision. */
    double[] wideActivations(long length) {
        wideActivations = grown(wideActivations, length);
        return wideActivations;
    }

    /** {@link #panel} in double precision. */
    double[] widePanel(long length) {
        widePanel = grown(widePanel, length);
        return widePanel;
    }

    /** {@link #scales} in double precision. */
    double[] wideScales(int length) {
        wideScales = grown(wideScales, length);
        return wideScales;
    }

    /** {@link #zeros} in double precision. */
    double[] wideZeros(int length) {
        wideZeros = grown(wideZeros, length);
        return wideZeros;
    }

    /** {@link #parts} in double precision. */
    double[] wideParts(int length) {
        wideParts = grown(wideParts, length);
        return wideParts;
    }

    /** Room for the sums of some panels in double precision. */
    double[] wideSums(int length) {
        wideSums = grown(wideSums, length);
        return wideSums;
    }

    /** Keeps what was read ahead, so that the compiler must have it read. */
    void keep(int touched) {
        kept |= touched;
    }

    private static float[] grown(float[] buffer, long length) {
        return buffer.length >= length ? buffer : new float[Math.toIntExact(length)];
    }

    private static short[] grown(short[] buffer, long length) {
        return buffer.length >= length ? buffer : new short[Math.toIntExact(length)];
    }

    private static int[] grown(int[] buffer, long length) {
        return buffer.length >= length ? buffer : new int[Math.toIntExact(length)];
    }

    private static double[] grown(double[] buffer, long length) {
        return buffer.length >= length ? buffer : new double[Math.toIntExact(length)];
    }
}
