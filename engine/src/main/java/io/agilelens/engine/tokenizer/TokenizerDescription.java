package io.agilelens.engine.tokenizer;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a {@code tokenizer.json} says about itself and the native library does not tell.
 *
 * @param pieces the token of every id; null where an id has none
 * @param kind for a person to read
 */
record TokenizerDescription(String[] pieces, String kind) {
    private static final String ADDED_TOKENS = "added_tokens";
    private static final int LARGEST_VOCABULARY = 1 << 24;

    /**
     * @param path where it was read, for messages
     * @throws UserException if the parts that every kind has are missing or wrong
     */
    static TokenizerDescription of(JsonNode root, Path path) {
        return new TokenizerDescription(new PieceReader(path).read(root), kind(root));
    }

    /** The same tokenizer without its special tokens, so that their spelling is plain text. */
    static JsonNode withoutSpecialTokens(JsonNode root) {
        ObjectNode copy = ((ObjectNode) root.deepCopy());
        ArrayNode kept = copy.putArray(ADDED_TOKENS);
        for (JsonNode token : root.path(ADDED_TOKENS)) {
            if (!token.path("special").asBoolean(false)) {
                kept.add(token);
            }
        }
        return copy;
    }

    private static String kind(JsonNode root) {
        String type = root.path("model").path("type").asString("tokenizer");
        if (mentions(root.path("pre_tokenizer"), "ByteLevel")) {
            return type + ", byte-level";
        }
        if (root.path("model").path("byte_fallback").asBoolean(false)) {
            return type + ", byte fallback";
        }
        return type;
    }

    private static boolean mentions(JsonNode step, String type) {
        if (step.path("type").asString("").equals(type)) {
            return true;
        }
        for (JsonNode inner : step.path("pretokenizers")) {
            if (mentions(inner, type)) {
                return true;
            }
        }
        return false;
    }

    /** Collects the pieces from the vocabulary and the added tokens. */
    private static final class PieceReader {
        private final Path path;
        private String[] pieces = new String[1024];
        private int size;

        PieceReader(Path path) {
            this.path = path;
        }

        String[] read(JsonNode root) {
            JsonNode vocabulary = root.path("model").path("vocab");
            if (vocabulary.isObject()) {
                for (Map.Entry<String, JsonNode> entry : vocabulary.properties()) {
                    put(entry.getKey(), entry.getValue());
                }
            } else if (vocabulary.isArray()) {
                for (JsonNode pieceAndScore : vocabulary) {
                    put(pieceAndScore.path(0).asString(""), size);
                }
            } else {
                throw new UserException(
                        "%s has no vocabulary under model, vocab; get the file again"
                                .formatted(Printable.of(path)));
            }
            for (JsonNode token : root.path(ADDED_TOKENS)) {
                put(token.path("content").asString(""), token.path("id"));
            }
            return Arrays.copyOf(pieces, size);
        }

        private void put(String piece, JsonNode id) {
            if (!id.canConvertToInt() || id.intValue() < 0 || id.intValue() >= LARGEST_VOCABULARY) {
                throw new UserException(
                        "%s gives the token '%s' the id %s, which must be a whole number from 0 to %d; get the file again"
                                .formatted(
                                        Printable.of(path),
                                        Printable.of(piece),
                                        Printable.of(id),
                                        LARGEST_VOCABULARY - 1));
            }
            put(piece, id.intValue());
        }

        private void put(String piece, int id) {
            if (id >= pieces.length) {
                pieces = Arrays.copyOf(pieces, Math.max(id + 1, pieces.length * 2));
            }
            pieces[id] = piece;
            size = Math.max(size, id + 1);
        }
    }
}
