package io.agilelens.engine.format.gguf;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.format.TokenizerSource;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the {@code tokenizer.json} that cuts texts as llama.cpp does with the tables of a file
 * ({@code tokenizer.ggml.…}). Two kinds are known: {@code llama}, SentencePiece BPE with byte
 * fallback, and {@code gpt2}, byte-level BPE.
 */
final class GgufTokenizer {
    static final String MODEL = "tokenizer.ggml.model";
    static final String PRE = "tokenizer.ggml.pre";
    static final String BYTE_LEVEL = "gpt2";

    private static final String SENTENCE_PIECE = "llama";
    private static final String PREFIX = "tokenizer.ggml.";
    private static final String TOKENS = PREFIX + "tokens";
    private static final String SCORES = PREFIX + "scores";
    private static final String TYPES = PREFIX + "token_type";
    private static final String MERGES = PREFIX + "merges";
    private static final String TEMPLATE = "tokenizer.chat_template";
    private static final String SPACE = "▁";
    private static final int BYTES = 256;

    // Types of tokens, as the file numbers them.
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;

    private final Metadata metadata;
    private final boolean sentencePiece;
    private final PreTokenizer preTokenizer;
    private final String[] pieces;
    private final Map<String, Integer> ids;
    private final OptionalInt start;
    private final OptionalInt end;
    private final OptionalInt unknown;

    private GgufTokenizer(Metadata metadata) {
        this.metadata = metadata;
        String model = metadata.text(MODEL);
        this.sentencePiece = model.equals(SENTENCE_PIECE);
        if (!sentencePiece && !model.equals(BYTE_LEVEL)) {
            throw metadata.refuse(
                    MODEL, "this kind of tokenizer is not supported; supported are llama and gpt2");
        }
        this.preTokenizer = sentencePiece ? null : preTokenizer();
        this.pieces = metadata.texts(TOKENS);
        this.ids = ids();
        // What SentencePiece's own models use; byte-level vocabularies have no custom.
        this.start = special("bos", sentencePiece ? 1 : -1);
        this.end = special("eos", sentencePiece ? 2 : -1);
        this.unknown = special("unknown", sentencePiece ? 0 : -1);
    }

    /**
     * The tokenizer of a file.
     *
     * @throws UserException if it has none, or one of a kind that is not known
     */
    static TokenizerSource read(Metadata metadata) {
        if (!metadata.has(MODEL)) {
            throw new UserException(
                    "%s has no tokenizer: it lacks the metadata key '%s'; convert the model again with its tokenizer"
                            .formatted(Printable.of(metadata.path()), MODEL));
        }
        GgufTokenizer tokenizer = new GgufTokenizer(metadata);
        return new TokenizerSource(metadata.path(), tokenizer.json(), tokenizer.settings());
    }

    private PreTokenizer preTokenizer() {
        String name = metadata.text(PRE, "default");
        return PreTokenizer.named(name)
                .orElseThrow(
                        () ->
                                metadata.refuse(
                                        PRE,
                                        "how this pre-tokenizer cuts texts is not known, and a"
                                                + " guess would give wrong ids"));
    }

    private Map<String, Integer> ids() {
        Map<String, Integer> found = HashMap.newHashMap(pieces.length);
        for (int id = 0; id < pieces.length; id++) {
            if (pieces[id].isEmpty()) {
                // llama.cpp's name for what no text can be cut into.
                pieces[id] = "[EMPTY_%d]".formatted(id);
            }
            Integer earlier = found.put(pieces[id], id);
            if (earlier != null) {
                throw Cursor.damaged(
                        metadata.path(),
                        "its tokens %d and %d are both '%s'"
                                .formatted(earlier, id, Printable.of(pieces[id])));
            }
        }
        return found;
    }

    private OptionalInt special(String name, int usual) {
        String key = PREFIX + name + "_token_id";
        if (!metadata.has(key)) {
            return usual >= 0 && usual < pieces.length
                    ? OptionalInt.of(usual)
                    : OptionalInt.empty();
        }
        // Writers put 2^32 − 1 where there is none.
        long id = metadata.whole(key, -1, 0xFFFF_FFFFL);
        if (id < 0 || id == 0xFFFF_FFFFL) {
            return OptionalInt.empty();
        }
        if (id >= pieces.length) {
            throw metadata.refuse(key, "there are only %d tokens".formatted(pieces.length));
        }
        return OptionalInt.of((int) id);
    }

    private boolean addsStart() {
        return metadata.flag(PREFIX + "add_bos_token", sentencePiece || preTokenizer.addsStart());
    }

    private boolean addsEnd() {
        return metadata.flag(PREFIX + "add_eos_token", false);
    }

    private boolean addsSpace() {
        return metadata.flag(PREFIX + "add_space_prefix", sentencePiece);
    }

    private ObjectNode settings() {
        ObjectNode settings =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("add_bos_token", addsStart())
                        .put("add_eos_token", addsEnd());
        start.ifPresent(id -> settings.put("bos_token", pieces[id]));
        end.ifPresent(id -> settings.put("eos_token", pieces[id]));
        unknown.ifPresent(id -> settings.put("unk_token", pieces[id]));
        if (metadata.has(TEMPLATE)) {
            settings.put("chat_template", metadata.text(TEMPLATE));
        }
        return settings;
    }

    private byte[] json() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
        try (JsonGenerator json = JsonMapper.shared().createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringProperty("version", "1.0");
            json.writeNullProperty("truncation");
            json.writeNullProperty("padding");
            writeAddedTokens(json);
            if (sentencePiece) {
                writeSpaceNormalizer(json);
                json.writeNullProperty("pre_tokenizer");
            } else {
                json.writeNullProperty("normalizer");
                writePreTokenizer(json);
            }
            writeTemplate(json);
            writeDecoder(json);
            writeModel(json);
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /** Control tokens are special; user-defined ones are recognised in any text. */
    private void writeAddedTokens(JsonGenerator json) {
        int[] types = metadata.has(TYPES) ? metadata.wholes(TYPES) : new int[pieces.length];
        checkLength(TYPES, types.length);
        json.writeArrayPropertyStart("added_tokens");
        for (int id = 0; id < pieces.length; id++) {
            int type = types[id];
            if (type == CONTROL || type == UNKNOWN || type == USER_DEFINED) {
                json.writeStartObject();
                json.writeNumberProperty("id", id);
                json.writeStringProperty("content", pieces[id]);
                for (String flag : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
                    json.writeBooleanProperty(flag, false);
                }
                json.writeBooleanProperty("special", type != USER_DEFINED);
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }

    private void writeSpaceNormalizer(JsonGenerator json) {
        writeSequenceStart(json, "normalizer", "normalizers");
        if (addsSpace()) {
            json.writeStartObject();
            json.writeStringProperty("type", "Prepend");
            json.writeStringProperty("prepend", SPACE);
            json.writeEndObject();
        }
        writeReplace(json, " ", SPACE);
        json.writeEndArray();
        json.writeEndObject();
    }

    private void writePreTokenizer(JsonGenerator json) {
        writeSequenceStart(json, "pre_tokenizer", "pretokenizers");
        for (String expression : preTokenizer.expressions()) {
            json.writeStartObject();
            json.writeStringProperty("type", "Split");
            json.writeObjectPropertyStart("pattern");
            json.writeStringProperty("Regex", expression);
            json.writeEndObject();
            json.writeStringProperty("behavior", "Isolated");
            json.writeBooleanProperty("invert", false);
            json.writeEndObject();
        }
        json.writeStartObject();
        writeByteLevel(json);
        json.writeEndObject();
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeByteLevel(JsonGenerator json) {
        json.writeStringProperty("type", "ByteLevel");
        json.writeBooleanProperty("add_prefix_space", false);
        json.writeBooleanProperty("trim_offsets", false);
        json.writeBooleanProperty("use_regex", false);
    }

    private void writeTemplate(JsonGenerator json) {
        List<Integer> before = new ArrayList<>();
        List<Integer> after = new ArrayList<>();
        if (addsStart()) {
            before.add(needed(start, "bos", "add_bos_token"));
        }
        if (addsEnd()) {
            after.add(needed(end, "eos", "add_eos_token"));
        }
        if (before.isEmpty() && after.isEmpty()) {
            json.writeNullProperty("post_processor");
            return;
        }
        json.writeObjectPropertyStart("post_processor");
        json.writeStringProperty("type", "TemplateProcessing");
        json.writeArrayPropertyStart("single");
        before.forEach(id -> writePart(json, "SpecialToken", pieces[id]));
        writePart(json, "Sequence", "A");
        after.forEach(id -> writePart(json, "SpecialToken", pieces[id]));
        json.writeEndArray();
        json.writeArrayPropertyStart("pair");
        writePart(json, "Sequence", "A");
        writePart(json, "Sequence", "B");
        json.writeEndArray();
        json.writeObjectPropertyStart("special_tokens");
        before.forEach(id -> writeDefinition(json, id));
        after.stream().filter(id -> !before.contains(id)).forEach(id -> writeDefinition(json, id));
        json.writeEndObject();
        json.writeEndObject();
    }

    private int needed(OptionalInt id, String token, String flag) {
        return id.orElseThrow(
                () ->
                        new UserException(
                                "%s asks for a special token with '%s%s' but lacks '%s%s_token_id'; convert the model again"
                                        .formatted(
                                                Printable.of(metadata.path()),
                                                PREFIX,
                                                flag,
                                                PREFIX,
                                                token)));
    }

    private static void writePart(JsonGenerator json, String kind, String id) {
        json.writeStartObject();
        json.writeObjectPropertyStart(kind);
        json.writeStringProperty("id", id);
        json.writeNumberProperty("type_id", 0);
        json.writeEndObject();
        json.writeEndObject();
    }

    private void writeDefinition(JsonGenerator json, int id) {
        json.writeObjectPropertyStart(pieces[id]);
        json.writeStringProperty("id", pieces[id]);
        json.writeArrayPropertyStart("ids");
        json.writeNumber(id);
        json.writeEndArray();
        json.writeArrayPropertyStart("tokens");
        json.writeString(pieces[id]);
        json.writeEndArray();
        json.writeEndObject();
    }

    private void writeDecoder(JsonGenerator json) {
        if (!sentencePiece) {
            json.writeObjectPropertyStart("decoder");
            writeByteLevel(json);
            json.writeEndObject();
            return;
        }
        writeSequenceStart(json, "decoder", "decoders");
        writeReplace(json, SPACE, " ");
        writeStep(json, "ByteFallback");
        writeStep(json, "Fuse");
        if (addsSpace()) {
            json.writeStartObject();
            json.writeStringProperty("type", "Strip");
            json.writeStringProperty("content", " ");
            json.writeNumberProperty("start", 1);
            json.writeNumberProperty("stop", 0);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeStep(JsonGenerator json, String type) {
        json.writeStartObject();
        json.writeStringProperty("type", type);
        json.writeEndObject();
    }

    private static void writeReplace(JsonGenerator json, String from, String to) {
        json.writeStartObject();
        json.writeStringProperty("type", "Replace");
        json.writeObjectPropertyStart("pattern");
        json.writeStringProperty("String", from);
        json.writeEndObject();
        json.writeStringProperty("content", to);
        json.writeEndObject();
    }

    private static void writeSequenceStart(JsonGenerator json, String key, String inner) {
        json.writeObjectPropertyStart(key);
        json.writeStringProperty("type", "Sequence");
        json.writeArrayPropertyStart(inner);
    }

    private void writeModel(JsonGenerator json) {
        json.writeObjectPropertyStart("model");
        json.writeStringProperty("type", "BPE");
        for (String key :
                new String[] {"dropout", "continuing_subword_prefix", "end_of_word_suffix"}) {
            json.writeNullProperty(key);
        }
        if (sentencePiece && unknown.isPresent()) {
            json.writeStringProperty("unk_token", pieces[unknown.getAsInt()]);
        } else {
            json.writeNullProperty("unk_token");
        }
        json.writeBooleanProperty("fuse_unk", sentencePiece);
        json.writeBooleanProperty("byte_fallback", sentencePiece && hasAllBytes());
        json.writeBooleanProperty("ignore_merges", !sentencePiece && preTokenizer.ignoresMerges());
        json.writeObjectPropertyStart("vocab");
        for (int id = 0; id < pieces.length; id++) {
            json.writeNumberProperty(pieces[id], id);
        }
        json.writeEndObject();
        json.writeArrayPropertyStart("merges");
        if (sentencePiece) {
            writeScoredMerges(json);
        } else {
            writeListedMerges(json);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private boolean hasAllBytes() {
        for (int value = 0; value < BYTES; value++) {
            if (!ids.containsKey("<0x%02X>".formatted(value))) {
                return false;
            }
        }
        return true;
    }

    private void writeScoredMerges(JsonGenerator json) {
        float[] scores = metadata.reals(SCORES);
        checkLength(SCORES, scores.length);
        for (SentencePieceMerges.Merge merge :
                SentencePieceMerges.of(pieces, ids, scores, metadata.path())) {
            writeMerge(json, merge.left(), merge.right());
        }
    }

    private void writeListedMerges(JsonGenerator json) {
        String[] merges = metadata.texts(MERGES);
        for (int i = 0; i < merges.length; i++) {
            // A piece may itself be a blank, so the first one that can part the two is taken.
            int blank = merges[i].indexOf(' ', 1);
            String left = blank < 0 ? "" : merges[i].substring(0, blank);
            String right = blank < 0 ? "" : merges[i].substring(blank + 1);
            if (!ids.containsKey(left)
                    || !ids.containsKey(right)
                    || !ids.containsKey(left + right)) {
                throw Cursor.damaged(
                        metadata.path(),
                        "merge %d, '%s', does not join two of its tokens to a third"
                                .formatted(i, Printable.of(merges[i])));
            }
            writeMerge(json, left, right);
        }
    }

    private static void writeMerge(JsonGenerator json, String left, String right) {
        json.writeStartArray();
        json.writeString(left);
        json.writeString(right);
        json.writeEndArray();
    }

    private void checkLength(String key, int length) {
        if (length != pieces.length) {
            throw metadata.refuse(key, "there are %d tokens".formatted(pieces.length));
        }
    }
}
