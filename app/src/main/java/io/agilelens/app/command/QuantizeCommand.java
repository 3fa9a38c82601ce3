package io.agilelens.app.command;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.export.ExportFormat;
import io.agilelens.engine.export.ExportReport;
import io.agilelens.engine.export.ExportSource;
import io.agilelens.engine.export.Exporter;
import io.agilelens.engine.recipe.Recipe;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import tools.jackson.databind.node.ObjectNode;

/** Saves a tuned model. */
@Command(
        name = "quantize",
        description = "Writes a tuned model, reads it again and verifies it before it is kept.")
public final class QuantizeCommand extends EngineCommand {
    private static final String NATIVE = "native";
    private static final List<String> PLANNED =
            List.of("awq", "gptq", "compressed-tensors", "gguf");
    private static final int VERIFIED_TOKENS = 128;

    @Mixin private ModelOption modelOption;
    @Mixin private RecipeOption recipeOption;

    @Option(
            names = "--format",
            required = true,
            paramLabel = "native",
            description = "native: everything the recipe says, for this program.")
    private String format;

    @Option(names = "--out", required = true, paramLabel = "PATH", description = "Where to write.")
    private Path target;

    @Option(names = "--replace", description = "Replace what stands there.")
    private boolean replace;

    @Override
    int run(TerminalProgress progress) {
        requireFormat();
        if (!recipeOption.isGiven()) {
            throw new ParameterException(
                    spec.commandLine(), "Missing required option: '--recipe=RECIPE'");
        }
        try (OpenModel open = modelOption.open()) {
            if (open.bundle().isPresent()) {
                throw new UserException(
                        "%s is a native bundle already: quantize the float model it was made from"
                                .formatted(open.name()));
            }
            Recipe recipe = recipeOption.recipe(open.config().layers());
            RecipeFitter fitter = open.fitter(recipeOption, open.floats(progress, cancellation));
            TunedModel tuned = fitter.fit(recipe, progress, cancellation);
            int[] text = fitter.calibration().windows().getFirst();
            ExportReport written =
                    Exporter.write(
                            new ExportSource(
                                    tuned,
                                    fitter.calibration(),
                                    open.precision(),
                                    Arrays.copyOf(text, Math.min(VERIFIED_TOKENS, text.length))),
                            new ExportFormat.Native(),
                            target,
                            replace,
                            progress,
                            cancellation);
            fitter.forgetWork(recipe);
            print(progress, describe(open, recipe, written), text(recipe, written));
        }
        return 0;
    }

    private void requireFormat() {
        String name = format.toLowerCase(Locale.ROOT);
        if (PLANNED.contains(name)) {
            throw new UserException(
                    "--format %s is not in this version: give native".formatted(name));
        }
        if (!name.equals(NATIVE)) {
            throw new ParameterException(
                    spec.commandLine(), "--format '%s' is not known: give native".formatted(name));
        }
    }

    private ObjectNode describe(OpenModel open, Recipe recipe, ExportReport written) {
        ObjectNode result =
                Results.of(open).put("format", NATIVE).put("out", written.target().toString());
        ObjectNode files = result.putObject("files");
        written.files().forEach(files::put);
        result.put("source_weight_bytes", written.sourceBytes())
                .put("weight_bytes", written.weightBytes())
                .put("quantized_weights", written.quantizedWeights());
        put(result, "compression", written.compression());
        put(result, "bits_per_weight", written.bitsPerWeight());
        put(result, "bits_per_quantized_weight", written.bitsPerQuantizedWeight());
        result.putObject("verified")
                .put("tokens", written.logits().tokens())
                .put("logits", "identical");
        result.putArray("not_carried");
        Results.addRecipe(result, recipe);
        return result;
    }

    private static String text(Recipe recipe, ExportReport written) {
        StringBuilder text =
                new StringBuilder("%s: %s%n".formatted(written.target(), recipe.summary()));
        written.files()
                .forEach(
                        (name, bytes) ->
                                text.append(
                                        "  %-24s %s%n"
                                                .formatted(name, InfoCommand.Sizes.bytes(bytes))));
        text.append(
                "%.2f bits a weight over the whole model, %.2f over the quantized linears; %.2f times smaller than the source%n"
                        .formatted(
                                written.bitsPerWeight(),
                                written.bitsPerQuantizedWeight(),
                                written.compression()));
        text.append(
                "verified: logits of %d tokens are identical after reading it again%n"
                        .formatted(written.logits().tokens()));
        return text.toString();
    }
}
