package io.agilelens.engine.format.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.gguf.GgufWriter.Bytes;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What damage and malice do to a GGUF file must end in one line, quickly. */
class HostileGgufTest {
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final long FAR = 1L << 62;

    @TempDir Path folder;

    private Path file() {
        return folder.resolve("file.gguf");
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                // The first bytes
                broken("it is empty", new Bytes()),
                broken("does not start with 'GGUF'", bytes("GGU")),
                broken("does not start with 'GGUF'", bytes("GGML").integer(3)),
                broken("does not start with 'GGUF'", bytes("gguf").integer(3)),
                broken("it ends at byte 4, inside the header", bytes("GGUF")),
                broken("it ends at byte 7, inside the header", bytes("GGUF\u0003\u0000\u0000")),
                broken("is GGUF version 1;", bytes("GGUF").integer(1).wide(0).wide(0)),
                broken("is GGUF version 4;", bytes("GGUF").integer(4).wide(0).wide(0)),
                broken("is GGUF version 0;", bytes("GGUF").integer(0).wide(0).wide(0)),
                broken("is GGUF version 4294967295;", bytes("GGUF").integer(-1).wide(0).wide(0)),
                broken(
                        "is a big-endian GGUF file (its version bytes are swapped)",
                        bytes("GGUF").integer(3 << 24).wide(0).wide(0)),
                broken(
                        "is a big-endian GGUF file (its version bytes are swapped)",
                        bytes("GGUF").integer(2 << 24)),
                broken(
                        "is only a Git LFS pointer",
                        bytes("version https://git-lfs.github.com/spec/v1\noid sha256:0\n")),
                // Counts
                broken("it ends at byte 12, inside the header", start().wide(1).cut(4)),
                broken("it ends at byte 16, inside the header", start().wide(1)),
                broken(
                        "announces 18446744073709551615 tensors, more than the 65536",
                        start().wide(-1).wide(0)),
                broken(
                        "announces 9223372036854775808 metadata values, more than the 65536",
                        start().wide(0).wide(Long.MIN_VALUE)),
                broken("announces 65537 tensors, more than the 65536", start().wide(65537).wide(0)),
                broken(
                        "announces 60000 metadata values but only 0 bytes follow",
                        start().wide(0).wide(60000)),
                broken(
                        "announces 60000 tensors but only 0 bytes follow",
                        start().wide(60000).wide(0)),
                // Metadata
                broken(
                        "the key of metadata value 0 announces a string of 14 at byte 24, but only"
                                + " 13",
                        values(1).wide(14).pad(1, 13)),
                broken(
                        "the key of metadata value 0 announces a string of 9223372036854775807",
                        values(1).wide(Long.MAX_VALUE).pad(1, 13)),
                broken(
                        "the key of metadata value 0 announces a string of 18446744073709551615",
                        values(1).wide(-1).pad(1, 13)),
                broken(
                        "has a string of 65536 bytes at byte 24, more than the 65535 allowed",
                        values(1).wide(65536).pad(1, 70000)),
                broken(
                        "metadata key 'a' has the unknown type 13 at byte 33",
                        values(1).text("a").integer(13).wide(0)),
                broken(
                        "metadata key 'a' has the unknown type 4294967295 at byte 33",
                        values(1).text("a").integer(-1).wide(0)),
                broken(
                        "metadata key 'a' must be 0 or 1 and is 2 at byte 37",
                        values(1).text("a").integer(7).octet(2).wide(0)),
                broken(
                        "metadata key 'a' announces a string of 4611686018427387904",
                        values(1).text("a").integer(8).wide(FAR)),
                broken(
                        "it ends at byte 41, inside metadata key 'a'",
                        values(1).text("a").integer(10).integer(0)),
                broken("metadata key 'a' stands there twice", values(2).put("a", 1).put("a", 1)),
                broken(
                        "metadata key 'a' announces an array of 4611686018427387904 at byte 41",
                        values(1).text("a").integer(9).integer(10).wide(FAR)),
                broken(
                        "metadata key 'a' announces an array of 2 at byte 41, but only 15",
                        values(1).text("a").integer(9).integer(10).wide(2).pad(1, 15)),
                broken(
                        "metadata key 'a' announces an array of 2 at byte 41, but only 15",
                        values(1).text("a").integer(9).integer(8).wide(2).pad(1, 15)),
                broken(
                        "metadata key 'a' announces an array of 1 at byte 41, but only 11",
                        values(1).text("a").integer(9).integer(9).wide(1).pad(1, 11)),
                broken(
                        "metadata key 'a' has the unknown type 99",
                        values(1).text("a").integer(9).integer(99).wide(1).wide(0)),
                broken("metadata key 'a' nests arrays more than 8 deep", nested(1000)),
                // Alignment
                broken(
                        "'general.alignment' is 0: a whole number from 8",
                        values(1).put("general.alignment", 0)),
                broken(
                        "'general.alignment' is 24, which is no power of two",
                        values(1).put("general.alignment", 24)),
                broken(
                        "'general.alignment' is 2147483648: a whole number from 8",
                        values(1).put("general.alignment", 1 << 31)),
                broken(
                        "'general.alignment' is a string of 0 bytes"
                                .replace("a string of 0 bytes", "''"),
                        values(1).text("general.alignment").integer(8).text("")),
                // Tensors
                broken(
                        "has a string of 65 bytes at byte 24, more than the 64 allowed",
                        tensors(1).text("x".repeat(65)).pad(1, 40)),
                broken(
                        "tensor 'x' has 5 dimensions, more than the 4 allowed",
                        tensors(1).text("x").integer(5).pad(1, 60)),
                broken(
                        "tensor 'x' has a dimension of 18446744073709551615",
                        tensors(1).tensor("x", 0, 0, -1)),
                broken("tensor 'x' has the impossible shape", tensors(1).tensor("x", 0, 0, FAR, 4)),
                broken("tensor 'x' has the impossible shape", tensors(1).tensor("x", 0, 0, FAR)),
                broken("tensor 'x' has the unknown type 77", tensors(1).tensor("x", 77, 0, 32)),
                broken(
                        "tensor 'x' has the unknown type 4294967295",
                        tensors(1).tensor("x", -1, 0, 32)),
                broken(
                        "tensor 'x' is stored as MXFP4, which is not read",
                        tensors(1).tensor("x", 39, 0, 32)),
                broken(
                        "tensor 'x' is stored as IQ2_XXS, which is not read",
                        tensors(1).tensor("x", 16, 0, 256)),
                broken(
                        "rows of 31 elements, which are no whole blocks of 32 as Q4_0 needs",
                        tensors(1).tensor("x", 2, 0, 31)),
                broken(
                        "rows of 128 elements, which are no whole blocks of 256 as Q4_K needs",
                        tensors(1).tensor("x", 12, 0, 128, 2)),
                broken(
                        "rows of 1 elements, which are no whole blocks of 32 as Q8_0 needs",
                        tensors(1).tensor("x", 8, 0)),
                broken(
                        "tensor 'x' starts at byte 4 of the data, which is no multiple of 32",
                        tensors(1).tensor("x", 0, 4, 1).pad(32, 64)),
                broken("it ends at byte 57, before its data", tensors(1).tensor("x", 0, 0, 1)),
                broken(
                        "'x' has 4 bytes at byte 0 of the data, but there are only 3",
                        tensors(1).tensor("x", 0, 0, 1).pad(32, 3)),
                broken(
                        "'x' has 4 bytes at byte 64 of the data, but there are only 64",
                        tensors(1).tensor("x", 0, 64, 1).pad(32, 64)),
                broken(
                        "at byte 18446744073709551584 of the data, but there are only 64",
                        tensors(1).tensor("x", 0, -32, 1).pad(32, 64)),
                broken(
                        "at byte 9223372036854775776 of the data, but there are only 64",
                        tensors(1).tensor("x", 0, Long.MAX_VALUE - 31, 1).pad(32, 64)),
                broken(
                        "tensor 'x' stands there twice",
                        tensors(2).tensor("x", 0, 0, 1).tensor("x", 0, 32, 1).pad(32, 64)),
                broken(
                        "tensor 'y' overlaps tensor 'x'",
                        tensors(2).tensor("x", 0, 0, 9).tensor("y", 0, 32, 1).pad(32, 64)),
                broken(
                        "overlaps tensor 'x'",
                        tensors(2).tensor("x", 0, 0, 1).tensor("y", 0, 0, 1).pad(32, 64)),
                // Sound files that are no models
                broken("lacks the metadata key 'general.architecture'", values(0)),
                broken(
                        "metadata key 'general.architecture' is 7: a string belongs there",
                        values(1).put("general.architecture", 7)));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void refusesAFileThatBreaksARule(String line, Bytes content) throws IOException {
        Files.write(file(), content.toBytes());
        assertLine(line);
    }

    private static Arguments broken(String line, Bytes content) {
        return Arguments.of(line, content);
    }

    private static Raw bytes(String text) {
        Raw raw = new Raw();
        raw.octets(text.getBytes(StandardCharsets.US_ASCII));
        return raw;
    }

    private static Raw start() {
        return bytes("GGUF").integer(3);
    }

    private static Raw values(int count) {
        return start().wide(0).wide(count);
    }

    private static Raw tensors(int count) {
        return start().wide(count).wide(0);
    }

    private static Raw nested(int depth) {
        Raw raw = values(1).text("a").integer(9);
        for (int i = 0; i < depth; i++) {
            raw.integer(9).wide(1);
        }
        return raw.integer(0).wide(1).octet(0);
    }

    /** Bytes with what tests of headers need. */
    private static final class Raw extends Bytes {
        @Override
        Raw octet(int value) {
            super.octet(value);
            return this;
        }

        @Override
        Raw integer(int value) {
            super.integer(value);
            return this;
        }

        @Override
        Raw wide(long value) {
            super.wide(value);
            return this;
        }

        @Override
        Raw text(String value) {
            super.text(value);
            return this;
        }

        /** A metadata value of type UINT32. */
        Raw put(String key, int value) {
            return text(key).integer(4).integer(value);
        }

        /** An entry of the tensor table, sizes fastest first. */
        Raw tensor(String name, int type, long offset, long... sizes) {
            text(name).integer(sizes.length);
            for (long size : sizes) {
                wide(size);
            }
            return integer(type).wide(offset);
        }

        /** Aligns and adds some zeros. */
        Raw pad(int alignment, int zeros) {
            pad(alignment);
            octets(new byte[zeros]);
            return this;
        }

        /** The same without its last bytes. */
        Raw cut(int count) {
            byte[] all = toBytes();
            Raw shorter = new Raw();
            shorter.octets(Arrays.copyOf(all, all.length - count));
            return shorter;
        }
    }

    @Test
    void saysWhyAFileCannotBeOpened() throws IOException {
        assertLine("does not exist");
        Files.createDirectory(file());
        assertLine("is empty; give a folder");
        UserException refusal =
                assertThrows(UserException.class, () -> GgufFile.open(file()).close());
        assertTrue(refusal.getMessage().contains("is no file; give a .gguf file"));
    }

    @Test
    void namesInMessagesStayOnOneShortLine() throws IOException {
        String name = "a\nb\u0000\u2028\u202e" + "x".repeat(5000);
        Files.write(file(), values(1).text(name).integer(99).wide(0).toBytes());
        UserException refusal = assertLine("has the unknown type 99");
        assertTrue(refusal.getMessage().length() < 1000);
        assertTrue(refusal.getMessage().codePoints().noneMatch(c -> c < ' ' || c == 0x202E));
    }

    @Test
    void aScaleThatIsNoNumberEndsInItsLine() throws IOException {
        byte[] bad = good();
        // The last tensor but the norm is the down projection; its last block stands before that.
        Files.write(file(), bad);
        try (GgufFile opened = GgufFile.open(file())) {
            assertEquals("output_norm.weight", opened.entries().getLast().name());
        }
        int norm = 32 * Float.BYTES;
        int block = bad.length - norm - 18;
        bad[block + 1] = 0x7E;
        bad[block] = 0;
        Files.delete(file());
        Files.write(file(), bad);
        try (Checkpoint opened = Checkpoints.open(file())) {
            UserException refusal =
                    assertThrows(
                            UserException.class, () -> opened.tensors().forEach(Tensor::toFloats));
            assertTrue(
                    refusal.getMessage()
                            .contains(
                                    "file.gguf is damaged: tensor"
                                            + " 'model.layers.0.mlp.down_proj.weight' has a scale"),
                    refusal.getMessage());
        }
    }

    @Test
    void boundsWhatKeysMayTake() throws IOException {
        Raw raw = values(300);
        String key = "k".repeat(65_000);
        for (int i = 0; i < 300; i++) {
            raw.put(i + key, 0);
        }
        Files.write(file(), raw.toBytes());
        assertLine("its metadata keys take more than 16777216 letters together");
    }

    /** Many empty arrays in an array are all the nesting a small file has room for. */
    @Test
    void walksWideNestingQuickly() throws IOException {
        int count = 1_000_000;
        Raw raw = values(1).text("a").integer(9).integer(9).wide(count);
        byte[] inner = new Raw().integer(0).wide(0).toBytes();
        byte[] all = new byte[count * inner.length];
        for (int i = 0; i < count; i++) {
            System.arraycopy(inner, 0, all, i * inner.length, inner.length);
        }
        raw.octets(all);
        Files.write(file(), raw.toBytes());
        assertTimeout(BOUND, () -> assertLine("lacks the metadata key"));
    }

    /** A good file cut at every byte of its header and at some of its data. */
    @Test
    void survivesEveryCut() throws IOException {
        byte[] good = good();
        for (int length = 0; length < good.length; length += length < 2000 ? 1 : 97) {
            byte[] cut = Arrays.copyOf(good, length);
            Files.deleteIfExists(file());
            Files.write(file(), cut);
            assertTrue(isRefused(), "cut at byte " + length);
        }
    }

    /** Thousands of damaged copies of a good file: each opens or gives its line, never more. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void survivesRandomDamage(long seed) throws IOException {
        byte[] good = good();
        Random random = new Random(seed);
        assertTimeout(
                BOUND,
                () -> {
                    int refused = 0;
                    for (int i = 0; i < 1500; i++) {
                        Files.deleteIfExists(file());
                        Files.write(file(), damaged(good, random));
                        refused += isRefused() ? 1 : 0;
                    }
                    assertTrue(refused > 500, "only " + refused + " of the copies were refused");
                });
    }

    private byte[] good() throws IOException {
        var smallest =
                new TinyModels.Dimensions(
                        TinyModels.SMALLEST_VOCABULARY, 32, 1, 2, 1, 32, 16, true, DType.F32, 1);
        Path source = Files.createDirectories(folder.resolve("source"));
        try (Checkpoint original = Checkpoints.open(TinyModels.write(source, smallest))) {
            return GgufExport.llama(original, Encoding.Q4_0, "gpt-2").toBytes();
        }
    }

    private static byte[] damaged(byte[] good, Random random) {
        byte[] bad = good.clone();
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            // Most of the file is vocabulary and data; what matters more stands at its start.
            int reach = random.nextBoolean() ? 1200 : bad.length;
            int place = random.nextInt(Math.min(reach, bad.length));
            switch (random.nextInt(5)) {
                case 0 -> bad[place] = (byte) random.nextInt(256);
                case 1 -> bad[place] ^= (byte) (1 << random.nextInt(8));
                case 2 -> {
                    int length = Math.min(8, bad.length - place);
                    Arrays.fill(bad, place, place + length, (byte) (random.nextInt(2) * 255));
                }
                case 3 -> {
                    int from = random.nextInt(bad.length);
                    int length = Math.min(random.nextInt(20), bad.length - Math.max(from, place));
                    System.arraycopy(bad, from, bad, place, length);
                }
                default -> bad = Arrays.copyOf(bad, 25 + random.nextInt(bad.length));
            }
        }
        return bad;
    }

    private boolean isRefused() {
        try (Checkpoint opened = Checkpoints.open(file())) {
            for (Tensor tensor : opened.tensors()) {
                if (tensor.isFloat()) {
                    assertEquals(tensor.elements(), tensor.toFloats().length);
                }
            }
            assertTrue(opened.tokenizer().json().length > 0);
            return false;
        } catch (UserException refusal) {
            assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
            return true;
        } catch (RuntimeException | Error unexpected) {
            return fail("a file of " + file().toFile().length() + " bytes", unexpected);
        }
    }

    @Test
    void aFileThatIsCutWhileOpenEndsInItsLine() throws IOException {
        Files.write(file(), good());
        try (Checkpoint opened = Checkpoints.open(file())) {
            Files.write(file(), List.of("short"));
            // The watch looks at the file every few milliseconds only.
            UserException refusal =
                    assertThrows(
                            UserException.class,
                            () -> {
                                while (true) {
                                    opened.tensors().getLast().toFloats();
                                }
                            });
            assertTrue(refusal.getMessage().contains("changed while it was open"));
        }
    }

    private UserException assertLine(String part) {
        UserException refusal =
                assertThrows(UserException.class, () -> Checkpoints.open(file()).close());
        assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("file.gguf"), refusal.getMessage());
        return refusal;
    }
}
