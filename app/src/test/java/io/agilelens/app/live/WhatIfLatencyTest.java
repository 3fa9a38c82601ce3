package io.agilelens.app.live;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.recipe.CacheMethod;
import io.agilelens.engine.recipe.CacheRecipe;
import io.agilelens.engine.recipe.Preset;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SiteOverride;
import io.agilelens.engine.recipe.SoftmaxMethod;
import io.agilelens.engine.recipe.SoftmaxRecipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.workbench.ChangedLayers;
import io.agilelens.views.workbench.Quality;
import io.agilelens.views.workbench.WindowComparison;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * How long the live loop takes from a changed control to its first answers: a measurement that asks
 * for a quiet machine, run by {@code ./mvnw test -pl app -am -Dtest=WhatIfLatencyTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dagilelens.bench=true
 * -Dagilelens.bench.model=sample:llama-tiny}; {@code -Dagilelens.bench.only=bits} measures the
 * changes whose names contain that.
 */
@EnabledIfSystemProperty(named = "agilelens.bench", matches = "true")
class WhatIfLatencyTest {
    private static final int ROUNDS = Integer.getInteger("agilelens.bench.rounds", 5);

    private final Stopwatch stopwatch = new Stopwatch();

    @Test
    void measures() throws Exception {
        String reference = System.getProperty("agilelens.bench.model", "sample:llama-tiny");
        try (ModelSession session =
                        ModelSession.open(reference, Progress.NONE, Cancellation.never());
                LiveLoop loop = new LiveLoop(session.opened(), session.fitter(), stopwatch)) {
            Recipe base = preset(session, "W4A8 TRIP");
            Map<String, Recipe> changes = changes(base, session.opened().config().layers());
            loop.show(new LiveLoop.Wish(base, 0, 0));
            stopwatch.awaitIdle();
            System.out.printf("%s, %d rounds, milliseconds%n", reference, ROUNDS);
            System.out.printf("%-24s", "change");
            for (String answer : List.of("local", "estimate", "pictures")) {
                System.out.printf(" %9s %9s", answer, "worst");
            }
            System.out.println();
            for (Map.Entry<String, Recipe> change : changes.entrySet()) {
                if (change.getKey().contains(System.getProperty("agilelens.bench.only", ""))) {
                    measure(loop, change.getKey(), base, change.getValue());
                }
            }
        }
    }

    private void measure(LiveLoop loop, String name, Recipe base, Recipe changed)
            throws InterruptedException {
        double[] locals = new double[ROUNDS];
        double[] estimates = new double[ROUNDS];
        double[] pictures = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            stopwatch.show(loop, new LiveLoop.Wish(changed, 0, 0));
            stopwatch.awaitAnswers(changed);
            locals[round] = stopwatch.localMillis;
            estimates[round] = stopwatch.estimateMillis;
            pictures[round] = stopwatch.picturesMillis;
            stopwatch.show(loop, new LiveLoop.Wish(base, 0, 0));
            stopwatch.awaitAnswers(base);
        }
        System.out.printf("%-24s", name);
        for (double[] times : List.of(locals, estimates, pictures)) {
            Arrays.sort(times);
            System.out.printf(" %9.0f %9.0f", times[ROUNDS / 2], times[ROUNDS - 1]);
        }
        System.out.println();
    }

    /**
     * Every kind of control, where it can be told for a layer at the first, a middle and the last.
     */
    private static Map<String, Recipe> changes(Recipe base, int layers) {
        Map<String, Recipe> changes = new LinkedHashMap<>();
        changes.put("softmax bits", base.withSoftmax(new SoftmaxRecipe(SoftmaxMethod.LOG2, 3)));
        changes.put("activation bits", base.withActivations(base.activations().withBits(6)));
        changes.put("weight bits", base.withWeights(base.weights().withBits(3)));
        changes.put("cache bits", base.withCache(new CacheRecipe(CacheMethod.UNIFORM, 4)));
        Map<String, Integer> places = new LinkedHashMap<>();
        places.put("first", 0);
        places.put("middle", layers / 2);
        places.put("last", layers - 1);
        places.forEach(
                (place, layer) -> {
                    changes.put(
                            "weight bits, " + place,
                            base.withOverrides(
                                    List.of(override(layer, Optional.empty(), Optional.of(3)))));
                    changes.put(
                            "activation bits, " + place,
                            base.withOverrides(
                                    List.of(override(layer, Optional.of(6), Optional.empty()))));
                    changes.put(
                            "pruning from " + place,
                            base.withPruning(
                                    PruningRecipe.NONE
                                            .withBeta(0.2)
                                            .withLayers(new TreeSet<>(List.of(layer)))));
                });
        return changes;
    }

    private static SiteOverride override(
            int layer, Optional<Integer> activationBits, Optional<Integer> weightBits) {
        return new SiteOverride(
                new TreeSet<>(List.of(layer)),
                Set.of(Site.MLP_INPUT),
                Optional.empty(),
                activationBits,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                weightBits,
                Optional.empty(),
                Optional.empty());
    }

    private static Recipe preset(ModelSession session, String name) {
        return session.opened().presets().stream()
                .filter(preset -> preset.name().equals(name))
                .map(Preset::recipe)
                .findFirst()
                .orElseThrow();
    }

    /** Notes when a wish's answers come. */
    private static final class Stopwatch implements LiveLoop.Listener {
        private final BlockingQueue<Object> results = new LinkedBlockingQueue<>();
        private volatile long start;
        private double localMillis;
        private double picturesMillis;
        private double estimateMillis;

        private record At(long nanos, Object result) {}

        void show(LiveLoop loop, LiveLoop.Wish wish) {
            start = System.nanoTime();
            loop.show(wish);
        }

        /** Waits for a perplexity and for pictures, whichever comes first. */
        void awaitAnswers(Recipe recipe) throws InterruptedException {
            localMillis = Double.NaN;
            estimateMillis = Double.NaN;
            picturesMillis = Double.NaN;
            while (Double.isNaN(estimateMillis) || Double.isNaN(picturesMillis)) {
                switch (next().result()) {
                    case ChangedLayers _ when Double.isNaN(localMillis) -> localMillis = latest;
                    case WindowComparison c when c.model().recipe().equals(recipe) ->
                            picturesMillis = latest;
                    case Quality q when q.recipe().equals(recipe) && Double.isNaN(estimateMillis) ->
                            estimateMillis = latest;
                    case Throwable failure -> throw new IllegalStateException(failure);
                    default -> {}
                }
            }
        }

        void awaitIdle() throws InterruptedException {
            while (!next().result().equals("idle")) {}
        }

        private double latest;

        private At next() throws InterruptedException {
            At result = (At) results.poll(60, TimeUnit.SECONDS);
            assertNotNull(result, "the loop says nothing");
            latest = (result.nanos() - start) / 1e6;
            return result;
        }

        private void add(Object result) {
            results.add(new At(System.nanoTime(), result));
        }

        @Override
        public void erred(ChangedLayers layers) {
            add(layers);
        }

        @Override
        public void compared(WindowComparison comparison) {
            add(comparison);
        }

        @Override
        public void evaluated(Quality quality, TunedModel tuned, double tokensPerSecond) {
            add(quality);
        }

        @Override
        public void progressed(String step, long done, long total) {}

        @Override
        public void idle() {
            add("idle");
        }

        @Override
        public void failed(UserException reason) {
            add(reason);
        }

        @Override
        public void broke(Throwable failure) {
            add(failure);
        }
    }
}
