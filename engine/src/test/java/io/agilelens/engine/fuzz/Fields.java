package io.agilelens.engine.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A binary file as the row of its fields, little-endian: written by hand in tests, and damaged one
 * field at a time, so that what follows a wrong number is still where it belongs.
 */
public final class Fields {
    private static final long[] NUMBERS = {
        0,
        1,
        -1,
        2,
        3,
        7,
        255,
        1 << 16,
        1 << 30,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 32,
        1L << 62,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        Long.MAX_VALUE / 4 + 1
    };
    private static final int MOST_DAMAGES = 4;

    private final List<byte[]> fields = new ArrayList<>();
    private int size;

    public Fields u8(int value) {
        return bytes(new byte[] {(byte) value});
    }

    public Fields u32(long value) {
        return bytes(little(Integer.BYTES).putInt((int) value).array());
    }

    public Fields u64(long value) {
        return bytes(little(Long.BYTES).putLong(value).array());
    }

    public Fields f32(float value) {
        return bytes(little(Float.BYTES).putFloat(value).array());
    }

    public Fields floats(float... values) {
        ByteBuffer buffer = little(Float.BYTES * values.length);
        buffer.asFloatBuffer().put(values);
        return bytes(buffer.array());
    }

    /** Text without its length. */
    public Fields text(String text) {
        return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    public Fields bytes(byte[] value) {
        fields.add(value);
        size += value.length;
        return this;
    }

    /** Zeros up to the next multiple. */
    public Fields pad(int multiple) {
        return bytes(new byte[(multiple - size % multiple) % multiple]);
    }

    List<byte[]> parts() {
        return List.copyOf(fields);
    }

    /** Bytes written so far. */
    public int size() {
        return size;
    }

    public byte[] toBytes() {
        return join(fields);
    }

    /** The file with a few fields changed, doubled, dropped, swapped or cut. */
    byte[] damaged(Choices choices) {
        List<byte[]> changed = new ArrayList<>(fields);
        for (int i = 0; i < MOST_DAMAGES && !choices.isEmpty() && !changed.isEmpty(); i++) {
            int place = choices.below(changed.size());
            byte[] field = changed.get(place);
            switch (choices.below(8)) {
                case 0 -> changed.remove(place);
                case 1 -> changed.add(place, field);
                case 2 -> Collections.swap(changed, place, choices.below(changed.size()));
                case 3 -> changed.set(place, Arrays.copyOf(field, choices.below(field.length + 1)));
                case 4 -> changed.subList(place, changed.size()).clear();
                case 5 -> changed.set(place, flipped(field, choices));
                default -> changed.set(place, number(field.length, choices));
            }
        }
        return join(changed);
    }

    private static byte[] flipped(byte[] field, Choices choices) {
        byte[] changed = field.clone();
        if (changed.length > 0) {
            changed[choices.below(changed.length)] = (byte) choices.octet();
        }
        return changed;
    }

    private static byte[] number(int bytes, Choices choices) {
        long value = NUMBERS[choices.below(NUMBERS.length)];
        byte[] eight = little(Long.BYTES).putLong(value).array();
        return Arrays.copyOf(eight, bytes);
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] join(List<byte[]> parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        parts.forEach(joined::writeBytes);
        return joined.toByteArray();
    }
}
