package io.agilelens.engine.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.StoredBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsRoundTripTest {
    @TempDir Path folder;

    private Path file() {
        return folder.resolve("file.safetensors");
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void bytesOfEveryTypeComeBack(DType dtype) {
        Random random = new Random(dtype.ordinal());
        long[][] shapes = {{}, {0}, {3, 0, 5}, {1}, {7}, {3, 5}, {2, 3, 4, 5}, {600_001}};
        SafetensorsWriter writer = new SafetensorsWriter();
        byte[][] contents = new byte[shapes.length][];
        for (int i = 0; i < shapes.length; i++) {
            long bytes = dtype.bytes();
            for (long size : shapes[i]) {
                bytes *= size;
            }
            contents[i] = new byte[Math.toIntExact(bytes)];
            random.nextBytes(contents[i]);
            writer.add("tensor " + i, dtype, shapes[i], StoredBytes.of(contents[i]));
        }
        writer.write(file());
        try (SafetensorsFile read = SafetensorsFile.open(file())) {
            assertEquals(shapes.length, read.tensors().size());
            for (int i = 0; i < shapes.length; i++) {
                DenseTensor tensor = (DenseTensor) read.find("tensor " + i).orElseThrow();
                assertEquals(dtype, tensor.dtype());
                assertArrayEquals(shapes[i], tensor.shape());
                assertArrayEquals(contents[i], tensor.data().toBytes());
            }
        }
    }

    @Test
    void everyHalfPrecisionNumberSurvivesWideningAndNarrowing() {
        float[] halves = new float[1 << 16];
        float[] brains = new float[1 << 16];
        for (int bits = 0; bits < halves.length; bits++) {
            halves[bits] = Float.float16ToFloat((short) bits);
            brains[bits] = Float.intBitsToFloat(bits << 16);
        }
        new SafetensorsWriter()
                .add("half", DType.F16, new long[] {halves.length}, halves)
                .add("brain", DType.BF16, new long[] {brains.length}, brains)
                .write(file());
        try (SafetensorsFile read = SafetensorsFile.open(file())) {
            assertSameNumbers(halves, read.find("half").orElseThrow().toFloats());
            assertSameNumbers(brains, read.find("brain").orElseThrow().toFloats());
        }
    }

    /** Equal bits, except that a NaN need only stay a NaN. */
    private static void assertSameNumbers(float[] expected, float[] actual) {
        assertEquals(expected.length, actual.length);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(
                    Float.floatToIntBits(expected[i]), Float.floatToIntBits(actual[i]), "at " + i);
        }
    }

    @Test
    void floatsOfFullPrecisionKeepTheirBits() {
        Random random = new Random(5);
        float[] values = new float[300_007];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(random.nextInt());
        }
        values[0] = Float.intBitsToFloat(0x7F800001);
        new SafetensorsWriter()
                .add("x", DType.F32, new long[] {values.length}, values)
                .write(file());
        try (SafetensorsFile read = SafetensorsFile.open(file())) {
            assertSameNumbers(values, read.find("x").orElseThrow().toFloats());
        }
    }

    @Test
    void narrowsToTheNearestAndTiesToEven() {
        float one = 1;
        float brainStep = 1f / 128;
        assertEquals(one, brain(one + brainStep / 2), "a tie goes to the even neighbour");
        assertEquals(one + 2 * brainStep, brain(one + 1.5f * brainStep));
        assertEquals(one + brainStep, brain(Math.nextUp(one + brainStep / 2)));
        assertEquals(Float.POSITIVE_INFINITY, brain(Float.MAX_VALUE));
        assertEquals(Float.NEGATIVE_INFINITY, brain(Float.NEGATIVE_INFINITY));
        assertEquals(
                Float.floatToRawIntBits(-0f), Float.floatToRawIntBits(brain(-Float.MIN_VALUE)));
        for (int payload : new int[] {1, 0x7FFF, 0xFFFF, 0x3FFFFF, 0x7FFFFF}) {
            assertTrue(Float.isNaN(brain(Float.intBitsToFloat(0x7F800000 | payload))));
            assertTrue(Float.isNaN(brain(Float.intBitsToFloat(0xFF800000 | payload))));
        }
    }

    private static float brain(float value) {
        return Float.intBitsToFloat(SafetensorsWriter.toBfloat16(value) << 16);
    }

    @Test
    void writesTheLayoutOfTheFormat() throws IOException {
        new SafetensorsWriter()
                .metadata("format", "pt")
                .add("bytes", DType.U8, new long[] {3}, StoredBytes.of(new byte[] {1, 2, 3}))
                .add("float", DType.F32, new long[] {}, new float[] {1})
                .write(file());
        byte[] bytes = Files.readAllBytes(file());
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) buffer.getLong();
        assertEquals(0, length % 8);
        String header = new String(bytes, 8, length, StandardCharsets.UTF_8);
        assertEquals(
                """
                {"__metadata__":{"format":"pt"},\
                "float":{"dtype":"F32","shape":[],"data_offsets":[0,4]},\
                "bytes":{"dtype":"U8","shape":[3],"data_offsets":[4,7]}}\
                """,
                header.stripTrailing());
        assertEquals(8 + length + 7, bytes.length);
        assertEquals(1f, buffer.getFloat(8 + length));
    }

    @Test
    void keepsMetadataAndOddNames() {
        String name = "ключ \"quoted\" \\ \u0001 🦙";
        new SafetensorsWriter()
                .metadata("b", "2\n")
                .metadata("a", "")
                .add(name, DType.I8, new long[] {0}, StoredBytes.of(new byte[0]))
                .write(file());
        try (SafetensorsFile read = SafetensorsFile.open(file())) {
            assertEquals(Map.of("a", "", "b", "2\n"), read.metadata());
            assertEquals(List.of("b", "a"), List.copyOf(read.metadata().keySet()));
            assertTrue(read.find(name).isPresent());
        }
    }

    @Test
    void anEmptyFileIsAFile() {
        new SafetensorsWriter().write(file());
        try (SafetensorsFile read = SafetensorsFile.open(file())) {
            assertEquals(List.of(), read.tensors());
            assertEquals(Map.of(), read.metadata());
        }
    }

    @Test
    void copiesTensorsOfAnotherFile() throws IOException {
        new SafetensorsWriter()
                .metadata("k", "v")
                .add("x", DType.F16, new long[] {2, 2}, new float[] {1, 2, 3, 4})
                .write(file());
        Path copy = folder.resolve("copy.safetensors");
        try (SafetensorsFile read = SafetensorsFile.open(file())) {
            SafetensorsWriter writer = new SafetensorsWriter();
            read.metadata().forEach(writer::metadata);
            read.tensors().forEach(writer::add);
            writer.write(copy);
        }
        assertEquals(-1, Files.mismatch(file(), copy));
    }

    @Test
    void refusesToWriteOverAFile() throws IOException {
        Files.writeString(file(), "mine");
        assertThrows(UserException.class, () -> new SafetensorsWriter().write(file()));
        assertEquals("mine", Files.readString(file()));
    }

    @Test
    void leavesNothingWhenATensorHasTheWrongLength() {
        SafetensorsWriter writer =
                new SafetensorsWriter().add("x", DType.F32, new long[] {3}, new float[] {1, 2});
        assertThrows(IllegalStateException.class, () -> writer.write(file()));
        assertFalse(Files.exists(file()));
    }

    @Test
    void refusesNamesTwiceAndImpossibleShapes() {
        SafetensorsWriter writer = new SafetensorsWriter();
        writer.add("x", DType.F32, new long[] {0}, new float[0]);
        assertThrows(
                IllegalArgumentException.class,
                () -> writer.add("x", DType.F32, new long[] {0}, new float[0]));
        assertThrows(
                IllegalArgumentException.class,
                () -> writer.add("__metadata__", DType.F32, new long[] {0}, new float[0]));
        assertThrows(
                IllegalArgumentException.class,
                () -> writer.add("y", DType.F32, new long[] {-1}, new float[0]));
        assertThrows(
                ArithmeticException.class,
                () -> writer.add("z", DType.F32, new long[] {1L << 62, 4}, new float[0]));
        assertThrows(
                IllegalArgumentException.class,
                () -> writer.add("i", DType.I8, new long[] {0}, new float[0]));
    }
}
