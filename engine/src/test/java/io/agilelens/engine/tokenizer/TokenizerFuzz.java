package io.agilelens.engine.tokenizer;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/**
 * Loads thousands of damaged tokenizers. A program of its own, because what it looks for ends the
 * process: it must reach its last line.
 */
public final class TokenizerFuzz {
    static final String DONE = "done";

    private static final String TEXT = "Hello, the world!  aaa <s> 123 ünï \uD83D\uDC69\n\n";
    private static final String LETTERS = "{}[]\",:0123456789-.eEtfn <s>▁Ġ\\+*()";
    private static final List<String> WORDS =
            List.of(
                    "",
                    "a",
                    "A",
                    "B",
                    "<s>",
                    "ByteLevel",
                    "Sequence",
                    "WordPiece",
                    "Unigram",
                    "Split",
                    "Metaspace",
                    "Strip",
                    "Replace",
                    "Prepend",
                    "FixedLength",
                    "Precompiled",
                    "CTC",
                    "BPEDecoder",
                    "Punctuation",
                    "Digits",
                    "TemplateProcessing",
                    "RobertaProcessing",
                    "Regex",
                    "String",
                    "pattern",
                    "type",
                    "\\\\p{L}+",
                    "Isolated",
                    "Removed",
                    "Contiguous",
                    "first",
                    "always");

    private final Random random;
    private final List<String> seeds;

    private TokenizerFuzz(long seed) {
        this.random = new Random(seed);
        this.seeds = TokenizerKinds.of(TinyModels.tokenizer(TinyModels.SMALLEST_VOCABULARY));
    }

    /**
     * @param arguments a folder to write to, a seed, how many files
     */
    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]).resolve("tokenizer.json");
        TokenizerFuzz fuzz = new TokenizerFuzz(Long.parseLong(arguments[1]));
        int count = Integer.parseInt(arguments[2]);
        int accepted = 0;
        for (int i = 0; i < count; i++) {
            Files.deleteIfExists(file);
            Files.writeString(file, fuzz.damaged());
            accepted += use(file) ? 1 : 0;
        }
        System.out.println(DONE + " " + accepted);
    }

    private static boolean use(Path file) throws IOException {
        DeclaredStart none = new DeclaredStart(false, "", OptionalInt.empty());
        try (Tokenizer tokenizer =
                new HuggingFaceJsonTokenizer(file, Files.readAllBytes(file), none)) {
            for (String text : List.of(TEXT, "", " ", "x".repeat(3000), " \n".repeat(500))) {
                tokenizer.decode(tokenizer.encode(text, true), true);
                tokenizer.decode(tokenizer.encodeLiterally(text), false);
            }
            tokenizer.decode(new int[] {0, 1, 255, 256, 257, 260, 1000}, false);
            return true;
        } catch (UserException refusal) {
            if (refusal.getMessage().contains("\n")) {
                throw new AssertionError(refusal);
            }
            return false;
        }
    }

    private String damaged() {
        StringBuilder text = new StringBuilder(seeds.get(random.nextInt(seeds.size())));
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            int place = place(text);
            switch (random.nextInt(6)) {
                case 0 -> text.setCharAt(place, LETTERS.charAt(random.nextInt(LETTERS.length())));
                case 1 -> text.deleteCharAt(place);
                case 2 -> replaceNumber(text, place);
                case 3 -> replaceFirst(text, place, random.nextBoolean() ? "true" : "false");
                default -> replaceString(text, place);
            }
        }
        return text.toString();
    }

    /** Mostly outside the vocabulary, which is long and dull. */
    private int place(StringBuilder text) {
        int vocabulary = text.indexOf("\"vocab\"");
        int merges = text.indexOf("\"merges\"");
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt(text.length());
            case 1 -> merges < 0 ? 0 : merges + random.nextInt(text.length() - merges);
            default -> random.nextInt(vocabulary < 1 ? text.length() : vocabulary);
        };
    }

    private void replaceNumber(StringBuilder text, int from) {
        int place = from;
        while (place < text.length() && !Character.isDigit(text.charAt(place))) {
            place++;
        }
        if (place < text.length()) {
            String[] numbers = {"0", "1", "-1", "7", "4294967296", "99999999", "0.5", "1e9"};
            text.replace(place, place + 1, numbers[random.nextInt(numbers.length)]);
        }
    }

    private void replaceFirst(StringBuilder text, int from, String word) {
        int place = text.indexOf(word, from);
        if (place >= 0) {
            String[] values = {"true", "false", "null", "0", "\"\"", "[]", "{}"};
            text.replace(place, place + word.length(), values[random.nextInt(values.length)]);
        }
    }

    private void replaceString(StringBuilder text, int from) {
        int begin = text.indexOf("\"", from);
        int end = begin < 0 ? -1 : text.indexOf("\"", begin + 1);
        if (end > 0) {
            text.replace(begin + 1, end, WORDS.get(random.nextInt(WORDS.size())));
        }
    }
}
