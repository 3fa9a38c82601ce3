package io.agilelens.engine.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowSelectionTest {
    private static final int ROWS = 12;
    private static final int COLUMNS = 5;

    /** Two runs of two rows, from row 2, six apart: rows 2, 3, 8, 9. */
    private final RowSelection rows = new RowSelection("some", numbers(ROWS, COLUMNS), 2, 2, 6, 2);

    @Test
    void isATensorOfItsOwn() {
        assertEquals("some", rows.name());
        assertArrayEquals(new long[] {4, COLUMNS}, rows.shape());
        assertEquals(20, rows.elements());
        assertEquals(80, rows.bytes());
        assertEquals("F32", rows.storage());
        assertTrue(rows.isFloat());
    }

    @Test
    void givesAnyStretchOfItsRows() {
        float[] all = rows.toFloats();
        int[] sources = {2, 3, 8, 9};
        for (int i = 0; i < all.length; i++) {
            assertEquals(sources[i / COLUMNS] * COLUMNS + i % COLUMNS, all[i]);
        }
        for (int from = 0; from < all.length; from++) {
            for (int count = 0; count <= all.length - from; count++) {
                float[] part = new float[count + 2];
                rows.widen(from, part, 1, count);
                for (int i = 0; i < count; i++) {
                    assertEquals(all[from + i], part[i + 1]);
                }
                assertEquals(0, part[0]);
                assertEquals(0, part[count + 1]);
            }
        }
    }

    @Test
    void selectsFromAVectorToo() {
        RowSelection bias = new RowSelection("bias", numbers(ROWS), 4, 2, 6, 2);
        assertArrayEquals(new float[] {4, 5, 10, 11}, bias.toFloats());
    }

    @Test
    void refusesRowsThatAreNotThere() {
        Tensor source = numbers(ROWS, COLUMNS);
        assertThrows(
                IllegalArgumentException.class, () -> new RowSelection("some", source, 5, 2, 6, 2));
        assertThrows(
                IllegalArgumentException.class, () -> new RowSelection("some", source, 0, 3, 2, 2));
    }

    /** The numbers 0, 1, 2, …. */
    private static Tensor numbers(int... shape) {
        int count = IntStream.of(shape).reduce(1, (a, b) -> a * b);
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        IntStream.range(0, count).forEach(bytes::putFloat);
        return new DenseTensor(
                "all",
                DType.F32,
                IntStream.of(shape).asLongStream().toArray(),
                StoredBytes.of(bytes.array()));
    }
}
