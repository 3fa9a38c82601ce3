package io.agilelens.engine.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodePackingTest {

    @Test
    void putsTheFirstCodeInTheLowestBits() {
        assertArrayEquals(
                new byte[] {0x21, 0x03, 0x54, 0x06},
                CodePacking.pack(new byte[] {1, 2, 3, 4, 5, 6}, 2, 3, 4));
        // 1, 2, 3 as three bits each: 011 010 001, from the right.
        assertArrayEquals(
                new byte[] {(byte) 0b11010001, 0}, CodePacking.pack(new byte[] {1, 2, 3}, 1, 3, 3));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8})
    void givesBackWhatWasPacked(int bits) {
        Random random = new Random(bits);
        for (int columns = 1; columns < 40; columns++) {
            byte[] codes = new byte[3 * columns];
            for (int i = 0; i < codes.length; i++) {
                codes[i] = (byte) random.nextInt(1 << bits);
            }
            byte[] packed = CodePacking.pack(codes, 3, columns, bits);
            assertArrayEquals(codes, CodePacking.unpack(packed, 3, columns, bits));
        }
    }
}
