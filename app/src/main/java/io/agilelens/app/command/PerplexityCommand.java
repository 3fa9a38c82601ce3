package io.agilelens.app.command;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.Divergence;
import io.agilelens.engine.evaluate.FloatComparison;
import io.agilelens.engine.evaluate.FloatReference;
import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.PerplexityEvaluator;
import io.agilelens.engine.evaluate.PerplexityTally;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.evaluate.WindowLoss;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.PassSize;
import io.agilelens.engine.model.TokenPruner;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.node.ObjectNode;

/** How well a model predicts a text. */
@Command(name = "perplexity", description = "Perplexity of a text, with its standard error.")
public final class PerplexityCommand extends EngineCommand {
    @Mixin private ModelOption modelOption;
    @Mixin private WindowsOption windowsOption;
    @Mixin private RecipeOption recipeOption;

    @Option(
            names = "--protocol",
            paramLabel = "NAME",
            converter = ProtocolConverter.class,
            description = "gptq (default), llama.cpp or word: how windows are cut and scored.")
    private Protocol protocol = Protocol.GPTQ;

    @Option(
            names = "--kl",
            description = "Also compare with the float model: KL divergence and top-1 agreement.")
    private boolean compare;

    @Option(
            names = "--losses",
            paramLabel = "FILE",
            description = "Also write a table of every token's loss, comma-separated.")
    private Path lossesFile;

    @Option(names = "--replace", description = "Overwrite the table if it exists.")
    private boolean replace;

    @Override
    int run(TerminalProgress progress) {
        try (OpenModel open = modelOption.open()) {
            TokenWindows text = windowsOption.read(this, open.model(), protocol);
            open.expect(PassSize.window(text.length()));
            TunedModel tuned = open.tune(recipeOption, progress, cancellation);
            Evaluation evaluation = new Evaluation(open, tuned, text, progress);
            if (lossesFile == null) {
                evaluation.run((_, _, _, _) -> {});
            } else {
                TokenLosses.write(
                        lossesFile,
                        replace,
                        open.model().tokenizer(),
                        losses -> evaluation.run(losses::add));
            }
            Perplexity perplexity = evaluation.tally.result();
            ObjectNode result = Results.of(open).put("text", text.source());
            windowsOption.describe(result);
            Results.addPerplexity(result, perplexity);
            StringBuilder words = new StringBuilder(text(tuned, perplexity));
            if (compare) {
                put(result, "kl_divergence", perplexity.divergence());
                put(result, "top1_agreement", perplexity.agreement());
                result.set("float", Results.comparison(evaluation.comparison));
                words.append(text(evaluation.comparison));
            }
            if (lossesFile != null) {
                result.put("losses", lossesFile.toString());
            }
            Results.addRecipe(result, tuned.recipe());
            print(progress, result, words.toString());
        }
        return 0;
    }

    /** Hears the losses of each window. */
    @FunctionalInterface
    private interface Listener {
        void scored(int window, int[] ids, WindowLoss loss, WindowLoss floats);
    }

    /** Scores the text, beside the float model if that was asked for. */
    private final class Evaluation {
        private final OpenModel open;
        private final TunedModel tuned;
        private final TokenWindows text;
        private final TerminalProgress progress;
        private final PerplexityTally tally;
        private FloatComparison comparison;

        Evaluation(OpenModel open, TunedModel tuned, TokenWindows text, TerminalProgress progress) {
            this.open = open;
            this.tuned = tuned;
            this.text = text;
            this.progress = progress;
            this.tally = new PerplexityTally(text);
        }

        void run(Listener listener) {
            TokenPruner pruner = tuned.recipe().pruning().pruner();
            if (compare) {
                Decoder floats =
                        new Decoder(
                                open.model(), open.kernels(), open.floats(progress, cancellation));
                comparison =
                        new FloatReference(floats, text)
                                .compare(
                                        "evaluating window",
                                        tuned.decoder(),
                                        pruner,
                                        (window, expected, loss) -> {
                                            tally.add(loss);
                                            listener.scored(
                                                    window, expected.ids(), loss, expected.loss());
                                        },
                                        progress,
                                        cancellation);
                return;
            }
            PerplexityEvaluator evaluator = PerplexityEvaluator.of(tuned.decoder(), pruner);
            int count = text.windows().size();
            for (int window = 0; window < count; window++) {
                progress.report("evaluating window", window, count);
                int[] ids = text.windows().get(window);
                WindowLoss loss = evaluator.score(ids, text.firstScored(window), cancellation);
                tally.add(loss);
                listener.scored(window, ids, loss, null);
            }
        }
    }

    private static String text(TunedModel tuned, Perplexity perplexity) {
        StringBuilder text = new StringBuilder();
        boolean words = perplexity.measure().isPresent();
        text.append(
                "%s: %sperplexity %.4f ± %.4f (nll %.5f over %,d tokens, %d windows of %d, protocol %s, %s)%n"
                        .formatted(
                                tuned.recipe().summary(),
                                words ? "word-level " : "",
                                perplexity.perplexity(),
                                perplexity.standardError(),
                                perplexity.nll(),
                                perplexity.tokens(),
                                perplexity.windows(),
                                perplexity.window(),
                                perplexity.protocol().title(),
                                Results.execution(tuned.recipe())));
        if (perplexity.coverage() < 1) {
            text.append(
                    "over kept positions only, %.1f %% of all; over all positions %.4f%n"
                            .formatted(100 * perplexity.coverage(), perplexity.allPositions()));
        }
        perplexity
                .measure()
                .ifPresent(
                        measure ->
                                text.append(
                                        "%,d words and %,d bytes were read: %.3f predictions a word, %.4f bits a byte%n"
                                                .formatted(
                                                        measure.words(),
                                                        measure.bytes(),
                                                        measure.predictionsPerWord(),
                                                        perplexity.allNll()
                                                                * measure.predictionsPerByte()
                                                                / Math.log(2))));
        text.append(
                "protocol %s: %s%n"
                        .formatted(
                                perplexity.protocol().title(),
                                perplexity.protocol().description()));
        return text.toString();
    }

    private static String text(FloatComparison comparison) {
        Divergence divergence = comparison.divergence();
        return """
        beside the float model, %,d positions: nll %+.5f ± %.5f over all of them, perplexity %+.2f %%
        KL divergence %.5f ± %.5f nats; median %.5f, 90 %% below %.5f, 99 %% below %.5f, largest %.3f (window %d, position %d)
        same most likely token at %.2f ± %.2f %% of the kept positions
        """
                .formatted(
                        comparison.positions(),
                        comparison.change(),
                        comparison.changeError(),
                        100 * comparison.perplexityChange(),
                        divergence.mean(),
                        divergence.standardError(),
                        divergence.median(),
                        divergence.ninetieth(),
                        divergence.ninetyNinth(),
                        divergence.largest(),
                        divergence.largestWindow(),
                        divergence.largestPosition(),
                        100 * divergence.agreement(),
                        100 * divergence.agreementError());
    }

    /** Protocols by the names people know. */
    static final class ProtocolConverter implements ITypeConverter<Protocol> {
        @Override
        public Protocol convert(String value) {
            for (Protocol protocol : Protocol.values()) {
                if (protocol.title().equals(value.toLowerCase(Locale.ROOT))) {
                    return protocol;
                }
            }
            throw new TypeConversionException(
                    "'%s' is no protocol: give %s"
                            .formatted(
                                    value,
                                    Arrays.stream(Protocol.values())
                                            .map(Protocol::title)
                                            .collect(Collectors.joining(", "))));
        }
    }
}
