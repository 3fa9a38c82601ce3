package io.agilelens.engine.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.model.Site;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SiteOverride;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sensitivities against recipes whose overrides say the same. Weights are rounded, so their
 * parameters are the same whatever else is quantized.
 */
class LayerSensitivityTest {
    private static final Set<Site> INPUTS =
            EnumSet.of(Site.ATTN_INPUT, Site.ATTN_OUTPUT, Site.MLP_INPUT, Site.MLP_HIDDEN);

    @TempDir private Path folder;
    private TinyTuning tiny;

    @BeforeEach
    void open() {
        tiny = new TinyTuning(folder);
    }

    @AfterEach
    void close() {
        tiny.close();
    }

    /** 4-bit weights but for other weights at some sites of a layer. */
    private static Recipe weights(
            WeightMethod elsewhere, int layer, Set<Site> sites, WeightMethod here) {
        Recipe base = TinyTuning.WEIGHTS;
        SiteOverride all = override(Set.of(0, 1, 2), INPUTS, elsewhere);
        return base.withOverrides(List.of(all, override(Set.of(layer), sites, here)));
    }

    private static SiteOverride override(
            Set<Integer> layers, Set<Site> sites, WeightMethod method) {
        return new SiteOverride(
                new TreeSet<>(layers),
                sites,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(method),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private void check(LayerSensitivity.Part part, Set<Site> sites) {
        Perplexity alone =
                tiny.run(weights(WeightMethod.NONE, part.layer(), sites, WeightMethod.RTN));
        Perplexity without =
                tiny.run(weights(WeightMethod.RTN, part.layer(), sites, WeightMethod.NONE));
        double floats = tiny.runFloat().nll();
        assertEquals(alone.nll() - floats, part.alone().change(), 1e-9);
        assertEquals(alone.divergence(), part.alone().divergence().mean(), 1e-9);
        assertEquals(without.nll() - floats, part.without().change(), 1e-9);
        assertEquals(without.divergence(), part.without().divergence().mean(), 1e-9);
        assertTrue(part.alone().divergence().mean() > 0);
    }

    @Test
    void layersAreOrdinaryRuns() {
        LayerSensitivity layers =
                LayerSensitivity.ofLayers(
                        tiny.fit(TinyTuning.WEIGHTS),
                        tiny.reference(),
                        Progress.NONE,
                        Cancellation.never());
        assertEquals(TinyTuning.LAYERS, layers.parts().size());
        for (LayerSensitivity.Part part : layers.parts()) {
            check(part, INPUTS);
        }
        assertEquals(tiny.run(TinyTuning.WEIGHTS).nll(), layers.whole().nll(), 1e-9);
    }

    @Test
    void sitesAreOrdinaryRuns() {
        LayerSensitivity sites =
                LayerSensitivity.ofSites(
                        tiny.fit(TinyTuning.WEIGHTS),
                        tiny.reference(),
                        Progress.NONE,
                        Cancellation.never());
        assertEquals(TinyTuning.LAYERS * INPUTS.size(), sites.parts().size());
        for (LayerSensitivity.Part part : sites.parts()) {
            check(part, Set.of(part.site().orElseThrow()));
        }
    }

    /** With everything on, the parts of a layer that can be told apart are all of it. */
    @Test
    void softmaxIsASiteToo() {
        LayerSensitivity sites =
                LayerSensitivity.ofSites(
                        tiny.fit(TinyTuning.ALL),
                        tiny.reference(),
                        Progress.NONE,
                        Cancellation.never());
        assertEquals(TinyTuning.LAYERS * Site.values().length, sites.parts().size());
        Recipe softmax = Recipe.FLOAT.withSoftmax(TinyTuning.ALL.softmax());
        double all = tiny.run(softmax).divergence();
        double largest =
                sites.parts().stream()
                        .filter(part -> part.site().orElseThrow() == Site.SOFTMAX)
                        .mapToDouble(part -> part.alone().divergence().mean())
                        .max()
                        .orElseThrow();
        assertTrue(largest > 0 && largest < all, largest + " of " + all);
        assertEquals(tiny.run(TinyTuning.ALL).nll(), sites.whole().nll(), 1e-9);
    }

    @Test
    void sitesNeedSimulation() {
        Recipe executed = TinyTuning.ALL.withExecution(Execution.EXECUTED);
        var tuned = tiny.fit(executed);
        var reference = tiny.reference();
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        LayerSensitivity.ofSites(
                                tuned, reference, Progress.NONE, Cancellation.never()));
    }
}
