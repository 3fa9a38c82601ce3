package io.agilelens.engine.tokenizer;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * What a {@code tokenizer.json} must look like before the native library sees it. That library ends
 * the whole process on some files that are merely wrong: a template that names an unknown token, a
 * chunk length of zero, a regular expression that backtracks for ever. So only the steps that
 * LLaMA, OPT and BLOOM tokenizers are made of go through, and those only if they are sound.
 */
final class TokenizerRules {
    /** A stage of the pipeline, the key of its inner steps, and the kinds of step it may have. */
    private enum Stage {
        NORMALIZER(
                "normalizer",
                "normalizers",
                Set.of(
                        "Replace",
                        "Prepend",
                        "Strip",
                        "NFC",
                        "NFD",
                        "NFKC",
                        "NFKD",
                        "Lowercase",
                        "StripAccents")),
        PRE_TOKENIZER(
                "pre_tokenizer",
                "pretokenizers",
                Set.of(
                        "ByteLevel",
                        "Split",
                        "Metaspace",
                        "Digits",
                        "Whitespace",
                        "WhitespaceSplit",
                        "Punctuation")),
        POST_PROCESSOR(
                "post_processor",
                "processors",
                Set.of("ByteLevel", "TemplateProcessing", "RobertaProcessing", "BertProcessing")),
        DECODER(
                "decoder",
                "decoders",
                Set.of("ByteLevel", "Replace", "ByteFallback", "Fuse", "Strip", "Metaspace"));

        private final String key;
        private final String innerKey;
        private final Set<String> kinds;

        Stage(String key, String innerKey, Set<String> kinds) {
            this.key = key;
            this.innerKey = innerKey;
            this.kinds = kinds;
        }
    }

    private final Path path;

    private TokenizerRules(Path path) {
        this.path = path;
    }

    /**
     * @param path where it was read, for messages
     * @throws UserException if something is unsound or not supported
     */
    static void check(JsonNode root, Path path) {
        TokenizerRules rules = new TokenizerRules(path);
        for (Stage stage : Stage.values()) {
            JsonNode step = root.path(stage.key);
            if (!isAbsent(step)) {
                rules.checkStep(stage, step);
            }
        }
        rules.checkModel(root.path("model"));
    }

    private void checkStep(Stage stage, JsonNode step) {
        String type = step.path("type").asString("");
        if (type.equals("Sequence")) {
            JsonNode inner = step.path(stage.innerKey);
            if (!inner.isArray()) {
                throw wrong("%s: a Sequence needs %s".formatted(stage.key, stage.innerKey));
            }
            for (JsonNode innerStep : inner) {
                checkStep(stage, innerStep);
            }
            return;
        }
        if (!stage.kinds.contains(type)) {
            throw unsupported(
                    "%s '%s'".formatted(stage.key, Printable.of(type)),
                    String.join(", ", new TreeSet<>(stage.kinds)));
        }
        if (type.equals("TemplateProcessing")) {
            checkTemplate(step, "single", Set.of("A"));
            checkTemplate(step, "pair", Set.of("A", "B"));
        }
        // The library strips more from the end than an empty piece has.
        if (stage == Stage.DECODER
                && type.equals("Strip")
                && !step.path("stop").asString("").equals("0")) {
            throw unsupported("decoder 'Strip' with a stop", "a stop of 0");
        }
        if (step.has("pattern")) {
            checkPattern(stage, step.path("pattern"));
        }
    }

    private void checkTemplate(JsonNode step, String form, Set<String> sequences) {
        JsonNode known = step.path("special_tokens");
        for (JsonNode part : step.path(form)) {
            String token = part.path("SpecialToken").path("id").asString("");
            String sequence = part.path("Sequence").path("id").asString("");
            if (!known.has(token) && !sequences.contains(sequence)) {
                throw wrong(
                        "post_processor: the template '%s' uses '%s', which it does not define"
                                .formatted(form, Printable.of(token + sequence)));
            }
        }
    }

    private void checkPattern(Stage stage, JsonNode pattern) {
        if (pattern.path("Regex").isString()) {
            String regex = pattern.path("Regex").stringValue();
            Optional<String> danger = RegexRules.danger(regex);
            if (danger.isPresent()) {
                throw wrong(
                        "%s: the regular expression '%s' %s"
                                .formatted(stage.key, Printable.of(regex), danger.get()));
            }
        } else if (!pattern.path("String").isString()) {
            throw wrong(stage.key + ": a pattern must be a String or a Regex");
        }
    }

    private void checkModel(JsonNode model) {
        String type = model.path("type").asString("BPE");
        if (!type.equals("BPE")) {
            throw unsupported("model '%s'".formatted(Printable.of(type)), "BPE");
        }
        for (Map.Entry<String, JsonNode> entry : model.properties()) {
            JsonNode value = entry.getValue();
            switch (entry.getKey()) {
                case "continuing_subword_prefix", "end_of_word_suffix" -> {
                    if (!isAbsent(value) && !value.asString("?").isEmpty()) {
                        throw unsupported("model '%s'".formatted(entry.getKey()), "none");
                    }
                }
                case "dropout" -> {
                    if (!isAbsent(value) && value.asDouble(1) != 0) {
                        throw wrong("model: dropout makes ids a matter of chance, it must be null");
                    }
                }
                default -> {}
            }
        }
    }

    private static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private UserException unsupported(String what, String supported) {
        return new UserException(
                "%s has the %s, which is not supported; supported: %s"
                        .formatted(Printable.of(path), what, supported));
    }

    private UserException wrong(String what) {
        return new UserException(
                "%s cannot be used as a tokenizer: %s; mend it or get the file again"
                        .formatted(Printable.of(path), what));
    }
}
