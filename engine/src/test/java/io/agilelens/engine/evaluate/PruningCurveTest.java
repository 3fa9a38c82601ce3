package io.agilelens.engine.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PruningCurveTest {
    @TempDir private Path folder;

    private static Recipe pruning(double beta, Integer... layers) {
        return TinyTuning.ALL.withPruning(
                new PruningRecipe(beta, new TreeSet<>(List.of(layers)), TokenScore.START, false));
    }

    @Test
    void pointsAreOrdinaryRuns() {
        try (TinyTuning tiny = new TinyTuning(folder)) {
            PruningCurve curve =
                    PruningCurve.measure(
                            tiny.fitter(),
                            pruning(0.7, 0, 2),
                            new TreeSet<>(List.of(0.5, 0.2)),
                            tiny.reference(),
                            Progress.NONE,
                            Cancellation.never());
            assertEquals(
                    List.of(0.0, 0.2, 0.5),
                    curve.points().stream().map(PruningCurve.Point::beta).toList());
            for (PruningCurve.Point point : curve.points()) {
                Recipe recipe = pruning(point.beta(), 0, 2);
                Perplexity run = tiny.run(recipe);
                assertEquals(run.perToken(), point.keptPerplexity(), 1e-9);
                assertEquals(run.allPositions(), point.allPerplexity(), 1e-9);
                assertEquals(run.coverage(), point.result().coverage(), 1e-12);
                assertEquals(
                        point.result().keptChange(),
                        Math.log(point.keptPerplexity() / point.floatKeptPerplexity()),
                        1e-9);
                PruningTrace trace =
                        WindowAnalyzer.analyze(
                                        tiny.fit(recipe).decoder(),
                                        recipe.pruning().pruner(),
                                        tiny.text().windows().getFirst(),
                                        -1,
                                        Cancellation.never())
                                .pruning();
                assertEquals(trace.sparsity(), point.sparsity(), 1e-12);
            }
            assertEquals(curve.points().get(curve.best().index()), curve.bestPoint());
            double[] sparsity =
                    curve.points().stream().mapToDouble(PruningCurve.Point::sparsity).toArray();
            double[] all = curve.points().stream().mapToDouble(p -> p.result().nll()).toArray();
            assertEquals(BestPoint.of(sparsity, all), curve.bestOverAll());
        }
    }

    @Test
    void needsLayersThatPrune() {
        try (TinyTuning tiny = new TinyTuning(folder)) {
            FloatReference reference = tiny.reference();
            String line =
                    assertThrows(
                                    UserException.class,
                                    () ->
                                            PruningCurve.measure(
                                                    tiny.fitter(),
                                                    TinyTuning.ALL,
                                                    new TreeSet<>(List.of(0.5)),
                                                    reference,
                                                    Progress.NONE,
                                                    Cancellation.never()))
                            .getMessage();
            assertTrue(line.startsWith("pruning.layers is empty"), line);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5, 8})
    void findsAKnownKnee(int knee) {
        // Flat with a slope of 0.1 up to the knee, then a slope of 3.
        double[] sparsity = new double[10];
        double[] loss = new double[10];
        for (int i = 0; i < 10; i++) {
            sparsity[i] = i / 10.0;
            loss[i] = 4 + 0.1 * Math.min(i, knee) / 10 + 3.0 * Math.max(0, i - knee) / 10;
        }
        BestPoint best = BestPoint.of(sparsity, loss);
        assertEquals(BestPoint.Rule.KNEE, best.rule());
        assertEquals(knee, best.index());
    }

    @Test
    void withoutAKneeTheToleranceDecides() {
        double[] sparsity = {0, 0.1, 0.2, 0.3, 0.4};
        // A straight line: 0.4 % a step, so that two steps stay within 1 %.
        double[] straight = {2, 2.004, 2.008, 2.012, 2.016};
        assertEquals(new BestPoint(2, BestPoint.Rule.TOLERANCE), BestPoint.of(sparsity, straight));
        // It bends, but all of it is within 1 %.
        double[] harmless = {2, 2, 2, 2, 2.009};
        assertEquals(new BestPoint(4, BestPoint.Rule.TOLERANCE), BestPoint.of(sparsity, harmless));
        // Pruning helps.
        double[] falling = {2, 1.9, 1.8, 1.7, 1.6};
        assertEquals(new BestPoint(4, BestPoint.Rule.TOLERANCE), BestPoint.of(sparsity, falling));
        // The first step is dear already.
        double[] concave = {2, 2.5, 2.8, 2.9, 3};
        assertEquals(new BestPoint(0, BestPoint.Rule.TOLERANCE), BestPoint.of(sparsity, concave));
        assertEquals(
                new BestPoint(0, BestPoint.Rule.TOLERANCE),
                BestPoint.of(new double[] {0}, new double[] {2}));
    }

    /** Whatever the curve, no point hangs lower than a knee, whose loss is below the chord. */
    @Test
    void aKneeIsTheDeepestPoint() {
        Random random = new Random(9);
        int knees = 0;
        for (int trial = 0; trial < 2000; trial++) {
            int count = 2 + random.nextInt(12);
            double[] sparsity = random.doubles(count).sorted().toArray();
            double[] loss = random.doubles(count, 1, 4).toArray();
            if (trial % 2 == 0) {
                Arrays.sort(loss);
            }
            BestPoint best = BestPoint.of(sparsity, loss);
            assertTrue(best.index() >= 0 && best.index() < count);
            if (best.rule() == BestPoint.Rule.KNEE) {
                knees++;
                for (int i = 0; i < count; i++) {
                    assertTrue(depth(sparsity, loss, best.index()) >= depth(sparsity, loss, i));
                }
            } else {
                assertTrue(loss[best.index()] <= loss[0] + Math.log(1.01) + 1e-12);
            }
        }
        assertTrue(knees > 100, knees + " knees");
    }

    private static double depth(double[] sparsity, double[] loss, int i) {
        int last = loss.length - 1;
        double share = (sparsity[i] - sparsity[0]) / (sparsity[last] - sparsity[0]);
        return loss[0] + share * (loss[last] - loss[0]) - loss[i];
    }
}
