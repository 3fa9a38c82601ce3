package io.agilelens.engine.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The ways in which a fuzzer's bytes become a damaged file. */
public enum Manner {
    /** The bytes are the file. */
    WHOLE {
        @Override
        byte[] damage(byte[] sound, Fields fields, Choices choices) {
            return choices.rest();
        }
    },

    /** The sound file with some bytes changed, cut out or doubled. */
    EDITS {
        @Override
        byte[] damage(byte[] sound, Fields fields, Choices choices) {
            byte[] changed = sound.clone();
            for (int i = 0; i < MOST_EDITS && !choices.isEmpty() && changed.length > 0; i++) {
                int place = place(changed.length, choices);
                switch (choices.below(6)) {
                    case 0 -> changed = Arrays.copyOf(changed, place);
                    case 1 -> {
                        int from = place(changed.length, choices);
                        int length =
                                Math.min(choices.octet(), changed.length - Math.max(from, place));
                        System.arraycopy(changed, from, changed, place, length);
                    }
                    case 2 -> changed[place] ^= (byte) (1 << choices.below(8));
                    default -> changed[place] = (byte) choices.octet();
                }
            }
            return changed;
        }

        /** Headers stand at the start, so half of the places are there. */
        private int place(int length, Choices choices) {
            return choices.below(2) == 0
                    ? choices.below(Math.min(length, 256))
                    : choices.below(length);
        }
    },

    /** The sound JSON with values of the wrong kind and size. */
    JSON {
        @Override
        byte[] damage(byte[] sound, Fields fields, Choices choices) {
            return JsonDamage.of(sound, choices).getBytes(StandardCharsets.UTF_8);
        }
    },

    /** A safetensors file whose header is damaged as JSON and has the right length in front. */
    HEADER {
        @Override
        byte[] damage(byte[] sound, Fields fields, Choices choices) {
            int data = Long.BYTES + (int) little(sound).getLong(0);
            byte[] json = Arrays.copyOfRange(sound, Long.BYTES, data);
            byte[] header = JsonDamage.of(json, choices).getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.allocate(Long.BYTES + header.length + sound.length - data)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(header.length)
                    .put(header)
                    .put(sound, data, sound.length - data)
                    .array();
        }
    },

    /** A safetensors file of this header, with as many zero bytes as the first byte says. */
    HEADER_TEXT {
        @Override
        byte[] damage(byte[] sound, Fields fields, Choices choices) {
            int zeros = choices.octet();
            byte[] header = choices.rest();
            return ByteBuffer.allocate(Long.BYTES + header.length + zeros)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(header.length)
                    .put(header)
                    .array();
        }
    },

    /** A file written field by field with some fields changed. */
    FIELDS {
        @Override
        byte[] damage(byte[] sound, Fields fields, Choices choices) {
            return fields.damaged(choices);
        }
    };

    private static final int MOST_EDITS = 8;

    /**
     * @param sound the file as it should be
     * @param fields its fields, or null
     */
    abstract byte[] damage(byte[] sound, Fields fields, Choices choices);

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
