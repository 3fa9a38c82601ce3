package io.agilelens.engine.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens to the file behind an open tensor ends in a line, never in the process. */
class ChangedFileTest {
    /** Longer than the pause between two looks at a file. */
    private static final long PAUSE_MILLISECONDS = 50;

    private static final int ELEMENTS = 1 << 20;

    @TempDir private Path folder;

    private Path file() {
        return folder.resolve("model.safetensors");
    }

    private SafetensorsFile open(DType dtype) {
        new SafetensorsWriter()
                .add("x", dtype, new long[] {ELEMENTS}, new float[ELEMENTS])
                .write(file());
        return SafetensorsFile.open(file());
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void cutShort(DType dtype) throws IOException {
        try (SafetensorsFile open = open(dtype)) {
            Tensor tensor = open.find("x").orElseThrow();
            try (var truncated = new RandomAccessFile(file().toFile(), "rw")) {
                truncated.setLength(5000);
            }
            // Pages behind the new end are gone, so this fails without a pause.
            assertChanged(tensor, " changed while it was open; open it again");
        }
    }

    /**
     * In compiled code the machine tells of pages that are gone only some steps later, which may be
     * outside of what watches the copy.
     */
    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void cutShortAfterManyReads(DType dtype) throws IOException {
        for (int round = 0; round < 3; round++) {
            Files.deleteIfExists(file());
            try (SafetensorsFile open = open(dtype)) {
                Tensor tensor = open.find("x").orElseThrow();
                float[] target = new float[5000];
                for (int i = 0; i < 20_000; i++) {
                    tensor.widen(i % 1000, target, 0, target.length);
                }
                try (var truncated = new RandomAccessFile(file().toFile(), "rw")) {
                    truncated.setLength(0);
                }
                assertThrows(UserException.class, () -> tensor.widen(0, target, 0, target.length));
            }
        }
    }

    @Test
    void removed() throws Exception {
        try (SafetensorsFile open = open(DType.F32)) {
            Tensor tensor = open.find("x").orElseThrow();
            Files.delete(file());
            Thread.sleep(PAUSE_MILLISECONDS);
            assertChanged(tensor, " was removed while it was open; put it back and open it again");
        }
    }

    @Test
    void replaced() throws Exception {
        try (SafetensorsFile open = open(DType.F32)) {
            Tensor tensor = open.find("x").orElseThrow();
            FileTime before = Files.getLastModifiedTime(file());
            Path other = folder.resolve("other");
            Files.copy(file(), other);
            Files.setLastModifiedTime(other, before);
            Files.move(other, file(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            Thread.sleep(PAUSE_MILLISECONDS);
            assertChanged(tensor, " changed while it was open; open it again");
        }
    }

    @Test
    void writtenInto() throws Exception {
        try (SafetensorsFile open = open(DType.F32)) {
            Tensor tensor = open.find("x").orElseThrow();
            assertEquals(0, tensor.toFloats()[ELEMENTS - 1]);
            Thread.sleep(PAUSE_MILLISECONDS);
            assertEquals(0, tensor.toFloats()[ELEMENTS - 1], "nothing changed yet");
            try (var written = new RandomAccessFile(file().toFile(), "rw")) {
                written.seek(written.length() - Float.BYTES);
                written.writeInt(1);
            }
            Files.setLastModifiedTime(file(), FileTime.from(Instant.now().plusSeconds(5)));
            Thread.sleep(PAUSE_MILLISECONDS);
            assertChanged(tensor, " changed while it was open; open it again");
        }
    }

    private void assertChanged(Tensor tensor, String line) {
        UserException refused = assertThrows(UserException.class, tensor::toFloats);
        assertEquals(file() + line, refused.getMessage());
        assertTrue(refused.getMessage().lines().count() == 1);
    }
}
