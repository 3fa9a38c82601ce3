package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.views.Badge;
import io.agilelens.views.ComparisonSwitch;
import io.agilelens.views.EmptyState;
import io.agilelens.views.GuiTest;
import io.agilelens.views.Motion;
import io.agilelens.views.Notices;
import io.agilelens.views.RecordingActions;
import io.agilelens.views.Selection;
import io.agilelens.views.SelectionPath;
import io.agilelens.views.StationPane;
import io.agilelens.views.Theme;
import io.agilelens.views.action.Actions;
import io.agilelens.views.chart.ChartCard;
import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.chart.Heatmap;
import io.agilelens.views.chart.HeatmapData;
import io.agilelens.views.chart.Ink;
import io.agilelens.views.chart.LineChartPane;
import io.agilelens.views.workbench.Workbench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javafx.geometry.Bounds;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.Scene;
import javafx.scene.control.Alert;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Labeled;
import javafx.scene.control.Slider;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javafx.scene.text.Text;
import javafx.stage.Stage;
import org.controlsfx.control.RangeSlider;
import org.junit.jupiter.api.Test;
import org.kordamp.ikonli.feather.Feather;

class WorkbenchFrameTest extends GuiTest {
    private static final Path PICTURES = Path.of("target", "pictures");

    private final List<String> created = new ArrayList<>();
    private WorkbenchFrame frame;
    private Stage stage;

    @Override
    protected Parent createRoot() {
        frame =
                new WorkbenchFrame(
                        List.of(
                                station("model", Feather.BOX),
                                station("outliers", Feather.GRID),
                                station("attention", Feather.EYE),
                                station("tokens", Feather.TYPE),
                                station("quality", Feather.ACTIVITY),
                                station("kernels", Feather.CPU),
                                station("compare", Feather.COLUMNS),
                                station("lessons", Feather.BOOK_OPEN)));
        frame.topBar().setModel("llama-tiny · 8 layers · 2.0 M · F16");
        frame.topBar().addAction(new Button("Open"));
        Button pin = new Button("Pin run");
        frame.topBar().addAction(pin);
        frame.statusBar().setMachine("AVX2 256-bit · 2 threads", "the widest this machine has");
        frame.setRight(levers(), verdict());
        return frame;
    }

    @Override
    public void start(Stage window) {
        Theme.apply(Theme.Mode.LIGHT);
        stage = window;
        stage.setMaximized(false);
        createRoot();
        Scene scene = frame.install(stage, 1024, 700);
        Actions actions = WindowActions.of(new Workbench(), new RecordingActions(), stage, frame);
        new SettingsAction(stage, frame, new java.util.HashMap<>(), Optional.empty())
                .addTo(actions);
        actions.install(scene);
        stage.setMinWidth(0);
        stage.setMinHeight(0);
        stage.setX(0);
        stage.setY(0);
        stage.sizeToScene();
        stage.show();
    }

    private Station station(String id, Feather icon) {
        String title = Character.toUpperCase(id.charAt(0)) + id.substring(1);
        return new Station(
                id,
                title,
                title,
                icon,
                () -> {
                    created.add(id);
                    return switch (id) {
                        case "outliers" -> outliers(title);
                        case "lessons" -> new StationPane(title, new Button("Start"));
                        default ->
                                new StationPane(
                                        title, new EmptyState(icon, "Open a model to begin."));
                    };
                });
    }

    private static Node outliers(String title) {
        Heatmap map = new Heatmap();
        map.titleProperty().set("outliers");
        Random random = new Random(11);
        float[] values = new float[8 * 512];
        for (int i = 0; i < values.length; i++) {
            double spread = i % 512 == 91 ? 12 : i % 512 == 300 ? 6 : 1;
            values[i] = (float) Math.abs(random.nextGaussian() * spread);
        }
        HeatmapData.Labels labels = HeatmapData.Labels.numbered("max |x|", "", "layer", "channel");
        map.dataProperty().set(HeatmapData.adopt(8, 512, values, labels));
        map.select(5, 91);
        LineChartPane curve =
                new LineChartPane(
                        "range of channel 91",
                        ChartPane.Axis.linear("layer", ""),
                        ChartPane.Axis.linear("max |x|", ""));
        double[] x = {0, 1, 2, 3, 4, 5, 6, 7};
        double[] y = new double[8];
        for (int i = 0; i < 8; i++) {
            y[i] = values[i * 512 + 91];
        }
        curve.setLines(List.of(LineChartPane.Line.of("baseline", Ink.BASELINE, x, y)));
        Selection selection = new Selection();
        selection.select(selection.place().withLayer(5).withChannel(91));
        ChartCard upper =
                new ChartCard(
                        "Largest magnitude by layer and channel",
                        "Dark columns are channels that stand out in many layers; they decide the"
                                + " step of a whole tensor.",
                        map);
        ChartCard lower =
                new ChartCard("Channel 91 by layer", "Its largest value in each layer.", curve);
        VBox.setVgrow(upper, Priority.ALWAYS);
        VBox.setVgrow(lower, Priority.ALWAYS);
        VBox content = new VBox(8, upper, new SelectionPath(selection), lower);
        return new StationPane(title, content, new ComparisonSwitch());
    }

    private static Node levers() {
        RangeSlider layers = new RangeSlider(0, 8, 4, 8);
        layers.setId("layers");
        VBox box =
                new VBox(
                        12,
                        new Label("TRIP bits"),
                        new Slider(2, 8, 5),
                        new Label("pruned layers"),
                        layers);
        box.setStyle("-fx-padding: 16");
        return box;
    }

    private static Node verdict() {
        HBox line = new HBox(8, new Label("PPL 41.2 → 43.0"), Badge.estimate(2));
        return line;
    }

    /** As where somebody goes to a station by its key. */
    @Test
    void theKeyboardStaysInTheMiddleWhereItWas() {
        interact(() -> frame.open("outliers"));
        settle();
        interact(() -> frame.lookup(".heatmap").requestFocus());
        interact(() -> frame.open("lessons"));
        settle();
        assertEquals("Start", ((Button) frame.getScene().getFocusOwner()).getText());
        Node levers = frame.lookup(".slider");
        interact(levers::requestFocus);
        interact(() -> frame.open("outliers"));
        settle();
        assertEquals(levers, frame.getScene().getFocusOwner());
    }

    @Test
    void stationsOpenByClickKeyAndArrowAndAreMadeOnce() {
        assertEquals(List.of("model"), created);
        clickOn("#station-outliers");
        assertEquals("outliers", frame.stationProperty().get().id());
        press(KeyCode.CONTROL).type(KeyCode.DIGIT5).release(KeyCode.CONTROL);
        assertEquals("quality", frame.stationProperty().get().id());
        press(KeyCode.CONTROL).type(KeyCode.DIGIT2).release(KeyCode.CONTROL);
        clickOn("#station-outliers").type(KeyCode.DOWN);
        assertEquals("attention", frame.stationProperty().get().id());
        clickOn("#station-model").type(KeyCode.UP);
        assertEquals("lessons", frame.stationProperty().get().id());
        assertEquals(List.of("model", "outliers", "quality", "attention", "lessons"), created);
    }

    @Test
    void aSecondClickOnTheOpenStationLeavesItOpen() {
        clickOn("#station-outliers").clickOn("#station-outliers");
        assertTrue(
                lookup("#station-outliers")
                        .queryAs(javafx.scene.control.ToggleButton.class)
                        .isSelected());
    }

    @Test
    void theThemeSwitchRecoloursControlsAndPictures() {
        boolean dark = Theme.isDark();
        var before = stage.getScene().getRoot().lookup(".top-bar");
        var fill = ((javafx.scene.layout.Region) before).getBackground();
        clickOn("#theme-switch");
        settle();
        assertNotEquals(dark, Theme.isDark());
        assertNotEquals(fill, ((javafx.scene.layout.Region) before).getBackground());
        press(KeyCode.CONTROL).type(KeyCode.L).release(KeyCode.CONTROL);
        settle();
        assertEquals(dark, Theme.isDark());
    }

    @Test
    void progressIsShownAndCancelReachesTheWork() {
        Cancellation cancellation = new Cancellation();
        WorkbenchStatusBar bar = frame.statusBar();
        WorkbenchStatusBar.Task[] task = new WorkbenchStatusBar.Task[1];
        interact(() -> task[0] = bar.track("perplexity", cancellation));
        for (int i = 0; i <= 3; i++) {
            task[0].report("window " + i + " of 8", i, 8);
        }
        settle();
        assertEquals(3 / 8.0, bar.getProgress(), 1e-9);
        assertTrue(bar.getText().startsWith("perplexity: window 3 of 8"), bar.getText());
        clickOn("#cancel");
        assertTrue(cancellation.isCancelled());
        interact(() -> task[0].finish("cancelled"));
        assertEquals("cancelled", bar.getText());
        assertFalse(lookup("#cancel").query().isVisible());
    }

    @Test
    void theBarSaysWhetherWeightsAreStreamed() {
        assertFalse(lookup("#weights-streamed").query().isVisible());
        interact(() -> frame.statusBar().setPlacement("the whole model would take 9 GiB"));
        Label label = lookup("#weights-streamed").query();
        assertTrue(label.isVisible());
        assertEquals("the whole model would take 9 GiB", label.getTooltip().getText());
        interact(() -> frame.statusBar().setPlacement(""));
        assertFalse(label.isVisible());
    }

    @Test
    void aFailureIsSaidInOneLineAndOutcomesAreToasts() {
        Alert[] alert = new Alert[1];
        UserException failure = new UserException("cannot read x.gguf: no such file; check it");
        interact(() -> alert[0] = Dialogs.errorAlert(stage, failure));
        assertEquals(failure.getMessage(), alert[0].getContentText());
        assertEquals(null, alert[0].getDialogPane().getExpandableContent());
        interact(() -> alert[0] = Dialogs.errorAlert(stage, new IllegalStateException("odd")));
        assertTrue(alert[0].getDialogPane().getExpandableContent() != null);
        interact(() -> Notices.done("Saved curve.csv"));
        settle();
        assertTrue(lookup("Saved curve.csv").tryQuery().isPresent());
    }

    @Test
    void toastsCoverNeitherVerdictNorStationNorStatusAndOldOnesGiveWay() {
        String path = "Saved /home/ada/lecture/figures/loss-along-the-window.csv ";
        for (int i = 1; i <= 4; i++) {
            String text = path + i;
            interact(() -> Notices.done(text));
        }
        settle();
        assertTrue(lookup(path + 1).tryQuery().isEmpty());
        for (int i = 2; i <= 4; i++) {
            Bounds toast = inScene(lookup(path + i).query());
            for (String other :
                    List.of(
                            ".middle-zone",
                            ".right-zone",
                            ".workbench-status",
                            "#station-lessons")) {
                Bounds covered = inScene(lookup(other).query());
                assertFalse(toast.intersects(covered), other + " " + covered + " " + toast);
            }
        }
    }

    @Test
    void withLargeTypeToastsStillLeaveTheVerdictInSight() {
        interact(Theme::toggleProjector);
        try {
            interact(() -> Notices.done("Saved curve.csv"));
            settle();
            Bounds toast = inScene(lookup("Saved curve.csv").query());
            assertTrue(toast.getWidth() > 200, "room for words: " + toast);
            for (String other : List.of(".right-zone", ".workbench-status")) {
                assertFalse(toast.intersects(inScene(lookup(other).query())), other);
            }
            Bounds middle = inScene(lookup(".middle-zone").query());
            assertTrue(
                    toast.getMaxY() < middle.getMinY() + middle.getHeight() / 4,
                    "on the heading, not on a picture: " + toast);
        } finally {
            interact(Theme::toggleProjector);
        }
    }

    private static Bounds inScene(Node node) {
        return node.localToScene(node.getLayoutBounds());
    }

    @Test
    void withReducedMotionOutcomesAreSimplyThere() {
        interact(() -> Motion.apply(Motion.Mode.REDUCED));
        try {
            assertTrue(stage.getScene().getPreferences().isReducedMotion());
            interact(() -> Notices.done("Saved picture.png"));
            assertTrue(lookup("Saved picture.png").query().getParent().isVisible());
        } finally {
            interact(() -> Motion.apply(Motion.Mode.SYSTEM));
        }
    }

    @Test
    void rangeSliderHasItsTrackAndThumbsInBothThemes() {
        for (Theme.Mode mode : List.of(Theme.Mode.LIGHT, Theme.Mode.DARK)) {
            interact(() -> Theme.apply(mode));
            settle();
            var slider = lookup("#layers").query();
            for (String part : List.of(".track", ".low-thumb", ".high-thumb", ".range-bar")) {
                var region = (javafx.scene.layout.Region) slider.lookup(part);
                assertTrue(region.getWidth() > 0, part);
                assertTrue(region.getBackground() != null, part + " is not painted in " + mode);
            }
        }
    }

    @Test
    void nothingIsClippedAndPicturesAreTaken() throws Exception {
        interact(() -> frame.open("outliers"));
        interact(() -> frame.statusBar().track("evaluating", new Cancellation()));
        for (Theme.Mode mode : List.of(Theme.Mode.LIGHT, Theme.Mode.DARK)) {
            for (double[] size : new double[][] {{1024, 700}, {1440, 900}}) {
                Path file = PICTURES.resolve("frame-" + mode + "-" + (int) size[0] + ".png");
                Screenshots.take(stage, mode, size[0], size[1], file);
                assertTrue(Files.size(file) > 20_000, file + " looks empty");
                interact(() -> assertNoTextIsCut(frame));
            }
        }
    }

    /** Text that does not fit its label ends in an ellipsis in the node that draws it. */
    private static void assertNoTextIsCut(Parent parent) {
        for (Node node : parent.lookupAll(".text")) {
            if (node instanceof Text text
                    && node.getParent() instanceof Labeled labeled
                    && labeled.isVisible()
                    && labeled.getText() != null
                    && !labeled.isWrapText()) {
                assertEquals(labeled.getText(), text.getText(), "cut");
            }
        }
    }
}
