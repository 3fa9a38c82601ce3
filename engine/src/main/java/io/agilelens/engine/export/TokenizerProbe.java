package io.agilelens.engine.export;

import io.agilelens.engine.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Compares two tokenizers on short texts in which they may differ. */
final class TokenizerProbe {
    private static final List<String> TEXTS =
            List.of(
                    "",
                    "Hello, world!",
                    "Once upon a time, there was a little girl named Lily.",
                    "It's the cat's, isn't it? They'LL say WE'RE done.",
                    "1 22 333 4444 55555 3.14159 x86_64",
                    "a\nb\n\nc\r\n\td   e",
                    "naïve café Ünïcödé ß",
                    "日本語のテキスト。中文，标点、符号",
                    "🙂 emoji",
                    "def f(x):\n    return x**2 != 3\n",
                    "  two blanks before, two behind  ");

    private TokenizerProbe() {}

    /** A line if they differ. */
    static Optional<String> compare(Tokenizer original, Tokenizer written) {
        List<String> different =
                TEXTS.stream()
                        .filter(
                                text ->
                                        !Arrays.equals(
                                                original.encode(text, true),
                                                written.encode(text, true)))
                        .toList();
        return different.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "the file's tokenizer gives other ids for %d of %d probe texts, such as \"%s\": llama.cpp's rules are not wholly those of this tokenizer"
                                .formatted(
                                        different.size(),
                                        TEXTS.size(),
                                        different.getFirst().replace("\n", "\\n")));
    }
}
