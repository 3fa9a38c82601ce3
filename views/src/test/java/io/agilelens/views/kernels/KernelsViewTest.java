package io.agilelens.views.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.evaluate.OperatorProfile;
import io.agilelens.engine.evaluate.OperatorProfile.Operator;
import io.agilelens.engine.evaluate.generate.PassBenchmark;
import io.agilelens.engine.kernel.KernelBenchmark;
import io.agilelens.engine.kernel.KernelTiming;
import io.agilelens.engine.kernel.MachinePeak;
import io.agilelens.engine.kernel.Quartiles;
import io.agilelens.views.ComparisonFixture;
import io.agilelens.views.GuiTest;
import io.agilelens.views.Messages;
import io.agilelens.views.RecordingActions;
import io.agilelens.views.StationPictures;
import io.agilelens.views.Theme;
import io.agilelens.views.chart.BarChartPane;
import io.agilelens.views.chart.Painter;
import io.agilelens.views.workbench.KernelReport;
import io.agilelens.views.workbench.Measuring;
import io.agilelens.views.workbench.PassReport;
import io.agilelens.views.workbench.SavedMeasurement;
import io.agilelens.views.workbench.WorkStatus;
import io.agilelens.views.workbench.Workbench;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javafx.geometry.Bounds;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Spinner;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.Region;
import org.junit.jupiter.api.Test;

class KernelsViewTest extends GuiTest {
    private static final LocalDateTime MEASURED = LocalDateTime.of(2026, 3, 4, 5, 6, 7);

    private Workbench workbench;
    private RecordingActions actions;
    private KernelsView view;

    @Override
    protected Parent createRoot() {
        workbench = new Workbench();
        actions = new RecordingActions();
        view = new KernelsView(workbench, actions);
        return view;
    }

    private static void ready() {
        try {
            Painter.awaitIdle();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        settle();
    }

    /** Latencies as if with vectors of a width; the widest is slower in FP16. */
    private static KernelReport report(int bits) {
        List<KernelTiming> timings = new ArrayList<>();
        for (int m : new int[] {128, 1}) {
            for (int k : new int[] {128, 384}) {
                for (String name : KernelBenchmark.NAMES) {
                    double slow = bits == 512 && name.equals("FP16") ? 3 : 1;
                    double us = slow * m * k / (bits + 64.0) * (10 + name.length());
                    double gmacs = (double) m * 128 * k / us * 1e-3;
                    timings.add(
                            new KernelTiming(
                                    name, m, 128, k, us, us / 10, gmacs, 1, 128L * k, 0.5, 0.25));
                }
            }
        }
        return new KernelReport(new MachinePeak(bits, 2, 200, 20), timings, MEASURED);
    }

    private static PassReport passes() {
        Map<Operator, Double> shares = new EnumMap<>(Operator.class);
        for (Operator operator : Operator.values()) {
            shares.put(operator, 1.0 / Operator.values().length);
        }
        OperatorProfile profile = new OperatorProfile(shares);
        List<PassReport.Row> rows = new ArrayList<>();
        for (String name : List.of("float", "W8A8", "this recipe")) {
            double speed = 1000 * (1 + rows.size());
            rows.add(
                    new PassReport.Row(
                            name,
                            rows.size() == 2,
                            new PassBenchmark.Speeds(
                                    new double[] {speed, speed * 1.1, speed * 0.9},
                                    new double[] {speed / 10, speed / 11, speed / 9},
                                    new double[3],
                                    new double[3],
                                    0),
                            profile,
                            profile));
        }
        return new PassReport(128, 32, rows, false, new PassReport.Machine(256, 2), MEASURED);
    }

    private void openModel() {
        interact(
                () ->
                        workbench
                                .modelProperty()
                                .set(Optional.of(ComparisonFixture.tiny().opened())));
    }

    @Test
    void aButtonStopsWhatItStartedAndShowsHowFarItIs() {
        Button measure = lookup("#kernels-measure").queryButton();
        assertTrue(measure.isDisable(), "without a model there is nothing to measure");
        openModel();
        interact(() -> workbench.addKernels(report(256)));
        ready();
        assertFalse(measure.isDisable());
        assertEquals("Measure", measure.getText());
        double width = measure.getWidth();
        assertTrue(width < 90, "a button for a word of seven letters takes " + width);
        interact(() -> workbench.underWay().put(Measuring.KERNELS, WorkStatus.BEGINNING));
        ProgressBar bar = (ProgressBar) measure.getParent().lookup(".progress-bar");
        assertTrue(bar.isVisible() && bar.isIndeterminate());
        interact(
                () ->
                        workbench
                                .underWay()
                                .put(Measuring.KERNELS, new WorkStatus("INT8, 128 × 128", 1, 4)));
        assertEquals(0.25, bar.getProgress());
        assertEquals("Cancel", measure.getText());
        settle();
        assertEquals(width, measure.getWidth(), "what stands beside it must not move");
        clickOn(measure);
        assertEquals(List.of("stop KERNELS"), actions.asked);
        interact(() -> workbench.underWay().remove(Measuring.KERNELS));
        assertFalse(bar.isVisible());
        clickOn(measure);
        assertTrue(actions.asked.getLast().startsWith("measureKernels "));
    }

    @Test
    void everyTabTeachesHowToMeasure() {
        openModel();
        clickOn("#kernels-tab-products");
        Button first = lookup(".empty-state .button").queryButton();
        assertTrue(first.getWidth() < 90, "a button for a word takes " + first.getWidth());
        clickOn(first);
        clickOn("#kernels-tab-widths");
        settle();
        clickOn("Measure all widths");
        clickOn("#kernels-tab-passes");
        settle();
        clickOn("Measure whole passes");
        assertTrue(actions.asked.getFirst().startsWith("measureKernels "));
        assertEquals(List.of("measureWidths", "measurePasses"), actions.asked.subList(1, 3));
    }

    @Test
    void productsAreShownInBothPhases() {
        interact(() -> workbench.addKernels(report(256)));
        ready();
        TableView<KernelsViewModel.Row> table = lookup("#kernel-table").queryTableView();
        assertEquals(2 * KernelBenchmark.NAMES.size(), table.getItems().size());
        assertTrue(table.getItems().stream().allMatch(row -> row.timing().m() == 128));
        clickOn("#kernels-decode");
        ready();
        assertTrue(table.getItems().stream().allMatch(row -> row.timing().m() == 1));
        interact(() -> workbench.forgetMeasurements());
        ready();
        assertTrue(table.getItems().isEmpty());
    }

    @Test
    void productsAreSetAgainstAnotherWidthOrWhatWasKept() {
        interact(() -> workbench.addKernels(report(256)));
        ready();
        TableView<KernelsViewModel.Row> table = lookup("#kernel-table").queryTableView();
        BarChartPane chart = lookup("#kernels-latency").query();
        ComboBox<Reference> against = lookup("#kernels-against").queryComboBox();
        assertEquals(new Reference.Nothing(), against.getValue());
        assertTrue(table.getItems().stream().noneMatch(row -> row.change().isKnown()));
        interact(() -> workbench.addKernels(report(512)));
        ready();
        choose("#kernels-against", new Reference.Width(256));
        ready();
        // Latencies go by the width and 64 more; FP16 is three times as slow at 512 bits.
        for (KernelsViewModel.Row row : table.getItems()) {
            double slow = row.timing().name().equals("FP16") ? 3 : 1;
            assertEquals(576 / 320.0 / slow, row.change().ratio(), 1e-9);
        }
        assertTrue(chart.csv().text().contains("Faster by, %"), chart.csv().text());
        assertTrue(heading("change").isVisible());

        interact(() -> workbench.addKernels(report(256)));
        ready();
        assertEquals(new Reference.Nothing(), against.getValue(), "a width is not its own measure");
        clickOn("#kernels-keep");
        ready();
        assertEquals(new Reference.Kept("05:06:07"), against.getValue());
        for (KernelsViewModel.Row row : table.getItems()) {
            assertEquals(1, row.change().ratio());
            assertFalse(row.change().clear());
        }
        interact(() -> workbench.forgetMeasurements());
        ready();
        assertEquals(new Reference.Nothing(), against.getValue());
    }

    @Test
    void passesAreSetAgainstWhatWasKept() {
        interact(() -> workbench.passesProperty().set(Optional.of(passes())));
        clickOn("#kernels-tab-passes");
        ready();
        clickOn("#passes-keep");
        ready();
        PassReport kept = passes();
        List<PassReport.Row> faster =
                kept.rows().stream()
                        .map(
                                row ->
                                        new PassReport.Row(
                                                row.name(),
                                                row.ofRecipe(),
                                                new PassBenchmark.Speeds(
                                                        doubled(row.speeds().prefill()),
                                                        row.speeds().decode(),
                                                        new double[3],
                                                        new double[3],
                                                        0),
                                                row.prefill(),
                                                row.decode()))
                        .toList();
        interact(
                () ->
                        workbench
                                .passesProperty()
                                .set(
                                        Optional.of(
                                                new PassReport(
                                                        128,
                                                        32,
                                                        faster,
                                                        false,
                                                        kept.machine(),
                                                        MEASURED.plusMinutes(1)))));
        ready();
        TableView<PassesViewModel.Row> table = lookup("#passes-table").queryTableView();
        for (PassesViewModel.Row row : table.getItems()) {
            assertEquals(2, row.prefillChange().ratio(), 1e-9);
            assertTrue(row.prefillChange().clear());
            assertEquals(1, row.decodeChange().ratio(), 1e-9);
            assertFalse(row.decodeChange().clear());
        }
    }

    private static double[] doubled(double[] values) {
        return java.util.Arrays.stream(values).map(each -> 2 * each).toArray();
    }

    private <T> void choose(String id, T value) {
        ComboBox<T> box = lookup(id).queryComboBox();
        assertTrue(box.getItems().contains(value), box.getItems().toString());
        interact(() -> box.getSelectionModel().select(value));
    }

    /** Half as fast as {@link #report}, with the smaller shape only. */
    private static SavedMeasurement saved(int prompt) {
        List<SavedMeasurement.Product> products =
                report(256).timings().stream()
                        .filter(each -> each.k() == 128)
                        .map(
                                each ->
                                        new SavedMeasurement.Product(
                                                each.name(),
                                                each.m(),
                                                each.n(),
                                                each.k(),
                                                new Quartiles(2 * each.medianMicroseconds(), 0)))
                        .toList();
        return new SavedMeasurement(
                "laptop.json",
                "tiny on a laptop",
                products,
                List.of(
                        new SavedMeasurement.Pass("w8a8", false, prompt, new Quartiles(500, 1)),
                        new SavedMeasurement.Pass("w8a8", true, prompt, new Quartiles(50, 1))));
    }

    @Test
    void productsAndPassesAreSetAgainstASavedRun() {
        interact(
                () -> {
                    workbench.addKernels(report(256));
                    workbench.passesProperty().set(Optional.of(passes()));
                });
        ready();
        interact(() -> workbench.savedMeasurementProperty().set(Optional.of(saved(128))));
        ready();
        ComboBox<Reference> against = lookup("#kernels-against").queryComboBox();
        assertEquals(new Reference.Saved("laptop.json"), against.getValue());
        TableView<KernelsViewModel.Row> table = lookup("#kernel-table").queryTableView();
        for (KernelsViewModel.Row row : table.getItems()) {
            if (row.timing().k() == 128) {
                assertEquals(2, row.change().ratio(), 1e-9);
            } else {
                assertFalse(row.change().isKnown(), "the file lacks this shape");
            }
        }
        BarChartPane chart = lookup("#kernels-latency").query();
        assertEquals(1 + KernelBenchmark.NAMES.size(), chart.csv().text().lines().count());
        String words = lookup("#kernels-conditions").<Label>query().getText();
        assertTrue(words.contains("laptop.json") && words.contains("tiny on a laptop"), words);

        clickOn("#kernels-tab-passes");
        ready();
        TableView<PassesViewModel.Row> passes = lookup("#passes-table").queryTableView();
        assertEquals(4, passes.getItems().get(1).prefillChange().ratio(), 1e-9);
        assertFalse(passes.getItems().get(2).prefillChange().isKnown(), "a recipe of now");

        interact(() -> workbench.savedMeasurementProperty().set(Optional.of(saved(512))));
        ready();
        ComboBox<Reference> passesAgainst = lookup("#passes-against").queryComboBox();
        assertEquals(new Reference.Nothing(), passesAgainst.getValue());
        String why = lookup("#kernels-passes-conditions").<Label>query().getText();
        assertTrue(why.contains("--prompt 128"), why);
    }

    @Test
    void aSavedRunIsAskedForByAButton() {
        interact(() -> workbench.addKernels(report(256)));
        ready();
        ReferenceBar bar = (ReferenceBar) lookup("#kernels-read").query().getParent();
        bar.setChooser(() -> Optional.of(Path.of("laptop.json")));
        clickOn("#kernels-read");
        assertEquals("setAgainst laptop.json", actions.asked.getLast());
        int before = actions.asked.size();
        bar.setChooser(Optional::empty);
        clickOn("#kernels-read");
        assertEquals(before, actions.asked.size());
    }

    private TableColumn<?, ?> heading(String key) {
        TableView<?> table = lookup("#kernel-table").queryTableView();
        return table.getColumns().stream()
                .filter(each -> each.getText().equals(Messages.text("kernels.column." + key)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyMeasurementHasABadgeThatSaysOfWhatAndWhen() {
        interact(
                () -> {
                    workbench.addKernels(report(128));
                    workbench.addKernels(report(256));
                    workbench.passesProperty().set(Optional.of(passes()));
                });
        for (String tab : List.of("products", "widths", "passes")) {
            clickOn("#kernels-tab-" + tab);
            ready();
            Label badge =
                    lookup(".badge-measured").queryAllAs(Label.class).stream()
                            .filter(KernelsViewTest::isInSight)
                            .findFirst()
                            .orElseThrow();
            assertEquals("measured", badge.getText());
            assertTrue(badge.getAccessibleHelp().contains("256 bits"), badge.getAccessibleHelp());
            assertTrue(badge.getAccessibleHelp().contains("2026-03-04 05:06"));
        }
    }

    private static boolean isInSight(Node node) {
        for (Node each = node; each != null; each = each.getParent()) {
            if (!each.isVisible()) {
                return false;
            }
        }
        return true;
    }

    @Test
    void aWidthThatIsSlowerIsNamed() {
        interact(() -> workbench.addKernels(report(256)));
        clickOn("#kernels-tab-widths");
        ready();
        assertTrue(lookup("Measure all widths").tryQuery().isPresent());
        interact(() -> workbench.addKernels(report(512)));
        ready();
        Label remark = lookup("#kernels-width-remark").query();
        assertTrue(remark.getText().contains("FP16: 256 bits "), remark.getText());
        assertFalse(remark.getText().contains("INT8"), remark.getText());
    }

    /** The words above it leave it no room then. */
    @Test
    void theChartOfWidthsCanBeReachedWithLargeTypeInALowWindow() {
        clickOn("#kernels-tab-widths");
        interact(
                () -> {
                    workbench.addKernels(report(256));
                    workbench.addKernels(report(512));
                    view.getScene().getWindow().setWidth(544);
                    view.getScene().getWindow().setHeight(540);
                    Theme.toggleProjector();
                });
        try {
            ready();
            ScrollPane scroll = lookup("#kernels-tabs .arrangement").query();
            Region chart = lookup("#kernels-width-chart").query();
            interact(() -> scroll.setVvalue(1));
            ready();
            assertTrue(chart.getHeight() >= chart.minHeight(-1), chart.getHeight() + " high");
            Bounds seen = scroll.localToScene(scroll.getLayoutBounds());
            Bounds drawn = chart.localToScene(chart.getLayoutBounds());
            assertTrue(seen.contains(drawn.getMinX(), drawn.getMaxY()), seen + " " + drawn);
        } finally {
            interact(Theme::toggleProjector);
        }
    }

    @Test
    void wholePassesAreSetAgainstTheFloatModel() {
        interact(() -> workbench.passesProperty().set(Optional.of(passes())));
        clickOn("#kernels-tab-passes");
        ready();
        TableView<PassesViewModel.Row> table = lookup("#passes-table").queryTableView();
        assertEquals(2, table.getItems().get(1).prefillToFloat(), 1e-9);
        assertEquals(3, table.getItems().get(2).decodeToFloat(), 1e-9);
    }

    @Test
    void theMultiplierIsSteppedByButtonsAndKeysWithOwnOperands() {
        clickOn("#kernels-tab-multiplier");
        settle();
        Label title = lookup("#multiplier-title").query();
        assertEquals("Operands", title.getText());
        clickOn("#multiplier-forward");
        assertEquals("Pack", title.getText());
        clickOn("#multiplier-bits");
        type(KeyCode.RIGHT);
        assertEquals("Multiply: bit 1 of 4", title.getText());
        type(KeyCode.LEFT);
        assertEquals("Pack", title.getText());
        clickOn("#multiplier-to-product");
        assertEquals("Take the product apart", title.getText());
        assertEquals(-8, typed(lookup("#multiplier-lower").query(), "-8"));
        assertTrue(picture().contains("11111000"), picture());
        clickOn("#multiplier-to-collision");
        assertTrue(picture().contains("Collision"), picture());
        clickOn("#carrier-float");
        assertFalse(picture().contains("Collision"), picture());
    }

    @Test
    void anOperandThatIsTypedTooLargeBecomesTheLargest() {
        clickOn("#kernels-tab-multiplier");
        settle();
        for (String operand : List.of("upper", "lower", "activation")) {
            Spinner<Integer> spinner = lookup("#multiplier-" + operand).query();
            assertEquals(7, typed(spinner, "8"));
            assertEquals(-8, typed(spinner, "−9"));
            assertEquals(-8, typed(spinner, "99999999999"), "no number of Java's");
        }
        clickOn("#activation-bits-8");
        assertEquals(8, typed(lookup("#multiplier-activation").query(), "8"));
    }

    private int typed(Spinner<Integer> spinner, String text) {
        doubleClickOn(spinner.getEditor());
        interact(() -> spinner.getEditor().setText(text));
        type(KeyCode.ENTER);
        return spinner.getValue();
    }

    @Test
    void aBitIsSaidWhenPointedAt() {
        clickOn("#kernels-tab-multiplier");
        settle();
        clickOn("#multiplier-to-product");
        Node bits = lookup("#multiplier-bits").query();
        Label hover = (Label) bits.lookup(".chart-hover");
        javafx.geometry.Bounds bounds = bits.localToScreen(bits.getBoundsInLocal());
        boolean bit = false;
        for (int x = 0; x < bounds.getWidth() && !bit; x += 8) {
            moveTo(bounds.getMinX() + x, bounds.getMinY() + 44);
            bit = hover.getText().contains(": bit ");
        }
        assertTrue(bit, hover.getText());
        assertTrue(hover.isVisible());
    }

    private String picture() {
        return lookup("#multiplier-bits").query().getAccessibleText();
    }

    @Test
    void picturesOfTheStation() throws Exception {
        interact(
                () -> {
                    for (int bits : new int[] {128, 256, 512}) {
                        workbench.addKernels(report(bits));
                    }
                    workbench.passesProperty().set(Optional.of(passes()));
                });
        ready();
        StationPictures.take(this, view, "kernels");
        for (String tab : List.of("widths", "passes", "multiplier")) {
            clickOn("#kernels-tab-" + tab);
            ready();
            if (tab.equals("multiplier")) {
                clickOn("#multiplier-to-product");
                ready();
            }
            StationPictures.take(this, view, "kernels-" + tab);
        }
        clickOn("#multiplier-to-collision");
        ready();
        StationPictures.take(this, view, "kernels-collision");
        clickOn("#carrier-float");
        clickOn("#activation-bits-8");
        clickOn("#multiplier-to-product");
        ready();
        StationPictures.take(this, view, "kernels-float");
    }
}
