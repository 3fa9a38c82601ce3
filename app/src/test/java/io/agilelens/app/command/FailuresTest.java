package io.agilelens.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.app.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong is told in one line, with the right exit status. */
class FailuresTest {
    @TempDir static Path folder;
    private static Path model;

    @BeforeAll
    static void write() throws IOException {
        model = CommandRun.tinyModel(folder);
        Files.writeString(folder.resolve("text.txt"), "some words ".repeat(100));
        Files.writeString(folder.resolve("recipe.json"), "{\"wieghts\":{}}");
        Files.createDirectory(folder.resolve("empty"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    2 | Missing required parameter: 'MODEL'   | info
                    2 | Unknown option: '--bogus'             | info MODEL --bogus
                    2 | Missing required option               | perplexity MODEL
                    2 | no list of numbers                    | prune MODEL --text TEXT --beta 0.1 --layers 5-3
                    2 | no list of numbers                    | prune MODEL --text TEXT --beta 0.1 --layers x
                    2 | no list of token ids                  | logits MODEL --ids 1;2 --out F
                    2 | --window is 0                         | perplexity MODEL --text TEXT --window 0
                    2 | is no protocol                        | perplexity MODEL --text TEXT --protocol other
                    2 | size 'huge' is not known              | synthesize huge --arch llama --out OUT
                    2 | Missing required option: '--recipe    | quantize MODEL --format native --out OUT
                    2 | is not known: give native, awq, gptq  | quantize MODEL --recipe FP --format zip --out OUT
                    2 | --type is for --format gguf only      | quantize MODEL --recipe FP --format awq --type f16 --out OUT
                    2 | is not known: give f16, q8_0, q4_0    | quantize MODEL --recipe FP --format gguf --type q9 --out OUT
                    2 | is not known: give 1, 2               | quantize MODEL --recipe FP --format gptq --gptq-version 3 --out OUT
                    2 | give pack-quantized, int-quantized    | quantize MODEL --recipe FP --format compressed-tensors --layout x --out OUT
                    1 | does not exist                        | info NOWHERE
                    1 | is empty                              | info EMPTY
                    1 | does not exist                        | perplexity MODEL --text NOWHERE
                    1 | fill no window of                     | perplexity MODEL --text TEXT --window 100000
                    1 | is a folder                           | tokenize MODEL --text EMPTY
                    1 | 'wieghts'                             | perplexity MODEL --text TEXT --recipe RECIPE
                    1 | neither a file nor a preset           | perplexity MODEL --text TEXT --recipe W3A5
                    1 | pruning.beta                          | prune MODEL --text TEXT --beta 1.5 --layers 1
                    1 | has layers 0…2                        | prune MODEL --text TEXT --beta 0.1 --layers 1-3
                    1 | outside the vocabulary                | logits MODEL --ids 5,99999 --out OUT
                    1 | temperature                           | generate MODEL --prompt a --temperature -1
                    1 | weights.method is none                | quantize MODEL --recipe FP --format awq --out OUT
                    2 | --arch 'mamba' is not known           | synthesize 110m --arch mamba --out OUT
                    1 | is no folder                          | conformance TEXT
                    1 | exceed the model's context            | bench MODEL --prompt 5000
                    1 | there is no sample                    | info sample:nobody
                    1 | neither a command nor a model         | NOWHERE
                    """)
    void tellsInOneLine(int status, String part, String line) {
        Object[] words = List.of(line.strip().split(" +")).toArray();
        for (int i = 0; i < words.length; i++) {
            words[i] =
                    switch (words[i].toString()) {
                        case "MODEL" -> model;
                        case "TEXT" -> folder.resolve("text.txt");
                        case "RECIPE" -> folder.resolve("recipe.json");
                        case "EMPTY" -> folder.resolve("empty");
                        case "NOWHERE" -> folder.resolve("nowhere");
                        case "OUT" -> folder.resolve("out");
                        default -> words[i];
                    };
        }
        String failure = CommandRun.of(words).failure(status);
        assertTrue(failure.startsWith("agilelens: "), failure);
        assertTrue(failure.contains(part.strip().replace("'wieghts'", "wieghts")), failure);
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void showsTheStackTraceOnlyWhenAsked() {
        CommandRun run = CommandRun.of("info", folder.resolve("nowhere"), "--debug");
        assertEquals(1, run.status());
        assertTrue(run.errors().contains("\tat io.agilelens"), run.errors());
    }

    @Test
    void helpAndVersionGoToStandardOutput() {
        assertEquals(0, CommandRun.of("--help").status());
        assertTrue(CommandRun.of("--help").output().contains("perplexity"));
        assertTrue(CommandRun.of("perplexity", "--help").output().contains("--max-windows"));
        assertTrue(CommandRun.of("--version").output().startsWith("AgileLens "));
    }
}
