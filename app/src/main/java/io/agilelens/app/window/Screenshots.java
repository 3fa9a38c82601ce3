package io.agilelens.app.window;

import io.agilelens.views.Theme;
import io.agilelens.views.chart.Export;
import io.agilelens.views.chart.Painter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javafx.animation.PauseTransition;
import javafx.application.Platform;
import javafx.geometry.Rectangle2D;
import javafx.scene.Scene;
import javafx.scene.SnapshotParameters;
import javafx.scene.image.WritableImage;
import javafx.scene.transform.Transform;
import javafx.stage.Stage;
import javafx.util.Duration;

/** Pictures of the window as it really is, for documentation and for looking at it without one. */
public final class Screenshots {
    private static final Duration PULSES = Duration.millis(120);

    private Screenshots() {}

    /**
     * Sizes the window's content, waits until it is drawn, and writes it; from any thread but
     * JavaFX's.
     *
     * @param stage a window that is showing
     * @param width of the content, in pixels of the desktop
     * @param height of the content, in pixels of the desktop; no more than its screen has
     * @throws IOException if the file cannot be written
     */
    public static void take(Stage stage, Theme.Mode theme, double width, double height, Path file)
            throws IOException, InterruptedException {
        onFx(
                () -> {
                    Theme.apply(theme);
                    stage.setMinWidth(0);
                    stage.setMinHeight(0);
                    stage.setX(0);
                    stage.setY(0);
                    stage.setWidth(width + stage.getWidth() - stage.getScene().getWidth());
                    stage.setHeight(height + stage.getHeight() - stage.getScene().getHeight());
                    return null;
                });
        take(stage.getScene(), file);
    }

    /**
     * Waits until a scene is drawn, and writes it in all the pixels that its screen shows it in;
     * from any thread but JavaFX's.
     *
     * @throws IOException if the file cannot be written
     */
    static void take(Scene scene, Path file) throws IOException, InterruptedException {
        // Layout asks for cells, cells come back, and one more pulse shows them.
        pause();
        Painter.awaitIdle();
        pause();
        WritableImage image = onFx(() -> draw(scene));
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Export.writePng(image, file);
    }

    private static WritableImage draw(Scene scene) {
        double scale = scene.getWindow().getOutputScaleX();
        SnapshotParameters parameters = new SnapshotParameters();
        parameters.setFill(scene.getFill());
        parameters.setTransform(Transform.scale(scale, scale));
        parameters.setViewport(
                new Rectangle2D(0, 0, scale * scene.getWidth(), scale * scene.getHeight()));
        return scene.getRoot().snapshot(parameters, null);
    }

    private static void pause() throws InterruptedException {
        CompletableFuture<Void> over = new CompletableFuture<>();
        Platform.runLater(
                () -> {
                    PauseTransition pause = new PauseTransition(PULSES);
                    pause.setOnFinished(event -> over.complete(null));
                    pause.play();
                });
        get(over);
    }

    private static <T> T onFx(java.util.function.Supplier<T> work) throws InterruptedException {
        return get(CompletableFuture.supplyAsync(work, Platform::runLater));
    }

    private static <T> T get(CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
