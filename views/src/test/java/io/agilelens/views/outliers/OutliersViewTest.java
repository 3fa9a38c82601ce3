package io.agilelens.views.outliers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.evaluate.OutlierCensus;
import io.agilelens.engine.model.Site;
import io.agilelens.views.Background;
import io.agilelens.views.ComparisonFixture;
import io.agilelens.views.GuiTest;
import io.agilelens.views.RecordingActions;
import io.agilelens.views.Selection;
import io.agilelens.views.StationPictures;
import io.agilelens.views.Theme;
import io.agilelens.views.chart.Heatmap;
import io.agilelens.views.chart.Painter;
import io.agilelens.views.workbench.Workbench;
import java.util.Optional;
import javafx.scene.Parent;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.control.TableView;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.Region;
import org.junit.jupiter.api.Test;

class OutliersViewTest extends GuiTest {
    private Workbench workbench;
    private OutliersView view;

    @Override
    protected Parent createRoot() {
        workbench = new Workbench();
        view = new OutliersView(workbench, new RecordingActions());
        return view;
    }

    private void fill(ComparisonFixture fixture, int layer) {
        var comparison = fixture.compare(fixture.prunedRecipe(), 0, layer);
        interact(() -> workbench.comparisonProperty().set(Optional.of(comparison)));
        ready();
    }

    private static void ready() {
        try {
            Background.awaitIdle();
            Painter.awaitIdle();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        settle();
    }

    private Heatmap map() {
        return lookup("#outliers-map").query();
    }

    private boolean saysWhereItIsEmpty(String words) {
        return lookup(".empty-state .label").queryLabeled().getText().startsWith(words);
    }

    @Test
    void anEmptyStationTeachesTheNextStep() {
        assertTrue(lookup(".empty-state").query().isVisible());
        assertTrue(saysWhereItIsEmpty("Open a model"));
        // Opened, and nothing of it known yet.
        interact(
                () ->
                        workbench
                                .modelProperty()
                                .set(Optional.of(ComparisonFixture.tiny().opened())));
        assertTrue(lookup(".empty-state").query().isVisible());
        assertTrue(saysWhereItIsEmpty("The first window"));
        fill(ComparisonFixture.tiny(), 0);
        assertFalse(lookup(".empty-state").query().isVisible());
        assertEquals(4, map().dataProperty().get().rows());
        assertEquals(64, map().dataProperty().get().columns());
    }

    @Test
    void pickingACellSelectsLayerSiteAndChannelEverywhere() {
        fill(ComparisonFixture.tiny(), 0);
        clickOn(map());
        settle();
        Selection.Place place = workbench.selection().place();
        assertEquals(Site.MLP_HIDDEN, place.site());
        assertEquals(map().selectedRowProperty().get(), place.layer());
        assertEquals(map().selectedColumnProperty().get(), place.channel());
        assertNotEquals(Selection.NONE, place.channel());
        interact(() -> workbench.selection().select(new Selection.Place(2, Site.QUERY, 5, -1, -1)));
        ready();
        assertEquals(32, map().dataProperty().get().columns());
        assertEquals(2, map().selectedRowProperty().get());
        assertEquals(5, map().selectedColumnProperty().get());
        ComboBox<?> selector = lookup("#outliers-site").query();
        assertEquals(Site.QUERY, selector.getValue());
        assertEquals(5, workbench.selection().place().channel(), "showing is not selecting");
    }

    @Test
    void theSwitchChangesThePictureAndTheSentence() {
        fill(ComparisonFixture.tiny(), 0);
        float baseline = map().dataProperty().get().value(1, 7);
        clickOn(".comparison-switch .tuned");
        ready();
        float tuned = map().dataProperty().get().value(1, 7);
        assertNotEquals(baseline, tuned);
        clickOn(".comparison-switch .difference");
        ready();
        assertEquals("error √mse", map().dataProperty().get().labels().value());
        assertTrue(lookup("MLP_HIDDEN: quantization error of each channel").tryQuery().isPresent());
    }

    /** What stands below the strip lay over it afterwards. */
    @Test
    void theStripHasItsRoomAgainAfterALecture() {
        fill(ComparisonFixture.tiny(), 0);
        clickOn("TRIP factors");
        ready();
        Region card = (Region) lookup("#outliers-factors").query().getParent();
        double usual = card.getHeight();
        assertTrue(usual >= card.prefHeight(card.getWidth()), "all of it is seen");
        interact(() -> Theme.setProjector(true));
        ready();
        interact(() -> Theme.setProjector(false));
        ready();
        assertEquals(usual, card.getHeight(), 1);
    }

    @Test
    void factorsAreReadAndExplained() {
        fill(ComparisonFixture.tiny(), 0);
        clickOn("TRIP factors");
        ready();
        Heatmap strip = lookup("#outliers-factors").query();
        clickOn(strip);
        type(KeyCode.RIGHT);
        ready();
        int channel = workbench.selection().place().channel();
        assertTrue(
                lookup(
                                node ->
                                        node instanceof Label label
                                                && label.getText()
                                                        .startsWith("Channel " + channel + ": ×"))
                        .tryQuery()
                        .isPresent());
        assertEquals(channel, strip.selectedColumnProperty().get());
    }

    @Test
    void factorsAreEditedByMouseAndKeyboardAndTakenBack() {
        ComparisonFixture fixture = ComparisonFixture.tiny();
        interact(() -> workbench.history().reset(fixture.prunedRecipe()));
        fill(fixture, 0);
        clickOn("TRIP factors");
        ready();
        Heatmap strip = lookup("#outliers-factors").query();
        clickOn(strip);
        ready();
        int channel = workbench.selection().place().channel();
        int before = (int) strip.dataProperty().get().value(0, channel);
        int other = before == 1 ? 2 : 1;
        clickOn("#factor-" + other);
        ready();
        assertEquals(
                Integer.numberOfTrailingZeros(other),
                workbench.history().recipe().channelExponentsAt(0, Site.MLP_HIDDEN).get(channel));
        assertEquals(other, strip.dataProperty().get().value(0, channel), "seen at once");
        assertEquals(before, strip.dataProperty().get().value(1, channel), "beside TRIP's own");
        assertTrue(lookup(this::saysByHand).tryQuery().isPresent());

        interact(strip::requestFocus);
        assertEquals(channel, workbench.selection().place().channel());
        type(KeyCode.UP);
        type(KeyCode.UP);
        type(KeyCode.UP);
        ready();
        assertEquals(
                3,
                workbench.history().recipe().channelExponentsAt(0, Site.MLP_HIDDEN).get(channel));
        type(KeyCode.DELETE);
        ready();
        assertEquals(fixture.prunedRecipe(), workbench.history().recipe());
        assertEquals(1, strip.dataProperty().get().rows());
        interact(() -> workbench.history().undo());
        ready();
        assertEquals(8, strip.dataProperty().get().value(0, channel));
        clickOn("#factor-auto-all");
        ready();
        assertEquals(fixture.prunedRecipe(), workbench.history().recipe());
    }

    private boolean saysByHand(javafx.scene.Node node) {
        return node instanceof Label label && label.getText().contains(" by hand, ");
    }

    @Test
    void theCensusLinksToItsChannelsOrToTheLargest() {
        fill(ComparisonFixture.tiny(), 0);
        clickOn("Outlier channels");
        settle();
        TableView<OutlierCensus.Outlier> table = lookup("#outliers-census").queryTableView();
        assertFalse(table.getItems().isEmpty(), "random weights make large products");
        interact(() -> table.getSelectionModel().select(0));
        interact(table::requestFocus);
        type(KeyCode.ENTER);
        assertEquals(
                table.getItems().getFirst().channel(), workbench.selection().place().channel());

        interact(
                () ->
                        workbench
                                .selection()
                                .select(new Selection.Place(0, Site.ATTN_INPUT, -1, -1, -1)));
        ready();
        clickOn((Hyperlink) lookup("#outliers-largest").query());
        settle();
        assertNotEquals(Selection.NONE, workbench.selection().place().channel());
    }

    @Test
    void detailDimsUntilTheSelectedLayerIsThere() {
        fill(ComparisonFixture.tiny(), 1);
        interact(
                () ->
                        workbench
                                .selection()
                                .select(new Selection.Place(1, Site.MLP_HIDDEN, 3, -1, -1)));
        ready();
        Heatmap tokens = lookup("#outliers-tokens").query();
        assertFalse(tokens.staleProperty().get());
        interact(
                () ->
                        workbench
                                .selection()
                                .select(new Selection.Place(2, Site.MLP_HIDDEN, 3, -1, -1)));
        ready();
        assertTrue(tokens.staleProperty().get());
        fill(ComparisonFixture.tiny(), 2);
        assertFalse(tokens.staleProperty().get());
    }

    @Test
    void picturesOfTheStation() throws Exception {
        fill(ComparisonFixture.stories(), 0);
        StationPictures.take(this, view, "outliers");
        clickOn(".comparison-switch .tuned");
        ready();
        clickOn("TRIP factors");
        ready();
        interact(() -> viewSelect());
        ready();
        StationPictures.take(this, view, "outliers-tuned");
        clickOn(".comparison-switch .difference");
        clickOn("Outlier channels");
        clickOn("Ranges");
        ready();
        StationPictures.take(this, view, "outliers-difference");
    }

    private void viewSelect() {
        workbench.selection().select(new Selection.Place(0, Site.MLP_HIDDEN, 112, -1, 40));
    }
}
