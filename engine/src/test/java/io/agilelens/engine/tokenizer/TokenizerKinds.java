package io.agilelens.engine.tokenizer;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Tokenizers that between them use every step that is supported. */
public final class TokenizerKinds {
    private TokenizerKinds() {}

    /**
     * @param byteLevel a {@code tokenizer.json} of the byte-level kind
     */
    public static List<String> of(String byteLevel) {
        return List.of(byteLevel, sentencePiece(byteLevel), everything(byteLevel));
    }

    private static String sentencePiece(String byteLevel) {
        ObjectNode root = parse(byteLevel);
        root.set(
                "normalizer",
                parse(
                        """
                        {"type": "Sequence", "normalizers": [
                          {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
                          {"type": "Strip", "strip_left": true, "strip_right": true},
                          {"type": "Prepend", "prepend": "▁"},
                          {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}
                        """));
        root.putNull("pre_tokenizer");
        root.set(
                "decoder",
                parse(
                        """
                        {"type": "Sequence", "decoders": [
                          {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
                          {"type": "ByteFallback"}, {"type": "Fuse"},
                          {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
                        """));
        ((ObjectNode) root.path("model"))
                .put("unk_token", "<s>")
                .put("fuse_unk", true)
                .put("byte_fallback", true);
        return root.toPrettyString();
    }

    private static String everything(String byteLevel) {
        ObjectNode root = parse(byteLevel);
        root.set(
                "normalizer",
                parse(
                        """
                        {"type": "Sequence", "normalizers": [
                          {"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"},
                          {"type": "NFC"}]}
                        """));
        root.set(
                "pre_tokenizer",
                parse(
                        """
                        {"type": "Sequence", "pretokenizers": [
                          {"type": "Digits", "individual_digits": true},
                          {"type": "Punctuation", "behavior": "Isolated"},
                          {"type": "Split", "pattern": {"Regex": "\\\\s+(?!\\\\S)|\\\\s+|l+o?"},
                            "behavior": "Isolated", "invert": false},
                          {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always",
                            "split": true},
                          {"type": "WhitespaceSplit"},
                          {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
                            "use_regex": true}]}
                        """));
        root.set(
                "post_processor",
                parse(
                        """
                        {"type": "Sequence", "processors": [
                          {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false,
                            "use_regex": true},
                          {"type": "RobertaProcessing", "sep": ["</s>", 257], "cls": ["<s>", 256],
                            "trim_offsets": true, "add_prefix_space": true}]}
                        """));
        root.set(
                "decoder",
                parse(
                        """
                        {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always",
                          "split": true}
                        """));
        return root.toPrettyString();
    }

    private static ObjectNode parse(String json) {
        return (ObjectNode) JsonMapper.shared().readTree(json);
    }
}
