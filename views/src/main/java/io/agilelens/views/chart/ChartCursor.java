package io.agilelens.views.chart;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import javafx.scene.control.Label;
import javafx.scene.layout.Region;

/**
 * The point of a chart that arrow keys have reached: left and right along a curve, up and down from
 * one to the next. It is ringed, and its value stands beside it as under the pointer.
 */
final class ChartCursor {
    private final Region ring = new Region();
    private final Label words;
    private ChartContent.Spot spot;

    /**
     * @param words shows the value
     */
    ChartCursor(Label words) {
        this.words = words;
        ring.getStyleClass().add("chart-cursor");
        ring.setManaged(false);
        ring.setMouseTransparent(true);
        ring.setVisible(false);
    }

    /** Lies over the chart. */
    Region ring() {
        return ring;
    }

    /** Where it is, or null as long as no key was pressed. */
    ChartContent.Spot spot() {
        return spot;
    }

    /**
     * Goes to another point.
     *
     * @param spots what can be reached, at least one
     * @param steps how far, at least 1
     */
    void move(PictureKey key, int steps, List<ChartContent.Spot> spots) {
        if (spot == null) {
            spot = spots.getFirst();
            return;
        }
        spot =
                switch (key) {
                    case LEFT -> along(-steps, spots);
                    case RIGHT -> along(steps, spots);
                    case UP -> across(-1, spots);
                    default -> across(1, spots);
                };
    }

    private ChartContent.Spot along(int steps, List<ChartContent.Spot> spots) {
        List<ChartContent.Spot> line = series(spot.pick().series(), spots);
        if (line.size() < 2) {
            // Clouds of one point each are walked through together.
            line = spots;
        }
        List<ChartContent.Spot> sorted =
                line.stream().sorted(Comparator.comparingDouble(ChartContent.Spot::x)).toList();
        int at = 0;
        for (int i = 0; i < sorted.size(); i++) {
            if (sorted.get(i).pick().equals(spot.pick())) {
                at = i;
            }
        }
        return sorted.get(Math.clamp(at + steps, 0, sorted.size() - 1));
    }

    private ChartContent.Spot across(int step, List<ChartContent.Spot> spots) {
        List<Integer> all =
                spots.stream().map(each -> each.pick().series()).distinct().sorted().toList();
        int at = all.indexOf(spot.pick().series());
        int next = all.get(Math.floorMod(at + step, all.size()));
        return series(next, spots).stream()
                .min(Comparator.comparingDouble(each -> Math.abs(each.x() - spot.x())))
                .orElse(spot);
    }

    private static List<ChartContent.Spot> series(int number, List<ChartContent.Spot> spots) {
        return spots.stream().filter(each -> each.pick().series() == number).toList();
    }

    /** Finds the same point in another drawing; without one there is nothing to ring. */
    void follow(ChartDrawing drawn) {
        ChartPane.Pick pick = spot == null ? null : spot.pick();
        spot =
                drawn.spots().stream()
                        .filter(each -> Objects.equals(each.pick(), pick))
                        .findFirst()
                        .orElse(null);
        if (ring.isVisible()) {
            place(drawn);
        }
    }

    /** Rings the point where a drawing has it. */
    void place(ChartDrawing drawn) {
        boolean seen = spot != null && drawn.isInside(drawn.pixelX(spot), drawn.pixelY(spot));
        ring.setVisible(seen);
        words.setVisible(seen);
        if (!seen) {
            return;
        }
        ring.autosize();
        ring.relocate(
                drawn.pixelX(spot) - ring.getWidth() / 2,
                drawn.pixelY(spot) - ring.getHeight() / 2);
        words.setText(spot.words().get());
    }

    /** Takes the ring away; the next key goes on from there. */
    void hide() {
        if (ring.isVisible()) {
            ring.setVisible(false);
            words.setVisible(false);
        }
    }
}
