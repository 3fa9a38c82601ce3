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

    /** The JSON of the same tokenizer without its special tokens: their spelling is plain text. */
    static String withoutSpecialTokens(ObjectNode root) {
        JsonNode added = root.path(ADDED_TOKENS);
        ArrayNode kept = root.putArray(ADDED_TOKENS);
        for (JsonNode token : added) {
            if (!token.path("special").asBoolean(false)) {
                kept.add(token);
            }
        }
        return root.toString();
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
            if (!vocabulary.isObject()) {
                throw new UserException(
                        "%s has no vocabulary under model, vocab; get the file again"
                                .formatted(Printable.of(path)));
            }
            for (Map.Entry<String, JsonNode> entry : vocabulary.properties()) {
                put(entry.getKey(), entry.getValue());
            }
            for (JsonNode token : root.path(ADDED_TOKENS)) {
                put(token.path("content").asString(""), token.path("id"));
            }
            return Arrays.copyOf(pieces, size);
        }

        private void put(String piece, JsonNode id) {
            int index = id.isIntegralNumber() && id.canConvertToInt() ? id.intValue() : -1;
            if (index < 0 || index >= LARGEST_VOCABULARY) {
                throw new UserException(
                        "%s gives the token '%s' the id %s, which must be a whole number from 0 to %d; get the file again"
                                .formatted(
                                        Printable.of(path),
                                        Printable.of(piece),
                                        Printable.of(id),
                                        LARGEST_VOCABULARY - 1));
            }
            if (index >= pieces.length) {
                pieces = Arrays.copyOf(pieces, Math.max(index + 1, pieces.length * 2));
            }
            pieces[index] = piece;
            size = Math.max(size, index + 1);
        }
    }
}
