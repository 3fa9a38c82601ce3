package io.agilelens.app.window;

import io.agilelens.app.KeptProperties;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.format.UserConfig;
import io.agilelens.engine.format.UserState;
import io.agilelens.views.Messages;
import io.agilelens.views.Motion;
import io.agilelens.views.Theme;
import io.agilelens.views.palette.RecentEntries;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javafx.animation.PauseTransition;
import javafx.application.Platform;
import javafx.beans.InvalidationListener;
import javafx.beans.Observable;
import javafx.collections.ObservableMap;
import javafx.geometry.Rectangle2D;
import javafx.stage.Screen;
import javafx.stage.Stage;
import javafx.util.Duration;

/**
 * What the window remembers of a user from one run to the next: looks, where it stood on this set
 * of screens, how wide its zones were and where dividers inside stations stood, which station was
 * open and what was used in the palette. Files that cannot be read leave everything as usual.
 */
final class WindowMemory implements AutoCloseable {
    private static final Duration PAUSE = Duration.millis(400);
    private static final String SETTINGS = "settings.properties";
    private static final String PLACE = "place.";
    private static final String DIVIDER = "divider.";
    private static final int MOST_PLACES = 12;

    private final KeptProperties settingsFile;
    private final KeptProperties layoutFile;
    private final Properties layout;
    private final List<String> refused = new ArrayList<>();
    private final WindowSettings settings;
    private final ExecutorService writer =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("window-memory").daemon().factory());
    private final PauseTransition pause = new PauseTransition(PAUSE);

    private final InvalidationListener change = _ -> pause.playFromStart();

    /** Windows are moved when JavaFX has taken note of all screens. */
    private final InvalidationListener otherScreens = _ -> Platform.runLater(this::comeBack);

    /** What is followed; some of it outlives the window. */
    private List<Observable> remembered = List.of();

    private Stage stage;
    private WorkbenchFrame frame;
    private RecentEntries recent;
    private ObservableMap<String, Double> dividers;
    private Rectangle2D normalBounds;
    private int threads;

    private WindowMemory(Path config, Path state) {
        settingsFile =
                new KeptProperties(config.resolve(SETTINGS), "Settings of AgileLens's window");
        layoutFile =
                new KeptProperties(
                        state.resolve("layout.properties"), "Layout of AgileLens; may be deleted");
        settings =
                WindowSettings.of(
                        settingsFile.read(),
                        (key, value, remedy) ->
                                refused.add(
                                        Messages.text(
                                                "settings.refused",
                                                SETTINGS,
                                                key,
                                                Printable.of(value),
                                                remedy)));
        layout = layoutFile.read();
        threads = settings.threads();
    }

    /** Of whoever runs the program; reads files, so not on the JavaFX thread. */
    static WindowMemory ofUser() {
        return in(UserConfig.folder(), UserState.folder());
    }

    /**
     * In folders of its own.
     *
     * @param config for what was chosen
     * @param state for what came about
     */
    static WindowMemory in(Path config, Path state) {
        return new WindowMemory(config, state);
    }

    /** What was chosen when the program started. */
    WindowSettings settings() {
        return settings;
    }

    /** What the file of settings had that means nothing, each in one line for a person. */
    List<String> refused() {
        return List.copyOf(refused);
    }

    /** Threads from the next start on; 0 for one each processor. */
    int threads() {
        return threads;
    }

    void setThreads(int wanted) {
        threads = wanted;
        pause.playFromStart();
    }

    /** Puts a window back as it was, before it is shown, and follows it from then on. */
    void follow(
            Stage window,
            WorkbenchFrame shown,
            RecentEntries used,
            ObservableMap<String, Double> dividersInside) {
        stage = window;
        frame = shown;
        recent = used;
        dividers = dividersInside;
        place();
        frame.zones().leftWidthProperty().set(width("zone.left", frame.zones().leftWidth()));
        frame.zones().rightWidthProperty().set(width("zone.right", frame.zones().rightWidth()));
        for (String key : layout.stringPropertyNames()) {
            double share = WindowSettings.number(layout.getProperty(key), 0, 1, Double.NaN);
            if (key.startsWith(DIVIDER) && !Double.isNaN(share)) {
                dividers.put(key.substring(DIVIDER.length()), share);
            }
        }
        String station = layout.getProperty("station", "");
        if (frame.stations().stream().anyMatch(each -> each.id().equals(station))) {
            frame.open(station);
        }
        recent.restore(List.of(layout.getProperty("recent", "").split("\t")));
        pause.setOnFinished(_ -> save());
        remembered =
                List.of(
                        stage.xProperty(),
                        stage.yProperty(),
                        stage.widthProperty(),
                        stage.heightProperty(),
                        stage.maximizedProperty(),
                        frame.zones().leftWidthProperty(),
                        frame.zones().rightWidthProperty(),
                        dividers,
                        frame.stationProperty(),
                        recent.ids(),
                        Theme.modeProperty(),
                        Theme.zoomProperty(),
                        Theme.projectorProperty(),
                        Motion.modeProperty());
        remembered.forEach(each -> each.addListener(change));
        Screen.getScreens().addListener(otherScreens);
    }

    private double width(String key, double usual) {
        return WindowSettings.number(layout.getProperty(key), 80, 2000, usual);
    }

    private static List<Rectangle2D> present() {
        List<Rectangle2D> screens = new ArrayList<>();
        screens.add(Screen.getPrimary().getVisualBounds());
        Screen.getScreens().forEach(screen -> screens.add(screen.getVisualBounds()));
        return screens;
    }

    /** Brings the window back into sight when its screen was taken away. */
    private void comeBack() {
        if (stage.isMaximized() || stage.isFullScreen() || stage.isIconified()) {
            return;
        }
        WindowPlace now =
                new WindowPlace(
                        new Rectangle2D(
                                stage.getX(), stage.getY(), stage.getWidth(), stage.getHeight()),
                        false);
        WindowPlace seen = now.within(present());
        if (!seen.equals(now)) {
            move(seen.bounds());
        }
    }

    private void move(Rectangle2D bounds) {
        stage.setX(bounds.getMinX());
        stage.setY(bounds.getMinY());
        stage.setWidth(bounds.getWidth());
        stage.setHeight(bounds.getHeight());
    }

    private void place() {
        List<Rectangle2D> screens = present();
        Rectangle2D first = screens.getFirst();
        // A small screen, or one at 200 %, is narrower than the window likes to be.
        stage.setMinWidth(Math.min(stage.getMinWidth(), first.getWidth()));
        stage.setMinHeight(Math.min(stage.getMinHeight(), first.getHeight()));
        double left = first.getMinX() + (first.getWidth() - WorkbenchWindow.WIDTH) / 2;
        double top = first.getMinY() + (first.getHeight() - WorkbenchWindow.HEIGHT) / 2;
        WindowPlace usual =
                new WindowPlace(
                        new Rectangle2D(left, top, WorkbenchWindow.WIDTH, WorkbenchWindow.HEIGHT),
                        false);
        WindowPlace place =
                WindowPlace.parse(layout.getProperty(PLACE + screens(), ""))
                        .orElse(usual)
                        .within(screens);
        normalBounds = place.bounds();
        move(normalBounds);
        stage.setMaximized(place.maximized());
    }

    /** Names the present set of screens. */
    private static String screens() {
        return Screen.getScreens().stream()
                .map(
                        screen ->
                                "%.0f,%.0f,%.0fx%.0f@%.2f"
                                        .formatted(
                                                screen.getBounds().getMinX(),
                                                screen.getBounds().getMinY(),
                                                screen.getBounds().getWidth(),
                                                screen.getBounds().getHeight(),
                                                screen.getOutputScaleX()))
                .sorted()
                .collect(Collectors.joining(";"));
    }

    private void save() {
        if (writer.isShutdown()) {
            return;
        }
        if (!stage.isMaximized() && !stage.isFullScreen() && !stage.isIconified()) {
            normalBounds =
                    new Rectangle2D(
                            stage.getX(), stage.getY(), stage.getWidth(), stage.getHeight());
        }
        WindowSettings chosen = WindowSettings.inForce(threads);
        layout.setProperty("zone.left", Double.toString(frame.zones().leftWidth()));
        layout.setProperty("zone.right", Double.toString(frame.zones().rightWidth()));
        layout.keySet().removeIf(each -> each.toString().startsWith(DIVIDER));
        dividers.forEach(
                (name, share) -> layout.setProperty(DIVIDER + name, Double.toString(share)));
        layout.setProperty("station", frame.stationProperty().get().id());
        layout.setProperty("recent", String.join("\t", recent.ids()));
        String key = PLACE + screens();
        long places =
                layout.stringPropertyNames().stream().filter(k -> k.startsWith(PLACE)).count();
        if (places >= MOST_PLACES && !layout.containsKey(key)) {
            layout.keySet().removeIf(each -> each.toString().startsWith(PLACE));
        }
        layout.setProperty(key, new WindowPlace(normalBounds, stage.isMaximized()).toString());
        Properties kept = (Properties) layout.clone();
        writer.execute(
                () -> {
                    settingsFile.write(chosen.toProperties());
                    layoutFile.write(kept);
                });
    }

    /** Keeps what is not kept yet; on the JavaFX thread. */
    @Override
    public void close() {
        if (stage != null) {
            remembered.forEach(each -> each.removeListener(change));
            Screen.getScreens().removeListener(otherScreens);
            pause.stop();
            save();
        }
        writer.shutdown();
        try {
            // The daemon's last words; a disk that hangs must not hold the window.
            writer.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
