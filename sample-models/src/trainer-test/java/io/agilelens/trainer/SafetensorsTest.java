package io.agilelens.trainer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
    private static final float[] VALUES = {0, -0f, 1, -2.5f, 1f / 3, 65504, 6e-8f, 1e-5f};

    @Test
    void floatsComeBackUnchanged(@TempDir Path folder) throws IOException {
        Safetensors.Contents contents = roundTrip(folder, Safetensors.ElementType.F32);
        assertArrayEquals(VALUES, contents.tensors().get("first").values());
        assertArrayEquals(new float[] {5}, contents.tensors().get("second").values());
        assertEquals(List.of(2, 4), contents.tensors().get("first").shape());
        assertEquals(Map.of("note", "a \"quoted\" word"), contents.metadata());
    }

    @Test
    void halvesComeBackRounded(@TempDir Path folder) throws IOException {
        Safetensors.Contents contents = roundTrip(folder, Safetensors.ElementType.F16);
        for (int i = 0; i < VALUES.length; i++) {
            float rounded = Float.float16ToFloat(Float.floatToFloat16(VALUES[i]));
            assertEquals(rounded, contents.tensors().get("first").values()[i]);
        }
    }

    @Test
    void dataBeginOnAMultipleOfEightBytes(@TempDir Path folder) throws IOException {
        roundTrip(folder, Safetensors.ElementType.F16);
        ByteBuffer bytes =
                ByteBuffer.wrap(Files.readAllBytes(folder.resolve("file.safetensors")))
                        .order(ByteOrder.LITTLE_ENDIAN);
        long header = bytes.getLong();
        assertEquals(0, header % 8);
        assertEquals(bytes.capacity(), 8 + header + 2 * (VALUES.length + 1));
    }

    private static Safetensors.Contents roundTrip(Path folder, Safetensors.ElementType type)
            throws IOException {
        Map<String, Safetensors.Entry> tensors = new LinkedHashMap<>();
        tensors.put("first", new Safetensors.Entry(List.of(2, 4), VALUES));
        tensors.put("second", new Safetensors.Entry(List.of(1), new float[] {5}));
        Path file = folder.resolve("file.safetensors");
        Safetensors.write(file, tensors, type, Map.of("note", "a \"quoted\" word"));
        return Safetensors.read(file);
    }
}
