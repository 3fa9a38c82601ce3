package io.agilelens.app.window;

import java.util.List;
import java.util.Optional;
import javafx.geometry.Rectangle2D;

/**
 * Where a window stands.
 *
 * @param bounds of the window where it is not maximized, in the desktop's pixels
 */
record WindowPlace(Rectangle2D bounds, boolean maximized) {
    /** So much of the line with the window's name must be on a screen to take hold of it. */
    private static final double HANDLE = 96;

    private static final double SMALLEST = 200;
    private static final double LARGEST = 20_000;

    /** Reads {@link #toString}; nothing if it means nothing. */
    static Optional<WindowPlace> parse(String text) {
        String[] parts = text.strip().split("\\s+");
        if (parts.length != 5) {
            return Optional.empty();
        }
        double[] numbers = new double[4];
        for (int i = 0; i < 4; i++) {
            double least = i < 2 ? -LARGEST : SMALLEST;
            numbers[i] = WindowSettings.number(parts[i], least, LARGEST, Double.NaN);
            if (Double.isNaN(numbers[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(
                new WindowPlace(
                        new Rectangle2D(numbers[0], numbers[1], numbers[2], numbers[3]),
                        Boolean.parseBoolean(parts[4])));
    }

    @Override
    public String toString() {
        return "%.0f %.0f %.0f %.0f %s"
                .formatted(
                        bounds.getMinX(),
                        bounds.getMinY(),
                        bounds.getWidth(),
                        bounds.getHeight(),
                        maximized);
    }

    /**
     * The same place if the window can be taken hold of there; otherwise the middle of the first
     * screen. Never larger than the screen.
     *
     * @param screens what there is to show windows on, the main one first, at least one
     */
    WindowPlace within(List<Rectangle2D> screens) {
        for (Rectangle2D screen : screens) {
            double seen =
                    Math.min(bounds.getMaxX(), screen.getMaxX())
                            - Math.max(bounds.getMinX(), screen.getMinX());
            boolean top =
                    bounds.getMinY() >= screen.getMinY()
                            && bounds.getMinY() < screen.getMaxY() - 40;
            if (top && seen >= HANDLE) {
                double width = Math.min(bounds.getWidth(), screen.getWidth());
                double height = Math.min(bounds.getHeight(), screen.getHeight());
                return new WindowPlace(
                        new Rectangle2D(bounds.getMinX(), bounds.getMinY(), width, height),
                        maximized);
            }
        }
        Rectangle2D screen = screens.getFirst();
        double width = Math.min(bounds.getWidth(), screen.getWidth());
        double height = Math.min(bounds.getHeight(), screen.getHeight());
        return new WindowPlace(
                new Rectangle2D(
                        screen.getMinX() + (screen.getWidth() - width) / 2,
                        screen.getMinY() + (screen.getHeight() - height) / 2,
                        width,
                        height),
                maximized);
    }
}
