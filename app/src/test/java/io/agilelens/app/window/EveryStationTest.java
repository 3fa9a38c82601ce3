package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.recipe.Preset;
import io.agilelens.views.DividedPane;
import io.agilelens.views.Theme;
import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.chart.Exportable;
import io.agilelens.views.chart.Heatmap;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import javafx.geometry.Bounds;
import javafx.geometry.Orientation;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Control;
import javafx.scene.control.Labeled;
import javafx.scene.control.ListCell;
import javafx.scene.control.ScrollBar;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TabPane;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.control.skin.VirtualFlow;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.scene.text.Text;
import org.junit.jupiter.api.Test;
import org.kordamp.ikonli.javafx.FontIcon;

/** What holds at every station: names for screen readers, explanations, and room for all words. */
class EveryStationTest extends WindowTest {

    @Test
    void whatTakesTheKeyboardHasANameAndAnExplanation() throws Exception {
        prepare();
        Set<String> nameless = new TreeSet<>();
        Set<String> unexplained = new TreeSet<>();
        atEveryStation(
                1440,
                900,
                station ->
                        walk(
                                window.frame(),
                                node -> {
                                    if (isReached(node)) {
                                        if (name(node).isBlank()) {
                                            nameless.add(station + ": " + place(node));
                                        }
                                        if (!isExplained(node)) {
                                            unexplained.add(station + ": " + place(node));
                                        }
                                    }
                                }));
        assertEquals(Set.of(), nameless, "focusable without a name");
        assertEquals(Set.of(), unexplained, "controls without an explanation");
    }

    @Test
    void nothingIsClippedInTheSmallestWindow() throws Exception {
        prepare();
        assertEquals(Set.of(), clipped(1024, 700));
    }

    @Test
    void nothingIsClippedOrEmptyInALargeWindow() throws Exception {
        prepare();
        // Stations that show what was asked for are full once it was.
        interact(() -> window.controller().pinRun());
        await(() -> onFx(() -> workbench().runs().size() == 1));
        interact(() -> window.controller().measureKernels(0));
        await(() -> onFx(() -> workbench().kernelsProperty().get().isPresent()));
        Set<String> clipped = new TreeSet<>();
        Set<String> small = new TreeSet<>();
        atEveryStation(
                2560,
                1440,
                station -> {
                    clipped.addAll(clippedAt(station));
                    Region middle = (Region) window.frame().lookup(".middle-zone");
                    double used = picturesArea(middle);
                    double share = used / (middle.getWidth() * middle.getHeight());
                    // Lessons are cards to read; pictures they point at are at other stations.
                    if (share < 0.4 && !station.equals("lessons")) {
                        small.add("%s uses %.0f %%".formatted(station, 100 * share));
                    }
                });
        assertEquals(Set.of(), clipped);
        assertEquals(Set.of(), small, "stations that leave a large window empty");
    }

    @Test
    void lessonsUseTheWindowWithoutScrolling() throws Exception {
        prepare();
        for (int[] size : new int[][] {{1440, 900}, {1920, 1080}, {2560, 1440}}) {
            interact(() -> window.frame().open("lessons"));
            for (int i = 0; i < 4; i++) {
                interact(() -> layOut(size[0], size[1]));
                settle();
            }
            Region grid = lookup(".card-grid").query();
            ScrollPane list = lookup(".lesson-list").query();
            double used =
                    onFx(
                            () ->
                                    grid.getChildrenUnmodifiable().stream()
                                            .mapToDouble(card -> card.getBoundsInParent().getMaxY())
                                            .max()
                                            .orElseThrow());
            String place = size[0] + "x" + size[1] + ": " + used + " of " + list.getHeight();
            assertTrue(used <= list.getHeight() + 1, place);
            assertTrue(used >= 0.8 * list.getHeight(), place);
        }
    }

    @Test
    void nothingIsClippedForAProjector() throws Exception {
        prepare();
        interact(Theme::toggleProjector);
        Set<String> clipped = new TreeSet<>(clipped(1440, 900));
        clipped.addAll(clipped(1024, 700));
        assertEquals(Set.of(), clipped);
    }

    /** The sample with a recipe that prunes, so that every picture has something to show. */
    private void prepare() throws Exception {
        awaitPictures();
        Preset agile =
                window.opened().presets().stream()
                        .filter(preset -> preset.name().equals("Agile-Quant-4"))
                        .findFirst()
                        .orElse(window.opened().presets().getLast());
        interact(() -> workbench().history().change("test", agile.recipe()));
        awaitPictures();
    }

    private Set<String> clipped(double width, double height) throws Exception {
        Set<String> clipped = new TreeSet<>();
        atEveryStation(width, height, station -> clipped.addAll(clippedAt(station)));
        return clipped;
    }

    /** What has no room at the station that is open. */
    private Set<String> clippedAt(String station) {
        Set<String> clipped = new TreeSet<>();
        walk(
                window.frame(),
                node -> {
                    cutText(node).ifPresent(text -> clipped.add(station + ": cut: " + text));
                    if (isOutside(node)) {
                        clipped.add(station + ": outside: " + place(node));
                    }
                    if (touchesItsBar(node)) {
                        clipped.add(station + ": touches its scroll bar");
                    }
                    if (overlapsTheNext(node)) {
                        clipped.add(station + ": overlaps: " + place(node));
                    }
                });
        return clipped;
    }

    private void atEveryStation(double width, double height, Consumer<String> look)
            throws Exception {
        for (Station station : window.frame().stations()) {
            interact(() -> window.frame().open(station.id()));
            // Some things are arranged once their width is known.
            for (int i = 0; i < 4; i++) {
                interact(() -> layOut(width, height));
                settle();
            }
            interact(
                    () -> {
                        layOut(width, height);
                        look.accept(station.id());
                    });
        }
        assertEquals(List.of(), failures);
    }

    /** The headless screen is small; the frame is laid out as if it were not. */
    private void layOut(double width, double height) {
        window.frame().resize(width, height);
        window.frame().applyCss();
        window.frame().layout();
    }

    private static void walk(Node node, Consumer<Node> look) {
        if (!node.isVisible()) {
            return;
        }
        look.accept(node);
        if (node instanceof Parent parent) {
            parent.getChildrenUnmodifiable().forEach(child -> walk(child, look));
        }
    }

    private static boolean isReached(Node node) {
        return node.isFocusTraversable() && !(node instanceof ScrollPane) && !isInside(node);
    }

    /** Parts of controls speak through the control. */
    private static boolean isInside(Node node) {
        for (Node each = node.getParent(); each != null; each = each.getParent()) {
            if (each instanceof Control control
                    && control.isFocusTraversable()
                    && !(control instanceof ScrollPane)
                    && !(control instanceof TabPane)) {
                return true;
            }
        }
        return false;
    }

    private static String name(Node node) {
        if (node.getAccessibleText() != null) {
            return node.getAccessibleText();
        }
        return switch (node) {
            case Labeled labeled -> String.valueOf(labeled.getText()).replace("null", "");
            case TabPane tabs -> tabs.getSelectionModel().getSelectedItem().getText();
            default -> "";
        };
    }

    private static boolean isExplained(Node node) {
        return switch (node) {
            case TabPane _, TableView<?> _ -> true;
            case Control control ->
                    control.getTooltip() != null || control.getAccessibleHelp() != null;
            // The sentence below a picture explains it.
            default -> true;
        };
    }

    /** What a label cannot show of its text, unless it is a cell or made to give way. */
    private static java.util.Optional<String> cutText(Node node) {
        if (node instanceof Text text
                && !(text instanceof FontIcon)
                && text.getParent() instanceof Labeled labeled
                && labeled.getText() != null
                && !labeled.getText().equals(text.getText())
                && !text.getText().isEmpty()
                && !givesWay(labeled)) {
            return java.util.Optional.of(labeled.getText() + " → " + text.getText());
        }
        return java.util.Optional.empty();
    }

    /** Long names in tables and the model's line give way; their tooltip has the whole of them. */
    private static boolean givesWay(Labeled labeled) {
        return labeled instanceof TableCell
                || labeled instanceof ListCell
                || labeled.getTooltip() != null
                || labeled.getAccessibleHelp() != null;
    }

    /** Whether a control or picture reaches beyond what holds it, and nothing scrolls. */
    private static boolean isOutside(Node node) {
        if (!(node instanceof Region)
                || !(node.getParent() instanceof Region parent)
                || !node.isManaged()
                || node instanceof Labeled labeled && "".equals(labeled.getText())
                || node.getStyleClass().contains("arrow")
                || isScrollable(parent)
                || isScrolled(node)) {
            return false;
        }
        Bounds bounds = node.getBoundsInParent();
        return bounds.getMaxX() > parent.getWidth() + 2
                || bounds.getMaxY() > parent.getHeight() + 2
                || bounds.getMinX() < -2
                || bounds.getMinY() < -2;
    }

    /** Whether pictures end where the thumb of their scroll bar begins. */
    private static boolean touchesItsBar(Node node) {
        return node instanceof ScrollBar bar
                && bar.getOrientation() == Orientation.VERTICAL
                && bar.getParent().getStyleClass().contains("arrangement")
                && bar.lookup(".thumb").getBoundsInParent().getMinX() < 3;
    }

    /** Whether something in a row or a stack reaches into what comes after it. */
    private static boolean overlapsTheNext(Node node) {
        if (!(node.getParent() instanceof HBox)
                && !(node.getParent() instanceof VBox)
                && !(node.getParent() instanceof DividedPane)) {
            return false;
        }
        List<Node> siblings = node.getParent().getChildrenUnmodifiable();
        for (Node after : siblings.subList(siblings.indexOf(node) + 1, siblings.size())) {
            if (after.isVisible() && after.isManaged() && node.isManaged()) {
                Bounds one = node.getBoundsInParent();
                Bounds other = after.getBoundsInParent();
                double across =
                        Math.min(one.getMaxX(), other.getMaxX())
                                - Math.max(one.getMinX(), other.getMinX());
                double down =
                        Math.min(one.getMaxY(), other.getMaxY())
                                - Math.max(one.getMinY(), other.getMinY());
                if (across > 2 && down > 2) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether a pane shows a part of what it holds, by way of a pane of its own. */
    private static boolean isScrollable(Node pane) {
        return pane.getStyleClass().contains("viewport")
                || pane.getParent() != null
                        && pane.getParent().getStyleClass().contains("viewport");
    }

    private static boolean isScrolled(Node node) {
        for (Node each = node; each != null; each = each.getParent()) {
            if (each instanceof VirtualFlow<?>
                    || each instanceof ScrollBar
                    || each instanceof TextField
                    || each instanceof TableView<?>
                    || each.getStyleClass().contains("slider")
                    || each.getStyleClass().contains("range-slider")
                    || each.getStyleClass().contains("headers-region")
                    || each.getStyleClass().contains("progress-bar")) {
                return true;
            }
        }
        return false;
    }

    /** Pixels of charts, maps and tables. */
    private static double picturesArea(Node middle) {
        List<Double> areas = new ArrayList<>();
        walk(
                middle,
                node -> {
                    boolean picture =
                            node instanceof Exportable
                                    || node instanceof ChartPane
                                    || node instanceof Heatmap
                                    || node instanceof TableView<?>;
                    if (picture && node instanceof Region region) {
                        areas.add(region.getWidth() * region.getHeight());
                    }
                });
        return areas.stream().mapToDouble(Double::doubleValue).sum();
    }

    private static String place(Node node) {
        List<String> parts = new ArrayList<>();
        for (Node each = node; each != null && parts.size() < 4; each = each.getParent()) {
            String id = each.getId() == null ? "" : "#" + each.getId();
            String text =
                    each instanceof Labeled labeled && labeled.getText() != null
                            ? " “" + labeled.getText() + "”"
                            : "";
            parts.addFirst(
                    each.getClass().getSimpleName()
                            + id
                            + "."
                            + String.join(".", each.getStyleClass())
                            + text);
        }
        assertTrue(!parts.isEmpty());
        return String.join(" > ", parts);
    }
}
