package io.agilelens.engine.export;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A {@code tokenizer.json} that needs no training: a token for each byte, a start and an end token,
 * and placeholders up to the size that the model's embedding has.
 */
final class ByteTokenizer {
    /** The id of {@code <s>}; bytes come before it. */
    static final int START = 256;

    /** The id of {@code </s>}. */
    static final int END = 257;

    static final int SMALLEST_VOCABULARY = 258;

    private ByteTokenizer() {}

    static ObjectNode json(int vocabulary) {
        if (vocabulary < SMALLEST_VOCABULARY) {
            throw new IllegalArgumentException(
                    "a byte-level vocabulary has at least " + SMALLEST_VOCABULARY + " tokens");
        }
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("version", "1.0");
        root.putNull("truncation");
        root.putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        special(added.addObject(), "<s>", START);
        special(added.addObject(), "</s>", END);
        root.putNull("normalizer");
        byteLevel(root.putObject("pre_tokenizer"));
        ObjectNode template = root.putObject("post_processor").put("type", "TemplateProcessing");
        part(part(template.putArray("single"), "SpecialToken", "<s>"), "Sequence", "A");
        part(part(template.putArray("pair"), "Sequence", "A"), "Sequence", "B");
        ObjectNode start = template.putObject("special_tokens").putObject("<s>").put("id", "<s>");
        start.putArray("ids").add(START);
        start.putArray("tokens").add("<s>");
        byteLevel(root.putObject("decoder"));
        ObjectNode model = root.putObject("model").put("type", "BPE");
        model.putNull("dropout");
        model.putNull("unk_token");
        model.put("fuse_unk", false).put("byte_fallback", false);
        ObjectNode vocab = model.putObject("vocab");
        int placeholder = 0x100;
        for (int value = 0; value < START; value++) {
            vocab.put(Character.toString(isPlain(value) ? value : placeholder++), value);
        }
        vocab.put("<s>", START).put("</s>", END);
        for (int id = SMALLEST_VOCABULARY; id < vocabulary; id++) {
            vocab.put("<unused%d>".formatted(id), id);
        }
        model.putArray("merges");
        return root;
    }

    /** Bytes that stand for themselves in byte-level vocabularies; others stand from U+0100 on. */
    private static boolean isPlain(int value) {
        return value >= 0x21 && value <= 0x7E || value >= 0xA1 && value <= 0xAC || value >= 0xAE;
    }

    private static void special(ObjectNode token, String content, int id) {
        token.put("id", id).put("content", content).put("special", true);
        for (String flag : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
            token.put(flag, false);
        }
    }

    private static ArrayNode part(ArrayNode parts, String kind, String id) {
        parts.addObject().putObject(kind).put("id", id).put("type_id", 0);
        return parts;
    }

    private static void byteLevel(ObjectNode step) {
        step.put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
    }
}
