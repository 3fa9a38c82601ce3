package io.agilelens.app.live;

import io.agilelens.app.command.BenchRow;
import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.evaluate.OperatorProfile;
import io.agilelens.engine.evaluate.ProductShapes;
import io.agilelens.engine.evaluate.generate.PassBenchmark;
import io.agilelens.engine.kernel.KernelBenchmark;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.MachineMeter;
import io.agilelens.engine.kernel.Quartiles;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.HeapRoom;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.CacheRecipe;
import io.agilelens.engine.recipe.HeadRecipe;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.KernelReport;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.PassReport;
import io.agilelens.views.workbench.RecipeSpeed;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Measures speed on the open model's own shapes, as the {@code bench} command does.
 *
 * @param opened what is measured
 */
public record Measurements(OpenedModel opened) {
    /** Tokens of a prompt. */
    private static final int PROMPT = 128;

    /** Tokens behind it, one at a time. */
    private static final int TOKENS = 32;

    private static final int ROUNDS = 5;
    private static final double MILLIS = 1e3;
    private static final int CALIBRATION_TOKENS = 16;

    /** All arithmetics together take about this many times what the float model does. */
    private static final int ROOM = 4;

    private static final List<BenchRow> ROWS =
            List.of(
                    BenchRow.W8A8,
                    BenchRow.W4A16,
                    BenchRow.W4A8,
                    BenchRow.W4A8_TRIP,
                    BenchRow.W4A4_TRIP);

    /**
     * Measures products with vectors of one width beside the machine's peak.
     *
     * @param bits vector width, 0 for scalar code
     */
    public KernelReport kernels(int bits, Progress progress, Cancellation cancellation) {
        Workers workers = Workers.shared();
        MachineMeter meter = new MachineMeter(bits, workers);
        return new KernelReport(
                meter.peak(progress, cancellation),
                KernelBenchmark.measure(
                        KernelProvider.of(bits, workers),
                        meter,
                        ProductShapes.of(opened.config(), PROMPT, 1),
                        progress,
                        cancellation),
                LocalDateTime.now());
    }

    /**
     * The same with vectors of each width.
     *
     * @param onMeasured hears of each width as soon as it is measured, on the calling thread
     * @return how many widths there are
     */
    public int widths(
            Consumer<KernelReport> onMeasured, Progress progress, Cancellation cancellation) {
        List<Integer> widths = KernelProvider.availableBits();
        for (int i = 0; i < widths.size(); i++) {
            int before = i;
            int bits = widths.get(i);
            onMeasured.accept(
                    kernels(
                            bits,
                            (step, done, total) ->
                                    progress.report(
                                            bits + " bits: " + step,
                                            before * total + done,
                                            widths.size() * total),
                            cancellation));
        }
        return widths.size();
    }

    /** A model in one arithmetic, with its name for a person to read. */
    private record Contender(String name, boolean ofRecipe, PassBenchmark.Contender pass) {}

    /**
     * Measures whole passes in the usual arithmetics and under a recipe, all in the same rounds;
     * only those of the float model and the recipe where there is no room for more.
     *
     * @param recipe executed, whatever it says; left out if it is float
     */
    public PassReport passes(Recipe recipe, Progress progress, Cancellation cancellation) {
        int tokens = tokens();
        int prompt = prompt();
        long bytes = ROOM * opened.baseline().numerics().bytes(opened.config());
        boolean isShort = HeapRoom.now(bytes).free() < bytes;
        List<Contender> contenders = new ArrayList<>();
        contenders.add(
                new Contender(
                        Messages.text("kernels.passes.float"),
                        false,
                        new PassBenchmark.Contender(opened.baseline(), TokenPruner.NONE)));
        for (BenchRow row : isShort ? List.<BenchRow>of() : ROWS) {
            progress.report("packing " + row.title(), contenders.size(), ROWS.size() + 2);
            contenders.add(
                    contender(
                            row.title().toUpperCase(java.util.Locale.ROOT),
                            false,
                            // The head, keys and values as the float model has them.
                            row.recipe(PruningRecipe.NONE)
                                    .withHead(HeadRecipe.NONE)
                                    .withCache(CacheRecipe.NONE),
                            progress,
                            cancellation));
        }
        if (!recipe.isFloat()) {
            contenders.add(
                    contender(
                            Messages.text("kernels.passes.recipe"),
                            true,
                            recipe.withExecution(Execution.EXECUTED),
                            progress,
                            cancellation));
        }
        PassBenchmark benchmark = new PassBenchmark(prompt, tokens, ROUNDS);
        MachineMeter meter =
                new MachineMeter(opened.baseline().kernels().vectorBits(), Workers.shared());
        List<PassBenchmark.Speeds> speeds =
                benchmark.measure(
                        contenders.stream().map(Contender::pass).toList(),
                        meter,
                        progress,
                        cancellation);
        int[] ids =
                new SplittableRandom(1)
                        .ints(prompt + tokens, 0, opened.config().vocabularySize())
                        .toArray();
        List<PassReport.Row> rows = new ArrayList<>();
        for (Contender contender : contenders) {
            progress.report("profiling " + contender.name(), rows.size(), contenders.size());
            Decoder decoder = contender.pass().decoder();
            TokenPruner pruner = contender.pass().pruner();
            rows.add(
                    new PassReport.Row(
                            contender.name(),
                            contender.ofRecipe(),
                            speeds.get(rows.size()),
                            OperatorProfile.ofPrefill(
                                    decoder, pruner, Arrays.copyOf(ids, prompt), cancellation),
                            OperatorProfile.ofDecode(decoder, pruner, ids, prompt, cancellation)));
        }
        return new PassReport(
                prompt,
                tokens,
                rows,
                isShort,
                new PassReport.Machine(
                        opened.baseline().kernels().vectorBits(), Workers.shared().threads()),
                LocalDateTime.now());
    }

    /**
     * Measures recipes as executed, all in the same rounds as the float model.
     *
     * @param recipes each counts once, whatever execution it names
     * @return by recipe as executed; the reason instead for those that cannot be executed
     */
    public Map<Recipe, RecipeSpeed.Measured> speeds(
            List<Recipe> recipes, Progress progress, Cancellation cancellation) {
        Map<Recipe, RecipeSpeed.Measured> measured = new LinkedHashMap<>();
        List<Recipe> ready = new ArrayList<>();
        List<PassBenchmark.Contender> contenders = new ArrayList<>();
        contenders.add(new PassBenchmark.Contender(opened.baseline(), TokenPruner.NONE));
        for (Recipe recipe :
                recipes.stream()
                        .map(r -> r.withExecution(Execution.EXECUTED))
                        .distinct()
                        .toList()) {
            if (recipe.isFloat()) {
                continue;
            }
            progress.report("packing " + recipe.summary(), ready.size(), recipes.size());
            try {
                contenders.add(contender("", true, recipe, Progress.NONE, cancellation).pass());
                ready.add(recipe);
            } catch (UserException obstacle) {
                measured.put(recipe, RecipeSpeed.Measured.not(obstacle.getMessage()));
            }
        }
        int tokens = tokens();
        int prompt = prompt();
        List<PassBenchmark.Speeds> speeds =
                new PassBenchmark(prompt, tokens, ROUNDS)
                        .measure(
                                contenders,
                                new MachineMeter(
                                        opened.baseline().kernels().vectorBits(), Workers.shared()),
                                progress,
                                cancellation);
        PassBenchmark.Speeds floats = speeds.getFirst();
        measured.put(Recipe.FLOAT.withExecution(Execution.EXECUTED), speed(prompt, floats, floats));
        for (int i = 0; i < ready.size(); i++) {
            measured.put(ready.get(i), speed(prompt, speeds.get(i + 1), floats));
        }
        return measured;
    }

    private static RecipeSpeed.Measured speed(
            int prompt, PassBenchmark.Speeds own, PassBenchmark.Speeds floats) {
        return RecipeSpeed.Measured.of(
                new RecipeSpeed(
                        prompt,
                        Quartiles.of(milliseconds(prompt, own.prefill())),
                        Quartiles.of(milliseconds(1, own.decode())),
                        Quartiles.ofRatios(own.prefill(), floats.prefill()).median(),
                        Quartiles.ofRatios(own.decode(), floats.decode()).median()));
    }

    private static double[] milliseconds(int tokens, double[] tokensPerSecond) {
        return Arrays.stream(tokensPerSecond).map(speed -> MILLIS * tokens / speed).toArray();
    }

    private int tokens() {
        return Math.min(TOKENS, opened.config().contextLength() / 2);
    }

    private int prompt() {
        return Math.min(PROMPT, opened.config().contextLength() - tokens());
    }

    /** Speed does not depend on the values of the parameters, so a short text will do. */
    private Contender contender(
            String name,
            boolean ofRecipe,
            Recipe recipe,
            Progress progress,
            Cancellation cancellation) {
        int length = Math.min(CALIBRATION_TOKENS, opened.config().contextLength());
        int[] ids =
                new SplittableRandom(1).ints(length, 0, opened.config().vocabularySize()).toArray();
        Decoder tuned =
                new RecipeFitter(
                                opened.model(),
                                opened.baseline().kernels(),
                                opened.baseline().numerics(),
                                new Calibration("random ids", List.of(ids)))
                        .fit(recipe, progress, cancellation)
                        .decoder();
        return new Contender(
                name, ofRecipe, new PassBenchmark.Contender(tuned, recipe.pruning().pruner()));
    }
}
