package io.agilelens.app.command;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.PerplexityEvaluator;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.PruningTrace;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.evaluate.WindowAnalyzer;
import io.agilelens.engine.model.PassSize;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.prune.PruningSchedule;
import io.agilelens.engine.recipe.PruningRecipe;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What token pruning removes and costs. */
@Command(
        name = "prune",
        description =
                "Survivors, γ and sparsity by layer, and the loss over kept and all positions.")
public final class PruneCommand extends EngineCommand {
    @Mixin private ModelOption modelOption;
    @Mixin private WindowsOption windowsOption;
    @Mixin private RecipeOption recipeOption;

    @Option(
            names = "--beta",
            required = true,
            paramLabel = "B",
            description = "Share of the tokens that is gone after the last pruned layer.")
    private double beta;

    @Option(
            names = "--layers",
            required = true,
            paramLabel = "3-5",
            converter = IndexSet.Converter.class,
            description = "Layers that prune, counted from 0.")
    private IndexSet layers;

    @Option(
            names = "--score",
            paramLabel = "start|received",
            description = "What makes a token important (default start).")
    private TokenScore score = TokenScore.START;

    @Option(
            names = "--original-positions",
            description = "Survivors keep their positions instead of being numbered anew.")
    private boolean keepsPositions;

    @Override
    int run(TerminalProgress progress) {
        PruningRecipe pruning = new PruningRecipe(beta, layers.indices(), score, keepsPositions);
        try (OpenModel open = modelOption.open()) {
            requireLayers(open);
            TokenWindows text = windowsOption.read(this, open.model(), Protocol.GPTQ);
            open.expect(PassSize.window(text.length()));
            TunedModel tuned = tune(open, pruning, progress);
            PruningSchedule schedule = pruning.schedule();
            Perplexity perplexity =
                    PerplexityEvaluator.of(tuned.decoder(), pruning.pruner())
                            .evaluate(text, _ -> {}, progress, cancellation);
            PruningTrace trace =
                    WindowAnalyzer.analyze(
                                    tuned.decoder(),
                                    pruning.pruner(),
                                    text.windows().getFirst(),
                                    -1,
                                    cancellation)
                            .pruning();
            ObjectNode result = describe(open, text, schedule, trace, perplexity);
            // A bundle keeps its parameters; what prunes is what was asked for here.
            Results.addRecipe(result, tuned.recipe().withPruning(pruning));
            print(progress, result, text(schedule, trace, perplexity));
        }
        return 0;
    }

    private void requireLayers(OpenModel open) {
        if (layers.indices().last() >= open.config().layers()) {
            throw new UserException(
                    "--layers names layer %d: the model has layers 0…%d"
                            .formatted(layers.indices().last(), open.config().layers() - 1));
        }
    }

    private TunedModel tune(OpenModel open, PruningRecipe pruning, TerminalProgress progress) {
        if (open.bundle().isPresent()) {
            return open.tune(recipeOption, progress, cancellation);
        }
        return open.fitter(recipeOption, open.floats(progress, cancellation))
                .fit(
                        recipeOption.recipe(open.config().layers()).withPruning(pruning),
                        progress,
                        cancellation);
    }

    private ObjectNode describe(
            OpenModel open,
            TokenWindows text,
            PruningSchedule schedule,
            PruningTrace trace,
            Perplexity perplexity) {
        ObjectNode result =
                Results.of(open).put("text", text.source()).put("beta", schedule.beta());
        windowsOption.describe(result);
        put(result, "gamma", schedule.gamma());
        put(result, "sparsity", trace.sparsity());
        ArrayNode layers = result.putArray("layers");
        int entered = trace.tokens();
        for (int layer = 0; layer < trace.layers(); layer++) {
            int survivors = trace.alive(layer);
            layers.addObject()
                    .put("layer", layer)
                    .put("prunes", schedule.prunes(layer))
                    .put("entered", entered)
                    .put("survivors", survivors);
            entered = survivors;
        }
        ArrayNode removed = result.putArray("removed_in_first_window");
        IntStream.range(0, trace.tokens())
                .filter(position -> trace.layerOfRemoval(position) >= 0)
                .forEach(
                        position ->
                                removed.addObject()
                                        .put("position", position)
                                        .put("layer", trace.layerOfRemoval(position)));
        put(result, "nll_kept", perplexity.nll());
        put(result, "nll_all", perplexity.allNll());
        Results.addPerplexity(result, perplexity);
        return result;
    }

    private static String text(
            PruningSchedule schedule, PruningTrace trace, Perplexity perplexity) {
        StringBuilder text =
                new StringBuilder(
                        "β %s over %d layers: γ %.5f, sparsity %.4f%n"
                                .formatted(
                                        schedule.beta(),
                                        schedule.layers().size(),
                                        schedule.gamma(),
                                        trace.sparsity()));
        for (int layer = 0; layer < trace.layers(); layer++) {
            text.append(
                    "layer %3d %s %5d of %d tokens%n"
                            .formatted(
                                    layer,
                                    schedule.prunes(layer) ? "prunes to" : "keeps    ",
                                    trace.alive(layer),
                                    trace.tokens()));
        }
        text.append(
                "nll %.5f over kept positions (%.1f %%), %.5f over all; %,d tokens, %d windows, protocol %s%n"
                        .formatted(
                                perplexity.nll(),
                                100 * perplexity.coverage(),
                                perplexity.allNll(),
                                perplexity.tokens(),
                                perplexity.windows(),
                                perplexity.protocol().title()));
        return text.toString();
    }
}
