package io.agilelens.views.plant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.model.Planting;
import io.agilelens.engine.model.Site;
import io.agilelens.views.ComparisonFixture;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlantViewModelTest {
    private final PlantViewModel model =
            new PlantViewModel(ComparisonFixture.tiny().opened().config(), Optional.empty());

    private Planting planting() {
        return model.plantingProperty().get().orElseThrow();
    }

    @Test
    void startsWithWhatTheCommandDoesByItself() {
        assertEquals(32, planting().factor());
        assertEquals(Planting.drawChannels(4, 32, 0), planting().channels());
        assertEquals(Set.of(0, 1, 2, 3), planting().layers());
        assertEquals(List.of(Site.ATTN_INPUT, Site.MLP_INPUT), planting().sites());
        assertEquals("", model.problemProperty().get());
    }

    @Test
    void takesEveryPiece() {
        model.setFactorExponent(5.8);
        model.drawnProperty().set(false);
        model.listProperty().set("3, 17; 20-22 31");
        model.firstLayerProperty().set(1);
        model.lastLayerProperty().set(2);
        model.attentionProperty().set(false);
        assertEquals(64, planting().factor());
        assertEquals(Set.of(3, 17, 20, 21, 22, 31), planting().channels());
        assertEquals(Set.of(1, 2), planting().layers());
        assertEquals(List.of(Site.MLP_INPUT), planting().sites());
    }

    @Test
    void anotherSeedDrawsOtherChannels() {
        var first = planting().channels();
        model.seedProperty().set("1");
        assertFalse(first.equals(planting().channels()));
        model.countProperty().set("7");
        assertEquals(7, planting().channels().size());
    }

    @Test
    void saysWhatIsUnusableAndRecovers() {
        for (String factor : List.of("", "two", "1", "1025", "NaN", "-4")) {
            model.factorProperty().set(factor);
            assertProblem(factor);
        }
        model.factorProperty().set("1,5");
        assertEquals(1.5f, planting().factor());
        for (String count : List.of("0", "33", "four")) {
            model.countProperty().set(count);
            assertProblem(count);
        }
        model.drawnProperty().set(false);
        for (String list : List.of("", "32", "-1", "5-3", "1-2-3", "a", "3,,x")) {
            model.listProperty().set(list);
            assertProblem(list);
        }
        model.listProperty().set("3,,5");
        assertEquals(Set.of(3, 5), planting().channels());
        model.attentionProperty().set(false);
        model.mlpProperty().set(false);
        assertProblem("no site");
    }

    private void assertProblem(String what) {
        assertTrue(model.plantingProperty().get().isEmpty(), what);
        assertFalse(model.problemProperty().get().isEmpty(), what);
        assertEquals(1, model.problemProperty().get().lines().count(), what);
    }

    @Test
    void startsFromWhatIsPlantedAlready() {
        model.drawnProperty().set(false);
        model.listProperty().set("5, 9");
        model.factorProperty().set("12.5");
        model.firstLayerProperty().set(1);
        model.mlpProperty().set(false);
        var again =
                new PlantViewModel(
                        ComparisonFixture.tiny().opened().config(), Optional.of(planting()));
        assertEquals(planting(), again.plantingProperty().get().orElseThrow());
    }
}
