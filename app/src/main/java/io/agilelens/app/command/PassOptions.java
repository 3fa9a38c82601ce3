package io.agilelens.app.command;

import io.agilelens.engine.UserException;
import io.agilelens.engine.evaluate.generate.PassBenchmark;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.recipe.PruningRecipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which passes are measured. */
final class PassOptions {
    @Option(
            names = "--prompt",
            paramLabel = "N",
            description = "Prompt tokens (default ${DEFAULT-VALUE}).")
    private Integer prompt = 128;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            description = "Tokens decoded behind the prompt (default ${DEFAULT-VALUE}).")
    private Integer tokens = 32;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description =
                    "Each row is measured once a round; medians and spreads are over the rounds"
                            + " (default ${DEFAULT-VALUE}).")
    private Integer rounds = 5;

    @Option(
            names = "--rows",
            split = ",",
            paramLabel = "ROW",
            description =
                    "Of fp32, fp16, w8a8, w4a8, w4a8-trip, w4a4-trip, w4a4-trip-pruned, w4a16"
                            + " (default all). All are in memory at once.")
    private List<String> rows;

    @Option(
            names = "--group",
            paramLabel = "N",
            description =
                    "Inputs that share a scale in the quantized rows (default ${DEFAULT-VALUE})."
                            + " Single products always have groups of 32.")
    private Integer group = BenchRow.USUAL_GROUP;

    @Option(
            names = "--beta",
            paramLabel = "B",
            description =
                    "Share of the tokens that the pruned row loses (default ${DEFAULT-VALUE}).")
    private Double beta = 0.2;

    @Option(
            names = "--layers",
            paramLabel = "LAYERS",
            converter = IndexSet.Converter.class,
            description = "Where the pruned row loses them (default the last third).")
    private IndexSet layers;

    void check(EngineCommand command) {
        command.requirePositive("--prompt", prompt);
        command.requirePositive("--tokens", tokens);
        command.requirePositive("--rounds", rounds);
        command.requirePositive("--group", group);
        for (String row : rows == null ? List.<String>of() : rows) {
            if (!BenchRow.titles().contains(row)) {
                throw new ParameterException(
                        command.spec.commandLine(),
                        "--rows '%s' is not known: give some of %s"
                                .formatted(row, String.join(", ", BenchRow.titles())));
            }
        }
    }

    PassBenchmark benchmark() {
        return new PassBenchmark(prompt, tokens, rounds);
    }

    /** In the order of the table, whatever the order they were given in. */
    List<BenchRow> rows() {
        List<BenchRow> chosen = new ArrayList<>(Arrays.asList(BenchRow.values()));
        chosen.removeIf(row -> rows != null && !rows.contains(row.title()));
        return chosen;
    }

    /** Inputs that share a scale in the quantized rows. */
    int group() {
        return group;
    }

    /**
     * @param why rows, or what they are like, cannot be chosen
     */
    void requireUsualRows(String why) {
        if (rows != null) {
            throw new UserException("--rows cannot be given here: " + why);
        }
        if (group != BenchRow.USUAL_GROUP) {
            throw new UserException("--group cannot be given here: " + why);
        }
    }

    /** Of the pruned row. */
    PruningRecipe pruning(ModelConfig config) {
        if (layers == null) {
            return PruningRecipe.lastThird(beta, config.layers());
        }
        if (layers.indices().last() >= config.layers()) {
            throw new UserException(
                    "--layers names layer %d, the model has layers 0 to %d"
                            .formatted(layers.indices().last(), config.layers() - 1));
        }
        return new PruningRecipe(beta, layers.indices(), TokenScore.START, false);
    }

    void requireContext(ModelConfig config) {
        if (prompt + tokens > config.contextLength()) {
            throw new UserException(
                    "--prompt %d and --tokens %d exceed the model's context of %d: give fewer"
                            .formatted(prompt, tokens, config.contextLength()));
        }
    }
}
