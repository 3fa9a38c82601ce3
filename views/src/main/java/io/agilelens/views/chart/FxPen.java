package io.agilelens.views.chart;

import javafx.geometry.VPos;
import javafx.scene.canvas.Canvas;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.image.Image;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.WritableImage;
import javafx.scene.paint.Color;
import javafx.scene.text.Font;
import javafx.scene.text.Text;
import javafx.scene.text.TextAlignment;

/** Draws on a canvas. Lines of one pixel are moved to pixel centres so that they are sharp. */
public final class FxPen implements Pen {
    private final GraphicsContext graphics;
    private final Text ruler = new Text();

    /**
     * @param graphics what is drawn on
     */
    public FxPen(GraphicsContext graphics) {
        this.graphics = graphics;
        graphics.setTextBaseline(VPos.CENTER);
    }

    /** A pen that measures text on any thread, and whose drawing nobody sees. */
    public static Pen ruler() {
        return new FxPen(new Canvas().getGraphicsContext2D());
    }

    @Override
    public void line(double x1, double y1, double x2, double y2, Color color, double width) {
        graphics.setStroke(color);
        graphics.setLineWidth(width);
        graphics.strokeLine(sharp(x1), sharp(y1), sharp(x2), sharp(y2));
    }

    @Override
    public void fill(double x, double y, double width, double height, Color color) {
        graphics.setFill(color);
        graphics.fillRect(x, y, width, height);
    }

    @Override
    public void frame(
            double x, double y, double width, double height, Color color, double lineWidth) {
        graphics.setStroke(color);
        graphics.setLineWidth(lineWidth);
        graphics.strokeRect(sharp(x), sharp(y), Math.round(width), Math.round(height));
    }

    @Override
    public void text(String text, double x, double y, Anchor anchor, double size, Color color) {
        graphics.setFont(font(size));
        graphics.setFill(color);
        graphics.setTextAlign(
                switch (anchor) {
                    case START -> TextAlignment.LEFT;
                    case MIDDLE -> TextAlignment.CENTER;
                    case END -> TextAlignment.RIGHT;
                });
        graphics.fillText(text, x, y);
    }

    @Override
    public void textUpwards(String text, double x, double y, double size, Color color) {
        graphics.save();
        graphics.translate(x, y);
        graphics.rotate(-90);
        text(text, 0, 0, Anchor.MIDDLE, size, color);
        graphics.restore();
    }

    @Override
    public void image(
            int[] argb, int pixelWidth, int pixelHeight, double x, double y, double w, double h) {
        graphics.setImageSmoothing(false);
        graphics.drawImage(toImage(argb, pixelWidth, pixelHeight), x, y, w, h);
    }

    static Image toImage(int[] argb, int width, int height) {
        WritableImage image = new WritableImage(width, height);
        image.getPixelWriter()
                .setPixels(0, 0, width, height, PixelFormat.getIntArgbInstance(), argb, 0, width);
        return image;
    }

    @Override
    public double textWidth(String text, double size) {
        ruler.setFont(font(size));
        ruler.setText(text);
        return ruler.getLayoutBounds().getWidth();
    }

    static Font font(double size) {
        return Font.font(ChartStyle.FONT_FAMILY, size);
    }

    private static double sharp(double coordinate) {
        return Math.floor(coordinate) + 0.5;
    }
}
