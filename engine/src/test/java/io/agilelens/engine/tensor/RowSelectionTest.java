package io.agilelens.engine.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowSelectionTest {

    @Test
    void givesRowsInItsOwnOrder() {
        Tensor picked = new RowSelection("picked", counting(4, 3), new int[] {2, 0, 2, 3});
        assertEquals("picked", picked.name());
        assertArrayEquals(new long[] {4, 3}, picked.shape());
        assertArrayEquals(new float[] {6, 7, 8, 0, 1, 2, 6, 7, 8, 9, 10, 11}, picked.toFloats());
        assertEquals("F32", picked.storage());
        assertEquals(48, picked.bytes());
    }

    @Test
    void anyRangeIsThatPartOfTheWhole() {
        Random random = new Random(3);
        for (long[] shape : new long[][] {{60}, {12, 5}, {10, 2, 3}}) {
            int[] rows =
                    random.ints(25, 0, (int) shape[0]).map(row -> row / 3 * 3 + row % 2).toArray();
            rows = Arrays.stream(rows).map(row -> Math.min(row, (int) shape[0] - 1)).toArray();
            Tensor tensor = new RowSelection("x", counting(shape), rows);
            float[] whole = tensor.toFloats();
            for (int i = 0; i < 200; i++) {
                int first = random.nextInt(whole.length + 1);
                int count = random.nextInt(whole.length - first + 1);
                float[] part = new float[count + 2];
                tensor.widen(first, part, 1, count);
                assertArrayEquals(
                        Arrays.copyOfRange(whole, first, first + count),
                        Arrays.copyOfRange(part, 1, count + 1));
            }
        }
    }

    @Test
    void aPermutationAndItsInverseCancel() {
        int[] order = {3, 0, 4, 1, 2};
        int[] inverse = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            inverse[order[i]] = i;
        }
        Tensor source = counting(5, 4);
        Tensor back = new RowSelection("b", new RowSelection("a", source, order), inverse);
        assertArrayEquals(source.toFloats(), back.toFloats());
    }

    @Test
    void refusesRowsThatAreNotThere() {
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> new RowSelection("x", counting(2, 2), new int[] {2}));
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> new RowSelection("x", counting(2, 2), new int[] {-1}));
        assertThrows(
                IllegalArgumentException.class,
                () -> new RowSelection("x", counting(), new int[] {0}));
        Tensor none = new RowSelection("x", counting(2, 2), new int[] {});
        assertEquals(0, none.toFloats().length);
        assertThrows(IndexOutOfBoundsException.class, () -> none.widen(0, new float[1], 0, 1));
    }

    @Test
    void runsAreNeighbouringRowsAtEqualDistances() {
        Tensor runs = RowSelection.runs("x", counting(12, 2), 2, 2, 6, 2);
        assertArrayEquals(new float[] {4, 5, 6, 7, 16, 17, 18, 19}, runs.toFloats());
        assertArrayEquals(
                new float[] {4, 5, 10, 11},
                RowSelection.runs("bias", counting(12), 4, 2, 6, 2).toFloats());
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> RowSelection.runs("x", counting(12, 2), 5, 2, 6, 2));
    }

    @Test
    void isNoWeightIfItsSourceIsNone() {
        Tensor source = new DenseTensor("s", DType.I8, new long[] {2}, StoredBytes.of(new byte[2]));
        assertFalse(new RowSelection("x", source, new int[] {1}).isFloat());
    }

    private static Tensor counting(long... shape) {
        int count = 1;
        for (long size : shape) {
            count *= (int) size;
        }
        ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putFloat(i);
        }
        return new DenseTensor("s", DType.F32, shape, StoredBytes.of(bytes.array()));
    }
}
