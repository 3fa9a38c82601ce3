package io.agilelens.engine.format.gguf;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How byte-level tokenizers cut a text before they merge, by the names that {@code
 * tokenizer.ggml.pre} gives them. Each is a list of regular expressions: every one cuts the pieces
 * of the one before, matches and what lies between them standing alone.
 */
enum PreTokenizer {
    /** What llama.cpp uses where a file names none. */
    DEFAULT(
            List.of("[\\p{P}\\$\\+<=>\\^~\\|]+", Patterns.GPT2, "\\p{N}+", "[0-9][0-9][0-9]"),
            Set.of("default")),
    LLAMA3(
            List.of(Patterns.words("\\p{N}{1,3}")),
            Set.of("llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "lfm2")),
    /** The expressions of LLaMA 3 without its other habits. */
    DBRX(List.of(Patterns.words("\\p{N}{1,3}")), Set.of("dbrx", "smaug-bpe")),
    QWEN2(
            List.of(Patterns.words("\\p{N}")),
            Set.of("qwen2", "deepseek-r1-qwen", "stablelm2", "megrez", "hunyuan")),
    GPT2(
            List.of(Patterns.GPT2),
            Set.of("gpt-2", "phi-2", "mpt", "olmo", "jais", "gigachat", "exaone4", "trillion")),
    DIGITS(
            List.of("\\p{N}", Patterns.GPT2),
            Set.of(
                    "starcoder",
                    "refact",
                    "command-r",
                    "smollm",
                    "codeshell",
                    "exaone",
                    "minerva-7b")),
    FALCON(
            List.of("[\\p{P}\\$\\+<=>\\^~\\|`]+", Patterns.GPT2, "[0-9][0-9][0-9]"),
            Set.of("falcon")),
    BLOOM(List.of(Patterns.BLOOM), Set.of("bloom", "gpt3-finnish", "poro-chat")),
    VIKING(List.of(Patterns.BLOOM, "\\p{N}"), Set.of("viking"));

    /** In a class of their own, for an enum's constants cannot use its static fields. */
    private static final class Patterns {
        static final String GPT2 =
                "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)";
        static final String BLOOM = " ?[^(\\s|.,!?…。，、।۔،)]+";

        static String words(String digits) {
            return "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
                    + digits
                    + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
        }
    }

    /** How GPT-2 cuts texts, which byte-level tokenizers do where they say nothing else. */
    static final String GPT2_EXPRESSION = Patterns.GPT2;

    private static final Map<PreTokenizer, String> USUAL_NAMES =
            Map.of(
                    QWEN2, "qwen2", GPT2, "gpt-2", DIGITS, "smollm", FALCON, "falcon", BLOOM,
                    "bloom", VIKING, "viking", DEFAULT, "default");

    /** How Hugging Face's tokenizers spell what BLOOM's expression means. */
    private static final String BLOOM_SPELLING = " ?[^(\\s|[.,!?…。，、।۔،])]+";

    private final List<String> expressions;
    private final Set<String> names;

    PreTokenizer(List<String> expressions, Set<String> names) {
        this.expressions = expressions;
        this.names = names;
    }

    static Optional<PreTokenizer> named(String name) {
        return Arrays.stream(values()).filter(kind -> kind.names.contains(name)).findFirst();
    }

    /**
     * The usual name of the kind that cuts by some expressions.
     *
     * @param wholePieces whether a piece that is a token is taken whole
     */
    static Optional<String> nameOf(List<String> expressions, boolean wholePieces) {
        List<String> spelled =
                expressions.stream()
                        .map(text -> text.equals(BLOOM_SPELLING) ? Patterns.BLOOM : text)
                        .toList();
        if (spelled.equals(LLAMA3.expressions)) {
            return Optional.of(wholePieces ? "llama-bpe" : "smaug-bpe");
        }
        if (wholePieces) {
            return Optional.empty();
        }
        return USUAL_NAMES.entrySet().stream()
                .filter(entry -> spelled.equals(entry.getKey().expressions))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** Regular expressions, applied one after another. */
    List<String> expressions() {
        return expressions;
    }

    /** Whether a piece that is a token is taken whole, whatever the merges would make of it. */
    boolean ignoresMerges() {
        return this == LLAMA3;
    }

    /** Whether a start token goes in front where the file does not say. */
    boolean addsStart() {
        return this == LLAMA3;
    }
}
