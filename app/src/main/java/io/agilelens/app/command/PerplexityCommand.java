package io.agilelens.app.command;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.PerplexityEvaluator;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.PassSize;
import io.agilelens.engine.model.TokenPruner;
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
            description = "gptq (default) or llama.cpp: how windows are cut and scored.")
    private Protocol protocol = Protocol.GPTQ;

    @Option(
            names = "--kl",
            description = "Also compare with the float model: KL divergence and top-1 agreement.")
    private boolean compare;

    @Override
    int run(TerminalProgress progress) {
        try (OpenModel open = modelOption.open()) {
            TokenWindows text = windowsOption.read(this, open.model(), protocol);
            open.expect(PassSize.window(text.length()));
            TunedModel tuned = open.tune(recipeOption, progress, cancellation);
            TokenPruner pruner = tuned.recipe().pruning().pruner();
            PerplexityEvaluator evaluator =
                    compare
                            ? PerplexityEvaluator.against(
                                    reference(open, progress), tuned.decoder(), pruner)
                            : PerplexityEvaluator.of(tuned.decoder(), pruner);
            Perplexity perplexity = evaluator.evaluate(text, _ -> {}, progress, cancellation);
            print(progress, describe(open, tuned, text, perplexity), text(tuned, perplexity));
        }
        return 0;
    }

    private Decoder reference(OpenModel open, TerminalProgress progress) {
        Numerics floats = open.floats(progress, cancellation);
        return new Decoder(open.model(), open.kernels(), floats);
    }

    private ObjectNode describe(
            OpenModel open, TunedModel tuned, TokenWindows text, Perplexity perplexity) {
        ObjectNode result = Results.of(open).put("text", text.source());
        windowsOption.describe(result);
        Results.addPerplexity(result, perplexity);
        if (compare) {
            put(result, "kl_divergence", perplexity.divergence());
            put(result, "top1_agreement", perplexity.agreement());
        }
        Results.addRecipe(result, tuned.recipe());
        return result;
    }

    private String text(TunedModel tuned, Perplexity perplexity) {
        StringBuilder text = new StringBuilder();
        text.append(
                "%s: perplexity %.4f ± %.4f (nll %.5f over %,d tokens, %d windows of %d, protocol %s, %s)%n"
                        .formatted(
                                tuned.recipe().summary(),
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
        if (compare) {
            text.append(
                    "KL divergence from the float model %.5f nats, same most likely token at %.2f %%%n"
                            .formatted(perplexity.divergence(), 100 * perplexity.agreement()));
        }
        return text.toString();
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
                                            .collect(Collectors.joining(" or "))));
        }
    }
}
