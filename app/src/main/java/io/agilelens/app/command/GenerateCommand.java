package io.agilelens.app.command;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.generate.Generation;
import io.agilelens.engine.evaluate.generate.Sampling;
import io.agilelens.engine.evaluate.generate.TextGenerator;
import io.agilelens.engine.model.PassSize;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Continues a prompt. */
@Command(name = "generate", description = "Continues a prompt and tells how fast.")
public final class GenerateCommand extends EngineCommand {
    @Mixin private ModelOption modelOption;
    @Mixin private RecipeOption recipeOption;

    @Option(
            names = "--prompt",
            required = true,
            paramLabel = "TEXT",
            description = "What to continue.")
    private String prompt;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            description = "Most tokens to generate (default ${DEFAULT-VALUE}).")
    private Integer tokens = 128;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "0 takes the most likely token every time (default).")
    private double temperature;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the draws (default 0).")
    private long seed;

    @Override
    int run(TerminalProgress progress) {
        requirePositive("--tokens", tokens);
        Sampling sampling = new Sampling(temperature, seed);
        try (OpenModel open = modelOption.open()) {
            int[] ids = open.model().tokenizer().encode(prompt, true);
            open.expect(PassSize.generation(ids.length, tokens));
            TunedModel tuned = open.tune(recipeOption, progress, cancellation);
            progress.close();
            if (!json) {
                output().print(prompt);
                output().flush();
            }
            Generation generation =
                    new TextGenerator(tuned.decoder(), tuned.recipe().pruning().pruner())
                            .generate(ids, tokens, sampling, this::stream, cancellation);
            ObjectNode result = describe(open, tuned, generation);
            if (json) {
                print(progress, result, "");
            } else {
                output().println();
                output().flush();
                errors().println(speed(generation));
                errors().flush();
            }
        }
        return 0;
    }

    /** Prints a piece; a reader that has gone away ends the generation. */
    private boolean stream(String piece) {
        if (json) {
            return true;
        }
        output().print(piece);
        return !output().checkError();
    }

    private ObjectNode describe(OpenModel open, TunedModel tuned, Generation generation) {
        ObjectNode result =
                Results.of(open)
                        .put("recipe", tuned.recipe().summary())
                        .put("prompt", prompt)
                        .put("text", generation.text())
                        .put("prompt_tokens", generation.prompt().length)
                        .put("tokens", generation.ids().length);
        ArrayNode ids = result.putArray("ids");
        Arrays.stream(generation.ids()).forEach(ids::add);
        result.put("stopped_by", generation.end().name().toLowerCase(Locale.ROOT));
        put(result, "prefill_tokens_per_second", generation.prefillSpeed());
        put(result, "decode_tokens_per_second", generation.decodeSpeed());
        result.put("cache_bytes", generation.cacheBytes());
        return result;
    }

    private static String speed(Generation generation) {
        String prefill =
                "%d prompt tokens at %.1f tokens/s"
                        .formatted(generation.prompt().length, generation.prefillSpeed());
        String decode =
                generation.steps() == 0
                        ? ""
                        : ", %d generated at %.1f tokens/s"
                                .formatted(generation.ids().length, generation.decodeSpeed());
        return "%s%s, key/value cache %s"
                .formatted(prefill, decode, InfoCommand.Sizes.bytes(generation.cacheBytes()));
    }
}
