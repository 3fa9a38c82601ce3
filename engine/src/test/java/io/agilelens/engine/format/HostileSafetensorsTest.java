package io.agilelens.engine.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.agilelens.engine.UserException;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What damage and malice do to a safetensors file must end in one line, quickly. */
class HostileSafetensorsTest {
    private static final Duration BOUND = Duration.ofSeconds(60);

    @TempDir Path folder;

    private Path file() {
        return folder.resolve("file.safetensors");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[1]                                             | 0 | does not start with '{'",
                "` {}`                                           | 0 | does not start with '{'",
                "{                                               | 0 | no valid JSON",
                "{}}                                             | 0 | no valid JSON",
                "{}{}                                            | 0 | something follows",
                "{'x':1}                                         | 0 | must be an object",
                "{'x':{}}                                        | 0 | lacks one of",
                "{'x':{'dtype':7}}                               | 0 | must be a string",
                "{'__metadata__':[]}                             | 0 | must be an object",
                "{'__metadata__':{'a':1}}                        | 0 | must be a string",
                "{'__metadata__':{'a':'1','a':'2'}}              | 0 | names 'a' twice",
                "{'__metadata__':{},'__metadata__':{}}           | 0 | twice",
                "{'x':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}   | 3 | cut short",
                "{'x':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}   | 5 | 1 bytes at its end",
                "{'x':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}   | 8 | belong to no"
                        + " tensor",
                "{'x':{'dtype':'F32','shape':[1],'data_offsets':[0,8]}}   | 8 | which is 4 bytes",
                "{'x':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}}   | 4 | which is 4 bytes",
                "{'x':{'dtype':'F32','shape':[1],'data_offsets':[0]}}     | 4 | two data_offsets",
                "{'x':{'dtype':'F32','shape':[1],'data_offsets':[0,4,4]}} | 4 | two data_offsets",
                "{'x':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}}  | 4 | no whole number",
                "{'x':{'dtype':'F32','shape':[1.0],'data_offsets':[0,4]}} | 4 | no whole number",
                "{'x':{'dtype':'F32','shape':['1'],'data_offsets':[0,4]}} | 4 | no whole number",
                "{'x':{'dtype':'F32','shape':[[1]],'data_offsets':[0,4]}} | 4 | no whole number",
                "{'x':{'dtype':'F32','shape':1,'data_offsets':[0,4]}}     | 4 | must be an array",
                "{'x':{'dtype':'F32','shape':[9223372036854775808],'data_offsets':[0,4]}} | 4 | no"
                        + " whole number",
                "{'x':{'dtype':'F32','shape':[4611686018427387904,4],'data_offsets':[0,0]}} | 0 |"
                        + " impossible shape",
                "{'x':{'dtype':'F32','shape':[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],'data_offsets':[0,4]}}"
                    + " | 4 | more than 16",
                "{'x':{'dtype':'C64','shape':[1],'data_offsets':[0,8]}}   | 8 | stored as C64",
                "{'x':{'dtype':'F8_E8M0','shape':[1],'data_offsets':[0,1]}} | 1 | stored as"
                        + " F8_E8M0, which is not supported; convert it to F32, F16 or BF16",
                "{'x':{'dtype':'F4','shape':[2],'data_offsets':[0,1]}}    | 1 | stored as F4",
                "{'x':{'dtype':'f32','shape':[1],'data_offsets':[0,4]}}   | 4 | unknown dtype"
                        + " 'f32'",
                "{'x':{'dtype':'U8','dtype':'U8','shape':[],'data_offsets':[0,1]}} | 1 | twice",
                "{'x':{'dtype':'U8','shape':[],'data_offsets':[0,1]},'x':{'dtype':'U8','shape':[],'data_offsets':[1,2]}}"
                    + " | 2 | names 'x' twice",
                "{'x':{'dtype':'U8','shape':[2],'data_offsets':[0,2]},'y':{'dtype':'U8','shape':[2],'data_offsets':[1,3]}}"
                    + " | 3 | 'y' overlaps tensor 'x'",
                "{'x':{'dtype':'U8','shape':[2],'data_offsets':[0,2]},'y':{'dtype':'U8','shape':[2],'data_offsets':[0,2]}}"
                    + " | 2 | overlaps",
                "{'x':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},'y':{'dtype':'U8','shape':[1],'data_offsets':[2,3]}}"
                    + " | 3 | 1 bytes between",
            })
    void refusesAHeaderThatBreaksARule(String header, int dataBytes, String line)
            throws IOException {
        write(header.replace('\'', '"').getBytes(StandardCharsets.UTF_8), dataBytes);
        assertLine(line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'x':{'dtype':'U8','shape':[1],'data_offsets':[0,1],'extra':{'a':[1,{}]}}}",
                "{'__metadata__':{},'x':{'shape':[],'data_offsets':[0,1],'dtype':'U8'}}   ",
                "{'e':{'dtype':'F32','shape':[0,9],'data_offsets':[1,1]},'x':{'dtype':'I8','shape':[1],'data_offsets':[0,1]}}",
            })
    void takesWhatTheFormatAllows(String header) throws IOException {
        write(header.replace('\'', '"').getBytes(StandardCharsets.UTF_8), 1);
        try (SafetensorsFile opened = SafetensorsFile.open(file())) {
            assertTrue(opened.find("x").isPresent());
        }
    }

    @Test
    void refusesImpossibleHeaderLengths() throws IOException {
        Files.write(file(), new byte[0]);
        assertLine("0 bytes, too few");
        Files.write(file(), new byte[7]);
        assertLine("7 bytes, too few");
        for (long length : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 100_000_001}) {
            Files.write(file(), prefixed(length, new byte[10]));
            assertLine("more than the 100000000 allowed");
        }
        Files.write(file(), prefixed(11, new byte[10]));
        assertLine("probably cut short");
        Files.write(file(), prefixed(0, new byte[0]));
        assertLine("does not start with '{'");
    }

    @Test
    void knowsAGitPointer() throws IOException {
        Files.writeString(file(), "version https://git-lfs.github.com/spec/v1\noid sha256:0\n");
        assertLine("git lfs pull");
    }

    @Test
    void refusesDeepNestingAndLongNumbersQuickly() throws IOException {
        String deep = "{\"x\":{\"y\":" + "[".repeat(1_000_000);
        write(deep.getBytes(StandardCharsets.UTF_8), 0);
        assertLine("no valid JSON");
        String number = "{\"x\":{\"shape\":[" + "9".repeat(1_000_000) + "]}}";
        write(number.getBytes(StandardCharsets.UTF_8), 0);
        assertLine("file.safetensors is damaged");
    }

    @Test
    void namesInMessagesStayOnOneShortLine() throws IOException {
        String name = "a\\nb\\u0000\\u2028\\u202e" + "x".repeat(5000);
        write(("{\"" + name + "\":1}").getBytes(StandardCharsets.UTF_8), 0);
        UserException refusal = assertLine("must be an object");
        assertTrue(refusal.getMessage().length() < 1000);
        assertTrue(refusal.getMessage().codePoints().noneMatch(c -> c < ' ' || c == 0x202E));
    }

    @Test
    void saysWhyAFileCannotBeOpened() throws IOException {
        assertLine("does not exist");
        Files.createDirectory(file());
        assertLine("is no file");
    }

    @Test
    void closedFilesAreNotReadFrom() throws IOException {
        new SafetensorsWriter().add("x", DType.F32, new long[] {1}, new float[] {1}).write(file());
        SafetensorsFile opened = SafetensorsFile.open(file());
        Tensor tensor = opened.find("x").orElseThrow();
        opened.close();
        opened.close();
        assertThrows(IllegalStateException.class, tensor::toFloats);
    }

    /** Thousands of damaged copies of a good file: each opens or gives its line, never more. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void survivesRandomDamage(long seed) throws IOException {
        new SafetensorsWriter()
                .metadata("format", "pt")
                .add("a.weight", DType.F32, new long[] {2, 3}, new float[6])
                .add("b.weight", DType.F16, new long[] {5}, new float[5])
                .add("empty", DType.BF16, new long[] {0, 4}, new float[0])
                .add("scalar", DType.BF16, new long[] {}, new float[1])
                .write(file());
        byte[] good = Files.readAllBytes(file());
        Random random = new Random(seed);
        Assertions.assertTimeout(
                BOUND,
                () -> {
                    int refused = 0;
                    for (int i = 0; i < 3000; i++) {
                        byte[] bad = damaged(good, random);
                        // Writing over a file would make some file systems flush it each time.
                        Files.delete(file());
                        Files.write(file(), bad);
                        refused += isRefused(bad) ? 1 : 0;
                    }
                    assertTrue(refused > 1500, "only " + refused + " of the copies were refused");
                });
    }

    private boolean isRefused(byte[] content) {
        try (SafetensorsFile opened = SafetensorsFile.open(file())) {
            for (Tensor tensor : opened.tensors()) {
                if (tensor.isFloat()) {
                    assertEquals(tensor.elements(), tensor.toFloats().length);
                }
            }
            return false;
        } catch (UserException refusal) {
            assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
            return true;
        } catch (RuntimeException | Error unexpected) {
            return fail("on " + new String(content, StandardCharsets.ISO_8859_1), unexpected);
        }
    }

    private static byte[] damaged(byte[] good, Random random) {
        byte[] bad = good.clone();
        int header = 8 + (int) ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            int place = random.nextInt(bad.length < header ? bad.length : header);
            switch (random.nextInt(6)) {
                case 0 -> bad[place] = (byte) random.nextInt(256);
                case 1 -> bad[place] ^= (byte) (1 << random.nextInt(8));
                case 2 ->
                        bad[place] = (byte) "{}[]\",:0123456789-.eE\\ ".charAt(random.nextInt(23));
                case 3 -> {
                    int from = random.nextInt(bad.length);
                    int length = Math.min(random.nextInt(20), bad.length - Math.max(from, place));
                    System.arraycopy(bad, from, bad, place, length);
                }
                case 4 -> bad = Arrays.copyOf(bad, 9 + random.nextInt(bad.length));
                default -> bad[random.nextInt(8)] = (byte) random.nextInt(256);
            }
        }
        return bad;
    }

    private UserException assertLine(String part) {
        UserException refusal =
                assertThrows(UserException.class, () -> SafetensorsFile.open(file()).close());
        assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
        return refusal;
    }

    private void write(byte[] header, int dataBytes) throws IOException {
        Files.write(
                file(), prefixed(header.length, Arrays.copyOf(header, header.length + dataBytes)));
    }

    private static byte[] prefixed(long length, byte[] rest) {
        return ByteBuffer.allocate(8 + rest.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(rest)
                .array();
    }
}
