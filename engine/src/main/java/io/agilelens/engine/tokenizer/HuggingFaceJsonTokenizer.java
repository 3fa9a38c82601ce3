package io.agilelens.engine.tokenizer;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.JsonFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tokenizer of a {@code tokenizer.json}, run by the Hugging Face tokenizers library. Nothing
 * touches the network.
 */
final class HuggingFaceJsonTokenizer implements Tokenizer {
    private static final String PROBE = "a";

    private final Path path;
    private final TokenizerDescription description;
    private final NativeTokenizer recognising;
    private final OptionalInt start;
    private final boolean startAddedHere;
    private NativeTokenizer literal;

    /** Kept until the literal tokenizer is made from it. */
    private byte[] json;

    /**
     * @param path where it was read, for messages
     * @param json a tokenizer.json
     * @param declaredStart the start token where the model's configuration asks for one in front of
     *     every text even if the post-processor adds none
     * @throws UserException if it is damaged or not understood
     */
    HuggingFaceJsonTokenizer(Path path, byte[] json, DeclaredStart declaredStart) {
        this.path = path;
        this.json = json;
        JsonNode root = JsonFiles.parseObject(json, path);
        TokenizerRules.check(root, path);
        this.description = TokenizerDescription.of(root, path);
        this.recognising = new NativeTokenizer(root.toString(), path);
        OptionalInt processed = startOfPostProcessor();
        this.start =
                processed.isPresent() ? processed : declaredStart.resolve(description.pieces());
        this.startAddedHere = processed.isEmpty() && start.isPresent();
    }

    /** The token that the post-processor puts in front, found by looking at what it does. */
    private OptionalInt startOfPostProcessor() {
        int[] plain = recognising.encode(PROBE, false);
        int[] processed = recognising.encode(PROBE, true);
        boolean prepends = processed.length > plain.length && !startsWith(processed, plain);
        return prepends ? OptionalInt.of(processed[0]) : OptionalInt.empty();
    }

    private static boolean startsWith(int[] ids, int[] prefix) {
        return Arrays.equals(ids, 0, prefix.length, prefix, 0, prefix.length);
    }

    @Override
    public int[] encode(String text, boolean withSpecialTokens) {
        int[] ids = recognising.encode(text, withSpecialTokens);
        if (!withSpecialTokens || !startAddedHere) {
            return ids;
        }
        return IntStream.concat(IntStream.of(start.getAsInt()), Arrays.stream(ids)).toArray();
    }

    @Override
    public int[] encodeLiterally(String text) {
        return literal().encode(text, false);
    }

    /** A second native tokenizer, made when it is first asked for. */
    private synchronized NativeTokenizer literal() {
        if (literal == null) {
            JsonNode root = JsonFiles.parseObject(json, path);
            literal =
                    new NativeTokenizer(
                            TokenizerDescription.withoutSpecialTokens((ObjectNode) root), path);
            json = null;
        }
        return literal;
    }

    @Override
    public String decode(int[] ids, boolean skipSpecialTokens) {
        long[] known = Arrays.stream(ids).filter(this::hasPiece).asLongStream().toArray();
        return recognising.decode(known, skipSpecialTokens);
    }

    @Override
    public String piece(int id) {
        return hasPiece(id) ? description.pieces()[id] : "<id %d>".formatted(id);
    }

    private boolean hasPiece(int id) {
        String[] pieces = description.pieces();
        return id >= 0 && id < pieces.length && pieces[id] != null;
    }

    @Override
    public int vocabularySize() {
        return description.pieces().length;
    }

    @Override
    public OptionalInt startToken() {
        return start;
    }

    @Override
    public String kind() {
        return description.kind();
    }

    @Override
    public synchronized void close() {
        recognising.close();
        if (literal != null) {
            literal.close();
        }
    }
}
