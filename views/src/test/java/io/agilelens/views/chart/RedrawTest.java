package io.agilelens.views.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.views.GuiTest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javafx.application.Platform;
import javafx.scene.Parent;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import org.jfree.chart.plot.XYPlot;
import org.junit.jupiter.api.Test;

/** Pictures cost nothing where nobody sees them, and the JavaFX thread draws no charts. */
class RedrawTest extends GuiTest {
    private final Region picture = new Region();
    private final AtomicInteger drawings = new AtomicInteger();
    private final Redraw redraw = new Redraw(picture, drawings::incrementAndGet);
    private StackPane tab;

    @Override
    protected Parent createRoot() {
        tab = new StackPane();
        return new StackPane(tab);
    }

    @Test
    void manyChangesAreOneDrawing() {
        interact(
                () -> {
                    redraw.ask();
                    tab.getChildren().add(picture);
                    redraw.ask();
                    redraw.ask();
                });
        settle();
        assertEquals(1, drawings.get());
        interact(redraw::ask);
        settle();
        assertEquals(2, drawings.get());
    }

    @Test
    void whatIsInNoWindowIsDrawnWhenItComesIntoOne() {
        interact(() -> tab.getChildren().add(picture));
        interact(() -> tab.getChildren().clear());
        interact(redraw::ask);
        settle();
        assertEquals(0, drawings.get());
        interact(() -> tab.getChildren().add(picture));
        settle();
        assertEquals(1, drawings.get());
    }

    @Test
    void whatIsHiddenIsDrawnWhenItIsShown() {
        interact(
                () -> {
                    tab.setVisible(false);
                    tab.getChildren().add(picture);
                    redraw.ask();
                });
        settle();
        assertEquals(0, drawings.get());
        interact(() -> tab.setVisible(true));
        settle();
        assertEquals(1, drawings.get());
    }

    @Test
    void whatWaitsIsDrawnAheadOnce() {
        AtomicInteger layers = new AtomicInteger();
        Redraw layer = new Redraw(picture, layers::incrementAndGet);
        StackPane hidden = new StackPane(new StackPane(picture));
        interact(
                () -> {
                    redraw.ask();
                    picture.setVisible(false);
                    Redraw.drawAhead(hidden);
                });
        assertEquals(0, drawings.get());
        interact(
                () -> {
                    picture.setVisible(true);
                    Redraw.drawAhead(hidden);
                    Redraw.drawAhead(hidden);
                });
        assertEquals(1, drawings.get());
        assertEquals(0, layers.get());
        interact(
                () -> {
                    layer.ask();
                    Redraw.drawAhead(hidden);
                    tab.getChildren().add(hidden);
                });
        settle();
        assertEquals(1, drawings.get());
        assertEquals(1, layers.get());
    }

    @Test
    void chartsAreFilledOnAnotherThreadAndOnlyWhenSeen() throws Exception {
        Recorder recorder = new Recorder();
        ChartPane chart = recorder.pane();
        interact(() -> chart.show(recorder));
        settle();
        assertEquals(0, recorder.filled.get());
        interact(() -> tab.getChildren().add(chart));
        settle();
        Painter.awaitIdle();
        assertEquals(1, recorder.filled.get());
        interact(
                () -> {
                    chart.setAxes(chart.axes().x(), chart.axes().y());
                    chart.show(recorder);
                    chart.setMarkers(List.of());
                });
        settle();
        Painter.awaitIdle();
        assertEquals(2, recorder.filled.get());
        assertEquals(Set.of(false), recorder.onFxThread);
    }

    @Test
    void aChartThatCouldNotBeDrawnIsDrawnAgainWhenItChanges() throws Exception {
        Recorder recorder = new Recorder();
        ChartPane chart = recorder.pane();
        recorder.failure = new IllegalStateException("cannot be drawn");
        AtomicInteger seen = new AtomicInteger();
        interact(
                () -> {
                    Thread.currentThread()
                            .setUncaughtExceptionHandler((thread, e) -> seen.incrementAndGet());
                    chart.show(recorder);
                    tab.getChildren().add(chart);
                });
        settle();
        Painter.awaitIdle();
        settle();
        interact(() -> Thread.currentThread().setUncaughtExceptionHandler(null));
        assertTrue(seen.get() > 0);
        recorder.failure = null;
        interact(() -> chart.show(recorder));
        settle();
        Painter.awaitIdle();
        assertEquals(2, recorder.filled.get());
    }

    /** Notes who draws it and how often. */
    private static final class Recorder implements ChartContent {
        private final AtomicInteger filled = new AtomicInteger();
        private final Set<Boolean> onFxThread = ConcurrentHashMap.newKeySet();
        private volatile RuntimeException failure;

        ChartPane pane() {
            ChartPane.Axis axis = ChartPane.Axis.linear("x", "");
            return new ChartPane("recorded", axis, axis, this) {
                @Override
                public CsvDocument csv() {
                    return _ -> {};
                }
            };
        }

        @Override
        public boolean isEmpty() {
            return false;
        }

        @Override
        public boolean needsLegend() {
            return false;
        }

        @Override
        public void fill(XYPlot plot, ChartPane.Axes axes, ChartStyle style) {
            filled.incrementAndGet();
            onFxThread.add(Platform.isFxApplicationThread());
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public List<Spot> spots(ChartPane.Axes axes) {
            return List.of();
        }
    }
}
