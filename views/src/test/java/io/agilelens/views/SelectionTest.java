package io.agilelens.views;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.model.Site;
import org.junit.jupiter.api.Test;

class SelectionTest {
    private final Selection selection = new Selection();

    @Test
    void backAndForwardWalkThroughWhatWasSeen() {
        selection.select(selection.place().withLayer(5));
        selection.select(selection.place().withChannel(91));
        selection.back();
        assertEquals(Selection.NONE, selection.place().channel());
        assertEquals(5, selection.place().layer());
        assertTrue(selection.canGoForwardProperty().get());
        selection.forward();
        assertEquals(91, selection.place().channel());
        selection.back();
        selection.back();
        selection.back();
        assertEquals(Selection.Place.START, selection.place());
        assertFalse(selection.canGoBackProperty().get());
    }

    @Test
    void aNewPlaceForgetsWhatLayForward() {
        selection.select(selection.place().withLayer(1));
        selection.back();
        selection.select(selection.place().withLayer(2));
        selection.forward();
        assertEquals(2, selection.place().layer());
        assertFalse(selection.canGoForwardProperty().get());
    }

    @Test
    void selectingTheSamePlaceLeavesNoTrace() {
        selection.select(Selection.Place.START);
        assertFalse(selection.canGoBackProperty().get());
    }

    @Test
    void anotherSiteDropsTheChannelOfTheOld() {
        Selection.Place place = Selection.Place.START.withChannel(3).withHead(1);
        assertEquals(Selection.NONE, place.withSite(Site.QUERY).channel());
        assertEquals(1, place.withSite(Site.QUERY).head());
        assertEquals(place, place.withSite(place.site()));
    }
}
