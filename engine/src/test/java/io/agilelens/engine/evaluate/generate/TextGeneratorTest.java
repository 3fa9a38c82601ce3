package io.agilelens.engine.evaluate.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.Golden;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.task.Cancellation;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextGeneratorTest {
    private static final int[] PROMPT = {TinyModels.START, 'a', 'b'};

    @TempDir Path folder;

    @Test
    void continuesAsThePublishedProgramDoes() {
        Golden golden = Golden.open("goldens", "stories260k");
        int[] expected = golden.ints("greedy_ids");
        int prompt = golden.manifest().path("greedy_prompt_len").intValue();
        try (Model model = Model.open(Checkpoints.open(Golden.model("stories260k")))) {
            Generation generation =
                    generator(model)
                            .generate(
                                    Arrays.copyOf(expected, prompt),
                                    expected.length - prompt,
                                    Sampling.GREEDY,
                                    _ -> true,
                                    Cancellation.never());
            assertArrayEquals(
                    Arrays.copyOfRange(expected, prompt, expected.length), generation.ids());
            String text = golden.manifest().path("greedy_text").stringValue();
            assertEquals(text.strip(), generation.text().strip());
            assertEquals(Generation.End.LIMIT, generation.end());
        }
    }

    @Test
    void tellsEveryPieceOfTheTextOnce() {
        try (Model model = tiny()) {
            StringBuilder told = new StringBuilder();
            Generation generation =
                    generator(model)
                            .generate(
                                    PROMPT,
                                    30,
                                    new Sampling(2, 11),
                                    piece -> {
                                        told.append(piece);
                                        return true;
                                    },
                                    Cancellation.never());
            assertEquals(generation.text(), told.toString());
        }
    }

    @Test
    void drawsTheSameTokensFromTheSameSeed() {
        try (Model model = tiny()) {
            int[] first = ids(model, new Sampling(1, 1));
            assertArrayEquals(first, ids(model, new Sampling(1, 1)));
            assertTrue(!Arrays.equals(first, ids(model, new Sampling(1, 2))));
        }
    }

    @Test
    void aLowTemperatureComesCloseToTheMostLikelyToken() {
        try (Model model = tiny()) {
            assertArrayEquals(ids(model, Sampling.GREEDY), ids(model, new Sampling(1e-4, 5)));
        }
    }

    @Test
    void stopsWhenTheContextIsFull() {
        try (Model model = tiny()) {
            Generation generation =
                    generator(model)
                            .generate(
                                    PROMPT,
                                    10_000,
                                    new Sampling(1, 3),
                                    _ -> true,
                                    Cancellation.never());
            assertTrue(
                    generation.end() == Generation.End.END_TOKEN
                            || generation.ids().length + PROMPT.length
                                    == model.config().contextLength());
        }
    }

    @Test
    void stopsWhenTheListenerHasEnough() {
        try (Model model = tiny()) {
            Generation generation =
                    generator(model)
                            .generate(
                                    PROMPT, 50, Sampling.GREEDY, _ -> false, Cancellation.never());
            assertTrue(generation.ids().length < 50);
        }
    }

    @Test
    void refusesWhatCannotBeContinued() {
        try (Model model = tiny()) {
            assertThrows(UserException.class, () -> ids(model, new Sampling(Double.NaN, 0)));
            assertThrows(
                    UserException.class,
                    () ->
                            generator(model)
                                    .generate(
                                            new int[500],
                                            1,
                                            Sampling.GREEDY,
                                            _ -> true,
                                            Cancellation.never()));
        }
    }

    private Model tiny() {
        TinyModels.Dimensions dimensions = TinyModels.Dimensions.small();
        Path model = folder.resolve("model.safetensors");
        if (!java.nio.file.Files.exists(model)) {
            TinyModels.write(folder, dimensions);
        }
        return Model.open(Checkpoints.open(folder));
    }

    private static int[] ids(Model model, Sampling sampling) {
        return generator(model)
                .generate(PROMPT, 20, sampling, _ -> true, Cancellation.never())
                .ids();
    }

    private static TextGenerator generator(Model model) {
        return new TextGenerator(FloatDecoders.of(model), TokenPruner.NONE);
    }
}
