package io.agilelens.views;

import io.agilelens.engine.Golden;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.DivergenceFinder;
import io.agilelens.engine.evaluate.ErrorBudget;
import io.agilelens.engine.evaluate.FloatReference;
import io.agilelens.engine.evaluate.LayerSensitivity;
import io.agilelens.engine.evaluate.LengthAblation;
import io.agilelens.engine.evaluate.PerplexityEvaluator;
import io.agilelens.engine.evaluate.PerplexityTally;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.PruningCurve;
import io.agilelens.engine.evaluate.SiteNoise;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.evaluate.WindowAnalysis;
import io.agilelens.engine.evaluate.WindowAnalyzer;
import io.agilelens.engine.evaluate.WindowLoss;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.HeapRoom;
import io.agilelens.engine.model.MemoryEstimate;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.PassSize;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.recipe.Preset;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.DType;
import io.agilelens.views.workbench.Departures;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.Quality;
import io.agilelens.views.workbench.Studies;
import io.agilelens.views.workbench.Study;
import io.agilelens.views.workbench.Subject;
import io.agilelens.views.workbench.WindowComparison;
import io.agilelens.views.workbench.Workbench;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;

/** A small opened model with real numbers in it, for tests of views. Built once a JVM. */
public final class ComparisonFixture {
    private static ComparisonFixture tiny;

    private final OpenedModel opened;
    private final RecipeFitter fitter;

    private ComparisonFixture(Model model, String title, TokenWindows text, List<int[]> windows) {
        Kernels kernels = KernelProvider.current().kernels();
        FloatNumerics floats =
                new FloatNumerics(
                        model, kernels, WeightPrecision.FP32, Progress.NONE, Cancellation.never());
        fitter = new RecipeFitter(model, kernels, floats, new Calibration("test", windows));
        opened =
                new OpenedModel(
                        Subject.of(title),
                        title,
                        model,
                        new Decoder(model, kernels, floats),
                        MemoryEstimate.of(
                                model,
                                floats.placement(),
                                PassSize.window(text.length()),
                                HeapRoom.now(0)),
                        text,
                        "test",
                        Preset.forLayers(model.config().layers()));
    }

    /** Random weights: 4 layers, 4 heads, 32 channels, 3 windows of 96 random bytes. */
    public static synchronized ComparisonFixture tiny() {
        if (tiny == null) {
            TinyModels.Dimensions dimensions =
                    new TinyModels.Dimensions(
                            TinyModels.SMALLEST_VOCABULARY,
                            32,
                            4,
                            4,
                            2,
                            64,
                            128,
                            false,
                            DType.F32,
                            7);
            Model model =
                    Model.open(Checkpoints.open(TinyModels.write(temporaryFolder(), dimensions)));
            TokenWindows text = TokenWindows.of("test", randomIds(288), Protocol.GPTQ, 96, 3);
            tiny = new ComparisonFixture(model, "tiny", text, text.windows());
        }
        return tiny;
    }

    /** The reference kit's trained model on its stories; skips the test where there is no kit. */
    public static ComparisonFixture stories() {
        Golden golden = Golden.open("ppl");
        Model model = Model.open(Checkpoints.open(Golden.model("stories260k")));
        int[] calibration = golden.ints("calib_ids");
        return new ComparisonFixture(
                model,
                "stories260k",
                TokenWindows.of("stories", golden.ints("stories_ids"), Protocol.GPTQ, 512, 5),
                List.of(Arrays.copyOf(calibration, 512)));
    }

    public OpenedModel opened() {
        return opened;
    }

    /** 4-bit TRIP and Log2 with half of the tokens pruned in the last two layers. */
    public Recipe prunedRecipe() {
        int layers = opened.config().layers();
        return recipe("W4A4 TRIP")
                .withPruning(
                        new PruningRecipe(
                                0.5,
                                new TreeSet<>(List.of(layers - 2, layers - 1)),
                                TokenScore.START,
                                false));
    }

    /** The recipe of a preset. */
    public Recipe recipe(String preset) {
        return opened.presets().stream()
                .filter(each -> each.name().equals(preset))
                .findFirst()
                .orElseThrow()
                .recipe();
    }

    /** One window through the float model and through a recipe, with one layer in full. */
    public WindowComparison compare(Recipe recipe, int window, int layer) {
        int[] ids = opened.text().windows().get(window);
        TunedModel tuned = fitter.fit(recipe, Progress.NONE, Cancellation.never());
        WindowAnalysis baseline =
                WindowAnalyzer.analyze(
                        opened.baseline(), TokenPruner.NONE, ids, layer, Cancellation.never());
        WindowAnalysis analysis =
                recipe.isFloat()
                        ? baseline
                        : WindowAnalyzer.analyze(
                                tuned.decoder(),
                                recipe.pruning().pruner(),
                                ids,
                                layer,
                                Cancellation.never());
        return new WindowComparison(window, labels(ids), baseline, analysis, tuned);
    }

    /** Perplexities over the first windows; running ones where that is not the whole text. */
    public Quality quality(Recipe recipe, int windows) {
        TunedModel tuned = fitter.fit(recipe, Progress.NONE, Cancellation.never());
        var floats = PerplexityEvaluator.of(opened.baseline(), TokenPruner.NONE);
        var compared =
                PerplexityEvaluator.against(
                        opened.baseline(), tuned.decoder(), recipe.pruning().pruner());
        PerplexityTally baseline = new PerplexityTally(opened.text());
        PerplexityTally comparable = new PerplexityTally(opened.text());
        PerplexityTally tally = new PerplexityTally(opened.text());
        for (int[] ids : opened.text().windows().subList(0, windows)) {
            WindowLoss unquantized = floats.score(ids, 0, Cancellation.never());
            WindowLoss loss = compared.score(ids, 0, Cancellation.never());
            baseline.add(unquantized);
            comparable.add(unquantized.atPositionsOf(loss));
            tally.add(loss);
        }
        return new Quality(
                Optional.of(baseline.result()),
                Optional.of(comparable.result()),
                Optional.of(tally.result()),
                recipe);
    }

    /** A run over the whole text. */
    public PinnedRun pin(String name, Recipe recipe) {
        Quality quality = quality(recipe, opened.text().windows().size());
        double bits =
                recipe.weights().method() == io.agilelens.engine.recipe.WeightMethod.NONE
                        ? 32
                        : recipe.weights().bits() + 0.625;
        return new PinnedRun(
                name,
                recipe,
                opened.subject(),
                opened.planting(),
                quality.baseline().orElseThrow(),
                quality.tuned().orElseThrow(),
                bits,
                Math.round(opened.model().parameters() * bits / 8),
                1234);
    }

    /** Every study of a recipe over the whole text. */
    public Studies studies(Recipe recipe) {
        Decoder floats = opened.baseline();
        FloatReference reference = new FloatReference(floats, opened.text());
        TunedModel tuned = fitter.fit(recipe, Progress.NONE, Cancellation.never());
        int length = opened.text().length();
        Progress progress = Progress.NONE;
        Cancellation never = Cancellation.never();
        return Studies.NONE
                .withBudget(
                        study(
                                recipe,
                                ErrorBudget.measure(fitter, recipe, reference, progress, never)))
                .withLayers(
                        study(recipe, LayerSensitivity.ofLayers(tuned, reference, progress, never)))
                .withDivergence(
                        study(
                                recipe,
                                new Departures(
                                        new DivergenceFinder(tuned, floats, 10)
                                                .find(opened.text(), progress, never),
                                        SiteNoise.survey(
                                                tuned, floats, opened.text(), progress, never))))
                .withCurve(
                        study(
                                recipe,
                                PruningCurve.measure(
                                        fitter,
                                        recipe,
                                        new TreeSet<>(List.of(0.1, 0.2, 0.4, 0.6, 0.8)),
                                        reference,
                                        progress,
                                        never)))
                .withLengths(
                        study(
                                recipe,
                                LengthAblation.measure(
                                        fitter,
                                        recipe,
                                        floats,
                                        opened.text(),
                                        new TreeSet<>(List.of(length / 4, length / 2, length)),
                                        progress,
                                        never)));
    }

    private <T> Study<T> study(Recipe recipe, T result) {
        return new Study<>(recipe, opened.text().windows().size(), opened.text().length(), result);
    }

    /** A workbench in which everything about a recipe is known. Call on the JavaFX thread. */
    public Workbench workbench(Recipe recipe) {
        Workbench workbench = new Workbench();
        workbench.history().reset(recipe);
        workbench.modelProperty().set(Optional.of(opened));
        workbench.comparisonProperty().set(Optional.of(compare(recipe, 0, 1)));
        workbench.qualityProperty().set(quality(recipe, opened.text().windows().size()));
        return workbench;
    }

    private List<String> labels(int[] ids) {
        List<String> labels = new ArrayList<>();
        for (int id : ids) {
            String text = opened.model().tokenizer().decode(new int[] {id}, false);
            String piece = opened.model().tokenizer().piece(id);
            boolean space = piece.startsWith("\u2581") && !text.startsWith(" ");
            labels.add(text.isEmpty() ? piece : space ? " " + text : text);
        }
        return labels;
    }

    private static int[] randomIds(int count) {
        Random random = new Random(3);
        int[] ids = new int[count];
        for (int i = 1; i < count; i++) {
            ids[i] = random.nextInt(5) == 0 ? ' ' : 'a' + random.nextInt(26);
        }
        ids[0] = TinyModels.START;
        return ids;
    }

    private static Path temporaryFolder() {
        try {
            Path folder = Files.createTempDirectory("tiny-model");
            folder.toFile().deleteOnExit();
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
