package io.agilelens.engine.format.gguf;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.JsonFiles;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.format.SentencePieceModel;
import io.agilelens.engine.format.TokenizerSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Writes a {@code tokenizer.json} as the tables that llama.cpp cuts texts with ({@code
 * tokenizer.ggml.…}), the other way of {@link GgufTokenizer}. Byte-level BPE becomes {@code gpt2}
 * with the name of its pre-tokenizer, BPE with byte fallback {@code llama} with scores: those of
 * the source's {@code tokenizer.model} if it has one, otherwise falling with the rank of the merge.
 */
public final class GgufTokenizerWriter {
    private static final String PREFIX = "tokenizer.ggml.";
    private static final String SPACE = "▁";
    private static final long LARGEST_MODEL = 64L << 20;

    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;
    private static final int BYTE = 6;

    private final Checkpoint checkpoint;
    private final TokenizerSource source;
    private final JsonNode root;
    private final int rows;
    private final boolean sentencePiece;
    private final String[] pieces;
    private final int[] types;

    private GgufTokenizerWriter(Checkpoint checkpoint, int rows) {
        this.checkpoint = checkpoint;
        this.source = checkpoint.tokenizer();
        this.root = JsonFiles.parseObject(source.json(), source.place());
        this.rows = rows;
        this.sentencePiece = root.path("model").path("byte_fallback").asBoolean(false);
        this.pieces = new String[rows];
        this.types = new int[rows];
    }

    /**
     * Puts a checkpoint's tokenizer into a file.
     *
     * @param rows of the embedding; llama.cpp wants a token for each
     * @throws UserException if it is of a kind that GGUF has no name for
     */
    public static void write(GgufFileWriter writer, Checkpoint checkpoint, int rows) {
        new GgufTokenizerWriter(checkpoint, rows).write(writer);
    }

    private void write(GgufFileWriter writer) {
        if (!root.path("model").path("type").asString("BPE").equals("BPE")) {
            throw refuse(
                    "its kind is %s, and of GGUF's kinds this program writes BPE only"
                            .formatted(Printable.of(root.path("model").path("type"))));
        }
        fillPieces();
        writer.text(GgufTokenizer.MODEL, sentencePiece ? "llama" : GgufTokenizer.BYTE_LEVEL);
        if (sentencePiece) {
            writer.texts(PREFIX + "tokens", Arrays.asList(pieces))
                    .reals(PREFIX + "scores", scores())
                    .wholes(PREFIX + "token_type", types)
                    .flag(PREFIX + "add_space_prefix", addsSpace());
        } else {
            writer.text(GgufTokenizer.PRE, preTokenizer())
                    .texts(PREFIX + "tokens", Arrays.asList(pieces))
                    .wholes(PREFIX + "token_type", types)
                    .texts(PREFIX + "merges", merges());
        }
        writeSpecial(writer);
        template().ifPresent(text -> writer.text("tokenizer.chat_template", text));
    }

    private UserException refuse(String why) {
        return new UserException(
                "%s: this tokenizer has no form in GGUF: %s: use another --format"
                        .formatted(Printable.of(source.place()), why));
    }

    // ---- pieces

    private void fillPieces() {
        Arrays.fill(types, NORMAL);
        for (Map.Entry<String, JsonNode> entry : root.path("model").path("vocab").properties()) {
            put(entry.getValue().asInt(-1), entry.getKey(), NORMAL);
        }
        for (JsonNode token : root.path("added_tokens")) {
            int id = token.path("id").asInt(-1);
            put(
                    id,
                    token.path("content").asString(""),
                    token.path("special").asBoolean(false) ? CONTROL : USER_DEFINED);
        }
        Set<String> taken = new HashSet<>(Arrays.asList(pieces));
        for (int id = 0; id < rows; id++) {
            if (pieces[id] == null) {
                pieces[id] = "[PAD%d]".formatted(id);
                types[id] = UNUSED;
                if (!taken.add(pieces[id])) {
                    throw refuse("it has a token '%s' already".formatted(pieces[id]));
                }
            } else if (sentencePiece && pieces[id].matches("<0x[0-9A-F]{2}>")) {
                types[id] = BYTE;
            } else if (sentencePiece && pieces[id].equals(unknownPiece())) {
                types[id] = UNKNOWN;
            }
        }
    }

    private void put(int id, String piece, int type) {
        if (id < 0 || id >= rows) {
            throw refuse(
                    "its token '%s' has the id %d, and the embedding has %d rows"
                            .formatted(Printable.of(piece), id, rows));
        }
        pieces[id] = piece;
        types[id] = type;
    }

    private String unknownPiece() {
        return root.path("model").path("unk_token").asString("<unk>");
    }

    private List<String> merges() {
        List<String> merges = new ArrayList<>();
        for (JsonNode merge : root.path("model").path("merges")) {
            merges.add(
                    merge.isString()
                            ? merge.stringValue()
                            : merge.path(0).asString("") + " " + merge.path(1).asString(""));
        }
        return merges;
    }

    // ---- SentencePiece

    private float[] scores() {
        Optional<float[]> own = storedScores();
        if (own.isPresent()) {
            return own.get();
        }
        Map<String, Integer> ranks = new HashMap<>();
        List<String> merges = merges();
        for (int rank = 0; rank < merges.size(); rank++) {
            ranks.putIfAbsent(merges.get(rank).replace(" ", ""), rank);
        }
        float[] scores = new float[rows];
        for (int id = 0; id < rows; id++) {
            scores[id] = -ranks.getOrDefault(pieces[id], merges.size());
        }
        return scores;
    }

    /** Those of the {@code tokenizer.model} beside the weights, if its pieces are the same. */
    private Optional<float[]> storedScores() {
        Path file = checkpoint.source().resolve("tokenizer.model");
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        SentencePieceModel model;
        try {
            model = SentencePieceModel.read(JsonFiles.readBytes(file, LARGEST_MODEL), file);
        } catch (UserException otherKind) {
            return Optional.empty();
        }
        if (model.pieces().size() > rows) {
            return Optional.empty();
        }
        float[] scores = new float[rows];
        for (int id = 0; id < model.pieces().size(); id++) {
            if (!model.pieces().get(id).equals(pieces[id])) {
                return Optional.empty();
            }
            scores[id] = model.scores()[id];
        }
        return Optional.of(scores);
    }

    private boolean addsSpace() {
        return mentions(root.path("normalizer"), "Prepend")
                || mentions(root.path("pre_tokenizer"), "Metaspace")
                        && !root.path("pre_tokenizer")
                                .toString()
                                .contains("\"prepend_scheme\":\"never\"");
    }

    // ---- byte-level BPE

    private String preTokenizer() {
        List<String> expressions = new ArrayList<>();
        collect(root.path("pre_tokenizer"), expressions);
        boolean whole = root.path("model").path("ignore_merges").asBoolean(false);
        return PreTokenizer.nameOf(expressions, whole)
                .orElseThrow(
                        () ->
                                refuse(
                                        "llama.cpp knows no pre-tokenizer that cuts texts by %s"
                                                .formatted(Printable.of(expressions))));
    }

    private void collect(JsonNode step, List<String> expressions) {
        switch (step.path("type").asString("")) {
            case "Sequence" ->
                    step.path("pretokenizers").forEach(part -> collect(part, expressions));
            case "Split" -> expressions.add(step.path("pattern").path("Regex").asString(""));
            case "Digits" ->
                    expressions.add(
                            step.path("individual_digits").asBoolean(false) ? "\\p{N}" : "\\p{N}+");
            case "ByteLevel" -> {
                if (step.path("add_prefix_space").asBoolean(false)) {
                    throw refuse("it puts a blank before every text (add_prefix_space)");
                }
                if (step.path("use_regex").asBoolean(true)) {
                    expressions.add(PreTokenizer.GPT2_EXPRESSION);
                }
            }
            default ->
                    throw refuse(
                            "its pre_tokenizer is %s".formatted(Printable.of(step.path("type"))));
        }
    }

    // ---- special tokens

    private void writeSpecial(GgufFileWriter writer) {
        List<String> before = new ArrayList<>();
        List<String> after = new ArrayList<>();
        readTemplate(root.path("post_processor"), before, after);
        OptionalInt bos = before.isEmpty() ? special("bos") : id(before.getFirst(), special("bos"));
        OptionalInt eos = after.isEmpty() ? special("eos") : id(after.getLast(), special("eos"));
        if (before.size() > 1 || after.size() > 1) {
            throw refuse("it puts several special tokens at one end of a text");
        }
        bos.ifPresent(id -> writer.whole(PREFIX + "bos_token_id", id));
        eos.ifPresent(id -> writer.whole(PREFIX + "eos_token_id", id));
        special("unk").ifPresent(id -> writer.whole(PREFIX + "unknown_token_id", id));
        special("pad").ifPresent(id -> writer.whole(PREFIX + "padding_token_id", id));
        writer.flag(PREFIX + "add_bos_token", !before.isEmpty())
                .flag(PREFIX + "add_eos_token", !after.isEmpty());
    }

    private OptionalInt id(String piece, OptionalInt otherwise) {
        int id = Arrays.asList(pieces).indexOf(piece);
        return id < 0 ? otherwise : OptionalInt.of(id);
    }

    /** What the post-processor puts before and behind a single text. */
    private static void readTemplate(JsonNode step, List<String> before, List<String> after) {
        step.path("processors").forEach(part -> readTemplate(part, before, after));
        if (!step.path("type").asString("").equals("TemplateProcessing")) {
            return;
        }
        boolean text = false;
        for (JsonNode part : step.path("single")) {
            if (part.has("Sequence")) {
                text = true;
            } else {
                (text ? after : before).add(part.path("SpecialToken").path("id").asString(""));
            }
        }
    }

    /** The id that the configuration gives, or that of the piece that the tokenizer names. */
    private OptionalInt special(String token) {
        JsonNode id = checkpoint.config().path(token + "_token_id");
        if (id.isArray()) {
            id = id.path(0);
        }
        if (id.isIntegralNumber() && id.intValue() >= 0 && id.intValue() < rows) {
            return OptionalInt.of(id.intValue());
        }
        JsonNode named = source.settings().path(token + "_token");
        String piece = named.isObject() ? named.path("content").asString("") : named.asString("");
        if (piece.isEmpty() && token.equals("unk") && sentencePiece) {
            piece = unknownPiece();
        }
        int found = piece.isEmpty() ? -1 : Arrays.asList(pieces).indexOf(piece);
        return found < 0 ? OptionalInt.empty() : OptionalInt.of(found);
    }

    private Optional<String> template() {
        JsonNode template = source.settings().path("chat_template");
        if (template.isString()) {
            return Optional.of(template.stringValue());
        }
        for (JsonNode named : template) {
            if (named.path("name").asString("").equals("default")) {
                return Optional.of(named.path("template").asString(""));
            }
        }
        Path file = checkpoint.source().resolve("chat_template.jinja");
        return Files.isRegularFile(file)
                ? Optional.of(
                        new String(
                                JsonFiles.readBytes(file, LARGEST_MODEL),
                                java.nio.charset.StandardCharsets.UTF_8))
                : Optional.empty();
    }

    private static boolean mentions(JsonNode step, String type) {
        return step.toString().contains("\"type\":\"%s\"".formatted(type));
    }
}
