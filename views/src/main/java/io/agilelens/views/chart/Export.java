package io.agilelens.views.chart;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.Theme;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import javafx.scene.Node;
import javafx.scene.SnapshotParameters;
import javafx.scene.image.Image;
import javafx.scene.image.PixelFormat;
import javafx.scene.transform.Transform;
import javax.imageio.ImageIO;

/** Writes pictures and their numbers into files. */
public final class Export {

    /** What a picture can be saved as. */
    public enum Format {
        PNG,
        SVG,
        CSV;

        /** The ending of such a file, with its dot. */
        public String ending() {
            return "." + name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** Pixels of a file for each pixel of the window. */
    static final double PNG_SCALE = 2;

    private Export() {}

    /** A picture as it was when it was taken. */
    @FunctionalInterface
    public interface Taken {
        /**
         * Encodes it and writes it whole or not at all, in place of a file of that name; on any
         * thread.
         *
         * @param progress hears how far that is, where it may take a while
         * @throws UserException if the file cannot be written
         * @throws CancellationException if the {@link Cancellation#current()} was cancelled
         */
        void write(Path file, Progress progress);

        /** The same, without saying how far it is. */
        default void write(Path file) {
            write(file, Progress.NONE);
        }
    }

    /**
     * Takes a picture as it is now; on the JavaFX thread.
     *
     * @throws UserException if the picture is empty
     */
    public static Taken take(Exportable picture, Format format) {
        return switch (format) {
            case PNG -> {
                Image image = snapshot(picture.node(), PNG_SCALE);
                yield (file, _) ->
                        AtomicFiles.writeFile(file, true, place -> writePng(image, place));
            }
            case SVG -> text(picture.svg());
            case CSV -> lines(picture.csv());
        };
    }

    private static Taken text(Supplier<String> text) {
        return (file, _) ->
                AtomicFiles.writeFile(file, true, place -> Files.writeString(place, text.get()));
    }

    /** Line by line: a map can have millions of values. */
    private static Taken lines(CsvDocument document) {
        return (file, progress) ->
                AtomicFiles.writeFile(
                        file,
                        true,
                        place -> {
                            try (Writer out = Files.newBufferedWriter(place)) {
                                document.writeTo(new Csv(out, progress));
                            }
                        });
    }

    /**
     * Writes what a node looks like; on the JavaFX thread.
     *
     * @param scale pixels of the file for each pixel of the window
     */
    public static void writePng(Node node, double scale, Path file) throws IOException {
        writePng(snapshot(node, scale), file);
    }

    /**
     * What a node looks like; on the JavaFX thread.
     *
     * @param scale pixels of the image for each pixel of the window
     */
    static Image snapshot(Node node, double scale) {
        SnapshotParameters parameters = new SnapshotParameters();
        parameters.setTransform(Transform.scale(scale, scale));
        parameters.setFill(Theme.chartStyleProperty().get().background());
        return node.snapshot(parameters, null);
    }

    /** Writes an image. */
    public static void writePng(Image image, Path file) throws IOException {
        int width = (int) image.getWidth();
        int height = (int) image.getHeight();
        int[] argb = new int[width * height];
        image.getPixelReader()
                .getPixels(0, 0, width, height, PixelFormat.getIntArgbInstance(), argb, 0, width);
        try (OutputStream out = Files.newOutputStream(file)) {
            writePng(argb, width, height, out);
        }
    }

    /** Writes {@code [height, width]} ARGB pixels. */
    static void writePng(int[] argb, int width, int height, OutputStream out) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, width, height, argb, 0, width);
        if (!ImageIO.write(image, "png", out)) {
            throw new UncheckedIOException(new IOException("this Java has no PNG writer"));
        }
    }
}
