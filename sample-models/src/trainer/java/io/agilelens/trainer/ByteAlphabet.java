package io.agilelens.trainer;

import java.nio.charset.StandardCharsets;

/**
 * The byte-level alphabet of GPT-2: each byte value is written as one printable character, so that
 * a vocabulary of strings covers any text. Bytes 0x21–0x7E, 0xA1–0xAC and 0xAE–0xFF stand for
 * themselves, the others follow from U+0100 on in increasing order.
 */
final class ByteAlphabet {
    private static final char[] CHARACTER_OF_BYTE = new char[256];
    private static final int[] BYTE_OF_CHARACTER = new int[0x200];

    static {
        int next = 0x100;
        for (int value = 0; value < 256; value++) {
            boolean printable =
                    value >= 0x21 && value <= 0x7E
                            || value >= 0xA1 && value <= 0xAC
                            || value >= 0xAE;
            char character = (char) (printable ? value : next++);
            CHARACTER_OF_BYTE[value] = character;
            BYTE_OF_CHARACTER[character] = value;
        }
    }

    private ByteAlphabet() {}

    /** The character that stands for a byte value 0–255. */
    static char character(int value) {
        return CHARACTER_OF_BYTE[value];
    }

    /** The UTF-8 bytes of a text, written in the alphabet. */
    static String write(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        char[] characters = new char[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            characters[i] = CHARACTER_OF_BYTE[bytes[i] & 0xFF];
        }
        return new String(characters);
    }

    /** The bytes that a string of the alphabet stands for. */
    static byte[] read(String written) {
        byte[] bytes = new byte[written.length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) BYTE_OF_CHARACTER[written.charAt(i)];
        }
        return bytes;
    }
}
