package io.agilelens.engine.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.quant.RoundToNearest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockStoreTest {
    private static final String KEY = "a".repeat(64);

    @TempDir Path folder;

    private static final QuantizedWeight WEIGHT = weight();

    private static QuantizedWeight weight() {
        float[] values = new float[6 * 10];
        Random random = new Random(3);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return RoundToNearest.quantize(values, 6, 10, 5, 4, false);
    }

    private static Block block() {
        return Block.EMPTY.with("scales", new float[] {1, -0f, 3}).with("w", WEIGHT);
    }

    @Test
    void givesBackWhatItKept() {
        BlockStore store = new WorkFolder(folder).open(KEY);
        assertTrue(store.read(2).isEmpty());
        store.write(2, block());
        Block read = new WorkFolder(folder).open(KEY).read(2).orElseThrow();
        assertArrayEquals(new float[] {1, -0f, 3}, read.floats().get("scales"));
        QuantizedWeight weight = read.weight("w", 6, 10, 5).orElseThrow();
        assertArrayEquals(WEIGHT.codes(), weight.codes());
        assertArrayEquals(WEIGHT.scales(), weight.scales());
        assertArrayEquals(WEIGHT.zeros(), weight.zeros());
        assertArrayEquals(WEIGHT.groupOf(), weight.groupOf());
        assertTrue(read.weight("w", 10, 6, 5).isEmpty(), "another shape");
        assertTrue(read.weight("w", 6, 10, 4).isEmpty(), "other bits");
        assertTrue(read.weight("v", 6, 10, 5).isEmpty(), "another name");
    }

    @Test
    void trustsNoFileThatIsNotWhatWasWritten() throws IOException {
        BlockStore store = new WorkFolder(folder).open(KEY);
        store.write(0, block());
        Path file = folder.resolve(KEY).resolve("layer-0.safetensors");
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            Files.write(file, damaged);
            assertTrue(store.read(0).isEmpty(), "byte " + at);
        }
        for (int length = 0; length < whole.length; length += 7) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            assertTrue(store.read(0).isEmpty(), length + " bytes");
        }
        Files.write(file, whole);
        assertTrue(store.read(0).isPresent());
        Files.copy(file, file.resolveSibling("layer-1.safetensors"));
        assertTrue(store.read(1).isEmpty(), "another layer's");
        String other = "b".repeat(64);
        Files.createDirectory(folder.resolve(other));
        Files.copy(file, folder.resolve(other).resolve("layer-0.safetensors"));
        assertTrue(new WorkFolder(folder).open(other).read(0).isEmpty(), "another work's");
    }

    @Test
    void weightsOutOfRangeAreNoWeights() {
        Block wrongGroup = block().with("w.groups", new int[] {0, 0, 0, 0, 1, 1, 1, 1, 2, 3});
        assertTrue(wrongGroup.weight("w", 6, 10, 5).isEmpty());
        byte[] codes = WEIGHT.codes().clone();
        codes[7] = 32;
        assertTrue(block().with("w.codes", codes).weight("w", 6, 10, 5).isEmpty());
        float[] scales = WEIGHT.scales().clone();
        scales[1] = Float.NaN;
        assertTrue(block().with("w.scales", scales).weight("w", 6, 10, 5).isEmpty());
        int[] zeros = WEIGHT.zeros().clone();
        zeros[0] = -1;
        assertTrue(block().with("w.zeros", zeros).weight("w", 6, 10, 5).isEmpty());
    }

    @Test
    void clearingLeavesNothing() throws IOException {
        BlockStore store = new WorkFolder(folder).open(KEY);
        store.clear();
        store.write(0, block());
        store.write(1, block());
        Files.write(folder.resolve(KEY).resolve(".layer-2.safetensors.new-x"), new byte[3]);
        store.clear();
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void oldLeftoversGoWhenTheyTakeTooMuch() throws IOException {
        Path old = leftover("1".repeat(64), 3);
        Path older = leftover("2".repeat(64), 5);
        Path foreign = leftover("notes", 9);
        new WorkFolder(folder).open(KEY);
        assertTrue(Files.exists(old));
        assertFalse(Files.exists(older));
        assertTrue(Files.exists(foreign), "not ours");
    }

    private Path leftover(String name, int daysAgo) throws IOException {
        Path work = Files.createDirectory(folder.resolve(name));
        Path file = work.resolve("layer-0.safetensors");
        try (var sparse = new java.io.RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(WorkFolder.LARGEST_LEFTOVER / 2 + 1);
        }
        Files.setLastModifiedTime(
                file,
                FileTime.from(java.time.Instant.now().minus(java.time.Duration.ofDays(daysAgo))));
        return work;
    }

    @Test
    void aFileInPlaceOfTheFolderIsToldAsThat(@TempDir Path elsewhere) throws IOException {
        Path file = Files.writeString(elsewhere.resolve("notes"), "mine");
        UserException failure =
                assertThrows(UserException.class, () -> new WorkFolder(file).open("a"));
        assertTrue(failure.getMessage().contains("notes is a file"), failure.getMessage());
        assertEquals("mine", Files.readString(file));
    }
}
