package io.agilelens.app.live;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.evaluate.WindowAnalysis;
import io.agilelens.engine.evaluate.WindowAnalyzer;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.workbench.WindowComparison;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstLookTest {

    @ParameterizedTest
    @ValueSource(strings = {"llama-tiny", "opt-tiny", "bloom-tiny"})
    void isWhatTheVectorKernelsShowUpToRounding(String sample) {
        try (ModelSession session = open(sample)) {
            WindowComparison look = FirstLook.at(session, Cancellation.never()).orElseThrow();
            int[] ids = session.opened().text().windows().getFirst();
            WindowAnalysis vectors =
                    WindowAnalyzer.analyze(
                            session.opened().baseline(),
                            TokenPruner.NONE,
                            ids,
                            session.firstLayer(),
                            Cancellation.never());
            assertTrue(look.model().recipe().isFloat());
            assertEquals(ids.length, look.tokens().size());
            WindowAnalysis scalars = look.baseline();
            assertEquals(session.firstLayer(), scalars.detail().orElseThrow().layer(), "in full");
            assertArrayEquals(vectors.loss().kept(), scalars.loss().kept(), 1e-3f);
            for (Site site : vectors.sites().getFirst().keySet()) {
                for (int layer = 0; layer < session.opened().config().layers(); layer++) {
                    float[] expected = vectors.layers(site).get(layer).maximum();
                    float[] actual = scalars.layers(site).get(layer).maximum();
                    assertArrayEquals(expected, actual, 1e-3f, site + " of layer " + layer);
                }
            }
        }
    }

    @Test
    void canBeGivenUp() {
        try (ModelSession session = open("llama-tiny")) {
            Cancellation cancellation = new Cancellation();
            cancellation.cancel();
            assertThrows(CancellationException.class, () -> FirstLook.at(session, cancellation));
        }
    }

    private static ModelSession open(String sample) {
        return ModelSession.open("sample:" + sample, Progress.NONE, Cancellation.never());
    }
}
