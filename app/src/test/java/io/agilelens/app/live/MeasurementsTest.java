package io.agilelens.app.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.app.CommandRun;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.CacheMethod;
import io.agilelens.engine.recipe.CacheRecipe;
import io.agilelens.engine.recipe.Preset;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.workbench.RecipeSpeed;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Speeds of a session's model, as the window measures them. */
class MeasurementsTest {
    @TempDir private Path folder;
    private ModelSession session;
    private Measurements measurements;

    @BeforeEach
    void open() {
        session =
                ModelSession.open(
                        CommandRun.tinyModel(folder).toString(),
                        Progress.NONE,
                        Cancellation.never());
        measurements = new Measurements(session.opened());
    }

    @AfterEach
    void close() {
        session.close();
    }

    private Recipe preset(String name) {
        return session.opened().presets().stream()
                .filter(preset -> preset.name().equals(name))
                .map(Preset::recipe)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void runsAreMeasuredAsExecutedAndWhatCannotBeSaysWhy() {
        Recipe trip = preset("W4A4 TRIP");
        Recipe impossible = trip.withCache(new CacheRecipe(CacheMethod.UNIFORM, 8));
        Map<Recipe, RecipeSpeed.Measured> speeds =
                measurements.speeds(
                        List.of(Recipe.FLOAT, trip, trip, impossible),
                        Progress.NONE,
                        Cancellation.never());
        assertEquals(3, speeds.size());
        RecipeSpeed own = speeds.get(trip.withExecution(Execution.EXECUTED)).speed().orElseThrow();
        assertTrue(own.prefill().median() > 0 && own.decode().median() > 0);
        RecipeSpeed floats =
                speeds.get(Recipe.FLOAT.withExecution(Execution.EXECUTED)).speed().orElseThrow();
        assertEquals(1, floats.prefillSpeedup());
        RecipeSpeed.Measured refused = speeds.get(impossible.withExecution(Execution.EXECUTED));
        assertTrue(refused.speed().isEmpty());
        assertTrue(refused.obstacle().contains("cache.method"), refused.obstacle());
    }

    @Test
    void cancellingStopsEveryMeasurement() {
        Cancellation cancelled = new Cancellation();
        cancelled.cancel();
        assertThrows(
                CancellationException.class,
                () -> measurements.kernels(0, Progress.NONE, cancelled));
        assertThrows(
                CancellationException.class,
                () -> measurements.passes(Recipe.FLOAT, Progress.NONE, cancelled));
        assertThrows(
                CancellationException.class,
                () -> measurements.speeds(List.of(), Progress.NONE, cancelled));
    }
}
