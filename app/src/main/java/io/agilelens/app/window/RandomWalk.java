package io.agilelens.app.window;

import io.agilelens.app.live.LiveLoop;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.format.SampleLibrary;
import io.agilelens.engine.format.TextFormat;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.Background;
import io.agilelens.views.Notices;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Workbench;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import javafx.application.Platform;
import javafx.event.Event;
import javafx.scene.Node;
import javafx.scene.input.KeyCode;
import javafx.stage.Stage;

/**
 * Does at random what people do with the window, for as long as one likes. The same seed gives the
 * same wishes in the same order; what they meet also depends on how far the work behind the window
 * is. Fails by the first exception that nobody caught, by a JavaFX thread that does not answer for
 * a second, and by a heap that grows.
 *
 * <p>Every {@code round} actions the window is brought back to the same state and the heap is
 * measured after a collection.
 */
final class RandomWalk {
    private static final double MIB = 1 << 20;
    private static final long BLOCKED_MILLIS = 1000;
    private static final long PATIENCE_SECONDS = 180;

    /** A dialog that waits for an answer does not give the action's thread back. */
    private static final long ACTION_MILLIS = 1500;

    private static final double LONGEST_PAUSE_MILLIS = 90;

    /** More than what holds a node, from itself to its window, ever is. */
    private static final int LONGEST_CHAIN = 512;

    private final long seed;
    private final int round;
    private final PrintWriter log;
    private final Progress progress;
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger known = new AtomicInteger();
    private final List<Long> heap = new ArrayList<>();
    private WalkHands hands;
    private Stage stage;
    private WorkbenchWindow window;
    private int windows;

    /** Of windows that are open beside the walk's. */
    private long othersLoops;

    /**
     * What came of a walk.
     *
     * @param actions done
     * @param windows opened, one after the other
     * @param refused failures that were told to the person, such as those of broken files
     * @param known faults of JavaFX that are known to harm nobody
     * @param longestMillis for which the JavaFX thread did not answer
     * @param heap bytes in use after collections
     * @param failures what must not happen, the first first; empty if all is well
     */
    record Result(
            long seed,
            int actions,
            int windows,
            int refused,
            int known,
            double longestMillis,
            List<Long> heap,
            HeapTrend trend,
            List<String> failures) {}

    /**
     * @param round actions between two measurements of the heap
     * @param log gets a line for each action, before it is done
     */
    RandomWalk(long seed, int round, PrintWriter log, Progress progress) {
        this.seed = seed;
        this.round = round;
        this.log = log;
        this.progress = progress;
    }

    /** Four numbers that say what to do, where and how; each from 0 up to but not including 1. */
    private record Wish(double action, double a, double b, double c) {
        static Wish next(RandomGenerator random) {
            return new Wish(
                    random.nextDouble(),
                    random.nextDouble(),
                    random.nextDouble(),
                    random.nextDouble());
        }
    }

    /**
     * Walks until the time is over, the number of actions is reached, or something failed. JavaFX
     * must run; call on another thread.
     */
    Result walk(Duration time, int most) throws IOException, InterruptedException {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        String home = System.getProperty("user.home");
        try (WalkFiles files = WalkFiles.write()) {
            Thread.setDefaultUncaughtExceptionHandler((_, failure) -> caught(failure));
            // Where dialogs propose to write.
            System.setProperty("user.home", files.folder().toString());
            hands = onFx(WalkHands::new);
            othersLoops = liveLoops();
            try {
                onFx(this::openWindow);
                settle();
                return result(walk(files, time, most));
            } finally {
                onFx(this::closeWindow);
            }
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
            System.setProperty("user.home", home);
        }
    }

    /** How far a walk came, and the longest time in it without an answer. */
    private record Walked(int actions, double longestMillis) {}

    /** In a window that is warm: the start has its own measurements. */
    private Walked walk(WalkFiles files, Duration time, int most) throws InterruptedException {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        int done = 0;
        Thread fx = onFx(Thread::currentThread);
        try (Heartbeat heartbeat = new Heartbeat(fx, BLOCKED_MILLIS, failures::add)) {
            long end = System.nanoTime() + time.toNanos();
            while (done < most && failures.isEmpty() && System.nanoTime() < end) {
                Wish wish = Wish.next(random);
                done++;
                progress.report("walking, seed " + seed, done, most);
                perform(done, wish, files);
                if (done % round == 0) {
                    settle();
                }
            }
            return new Walked(done, heartbeat.longestMillis());
        }
    }

    private Result result(Walked walked) {
        HeapTrend trend = HeapTrend.of(heap);
        if (trend.leaks()) {
            failures.add(
                    String.format(
                            Locale.ROOT,
                            "the heap grows: by %.1f MiB over %d measurements, from about %.1f MiB",
                            trend.growth() / MIB,
                            trend.samples(),
                            trend.median() / MIB));
        }
        return new Result(
                seed,
                walked.actions(),
                windows,
                refused.get(),
                known.get(),
                walked.longestMillis(),
                List.copyOf(heap),
                trend,
                List.copyOf(failures));
    }

    private Void openWindow() {
        stage = new Stage();
        stage.setX(0);
        stage.setY(0);
        window = WorkbenchWindow.open(stage, WorkbenchApplication.FIRST_MODEL, this::told);
        Stage owner = stage;
        Notices.showWith(
                window.frame()::toast,
                failure -> {
                    refused.incrementAndGet();
                    Dialogs.showError(owner, failure);
                });
        windows++;
        return null;
    }

    private Void closeWindow() {
        WalkHands.dismiss(stage);
        stage.hide();
        window.controller().close();
        return null;
    }

    /** A failure that the window shows: fine if it tells the person what to do. */
    private void told(Throwable failure) {
        if (failure instanceof UserException) {
            refused.incrementAndGet();
        } else {
            caught(failure);
        }
        Dialogs.showError(stage, failure);
    }

    /** A failure that nobody expected. */
    private void caught(Throwable failure) {
        if (isMissingChooser(failure)) {
            return;
        }
        if (isOfJavaFx(failure)) {
            known.incrementAndGet();
            return;
        }
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        failures.add(trace.toString());
    }

    /** Without a display there is no system dialog for files, which JavaFX says in this way. */
    private static boolean isMissingChooser(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root instanceof UnsupportedOperationException
                && root.getStackTrace().length > 0
                && root.getStackTrace()[0].getClassName().endsWith("HeadlessApplication");
    }

    /**
     * Faults of JavaFX 26 that harm nobody: a slider's thumb that is dragged although the press hid
     * a popup instead of reaching it, and a popup that the headless platform draws, or clears to
     * move it, although it reaches beyond the edge of the screen that it imitates.
     */
    static boolean isOfJavaFx(Throwable failure) {
        StackTraceElement[] stack = failure.getStackTrace();
        return failure instanceof NullPointerException
                        && stack.length > 0
                        && stack[0].getClassName().equals("javafx.scene.control.skin.SliderSkin")
                || failure instanceof IndexOutOfBoundsException
                        && Arrays.stream(stack).anyMatch(RandomWalk::drawsOnHeadlessScreen);
    }

    private static boolean drawsOnHeadlessScreen(StackTraceElement frame) {
        return frame.getClassName().endsWith(".HeadlessWindow")
                && List.of("blit", "clearRect").contains(frame.getMethodName());
    }

    private void perform(int number, Wish wish, WalkFiles files) throws InterruptedException {
        WalkAction action = WalkAction.at(wish.action());
        log.print(String.format(Locale.ROOT, "%d %s ", number, action));
        log.flush();
        CompletableFuture<String> result = new CompletableFuture<>();
        Platform.runLater(
                () -> {
                    try {
                        result.complete(act(action, wish, files));
                    } catch (RuntimeException | Error failure) {
                        caught(failure);
                        result.complete("failed");
                    }
                });
        try {
            log.println(result.get(ACTION_MILLIS, TimeUnit.MILLISECONDS));
        } catch (TimeoutException dialogWaits) {
            log.println("still under way");
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
        log.flush();
        Thread.sleep((long) (wish.c() * LONGEST_PAUSE_MILLIS));
    }

    private String act(WalkAction action, Wish wish, WalkFiles files) {
        double a = wish.a();
        double b = wish.b();
        double c = wish.c();
        if (!stage.isShowing()) { // quit by the action before
            closeWindow();
            openWindow();
            return "window " + windows + " instead";
        }
        Node middle = window.frame().getCenter();
        return switch (action) {
            case STATION ->
                    hands.shortcut(
                            KeyCode.valueOf(
                                    "DIGIT"
                                            + (1
                                                    + WalkHands.index(
                                                            a,
                                                            Math.min(
                                                                    9,
                                                                    window.frame()
                                                                            .stations()
                                                                            .size())))),
                            KeyCode.CONTROL);
            case SLIDER -> hands.slider(a, b, c);
            case DRAG_SLIDER -> hands.dragSlider(a, b, c);
            case TYPE -> hands.enter(a, b);
            case CHOOSE -> hands.choose(a, b);
            case PRESS -> hands.press(a);
            case TAB -> hands.tab(a, b);
            case CLICK -> hands.click(middle, a, b, c);
            case DRAG -> hands.drag(middle, a, b, c);
            case SCROLL -> hands.scroll(middle, a, b, c);
            case HOVER -> hands.hover(middle, a, b);
            case KEY -> hands.key(a);
            case UNDO -> hands.shortcut(KeyCode.Z, KeyCode.CONTROL);
            case REDO -> hands.shortcut(KeyCode.Y, KeyCode.CONTROL);
            case BACK -> hands.shortcut(KeyCode.LEFT, KeyCode.ALT);
            case FORWARD -> hands.shortcut(KeyCode.RIGHT, KeyCode.ALT);
            case MENU -> hands.menu(a, b);
            case SAMPLE -> {
                var samples = SampleLibrary.onClassPath().samples();
                String name = samples.get(WalkHands.index(a, samples.size())).name();
                window.controller().open(ModelReference.SAMPLE_PREFIX + name);
                yield name;
            }
            case BAD_MODEL -> {
                String name = files.models().get(WalkHands.index(a, files.models().size()));
                window.controller().open(name);
                yield name;
            }
            case TEXT -> {
                Path text = files.texts().get(WalkHands.index(a, files.texts().size()));
                window.controller().useText(text, b < 0.5 ? TextFormat.PLAIN : TextFormat.WIKITEXT);
                yield text.toString();
            }
            case CANCEL -> {
                window.controller().cancel();
                window.controller().cancelErrands();
                yield "";
            }
            case RESIZE -> {
                stage.setWidth(1024 + a * 576);
                stage.setHeight(700 + b * 260);
                yield Math.round(stage.getWidth()) + "x" + Math.round(stage.getHeight());
            }
            case THEME -> hands.shortcut(KeyCode.L, KeyCode.CONTROL);
            case PIN -> hands.shortcut(KeyCode.P, KeyCode.CONTROL);
            case DISMISS -> WalkHands.dismiss(stage);
            case REOPEN -> {
                closeWindow();
                openWindow();
                yield "window " + windows;
            }
        };
    }

    /** Brings the window to the state of its start and measures the heap. */
    private void settle() throws InterruptedException {
        Workbench workbench = window.workbench();
        Optional<OpenedModel> before =
                onFx(
                        () -> {
                            WalkHands.dismiss(stage);
                            window.controller().cancel();
                            window.controller().cancelErrands();
                            window.controller().open(WorkbenchApplication.FIRST_MODEL);
                            return workbench.modelProperty().get();
                        });
        if (!await(
                () -> onFx(() -> isReady(workbench, before)), "the window did not come to rest")) {
            return;
        }
        onFx(
                () -> {
                    WalkHands.dismiss(stage);
                    workbench.runs().clear();
                    forgetPastEvents();
                    return null;
                });
        Background.awaitIdle();
        // Those of models that were replaced end by and by.
        if (!await(
                () -> liveLoops() <= othersLoops + 1,
                "a live loop did not end behind its window or model")) {
            return;
        }
        heap.add(collectedHeap());
        log.println("heap %.1f MiB".formatted(heap.getLast() / MIB));
    }

    /**
     * JavaFX sends events along one chain, where ends of longer ones before stay, and with them a
     * window that is gone. A chain longer than any takes their place.
     */
    static void forgetPastEvents() {
        Event.fireEvent(
                chain -> {
                    for (int i = 0; i < LONGEST_CHAIN; i++) {
                        chain.append((event, _) -> event);
                    }
                    return chain;
                },
                new Event(Event.ANY));
    }

    /** Something that becomes true sooner or later. */
    @FunctionalInterface
    private interface Condition {
        boolean holds() throws InterruptedException;
    }

    /**
     * Waits for something, unless the walk has failed.
     *
     * @param otherwise what went wrong if it does not come about
     * @return whether it holds
     */
    private boolean await(Condition condition, String otherwise) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (failures.isEmpty() && !condition.holds()) {
            if (System.nanoTime() > end) {
                failures.add("%s within %d s".formatted(otherwise, PATIENCE_SECONDS));
            }
            Thread.sleep(50);
        }
        return failures.isEmpty();
    }

    /** A loop that goes on behind a window that is gone holds that window and its model. */
    private static long liveLoops() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(LiveLoop.THREAD))
                .count();
    }

    /** Whether another model is open than before, and everything about it is known. */
    private static boolean isReady(Workbench workbench, Optional<OpenedModel> before) {
        return workbench.modelProperty().get().isPresent()
                && workbench.modelProperty().get().orElseThrow() != before.orElse(null)
                && workbench.isComplete();
    }

    /** In use once what is dead is gone; cleaners run behind a collection, so there are several. */
    private static long collectedHeap() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(50);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static <T> T onFx(Supplier<T> work) throws InterruptedException {
        try {
            return CompletableFuture.supplyAsync(work, Platform::runLater).get();
        } catch (ExecutionException failure) {
            throw new IllegalStateException(failure.getCause());
        }
    }
}
