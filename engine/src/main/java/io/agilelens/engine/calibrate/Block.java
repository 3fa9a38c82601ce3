package io.agilelens.engine.calibrate;

import io.agilelens.engine.quant.QuantizedWeight;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a method found for one layer, as named arrays that a {@link BlockStore} can keep. The arrays
 * are shared: read only.
 */
public record Block(
        SortedMap<String, float[]> floats,
        SortedMap<String, int[]> integers,
        SortedMap<String, byte[]> bytes) {

    /** Nothing yet. */
    public static final Block EMPTY = new Block(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

    private static final String SHAPE = ".shape";
    private static final String GROUPS = ".groups";
    private static final String CODES = ".codes";
    private static final String SCALES = ".scales";
    private static final String ZEROS = ".zeros";

    public Block {
        floats = Collections.unmodifiableSortedMap(new TreeMap<>(floats));
        integers = Collections.unmodifiableSortedMap(new TreeMap<>(integers));
        bytes = Collections.unmodifiableSortedMap(new TreeMap<>(bytes));
    }

    /** The same with one more array of floats. */
    public Block with(String name, float[] values) {
        return new Block(and(floats, name, values), integers, bytes);
    }

    /** The same with one more array of integers. */
    public Block with(String name, int[] values) {
        return new Block(floats, and(integers, name, values), bytes);
    }

    /** The same with one more array of bytes. */
    public Block with(String name, byte[] values) {
        return new Block(floats, integers, and(bytes, name, values));
    }

    /** The same with a quantized weight, as arrays whose names start with {@code name}. */
    public Block with(String name, QuantizedWeight weight) {
        return with(name + SHAPE, new int[] {weight.outputs(), weight.inputs(), weight.bits()})
                .with(name + GROUPS, weight.groupOf())
                .with(name + CODES, weight.codes())
                .with(name + SCALES, weight.scales())
                .with(name + ZEROS, weight.zeros());
    }

    /**
     * A weight that was put in under a name; empty if there is none, or not one of this shape whose
     * numbers all lie in their ranges.
     */
    public Optional<QuantizedWeight> weight(String name, int outputs, int inputs, int bits) {
        int[] shape = integers.getOrDefault(name + SHAPE, new int[3]);
        int[] groupOf = integers.getOrDefault(name + GROUPS, new int[0]);
        byte[] codes = bytes.getOrDefault(name + CODES, new byte[0]);
        float[] scales = floats.getOrDefault(name + SCALES, new float[0]);
        int[] zeros = integers.getOrDefault(name + ZEROS, new int[0]);
        boolean shaped =
                shape.length == 3
                        && shape[0] == outputs
                        && shape[1] == inputs
                        && shape[2] == bits
                        && groupOf.length == inputs
                        && codes.length == (long) outputs * inputs
                        && scales.length > 0
                        && scales.length % outputs == 0
                        && zeros.length == scales.length;
        return shaped
                        && allBelow(groupOf, scales.length / outputs)
                        && allBelow(zeros, 1 << bits)
                        && allBelow(codes, 1 << bits)
                        && allFinite(scales)
                ? Optional.of(
                        new QuantizedWeight(outputs, inputs, bits, groupOf, codes, scales, zeros))
                : Optional.empty();
    }

    private static <T> SortedMap<String, T> and(Map<String, T> arrays, String name, T values) {
        SortedMap<String, T> more = new TreeMap<>(arrays);
        more.put(name, values);
        return more;
    }

    private static boolean allBelow(int[] values, int end) {
        for (int value : values) {
            if (value < 0 || value >= end) {
                return false;
            }
        }
        return true;
    }

    private static boolean allBelow(byte[] codes, int end) {
        for (byte code : codes) {
            if ((code & 0xFF) >= end) {
                return false;
            }
        }
        return true;
    }

    private static boolean allFinite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }
}
