package io.agilelens.views;

import java.util.function.DoubleUnaryOperator;
import javafx.collections.MapChangeListener;
import javafx.collections.ObservableMap;
import javafx.collections.WeakMapChangeListener;
import javafx.geometry.Orientation;
import javafx.scene.layout.Region;

/**
 * Two parts of a station with a divider between them that a person can move. Neither gets smaller
 * than its least size; a part that is not managed leaves all the room to the other.
 */
public final class DividedPane extends Region {
    private static final double THICKNESS = 12;

    private final String name;
    private final ObservableMap<String, Double> places;
    private final boolean stacked;
    private final DoubleUnaryOperator usual;
    private final Region first;
    private final Region second;
    private final Divider divider;
    private final MapChangeListener<String, Double> moved = _ -> requestLayout();

    /**
     * @param name of the divider, in {@code divider.NAME} of the messages, too
     * @param places shares of the first part that people chose, by name; changed when one does
     * @param line how the dividing line runs: a vertical one is between left and right
     * @param usual pixels for the first part of so many for both, unless somebody moved the divider
     */
    public DividedPane(
            String name,
            ObservableMap<String, Double> places,
            Orientation line,
            DoubleUnaryOperator usual,
            Region first,
            Region second) {
        this.name = name;
        this.places = places;
        this.stacked = line == Orientation.HORIZONTAL;
        this.usual = usual;
        this.first = first;
        this.second = second;
        divider =
                new Divider(
                        Messages.text("divider." + name),
                        line,
                        1,
                        () -> stacked ? first.getHeight() : first.getWidth(),
                        this::resize,
                        () -> places.remove(name));
        divider.setId("divider-" + name.replace('.', '-'));
        getChildren().addAll(first, divider, second);
        places.addListener(new WeakMapChangeListener<>(moved));
    }

    private void resize(double wanted) {
        double room = room();
        if (room > 0) {
            places.put(name, fit(wanted, room) / room);
        }
    }

    private double room() {
        return Math.max(0, (stacked ? getHeight() : getWidth()) - THICKNESS);
    }

    /** As wanted as far as both parts keep their least size; the first yields before the second. */
    private double fit(double wanted, double room) {
        double most = room - least(second);
        return Math.max(0, Math.min(Math.max(wanted, least(first)), most));
    }

    private double least(Region part) {
        return stacked ? part.minHeight(getWidth()) : part.minWidth(-1);
    }

    /** Pixels for the first part of so many for both. */
    private double size(double room) {
        Double share = places.get(name);
        double size = fit(share == null ? usual.applyAsDouble(room) : share * room, room);
        return stacked ? snapSizeY(size) : snapSizeX(size);
    }

    /** Words wrap, so that how high a part must be depends on how wide it is. */
    @Override
    public Orientation getContentBias() {
        return Orientation.HORIZONTAL;
    }

    @Override
    protected void layoutChildren() {
        boolean both = first.isManaged() && second.isManaged();
        divider.setVisible(both);
        if (!both) {
            Region all = first.isManaged() ? first : second;
            all.resizeRelocate(0, 0, getWidth(), getHeight());
            return;
        }
        double room = room();
        double size = size(room);
        if (stacked) {
            first.resizeRelocate(0, 0, getWidth(), size);
            divider.resizeRelocate(0, size, getWidth(), THICKNESS);
            second.resizeRelocate(0, size + THICKNESS, getWidth(), room - size);
        } else {
            first.resizeRelocate(0, 0, size, getHeight());
            divider.resizeRelocate(size, 0, THICKNESS, getHeight());
            second.resizeRelocate(size + THICKNESS, 0, room - size, getHeight());
        }
    }

    @Override
    protected double computeMinWidth(double height) {
        return along(!stacked, first.minWidth(-1), second.minWidth(-1));
    }

    @Override
    protected double computeMinHeight(double width) {
        double room = Math.max(0, width - THICKNESS);
        boolean split = !stacked && width > 0 && first.isManaged() && second.isManaged();
        double size = split ? size(room) : 0;
        return along(
                stacked,
                first.minHeight(split ? size : width),
                second.minHeight(split ? room - size : width));
    }

    @Override
    protected double computePrefWidth(double height) {
        return along(!stacked, first.prefWidth(-1), second.prefWidth(-1));
    }

    @Override
    protected double computePrefHeight(double width) {
        return along(stacked, first.prefHeight(-1), second.prefHeight(-1));
    }

    private double along(boolean summed, double one, double other) {
        if (!first.isManaged() || !second.isManaged()) {
            return first.isManaged() ? one : other;
        }
        return summed ? one + THICKNESS + other : Math.max(one, other);
    }
}
