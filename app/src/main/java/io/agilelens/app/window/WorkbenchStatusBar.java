package io.agilelens.app.window;

import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.Figures;
import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicReference;
import javafx.animation.Animation;
import javafx.animation.KeyFrame;
import javafx.animation.Timeline;
import javafx.application.Platform;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.util.Duration;
import org.controlsfx.control.StatusBar;

/** The line below everything: what is being done, on which hardware, with how much memory. */
public final class WorkbenchStatusBar extends StatusBar {
    private static final double HELP_WIDTH = 320;

    private final Button cancel = new Button(Messages.text("status.cancel"));
    private final Label machine = new Label();
    private final Label placement = new Label(Messages.text("status.streamed"));
    private final Label heap = new Label();
    private final Timeline heapWatch =
            new Timeline(new KeyFrame(Duration.seconds(1), event -> showHeap()));
    private Task running;

    WorkbenchStatusBar() {
        getStyleClass().add("workbench-status");
        setText("");
        setFocusTraversable(false);
        cancel.setId("cancel");
        cancel.getStyleClass().addAll("small", "flat");
        Help.on(cancel, Messages.text("status.cancel.help"));
        cancel.setMinWidth(Button.USE_PREF_SIZE);
        cancel.setVisible(false);
        cancel.setOnAction(event -> cancelRunning());
        machine.getStyleClass().addAll("small", "muted");
        placement.setId("weights-streamed");
        placement.getStyleClass().addAll("small", "muted");
        setPlacement("");
        heap.getStyleClass().addAll("small", "muted", "status-heap");
        heap.setTooltip(new Tooltip(Messages.text("status.heap.help")));
        getRightItems().addAll(cancel, placement, machine, heap);
        heapWatch.setCycleCount(Animation.INDEFINITE);
        // A running timeline is held by the toolkit, so it runs only while the window is open.
        sceneProperty()
                .flatMap(scene -> scene.windowProperty())
                .flatMap(window -> window.showingProperty())
                .orElse(false)
                .subscribe(this::watchHeap);
    }

    private void watchHeap(boolean showing) {
        if (showing) {
            showHeap();
            heapWatch.play();
        } else {
            heapWatch.stop();
        }
    }

    private void showHeap() {
        Runtime runtime = Runtime.getRuntime();
        // In this order: a heap that grows in between must not look as if less than nothing were
        // used.
        long free = runtime.freeMemory();
        long used = Math.max(0, runtime.totalMemory() - free);
        heap.setText(
                Messages.text(
                        "status.heap", Figures.bytes(used), Figures.bytes(runtime.maxMemory())));
    }

    /**
     * Says what the engine computes with, such as {@code AVX2 256-bit · 2 threads}.
     *
     * @param reason why, for the tooltip
     */
    public void setMachine(String summary, String reason) {
        machine.setText(summary);
        machine.setTooltip(reason.isEmpty() ? null : new Tooltip(reason));
    }

    /**
     * Says that weights are read from the file on each pass.
     *
     * @param note why and what to do, for the tooltip; empty where all stand in memory
     */
    public void setPlacement(String note) {
        placement.setVisible(!note.isEmpty());
        placement.setManaged(!note.isEmpty());
        Tooltip help = new Tooltip(note);
        help.setWrapText(true);
        help.setMaxWidth(HELP_WIDTH);
        placement.setTooltip(help);
    }

    /**
     * Starts to show a piece of work, in place of one shown before; on the JavaFX thread.
     *
     * @param cancellation what the cancel button asks to stop
     * @return hears how far the work is, from any thread; reports that follow each other faster
     *     than the screen are merged
     */
    public Task track(String name, Cancellation cancellation) {
        Task task = waiting(name, cancellation);
        task.begin();
        return task;
    }

    /** The same for work whose turn has not come: nothing of it is shown before it begins. */
    Task waiting(String name, Cancellation cancellation) {
        return new Task(name, cancellation);
    }

    /** Says something while nothing runs. */
    public void say(String message) {
        if (running == null) {
            setText(message);
        }
    }

    /**
     * Stops what the bar shows, as its button does; on the JavaFX thread.
     *
     * @return whether anything was shown
     */
    boolean cancelRunning() {
        if (running == null) {
            return false;
        }
        running.cancellation.cancel();
        setText(Messages.text("status.cancelling"));
        return true;
    }

    /** One piece of work in the status bar. */
    public final class Task implements Progress {
        private record Report(String step, long done, long total) {}

        private final String name;
        private final Cancellation cancellation;
        private TimeLeft timeLeft;
        private final AtomicReference<Report> latest = new AtomicReference<>();

        private Task(String name, Cancellation cancellation) {
            this.name = name;
            this.cancellation = cancellation;
        }

        /** Shows it, in place of what was shown before; on the JavaFX thread. */
        void begin() {
            running = this;
            timeLeft = new TimeLeft(seconds());
            cancel.setVisible(true);
            setText(name);
            setProgress(-1);
        }

        @Override
        public void report(String step, long done, long total) {
            if (latest.getAndSet(new Report(step, done, total)) == null) {
                Platform.runLater(this::show);
            }
        }

        private void show() {
            Report report = latest.getAndSet(null);
            if (running != this || report == null || cancellation.isCancelled()) {
                return;
            }
            double share = (double) report.done() / Math.max(1, report.total());
            setProgress(share);
            OptionalDouble rest = timeLeft.at(share, seconds());
            String left =
                    rest.isEmpty()
                            ? ""
                            : Messages.text(
                                    "status.left", Figures.seconds(Math.ceil(rest.getAsDouble())));
            String step = (report.step() + " " + left).strip();
            setText(name.isEmpty() ? step : Messages.text("status.progress", name, step));
        }

        private static double seconds() {
            return System.nanoTime() / 1e9;
        }

        /** Whether the bar shows this piece of work; on the JavaFX thread. */
        boolean isShown() {
            return running == this;
        }

        /**
         * Ends the work in the bar; on the JavaFX thread.
         *
         * @param message what came of it
         */
        public void finish(String message) {
            if (running == this) {
                running = null;
                setProgress(0);
                cancel.setVisible(false);
                setText(message);
            }
        }
    }
}
