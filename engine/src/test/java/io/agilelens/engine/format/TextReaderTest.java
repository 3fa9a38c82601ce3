package io.agilelens.engine.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextReaderTest {

    private static TextReader reader(byte[] bytes) {
        return TextReader.of("text", new ByteArrayInputStream(bytes));
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Test
    void decodesAsJavaDoesWhateverTheBytesAre() {
        Random random = new Random(3);
        String plain = "Wörter, 語 and 😀 of all lengths\n";
        for (int round = 0; round < 200; round++) {
            ByteArrayOutputStream made = new ByteArrayOutputStream();
            while (made.size() < random.nextInt(200_000) + 1) {
                if (random.nextInt(4) == 0) {
                    made.write(1 + random.nextInt(255));
                } else {
                    made.writeBytes(plain.getBytes(StandardCharsets.UTF_8));
                }
                if (round < 150 && made.size() > 300) {
                    break;
                }
            }
            byte[] bytes = made.toByteArray();
            if (bytes[0] == (byte) 0xFF || bytes[0] == (byte) 0xFE || bytes[0] == (byte) 0xEF) {
                continue;
            }
            TextReader reader = reader(bytes);
            String expected = new String(bytes, StandardCharsets.UTF_8);
            assertEquals(expected, reader.readRest());
            assertEquals(expected.chars().filter(c -> c == '�').count(), reader.replaced());
        }
    }

    @Test
    void doesNotCountReplacementCharactersThatAreWrittenOut() {
        TextReader reader = reader("a�b".getBytes(StandardCharsets.UTF_8));
        assertEquals("a�b", reader.readRest());
        assertEquals(0, reader.replaced());
        TextReader cut = reader(bytes('a', 0xE2, 0x82));
        assertEquals("a�", cut.readRest());
        assertEquals(1, cut.replaced());
    }

    @Test
    void givesWhatFitsIntoTheTarget() throws IOException {
        TextReader reader = reader("ab😀c".getBytes(StandardCharsets.UTF_8));
        StringBuilder text = new StringBuilder();
        char[] two = new char[2];
        for (int n = reader.read(two); n >= 0; n = reader.read(two)) {
            text.append(two, 0, n);
        }
        assertEquals("ab😀c", text.toString());
    }

    @Test
    void dropsTheByteOrderMark() {
        TextReader reader = reader(bytes(0xEF, 0xBB, 0xBF, 'h', 'i'));
        assertEquals("hi", reader.readRest());
        assertEquals(0, reader.replaced());
    }

    @Test
    void refusesWhatIsNoText() {
        assertRefused(bytes(), "is empty");
        assertRefused(bytes(0xEF, 0xBB, 0xBF), "is empty");
        assertRefused(bytes(0xFF, 0xFE, 'h', 0), "UTF-16");
        assertRefused(bytes(0xFE, 0xFF, 0, 'h'), "UTF-16");
        assertRefused("no mark in front".getBytes(StandardCharsets.UTF_16LE), "UTF-16");
        assertRefused("no mark in front".getBytes(StandardCharsets.UTF_16BE), "UTF-16");
        assertRefused(bytes('P', 'K', 3, 4, 0, 0, 0, 1, 2, 3), "byte 4 is 0");
        byte[] late = new byte[300_000];
        java.util.Arrays.fill(late, (byte) 'x');
        late[200_000] = 0;
        String line = assertThrows(UserException.class, () -> reader(late).readRest()).getMessage();
        assertTrue(line.contains("byte 200,000 is 0"), line);
    }

    private static void assertRefused(byte[] bytes, String expected) {
        String line = assertThrows(UserException.class, () -> reader(bytes)).getMessage();
        assertTrue(line.contains(expected), line);
        assertFalse(line.contains("\n"), line);
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            delimiter = '|',
            value = {
                "N = T = N N text NN| = T = N|text N",
                " N = Robert = N N Robert . N|| = Robert = N|| Robert . N",
                "a|a",
                "aN|aN",
                "NN||",
                "  N x||x",
                "aRNbR|aN|bR",
            })
    void joinsLinesAsTheRowsOfTheDataSet(String line) {
        // Rows are checked below against an independent, simple implementation.
        String text = line.replace('N', '\n').replace('R', '\r').replace("|", "");
        assertEquals(simple(text), joined(text));
    }

    @Test
    void joinsRandomLinesAsTheRowsOfTheDataSet() {
        Random random = new Random(5);
        for (int round = 0; round < 500; round++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(60);
            for (int i = 0; i < length; i++) {
                text.append("\n\n  \tab=\u3000é".charAt(random.nextInt(10)));
            }
            assertEquals(simple(text.toString()), joined(text.toString()));
        }
        assertEquals(" = A = \n\n\n\n\n b \n", joined(" = A = \n \n b \n"));
    }

    private static String joined(String text) {
        StringWriter written = new StringWriter();
        try {
            TextFormat.WIKITEXT.over(new StringReader(text)).transferTo(written);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return written.toString();
    }

    private static String simple(String text) {
        java.util.List<String> rows = new java.util.ArrayList<>();
        String rest = text.replace("\r\n", "\n");
        while (!rest.isEmpty()) {
            int end = rest.indexOf('\n');
            String line = end < 0 ? rest : rest.substring(0, end + 1);
            rows.add(line.isBlank() ? "" : line);
            rest = rest.substring(line.length());
        }
        return String.join("\n\n", rows);
    }
}
