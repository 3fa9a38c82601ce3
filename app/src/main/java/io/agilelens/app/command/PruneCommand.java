package io.agilelens.app.command;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.FloatReference;
import io.agilelens.engine.evaluate.LengthAblation;
import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.PerplexityEvaluator;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.PruningCurve;
import io.agilelens.engine.evaluate.PruningTrace;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.evaluate.WindowAnalyzer;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.PassSize;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.prune.PruningSchedule;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
            paramLabel = "B",
            description = "Share of the tokens that is gone after the last pruned layer.")
    private Double beta;

    @Option(
            names = "--curve",
            arity = "0..1",
            paramLabel = "B,B,…",
            converter = BetaSet.Converter.class,
            fallbackValue = BetaSet.USUAL,
            description =
                    "Loss over sparsity for several β (by default 0 to 0.9), with the best one"
                            + " marked, which is used where --beta is not given.")
    private BetaSet curve;

    @Option(
            names = "--lengths",
            paramLabel = "N,N,…",
            converter = IndexSet.Converter.class,
            description =
                    "Also read the same tokens in windows of several lengths, float, tuned and"
                            + " pruned.")
    private IndexSet lengths;

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
        if (beta == null && curve == null) {
            throw new ParameterException(
                    spec.commandLine(), "give --beta B, or --curve to try several");
        }
        if (lengths != null && lengths.indices().first() < 2) {
            throw new ParameterException(
                    spec.commandLine(), "--lengths names a length below 2: give at least 2");
        }
        PruningRecipe pruning =
                new PruningRecipe(beta == null ? 0 : beta, layers.indices(), score, keepsPositions);
        try (OpenModel open = modelOption.open()) {
            requireLayers(open);
            ObjectNode result = Results.of(open);
            StringBuilder words = new StringBuilder();
            Recipe recipe =
                    curve == null && lengths == null
                            ? run(open, pruning, progress, result, words)
                            : study(open, pruning, progress, result, words);
            Results.addRecipe(result, recipe);
            print(progress, result, words.toString());
        }
        return 0;
    }

    /** What one β does. */
    private Recipe run(
            OpenModel open,
            PruningRecipe pruning,
            TerminalProgress progress,
            ObjectNode result,
            StringBuilder words) {
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
        describe(result, text, schedule, trace, perplexity);
        words.append(text(schedule, trace, perplexity));
        // A bundle keeps its parameters; what prunes is what was asked for here.
        return tuned.recipe().withPruning(pruning);
    }

    /** What several β or several lengths do; each β is fitted anew. */
    private Recipe study(
            OpenModel open,
            PruningRecipe pruning,
            TerminalProgress progress,
            ObjectNode result,
            StringBuilder words) {
        if (open.bundle().isPresent()) {
            throw new UserException(
                    "%s is a native bundle and its parameters are fitted already: give the float model it was made from for --curve and --lengths"
                            .formatted(open.name()));
        }
        TokenWindows text =
                lengths == null
                        ? windowsOption.read(this, open.model(), Protocol.GPTQ)
                        : windowsOption.read(
                                this,
                                open.model(),
                                Protocol.GPTQ,
                                lengths.indices().last(),
                                Integer.MAX_VALUE);
        open.expect(PassSize.window(text.length()));
        result.put("text", text.source());
        windowsOption.describe(result);
        Numerics numerics = open.floats(progress, cancellation);
        Decoder floats = new Decoder(open.model(), open.kernels(), numerics);
        RecipeFitter fitter = open.fitter(recipeOption, numerics);
        Recipe recipe = recipeOption.recipe(open.config().layers()).withPruning(pruning);
        if (curve != null) {
            PruningCurve measured =
                    PruningCurve.measure(
                            fitter,
                            recipe,
                            curve.betas(),
                            new FloatReference(floats, text),
                            progress,
                            cancellation);
            PruningStudies.add(measured, text, result, words);
            if (beta == null) {
                recipe = recipe.withPruning(pruning.withBeta(measured.bestPoint().beta()));
            }
        }
        if (lengths != null) {
            PruningStudies.add(
                    LengthAblation.measure(
                            fitter,
                            recipe,
                            floats,
                            text,
                            lengths.indices(),
                            progress,
                            cancellation),
                    result,
                    words);
        }
        return recipe;
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

    private void describe(
            ObjectNode result,
            TokenWindows text,
            PruningSchedule schedule,
            PruningTrace trace,
            Perplexity perplexity) {
        result.put("text", text.source()).put("beta", schedule.beta());
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
