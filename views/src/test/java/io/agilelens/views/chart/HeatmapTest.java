package io.agilelens.views.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.views.CellPicks;
import io.agilelens.views.GuiTest;
import io.agilelens.views.Theme;
import java.util.ArrayList;
import java.util.List;
import javafx.geometry.Point2D;
import javafx.geometry.VerticalDirection;
import javafx.scene.Parent;
import javafx.scene.control.Label;
import javafx.scene.input.KeyCode;
import javafx.scene.input.MouseButton;
import javafx.scene.layout.StackPane;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeatmapTest extends GuiTest {
    private static final int ROWS = 2048;
    private static final int COLUMNS = 4096;

    private Heatmap heatmap;

    @Override
    protected Parent createRoot() {
        heatmap = new Heatmap();
        heatmap.titleProperty().set("outliers");
        heatmap.emptyTextProperty().set("Open a model to see its outliers.");
        return new StackPane(heatmap);
    }

    @BeforeEach
    void fill() {
        float[] values = new float[ROWS * COLUMNS];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % COLUMNS;
        }
        HeatmapData data =
                HeatmapData.adopt(
                        ROWS,
                        COLUMNS,
                        values,
                        HeatmapData.Labels.numbered("max |x|", "", "token", "channel"));
        interact(() -> heatmap.dataProperty().set(data));
        settle();
    }

    @Test
    void hoverTellsTheExactValue() {
        moveTo(at(1000.5, 3000.5));
        Label hover = lookup(".chart-hover").query();
        assertTrue(hover.isVisible());
        Heatmap.Cell cell = heatmap.hoveredProperty().get();
        assertEquals(3000, cell.column(), 8);
        String value = io.agilelens.views.Figures.number(cell.column());
        assertTrue(hover.getText().endsWith("max |x| " + value), hover.getText());
        moveTo(at(-40, 3000));
        assertFalse(hover.isVisible());
        assertNull(heatmap.hoveredProperty().get());
    }

    /** The cell of a wider table, selected before that table has come. */
    @Test
    void aCellThatThePictureDoesNotHaveIsNotDescribed() {
        interact(() -> heatmap.select(0, COLUMNS + 5));
        settle();
        assertTrue(heatmap.getAccessibleText().endsWith("max |x|."), heatmap.getAccessibleText());
        interact(() -> heatmap.select(ROWS - 1, COLUMNS));
        settle();
        assertTrue(heatmap.getAccessibleText().endsWith("max |x|."), heatmap.getAccessibleText());
        interact(() -> heatmap.select(0, 5));
        settle();
        assertTrue(heatmap.getAccessibleText().contains("channel 5"), heatmap.getAccessibleText());
    }

    @Test
    void clickSelectsAndArrowsMoveTheSelection() {
        clickOn(at(500.5, 2000.5));
        int row = heatmap.selectedRowProperty().get();
        int column = heatmap.selectedColumnProperty().get();
        assertEquals(500, row, 4);
        assertEquals(2000, column, 8);
        type(KeyCode.RIGHT, KeyCode.RIGHT, KeyCode.DOWN);
        assertEquals(column + 2, heatmap.selectedColumnProperty().get());
        assertEquals(row + 1, heatmap.selectedRowProperty().get());
        assertTrue(heatmap.getAccessibleText().contains("channel " + (column + 2)));
    }

    @Test
    void aCellThatIsNoLongerThereIsNoPickOfAnother() {
        List<Heatmap.Cell> picked = new ArrayList<>();
        CellPicks picks = CellPicks.of(heatmap, picked::add);
        interact(() -> heatmap.select(5, COLUMNS - 1));
        settle();
        assertEquals(List.of(new Heatmap.Cell(5, COLUMNS - 1)), picked);
        interact(
                () -> {
                    heatmap.dataProperty()
                            .set(
                                    HeatmapData.adopt(
                                            8,
                                            4,
                                            new float[32],
                                            HeatmapData.Labels.numbered("x", "", "a", "b")));
                    picks.show(2, 3);
                });
        settle();
        assertEquals(1, picked.size(), "it was shown, not picked");
        interact(() -> heatmap.select(1, 2));
        settle();
        assertEquals(new Heatmap.Cell(1, 2), picked.getLast());
    }

    @Test
    void wheelZoomsAboutThePointerDragPansAndDoubleClickShowsAll() {
        Point2D pointer = at(512.5, 1024.5);
        moveTo(pointer);
        int before = heatmap.hoveredProperty().get().column();
        scroll(8, VerticalDirection.UP);
        settle();
        Viewport zoomed = heatmap.viewport();
        assertTrue(zoomed.width() < COLUMNS / 2.0, zoomed.toString());
        moveTo(pointer.add(1, 0)).moveTo(pointer);
        assertEquals(before, heatmap.hoveredProperty().get().column(), 8);

        drag(pointer, MouseButton.PRIMARY).dropBy(-60, 0);
        settle();
        assertTrue(heatmap.viewport().left() > zoomed.left());
        assertEquals(-1, heatmap.selectedColumnProperty().get(), "a pan selects nothing");

        doubleClickOn(pointer);
        settle();
        assertEquals(Viewport.whole(heatmap.dataProperty().get()), heatmap.viewport());
    }

    @Test
    void aSelectionMadeElsewhereIsBroughtIntoSight() {
        moveTo(at(5, 5));
        scroll(10, VerticalDirection.UP);
        settle();
        interact(() -> heatmap.select(2047, 4095));
        settle();
        Viewport viewport = heatmap.viewport();
        assertEquals(4096, viewport.left() + viewport.width(), 1e-6);
        assertEquals(2048, viewport.top() + viewport.height(), 1e-6);
    }

    @Test
    void staleDimsAndThemeRecolours() {
        int light = corner();
        interact(() -> heatmap.setStale(true));
        assertTrue(heatmap.lookup("ImageView").getOpacity() < 1);
        interact(() -> heatmap.setStale(false));
        interact(() -> Theme.apply(Theme.Mode.DARK));
        settle();
        int dark = corner();
        assertEquals(ColorMap.SEQUENTIAL_LIGHT.argb(0), light);
        assertEquals(ColorMap.SEQUENTIAL_DARK.argb(0), dark);
    }

    @Test
    void exportsSayWhatTheScreenShows() {
        interact(
                () -> {
                    String svg = heatmap.svg().get();
                    assertTrue(svg.contains(">channel</text>") && svg.contains(">token</text>"));
                    assertTrue(svg.contains("data:image/png;base64,"));
                });
        HeatmapData small =
                HeatmapData.of(
                        2,
                        2,
                        new float[] {1, 2.5f, Float.NaN, -4},
                        HeatmapData.Labels.numbered("x", "", "token", "channel"));
        interact(() -> heatmap.dataProperty().set(small));
        assertEquals("token \\ channel,0,1\r\n0,1.0,2.5\r\n1,,-4.0\r\n", heatmap.csv().text());
        interact(() -> heatmap.dataProperty().set(null));
        assertNull(heatmap.picture());
    }

    @Test
    void theLegendSaysWhyCellsHaveNoValue() {
        HeatmapData.Labels labels =
                new HeatmapData.Labels(
                        "score",
                        "",
                        "layer",
                        "token",
                        Integer::toString,
                        Integer::toString,
                        "pruned away");
        show(HeatmapData.of(2, 2, new float[] {1, 2, 3, Float.NaN}, labels));
        interact(() -> assertTrue(heatmap.svg().get().contains(">pruned away</text>")));
        assertEquals("layer 1 · token 1 · pruned away", heatmap.picture().describe(1, 1));
        assertEquals("layer 0 · token 1 · score 2", heatmap.picture().describe(0, 1));
        show(HeatmapData.of(2, 2, new float[] {1, 2, 3, 4}, labels));
        interact(() -> assertFalse(heatmap.svg().get().contains("pruned away")));
    }

    @Test
    void aFewColumnsKeepTheirNamesOnTwoLines() {
        List<String> names = List.of("ATTN_INPUT", "QUERY", "ATTN_OUTPUT", "MLP_INPUT", "HIDDEN");
        HeatmapData.Labels labels =
                new HeatmapData.Labels("x", "", "layer", "site", Integer::toString, names::get);
        show(HeatmapData.of(1, 5, new float[] {1, 2, 3, 4, 5}, labels));
        interact(
                () -> {
                    heatmap.setMaxSize(420, 300);
                    heatmap.getParent().layout();
                });
        settle();
        interact(
                () -> {
                    String svg = heatmap.svg().get();
                    for (String word : List.of("ATTN_", "INPUT", "QUERY", "OUTPUT", "HIDDEN")) {
                        assertTrue(svg.contains(">" + word + "</text>"), word + " in " + svg);
                    }
                });
    }

    private void show(HeatmapData data) {
        interact(() -> heatmap.dataProperty().set(data));
        settle();
    }

    private int corner() {
        javafx.scene.image.ImageView cells =
                (javafx.scene.image.ImageView) heatmap.lookup("ImageView");
        assertNotNull(cells.getImage());
        return cells.getImage().getPixelReader().getArgb(0, 0);
    }

    /** A place of the table on the screen. */
    private Point2D at(double row, double column) {
        HeatmapPicture picture = heatmap.picture();
        return heatmap.localToScreen(picture.x(column), picture.y(row));
    }
}
