package io.agilelens.engine.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.model.Site;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ChannelExponentsTest {
    private static final Recipe TRIP =
            Recipe.FLOAT.withActivations(
                    new ActivationRecipe(ActivationMethod.TRIP, 4, 3, Granularity.TENSOR));

    @Test
    void channelsAreFixedAndReleasedOneByOne() {
        Recipe one = ChannelExponents.fix(TRIP, 1, Site.MLP_HIDDEN, 91, 3);
        Recipe two = ChannelExponents.fix(one, 1, Site.MLP_HIDDEN, 7, 0);
        Recipe again = ChannelExponents.fix(two, 1, Site.MLP_HIDDEN, 91, 2);
        assertEquals(Map.of(91, 2, 7, 0), again.channelExponentsAt(1, Site.MLP_HIDDEN));
        assertEquals(Map.of(), again.channelExponentsAt(0, Site.MLP_HIDDEN));
        assertEquals(Map.of(), again.channelExponentsAt(1, Site.ATTN_INPUT));
        assertEquals(1, again.overrides().size(), "one place, one override");
        assertEquals(
                TRIP,
                ChannelExponents.release(
                        ChannelExponents.release(again, 1, Site.MLP_HIDDEN, 7),
                        1,
                        Site.MLP_HIDDEN,
                        91));
        assertEquals(TRIP, ChannelExponents.releaseAll(again, 1, Site.MLP_HIDDEN));
        assertTrue(again.hasWeightsOf(TRIP), "weights stay as they are");
        assertFalse(again.isFloat());
    }

    @Test
    void otherOverridesKeepWhatTheySay() {
        SiteOverride wide =
                new SiteOverride(
                        new TreeSet<>(Set.of(0, 1)),
                        Set.of(Site.MLP_HIDDEN, Site.MLP_INPUT),
                        Optional.empty(),
                        Optional.of(8),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        new TreeMap<>(Map.of(5, 1)));
        Recipe changed =
                ChannelExponents.fix(TRIP.withOverrides(List.of(wide)), 1, Site.MLP_HIDDEN, 5, 2);
        assertEquals(Map.of(5, 2), changed.channelExponentsAt(1, Site.MLP_HIDDEN));
        assertEquals(Map.of(5, 1), changed.channelExponentsAt(0, Site.MLP_HIDDEN));
        assertEquals(Map.of(5, 1), changed.channelExponentsAt(1, Site.MLP_INPUT));
        assertEquals(8, changed.activationsAt(1, Site.MLP_HIDDEN).bits());
        Recipe released = ChannelExponents.release(changed, 1, Site.MLP_HIDDEN, 5);
        assertEquals(Map.of(), released.channelExponentsAt(1, Site.MLP_HIDDEN));
        assertEquals(Map.of(5, 1), released.channelExponentsAt(0, Site.MLP_HIDDEN));
    }

    @Test
    void whatTripMayNoLongerGiveIsDropped() {
        Recipe fixed =
                ChannelExponents.fix(
                        ChannelExponents.fix(TRIP, 0, Site.MLP_INPUT, 1, 3),
                        0,
                        Site.MLP_INPUT,
                        2,
                        1);
        Recipe narrow = fixed.withActivations(fixed.activations().withMaxExponent(2));
        assertEquals(
                Map.of(2, 1),
                ChannelExponents.releaseUnknown(narrow).channelExponentsAt(0, Site.MLP_INPUT));
    }

    @Test
    void writtenFormsAreReadBackAndBadOnesRefused() {
        String text =
                """
                {"overrides": [{"layers": [2], "sites": ["MLP_INPUT"],
                  "activations": {"channel_exponents": {"91": 3}}}]}\
                """;
        Recipe read = RecipeJson.parse(text, "test");
        assertEquals(Map.of(91, 3), read.channelExponentsAt(2, Site.MLP_INPUT));
        assertEquals(read, RecipeJson.parse(RecipeJson.write(read), "again"));
        for (String bad :
                List.of(
                        text.replace("\"91\"", "\"-1\""),
                        text.replace("\"91\"", "\"x\""),
                        text.replace(": 3", ": 9"),
                        text.replace(": 3", ": 0.5"),
                        text.replace("{\"91\": 3}", "[3]"))) {
            assertThrows(UserException.class, () -> RecipeJson.parse(bad, "test"), bad);
        }
        assertThrows(
                UserException.class,
                () ->
                        RecipeJson.parse(
                                "{\"activations\": {\"channel_exponents\": {\"1\": 1}}}", "test"),
                "only at a place");
    }
}
