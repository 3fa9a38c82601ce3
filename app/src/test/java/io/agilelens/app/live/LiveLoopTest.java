package io.agilelens.app.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.Preset;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.WeightRecipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.workbench.ChangedLayers;
import io.agilelens.views.workbench.Quality;
import io.agilelens.views.workbench.WindowComparison;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LiveLoopTest {
    private static ModelSession session;

    private final Heard heard = new Heard();
    private LiveLoop loop;

    @BeforeAll
    static void openSample() {
        session = ModelSession.open("sample:llama-tiny", Progress.NONE, Cancellation.never());
    }

    @AfterAll
    static void closeSample() {
        session.close();
    }

    @BeforeEach
    void start() {
        loop = new LiveLoop(session.opened(), session.fitter(), heard);
    }

    @AfterEach
    void stop() {
        loop.close();
    }

    @Test
    void saysWhetherAnAnswerWillCome() throws Exception {
        LiveLoop.Wish wish = new LiveLoop.Wish(preset("W4A8 TRIP"), 0, 0);
        assertTrue(loop.show(wish));
        assertFalse(loop.show(wish), "it is on its way");
        loop.pause();
        assertTrue(loop.show(wish), "the work goes on");
        assertTrue(heard.next() instanceof WindowComparison);
    }

    @Test
    void showsThePicturesFirstAndThenEveryWindowUpToTheExactValue() throws Exception {
        Recipe recipe = preset("W4A8 TRIP");
        loop.show(new LiveLoop.Wish(recipe, 1, 3));
        WindowComparison comparison = (WindowComparison) heard.next();
        assertEquals(1, comparison.window());
        assertEquals(3, comparison.tuned().detail().orElseThrow().layer());
        int windows = session.opened().text().windows().size();
        for (int window = 1; window <= windows; window++) {
            Quality quality = (Quality) heard.next();
            assertEquals(recipe, quality.recipe());
            assertEquals(window, quality.tuned().orElseThrow().windows());
            assertEquals(window == windows, quality.isExact());
        }
        assertEquals("idle", heard.next());
        assertNull(heard.results.poll(100, TimeUnit.MILLISECONDS));
    }

    @Test
    void theLatestOfManyWishesWins() throws Exception {
        Recipe last = null;
        for (int bits = 2; bits <= 8; bits++) {
            WeightRecipe weights = preset("RTN-W4").weights();
            last =
                    Recipe.FLOAT.withWeights(
                            new WeightRecipe(
                                    weights.method(), bits, weights.group(), weights.symmetric()));
            loop.show(new LiveLoop.Wish(last, 0, 0));
        }
        // However the wishes and the work on them interleave, it ends with the last one, exact.
        Quality quality = Quality.NONE;
        while (!(quality.isExact() && quality.recipe().equals(last))) {
            if (heard.next() instanceof Quality now) {
                quality = now;
            }
        }
        assertEquals("idle", heard.next());
    }

    @Test
    void anotherLayerKeepsThePerplexityThatIsThere() throws Exception {
        Recipe recipe = preset("RTN-W4");
        loop.show(new LiveLoop.Wish(recipe, 0, 0));
        TunedModel tuned = null;
        Object result;
        while (!"idle".equals(result = heard.next())) {
            tuned = result instanceof WindowComparison c ? c.model() : tuned;
        }
        assertNotNull(tuned);
        loop.show(new LiveLoop.Wish(recipe, 0, 2));
        WindowComparison comparison = (WindowComparison) heard.next();
        assertEquals(2, comparison.tuned().detail().orElseThrow().layer());
        assertSame(tuned, comparison.model(), "fitted once");
        assertTrue(((Quality) heard.next()).isExact(), "the perplexity that is there");
        assertEquals("idle", heard.next(), "no window is evaluated again");
    }

    @Test
    void aWishTakenBackIsAnsweredWithWhatIsThere() throws Exception {
        LiveLoop.Wish first = new LiveLoop.Wish(preset("RTN-W4"), 0, 0);
        loop.show(first);
        Object comparison = heard.next();
        while (!"idle".equals(heard.next())) {}
        loop.show(new LiveLoop.Wish(preset("W4A4 TRIP"), 0, 0));
        loop.show(first);
        Object answer;
        do {
            answer = heard.next();
        } while (!(answer instanceof WindowComparison c)
                || !c.model().recipe().equals(first.recipe()));
        assertTrue(comparison instanceof WindowComparison);
        Quality quality = Quality.NONE;
        while (!quality.isExact()) {
            quality = (Quality) heard.next();
        }
        assertEquals(first.recipe(), quality.recipe());
    }

    @Test
    void aWishThatCannotBeMetIsToldOnceAndTheNextOneWorks() throws Exception {
        Recipe impossible =
                preset("W4A8 TRIP")
                        .withWeights(WeightRecipe.NONE)
                        .withExecution(Execution.EXECUTED);
        loop.show(new LiveLoop.Wish(impossible, 0, 0));
        UserException reason = (UserException) heard.next();
        assertTrue(reason.getMessage().contains("weights"), reason.getMessage());
        assertEquals("idle", heard.next());
        loop.show(new LiveLoop.Wish(Recipe.FLOAT, 0, 0));
        assertTrue(heard.next() instanceof WindowComparison);
    }

    @Test
    void aPausedLoopPublishesNothingUntilTheNextWish() throws Exception {
        heard.onCompared = loop::pause;
        loop.show(new LiveLoop.Wish(preset("W4A4 TRIP"), 0, 0));
        assertTrue(heard.next() instanceof WindowComparison);
        assertEquals("idle", heard.next(), "no perplexity after the pause");
        heard.onCompared = () -> {};
        loop.show(new LiveLoop.Wish(preset("W4A4 TRIP"), 0, 0));
        assertTrue(heard.next() instanceof WindowComparison);
        Object result;
        Quality last = Quality.NONE;
        while (!"idle".equals(result = heard.next())) {
            last = (Quality) result;
        }
        assertTrue(last.isExact(), "it goes on where it was");
    }

    private static Recipe preset(String name) {
        return session.opened().presets().stream()
                .filter(preset -> preset.name().equals(name))
                .map(Preset::recipe)
                .findFirst()
                .orElseThrow();
    }

    /** Keeps what the loop says, in order, but for what a slow machine says in advance. */
    private static final class Heard implements LiveLoop.Listener {
        private final BlockingQueue<Object> results = new LinkedBlockingQueue<>();
        private volatile Runnable onCompared = () -> {};

        Object next() throws InterruptedException {
            Object result = results.poll(60, TimeUnit.SECONDS);
            assertNotNull(result, "the loop says nothing");
            return result;
        }

        @Override
        public void erred(ChangedLayers layers) {}

        @Override
        public void compared(WindowComparison comparison) {
            results.add(comparison);
            onCompared.run();
        }

        @Override
        public void evaluated(Quality quality, TunedModel tuned, double tokensPerSecond) {
            boolean ofWholeWindows =
                    quality.tuned().orElseThrow().window() == session.opened().text().length();
            if (ofWholeWindows && !quality.isSketch()) {
                results.add(quality);
            }
        }

        @Override
        public void progressed(String step, long done, long total) {}

        @Override
        public void idle() {
            results.add("idle");
        }

        @Override
        public void failed(UserException reason) {
            results.add(reason);
        }

        @Override
        public void broke(Throwable failure) {
            results.add(failure);
        }
    }
}
