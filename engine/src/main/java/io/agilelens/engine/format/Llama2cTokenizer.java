package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The tokenizer that lies beside a llama2.c file: its own {@code tokenizer.bin}, which holds the
 * longest piece's length and then, piece by piece, a score, a length and the bytes, or the
 * SentencePiece model that this is made from.
 */
final class Llama2cTokenizer {
    private static final String SENTENCE_PIECE = "tokenizer.model";
    private static final long LARGEST = 64L << 20;
    private static final int LONGEST_PIECE = 1 << 16;
    private static final int FIRST_BYTE = 3;

    private Llama2cTokenizer() {}

    /**
     * Finds and reads the tokenizer of a model.
     *
     * @param model the {@code .bin} with the weights
     * @param vocabulary how many pieces it must have
     * @throws UserException if there is none or it is damaged
     */
    static TokenizerSource beside(Path model, int vocabulary) {
        Path folder = model.toAbsolutePath().getParent();
        Set<String> names = names(model, vocabulary);
        for (String name : names) {
            Path file = folder.resolve(name);
            if (Files.isRegularFile(file)) {
                byte[] bytes = JsonFiles.readBytes(file, LARGEST);
                return source(
                        file,
                        name.endsWith(".model")
                                ? SentencePieceModel.read(bytes, file).json()
                                : json(bytes, file, vocabulary));
            }
        }
        throw new UserException(
                "%s has no tokenizer beside it; put one of %s there"
                        .formatted(Printable.of(model), String.join(", ", names)));
    }

    private static Set<String> names(Path model, int vocabulary) {
        String name = model.getFileName().toString();
        String stem = name.endsWith(".bin") ? name.substring(0, name.length() - 4) : name;
        Set<String> names = new LinkedHashSet<>();
        names.add(stem + "_tokenizer.bin");
        names.add("tok" + vocabulary + ".bin");
        names.add("tokenizer.bin");
        names.add("tok" + vocabulary + ".model");
        names.add(SENTENCE_PIECE);
        return names;
    }

    private static TokenizerSource source(Path file, byte[] json) {
        return new TokenizerSource(
                file, json, JsonNodeFactory.instance.objectNode().put("add_bos_token", true));
    }

    private static byte[] json(byte[] file, Path path, int vocabulary) {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        List<String> pieces = new ArrayList<>();
        float[] scores = new float[vocabulary];
        try {
            int longest = bytes.getInt();
            if (longest < 1 || longest > LONGEST_PIECE) {
                throw damaged(path, 0, "its longest piece has %d bytes".formatted(longest));
            }
            for (int id = 0; id < vocabulary; id++) {
                int at = bytes.position();
                scores[id] = bytes.getFloat();
                int length = bytes.getInt();
                if (length < 0 || length > longest || !Float.isFinite(scores[id])) {
                    throw damaged(
                            path,
                            at,
                            "piece %d has score %s and %d bytes, at most %d are announced"
                                    .formatted(id, scores[id], length, longest));
                }
                byte[] piece = new byte[length];
                bytes.get(piece);
                pieces.add(new String(piece, StandardCharsets.UTF_8));
            }
        } catch (BufferUnderflowException end) {
            throw new UserException(
                    "%s ends after %d of the %d pieces that the model has; get the tokenizer that belongs to it"
                            .formatted(Printable.of(path), pieces.size(), vocabulary),
                    end);
        }
        if (bytes.hasRemaining()) {
            throw new UserException(
                    "%s holds more than the %d pieces that the model has; get the tokenizer that belongs to it"
                            .formatted(Printable.of(path), vocabulary));
        }
        return SentencePieceTokenizerJson.of(spelled(pieces), scores, types(pieces));
    }

    private static UserException damaged(Path path, int at, String what) {
        return new UserException(
                "%s is damaged at byte %d: %s; get the file again"
                        .formatted(Printable.of(path), at, what));
    }

    /** What each piece is, by its place: the exporter has written only spellings. */
    private static int[] types(List<String> pieces) {
        int[] types = new int[pieces.size()];
        Arrays.fill(types, SentencePieceTokenizerJson.NORMAL);
        for (int id = 0; id < Math.min(FIRST_BYTE, types.length); id++) {
            types[id] =
                    id == 0
                            ? SentencePieceTokenizerJson.UNKNOWN
                            : SentencePieceTokenizerJson.CONTROL;
        }
        if (hasBytes(pieces)) {
            Arrays.fill(types, FIRST_BYTE, FIRST_BYTE + 256, SentencePieceTokenizerJson.BYTE);
        }
        return types;
    }

    /** Whether the pieces behind the special ones are the 256 bytes, in either spelling. */
    private static boolean hasBytes(List<String> pieces) {
        if (pieces.size() < FIRST_BYTE + 256) {
            return false;
        }
        for (int value = 0; value < 256; value++) {
            String piece = pieces.get(FIRST_BYTE + value);
            if (!piece.equals(byteName(value)) && !piece.equals(Character.toString(value))) {
                return false;
            }
        }
        return true;
    }

    private static String byteName(int value) {
        return "<0x%02X>".formatted(value);
    }

    /** The pieces as SentencePiece spells them; the exporter writes spaces and bytes as such. */
    private static List<String> spelled(List<String> pieces) {
        boolean bytes = hasBytes(pieces);
        List<String> spelled = new ArrayList<>();
        for (int id = 0; id < pieces.size(); id++) {
            if (id < FIRST_BYTE) {
                // The exporter puts line ends around the marks of start and end.
                spelled.add(pieces.get(id).strip());
            } else if (bytes && id < FIRST_BYTE + 256) {
                spelled.add(byteName(id - FIRST_BYTE));
            } else {
                spelled.add(pieces.get(id).replace(' ', '▁'));
            }
        }
        return spelled;
    }
}
