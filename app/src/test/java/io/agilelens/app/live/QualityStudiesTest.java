package io.agilelens.app.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.app.CommandRun;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.Preset;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.Studies;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Studies of a session, as the window runs them. */
class QualityStudiesTest {
    @TempDir private Path folder;
    private ModelSession session;

    @BeforeEach
    void open() {
        session =
                ModelSession.open(
                        CommandRun.tinyModel(folder).toString(),
                        Progress.NONE,
                        Cancellation.never());
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
    void everyStudyIsOverTheSessionsText() {
        // A recipe without pruned layers: the curve takes the last third.
        Recipe recipe = preset("RTN-W4").withExecution(Execution.EXECUTED);
        Studies studies = Studies.NONE;
        for (QualityStudy study : QualityStudy.values()) {
            studies =
                    QualityStudies.of(session, recipe, Optional.empty())
                            .run(study, Progress.NONE, Cancellation.never())
                            .apply(studies);
        }
        int windows = session.opened().text().windows().size();
        assertEquals(windows, studies.budget().orElseThrow().windows());
        assertEquals(recipe, studies.budget().orElseThrow().recipe());
        assertEquals(windows, studies.budget().orElseThrow().result().whole().windows());
        assertEquals(3, studies.layers().orElseThrow().result().parts().size());
        assertEquals(3 * 8, studies.divergence().orElseThrow().result().noise().size());
        assertEquals(
                PruningRecipe.lastThird(0, 3).layers(),
                studies.curve().orElseThrow().result().recipe().pruning().layers());
        int length = session.opened().text().length();
        assertEquals(
                List.of(length / 8, length / 4, length / 2, length),
                studies.lengths().orElseThrow().result().rows().stream()
                        .map(row -> row.length())
                        .toList());
    }

    @Test
    void aStudyCanBeCancelled() {
        Cancellation cancellation = new Cancellation();
        QualityStudies studies = QualityStudies.of(session, preset("RTN-W4"), Optional.empty());
        for (QualityStudy study : QualityStudy.values()) {
            cancellation.cancel();
            assertThrows(
                    CancellationException.class,
                    () -> studies.run(study, Progress.NONE, cancellation));
        }
        assertTrue(cancellation.isCancelled());
    }
}
