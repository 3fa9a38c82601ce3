package io.agilelens.views;

import java.util.ArrayList;
import java.util.List;
import javafx.geometry.Orientation;
import javafx.scene.Node;
import javafx.scene.layout.Pane;

/**
 * Things side by side that go on below where there is no more room, none of them cut. Each is as
 * wide as it likes to be, at most as wide as the row.
 */
public final class WrappingRow extends Pane {

    /** Where lines stand in a row that is wider than they are. */
    public enum Align {
        /** At the left. */
        START,
        /** At the right. */
        END,
        /** At the left, but for the last thing, which stands at the right. */
        APART
    }

    private final Align align;
    private final double gap;
    private final double lineGap;

    /**
     * @param gap between two things in pixels
     * @param lineGap between two lines in pixels
     */
    public WrappingRow(Align align, double gap, double lineGap, Node... things) {
        this.align = align;
        this.gap = gap;
        this.lineGap = lineGap;
        getChildren().addAll(things);
        setMinWidth(0);
        setMinHeight(USE_PREF_SIZE);
    }

    @Override
    public Orientation getContentBias() {
        return Orientation.HORIZONTAL;
    }

    private List<List<Node>> lines(double width) {
        List<List<Node>> lines = new ArrayList<>();
        double x = 0;
        for (Node thing : getManagedChildren()) {
            double wanted = wide(thing, width);
            if (lines.isEmpty() || x + gap + wanted > width + 1) {
                lines.add(new ArrayList<>());
                x = wanted;
            } else {
                x += gap + wanted;
            }
            lines.getLast().add(thing);
        }
        return lines;
    }

    private double wide(Node thing, double width) {
        return Math.min(width, snapSizeX(thing.prefWidth(-1)));
    }

    private double lineWidth(List<Node> line, double width) {
        double all = gap * (line.size() - 1);
        for (Node thing : line) {
            all += wide(thing, width);
        }
        return all;
    }

    private double high(Node thing, double width) {
        return snapSizeY(thing.prefHeight(wide(thing, width)));
    }

    private double lineHeight(List<Node> line, double width) {
        return line.stream().mapToDouble(thing -> high(thing, width)).max().orElse(0);
    }

    @Override
    protected double computePrefWidth(double height) {
        return snappedLeftInset()
                + lineWidth(getManagedChildren(), Double.MAX_VALUE)
                + snappedRightInset();
    }

    @Override
    protected double computePrefHeight(double width) {
        double room =
                width < 0
                        ? Double.MAX_VALUE
                        : Math.max(0, width - snappedLeftInset() - snappedRightInset());
        List<List<Node>> lines = lines(room);
        double all = snappedTopInset() + snappedBottomInset();
        for (List<Node> line : lines) {
            all += lineHeight(line, room);
        }
        return all + lineGap * Math.max(0, lines.size() - 1);
    }

    @Override
    protected void layoutChildren() {
        double room = Math.max(0, getWidth() - snappedLeftInset() - snappedRightInset());
        List<Node> things = getManagedChildren();
        double y = snappedTopInset() + Math.max(0, getHeight() - prefHeight(getWidth())) / 2;
        for (List<Node> line : lines(room)) {
            double height = lineHeight(line, room);
            double spare = Math.max(0, room - lineWidth(line, room));
            double x = snappedLeftInset() + (align == Align.END ? spare : 0);
            for (Node thing : line) {
                boolean last = thing == things.getLast();
                if (align == Align.APART && last && things.size() > 1) {
                    x += spare;
                }
                double high = high(thing, room);
                thing.resizeRelocate(
                        snapPositionX(x),
                        snapPositionY(y + (height - high) / 2),
                        wide(thing, room),
                        high);
                x += wide(thing, room) + gap;
            }
            y += height + lineGap;
        }
    }
}
