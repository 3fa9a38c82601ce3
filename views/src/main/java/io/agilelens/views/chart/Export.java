package io.agilelens.views.chart;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.AtomicFiles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private static final double PNG_SCALE = 2;

    private Export() {}

    /**
     * Writes a picture whole or not at all, in place of a file of that name; on the JavaFX thread.
     *
     * @throws UserException if the file cannot be written or the picture is empty
     */
    public static void write(Exportable picture, Format format, Path file) {
        AtomicFiles.writeFile(
                file,
                true,
                place -> {
                    switch (format) {
                        case PNG -> writePng(picture.node(), PNG_SCALE, place);
                        case SVG -> Files.writeString(place, picture.toSvg());
                        case CSV -> Files.writeString(place, picture.toCsv());
                    }
                });
    }

    /**
     * Writes what a node looks like; on the JavaFX thread.
     *
     * @param scale pixels of the file for each pixel of the window
     */
    public static void writePng(Node node, double scale, Path file) throws IOException {
        SnapshotParameters parameters = new SnapshotParameters();
        parameters.setTransform(Transform.scale(scale, scale));
        parameters.setFill(io.agilelens.views.Theme.chartStyleProperty().get().background());
        writePng(node.snapshot(parameters, null), file);
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
