package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.SentencePieceTokenizerJson.Spaces;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is needed of a SentencePiece {@code tokenizer.model}, a protocol buffer
 * (github.com/google/sentencepiece, {@code sentencepiece_model.proto}): the pieces and how spaces
 * are treated. Only models of the BPE kind are read.
 *
 * @param pieces spelled as in the file
 * @param scores one a piece
 * @param types one a piece
 */
public record SentencePieceModel(List<String> pieces, float[] scores, int[] types, Spaces spaces) {
    private static final int MOST_PIECES = 1 << 22;

    // Fields of ModelProto, SentencePiece, TrainerSpec and NormalizerSpec.
    private static final int PIECES = 1;
    private static final int TRAINER = 2;
    private static final int NORMALIZER = 3;
    private static final int PIECE = 1;
    private static final int SCORE = 2;
    private static final int TYPE = 3;
    private static final int MODEL_TYPE = 3;
    private static final int ADD_DUMMY_PREFIX = 3;
    private static final int REMOVE_EXTRA_WHITESPACES = 4;

    private static final int BPE = 2;

    /** The {@code tokenizer.json} that does the same. */
    byte[] json() {
        int start = pieces.indexOf("<s>");
        return SentencePieceTokenizerJson.of(pieces, scores, types, spaces, start);
    }

    /**
     * @param path where it was read, for messages
     * @throws UserException if it is damaged or of another kind
     */
    public static SentencePieceModel read(byte[] bytes, Path path) {
        try {
            return new Reader(path).read(bytes);
        } catch (BufferUnderflowException | IllegalArgumentException damaged) {
            throw new UserException(
                    "%s is no SentencePiece model, or damaged; get the file again"
                            .formatted(Printable.of(path)),
                    damaged);
        }
    }

    private static final class Reader {
        private final Path path;
        private final List<String> pieces = new ArrayList<>();
        private final List<Float> scores = new ArrayList<>();
        private final List<Integer> types = new ArrayList<>();
        private int modelType = 1;
        private boolean prefix = true;
        private boolean collapse = true;

        Reader(Path path) {
            this.path = path;
        }

        SentencePieceModel read(byte[] bytes) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            while (buffer.hasRemaining()) {
                Field field = Field.read(buffer);
                switch (field.number()) {
                    case PIECES -> readPiece(field.message());
                    case TRAINER -> modelType = (int) number(field.message(), MODEL_TYPE, 1);
                    case NORMALIZER -> readNormalizer(field.message());
                    default -> {}
                }
            }
            if (pieces.isEmpty()) {
                throw new IllegalArgumentException("no pieces");
            }
            if (modelType != BPE) {
                throw new UserException(
                        "%s is a SentencePiece model of kind %d: only BPE models (kind 2) are read; convert it to tokenizer.json"
                                .formatted(Printable.of(path), modelType));
            }
            float[] scoreArray = new float[scores.size()];
            for (int i = 0; i < scoreArray.length; i++) {
                scoreArray[i] = scores.get(i);
            }
            return new SentencePieceModel(
                    List.copyOf(pieces),
                    scoreArray,
                    types.stream().mapToInt(Integer::intValue).toArray(),
                    new Spaces(prefix, collapse));
        }

        private void readPiece(ByteBuffer message) {
            if (pieces.size() >= MOST_PIECES) {
                throw new IllegalArgumentException("too many pieces");
            }
            String piece = "";
            float score = 0;
            int type = SentencePieceTokenizerJson.NORMAL;
            while (message.hasRemaining()) {
                Field field = Field.read(message);
                switch (field.number()) {
                    case PIECE -> piece = field.text();
                    case SCORE -> score = Float.intBitsToFloat((int) field.value());
                    case TYPE -> type = (int) field.value();
                    default -> {}
                }
            }
            pieces.add(piece);
            scores.add(score);
            types.add(type);
        }

        private void readNormalizer(ByteBuffer message) {
            prefix = number(message.duplicate().order(message.order()), ADD_DUMMY_PREFIX, 1) != 0;
            collapse =
                    number(message.duplicate().order(message.order()), REMOVE_EXTRA_WHITESPACES, 1)
                            != 0;
        }

        private static long number(ByteBuffer message, int wanted, long otherwise) {
            long value = otherwise;
            while (message.hasRemaining()) {
                Field field = Field.read(message);
                if (field.number() == wanted) {
                    value = field.value();
                }
            }
            return value;
        }
    }

    /**
     * A field of a message.
     *
     * @param value of a number
     * @param bytes of a text or an inner message; null for a number
     */
    private record Field(int number, long value, byte[] bytes) {

        static Field read(ByteBuffer buffer) {
            long key = varint(buffer);
            int number = (int) (key >>> 3);
            return switch ((int) (key & 7)) {
                case 0 -> new Field(number, varint(buffer), null);
                case 1 -> new Field(number, buffer.getLong(), null);
                case 2 -> {
                    long length = varint(buffer);
                    if (length < 0 || length > buffer.remaining()) {
                        throw new BufferUnderflowException();
                    }
                    byte[] bytes = new byte[(int) length];
                    buffer.get(bytes);
                    yield new Field(number, 0, bytes);
                }
                case 5 -> new Field(number, buffer.getInt(), null);
                default -> throw new IllegalArgumentException("wire type " + (key & 7));
            };
        }

        private static long varint(ByteBuffer buffer) {
            long value = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                byte part = buffer.get();
                value |= (long) (part & 0x7F) << shift;
                if (part >= 0) {
                    return value;
                }
            }
            throw new IllegalArgumentException("a number of more than ten bytes");
        }

        ByteBuffer message() {
            return ByteBuffer.wrap(content()).order(ByteOrder.LITTLE_ENDIAN);
        }

        String text() {
            return new String(content(), StandardCharsets.UTF_8);
        }

        private byte[] content() {
            if (bytes == null) {
                throw new IllegalArgumentException("field %d is a number".formatted(number));
            }
            return bytes;
        }
    }
}
