package io.agilelens.app.command;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.DivergenceFinder;
import io.agilelens.engine.evaluate.ErrorBudget;
import io.agilelens.engine.evaluate.FirstDivergence;
import io.agilelens.engine.evaluate.FloatReference;
import io.agilelens.engine.evaluate.LayerSensitivity;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.SiteNoise;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.PassSize;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.Recipe;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.node.ObjectNode;

/** Where a recipe loses its quality. */
@Command(
        name = "diagnose",
        description =
                "Where a recipe loses its quality: by component, by layer and site, by token.")
public final class DiagnoseCommand extends EngineCommand {
    /** Diagnoses run a text many times over. */
    private static final int USUAL_WINDOWS = 8;

    @Mixin private ModelOption modelOption;
    @Mixin private WindowsOption windowsOption;
    @Mixin private RecipeOption recipeOption;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "PARTS",
            converter = PartConverter.class,
            description =
                    "budget, sensitivity, sites, divergence, sqnr; without it all but sites, which"
                            + " takes longest.")
    private List<Part> only = List.of(Part.BUDGET, Part.SENSITIVITY, Part.DIVERGENCE, Part.SQNR);

    @Option(
            names = "--threshold",
            paramLabel = "DB",
            description =
                    "Signal-to-noise ratio in decibels below which a token counts as departed"
                            + " (default 10).")
    private double threshold = DivergenceFinder.USUAL_THRESHOLD;

    /** What is asked about a recipe. */
    private enum Part {
        /** Components of the recipe, each alone on and alone off. */
        BUDGET,
        /** Layers, each alone on and alone off. */
        SENSITIVITY,
        /** Sites of layers likewise. */
        SITES,
        /** The first token, layer and site that departs, and the first prediction that changes. */
        DIVERGENCE,
        /** Signal-to-noise ratios by layer and site. */
        SQNR;

        String title() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    int run(TerminalProgress progress) {
        try (OpenModel open = modelOption.open()) {
            requireFloatModel(open);
            TokenWindows text =
                    windowsOption.read(this, open.model(), Protocol.GPTQ, USUAL_WINDOWS);
            open.expect(PassSize.window(text.length()));
            Recipe recipe =
                    recipeOption.recipe(open.config().layers()).withExecution(Execution.SIMULATED);
            Numerics floats = open.floats(progress, cancellation);
            RecipeFitter fitter = open.fitter(recipeOption, floats);
            Diagnosis diagnosis =
                    new Diagnosis(
                            progress,
                            fitter,
                            recipe,
                            new FloatReference(
                                    new Decoder(open.model(), open.kernels(), floats), text));
            ObjectNode result = Results.of(open).put("text", text.source());
            windowsOption.describe(result);
            result.put("windows", text.windows().size())
                    .put("window", text.length())
                    .put("protocol", text.protocol().title())
                    .put("protocol_description", text.protocol().description());
            DiagnosisText words = new DiagnosisText(open.model().tokenizer(), text);
            words.heading(recipe);
            for (Part part : EnumSet.copyOf(only)) {
                diagnosis.add(part, result, words);
            }
            Results.addRecipe(result, recipe);
            print(progress, result, words.toString());
        }
        return 0;
    }

    private static void requireFloatModel(OpenModel open) {
        if (open.bundle().isPresent()) {
            throw new UserException(
                    "%s is a native bundle, its weights are quantized already: give the float model it was made from, and --recipe"
                            .formatted(open.name()));
        }
    }

    /** Runs what was asked for, the recipe fitted once. */
    private final class Diagnosis {
        private final TerminalProgress progress;
        private final RecipeFitter fitter;
        private final Recipe recipe;
        private final FloatReference reference;
        private TunedModel tuned;

        Diagnosis(
                TerminalProgress progress,
                RecipeFitter fitter,
                Recipe recipe,
                FloatReference reference) {
            this.progress = progress;
            this.fitter = fitter;
            this.recipe = recipe;
            this.reference = reference;
        }

        private TunedModel tuned() {
            if (tuned == null) {
                tuned = fitter.fit(recipe, progress, cancellation);
            }
            return tuned;
        }

        void add(Part part, ObjectNode result, DiagnosisText words) {
            switch (part) {
                case BUDGET -> {
                    ErrorBudget budget =
                            ErrorBudget.measure(fitter, recipe, reference, progress, cancellation);
                    result.set("error_budget", DiagnosisJson.budget(budget));
                    words.budget(budget);
                }
                case SENSITIVITY -> {
                    LayerSensitivity layers =
                            LayerSensitivity.ofLayers(tuned(), reference, progress, cancellation);
                    result.set("layer_sensitivity", DiagnosisJson.sensitivity(layers));
                    words.layers(layers);
                }
                case SITES -> {
                    LayerSensitivity sites =
                            LayerSensitivity.ofSites(tuned(), reference, progress, cancellation);
                    result.set("site_sensitivity", DiagnosisJson.sensitivity(sites));
                    words.sites(sites);
                }
                case DIVERGENCE -> {
                    FirstDivergence first =
                            new DivergenceFinder(tuned(), reference.decoder(), threshold)
                                    .find(reference.text(), progress, cancellation);
                    result.set(
                            "first_divergence",
                            DiagnosisJson.divergence(
                                    first, reference.decoder().model().tokenizer()));
                    words.divergence(first);
                }
                case SQNR -> {
                    List<SiteNoise> noise =
                            SiteNoise.survey(
                                    tuned(),
                                    reference.decoder(),
                                    reference.text(),
                                    progress,
                                    cancellation);
                    result.set("sqnr", DiagnosisJson.noise(noise));
                    words.noise(noise);
                }
            }
        }
    }

    /** Parts by their names. */
    static final class PartConverter implements ITypeConverter<Part> {
        @Override
        public Part convert(String value) {
            for (Part part : Part.values()) {
                if (part.title().equals(value.strip().toLowerCase(Locale.ROOT))) {
                    return part;
                }
            }
            throw new TypeConversionException(
                    "'%s' is no part of a diagnosis: give %s"
                            .formatted(
                                    value,
                                    Arrays.stream(Part.values())
                                            .map(Part::title)
                                            .collect(Collectors.joining(", "))));
        }
    }
}
