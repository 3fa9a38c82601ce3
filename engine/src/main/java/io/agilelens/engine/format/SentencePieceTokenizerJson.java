package io.agilelens.engine.format;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a {@code tokenizer.json} that does what a SentencePiece model of the BPE kind does. Such a
 * model has no list of merges: two neighbours are joined if the vocabulary holds the result, the
 * best score first. Listing every way to put a piece together from two others, in the order of the
 * scores, says the same.
 */
public final class SentencePieceTokenizerJson {
    /** Types of pieces, as SentencePiece and GGUF number them. */
    public static final int NORMAL = 1;

    public static final int UNKNOWN = 2;
    public static final int CONTROL = 3;
    public static final int USER_DEFINED = 4;
    public static final int UNUSED = 5;
    public static final int BYTE = 6;

    /** The id of {@code <s>} in the models that this is for. */
    public static final int START = 1;

    /** The id of {@code </s>} in the models that this is for. */
    public static final int END = 2;

    private static final String SPACE = "▁";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private SentencePieceTokenizerJson() {}

    /**
     * What happens to a text before it is cut into pieces.
     *
     * @param spaceInFront whether a space is put in front of every text
     * @param collapseSpaces whether spaces at the ends are dropped and runs of them become one
     */
    public record Spaces(boolean spaceInFront, boolean collapseSpaces) {}

    /** As {@link #of(List, float[], int[], Spaces, int)} with LLaMA's habits and start token. */
    public static byte[] of(List<String> pieces, float[] scores, int[] types) {
        return of(pieces, scores, types, new Spaces(true, false), START);
    }

    /**
     * @param pieces as SentencePiece spells them, with {@code ▁} for a space and {@code <0x0A>} for
     *     a byte; the index is the id. Of equal pieces the first counts
     * @param scores one a piece; higher ones are joined first
     * @param types one a piece
     * @param start id of the token in front of every sequence, or −1
     * @return the JSON in UTF-8
     */
    public static byte[] of(
            List<String> pieces, float[] scores, int[] types, Spaces spaces, int start) {
        if (scores.length != pieces.size() || types.length != pieces.size()) {
            throw new IllegalArgumentException(
                    "%d pieces, %d scores, %d types"
                            .formatted(pieces.size(), scores.length, types.length));
        }
        ObjectNode root = NODES.objectNode().put("version", "1.0");
        root.putNull("truncation").putNull("padding");
        root.set("added_tokens", addedTokens(pieces, types));
        root.set("normalizer", normalizer(spaces));
        root.putNull("pre_tokenizer");
        if (start >= 0 && start < pieces.size()) {
            root.set("post_processor", startInFront(pieces.get(start), start));
        } else {
            root.putNull("post_processor");
        }
        root.set("decoder", decoder(spaces));
        root.set("model", model(pieces, scores, types));
        return root.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static ArrayNode addedTokens(List<String> pieces, int[] types) {
        ArrayNode added = NODES.arrayNode();
        for (int id = 0; id < types.length; id++) {
            boolean special = types[id] == CONTROL || types[id] == UNKNOWN;
            if (special || types[id] == USER_DEFINED) {
                added.addObject()
                        .put("id", id)
                        .put("content", pieces.get(id))
                        .put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", false)
                        .put("normalized", false)
                        .put("special", special);
            }
        }
        return added;
    }

    private static ObjectNode normalizer(Spaces spaces) {
        ObjectNode sequence = NODES.objectNode().put("type", "Sequence");
        ArrayNode steps = sequence.putArray("normalizers");
        if (spaces.collapseSpaces()) {
            replace(steps, "Regex", "\\A +| +\\z", "");
            replace(steps, "Regex", " {2,}", " ");
        }
        if (spaces.spaceInFront()) {
            steps.addObject().put("type", "Prepend").put("prepend", SPACE);
        }
        replace(steps, "String", " ", SPACE);
        return sequence;
    }

    private static void replace(ArrayNode steps, String kind, String pattern, String content) {
        ObjectNode step = steps.addObject().put("type", "Replace");
        step.putObject("pattern").put(kind, pattern);
        step.put("content", content);
    }

    private static ObjectNode startInFront(String piece, int id) {
        ObjectNode template = NODES.objectNode().put("type", "TemplateProcessing");
        ArrayNode single = template.putArray("single");
        startToken(single, piece, 0);
        sequence(single, "A", 0);
        ArrayNode pair = template.putArray("pair");
        startToken(pair, piece, 0);
        sequence(pair, "A", 0);
        startToken(pair, piece, 1);
        sequence(pair, "B", 1);
        ObjectNode token = template.putObject("special_tokens").putObject(piece).put("id", piece);
        token.putArray("ids").add(id);
        token.putArray("tokens").add(piece);
        return template;
    }

    private static void startToken(ArrayNode template, String piece, int type) {
        template.addObject().putObject("SpecialToken").put("id", piece).put("type_id", type);
    }

    private static void sequence(ArrayNode template, String name, int type) {
        template.addObject().putObject("Sequence").put("id", name).put("type_id", type);
    }

    private static ObjectNode decoder(Spaces spaces) {
        ObjectNode sequence = NODES.objectNode().put("type", "Sequence");
        ArrayNode steps = sequence.putArray("decoders");
        replace(steps, "String", SPACE, " ");
        steps.addObject().put("type", "ByteFallback");
        steps.addObject().put("type", "Fuse");
        if (spaces.spaceInFront()) {
            steps.addObject()
                    .put("type", "Strip")
                    .put("content", " ")
                    .put("start", 1)
                    .put("stop", 0);
        }
        return sequence;
    }

    private static ObjectNode model(List<String> pieces, float[] scores, int[] types) {
        ObjectNode model = NODES.objectNode().put("type", "BPE");
        model.putNull("dropout");
        int unknown = -1;
        boolean bytes = false;
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < types.length; id++) {
            ids.putIfAbsent(pieces.get(id), id);
            unknown = types[id] == UNKNOWN && unknown < 0 ? id : unknown;
            bytes |= types[id] == BYTE;
        }
        if (unknown >= 0) {
            model.put("unk_token", pieces.get(unknown));
        } else {
            model.putNull("unk_token");
        }
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", true).put("byte_fallback", bytes).put("ignore_merges", false);
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < types.length; id++) {
            if (ids.get(pieces.get(id)) == id) {
                vocabulary.put(pieces.get(id), id);
            }
        }
        ArrayNode merges = model.putArray("merges");
        for (Merge merge : merges(pieces, scores, types, ids)) {
            merges.addArray().add(merge.left()).add(merge.right());
        }
        return model;
    }

    private record Merge(float score, int id, String left, String right) {}

    private static List<Merge> merges(
            List<String> pieces, float[] scores, int[] types, Map<String, Integer> ids) {
        List<Merge> merges = new ArrayList<>();
        for (int id = 0; id < types.length; id++) {
            String piece = pieces.get(id);
            if (types[id] != NORMAL || ids.get(piece) != id) {
                continue;
            }
            for (int cut = piece.offsetByCodePoints(0, Math.min(1, piece.length()));
                    cut < piece.length();
                    cut = piece.offsetByCodePoints(cut, 1)) {
                String left = piece.substring(0, cut);
                String right = piece.substring(cut);
                if (isPart(left, types, ids) && isPart(right, types, ids)) {
                    merges.add(new Merge(scores[id], id, left, right));
                }
            }
        }
        merges.sort(
                Comparator.comparingDouble((Merge merge) -> -merge.score())
                        .thenComparingInt(Merge::id));
        return merges;
    }

    private static boolean isPart(String part, int[] types, Map<String, Integer> ids) {
        Integer id = ids.get(part);
        return id != null && types[id] == NORMAL;
    }
}
