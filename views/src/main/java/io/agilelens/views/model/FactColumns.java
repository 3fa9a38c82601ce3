package io.agilelens.views.model;

import io.agilelens.views.Theme;
import java.util.List;
import javafx.geometry.Orientation;
import javafx.scene.Node;
import javafx.scene.layout.Region;

/**
 * Facts in rows whose columns stand below each other; as many columns as there is room for, each as
 * wide as its widest fact. Long facts stand behind the others and reach over several columns.
 */
final class FactColumns extends Region {
    private static final double GAP = 24;
    private static final double ROW_GAP = 8;

    /** A longer one, such as the path of a file, is cut short. */
    private static final double WIDEST = 240;

    private List<? extends Node> facts = List.of();

    /**
     * Where a fact stands.
     *
     * @param span columns that it reaches over
     */
    private record Place(int row, int column, int span) {
        Place after(int nextSpan, int columns) {
            boolean fits = column + span + nextSpan <= columns;
            return new Place(fits ? row : row + 1, fits ? column + span : 0, nextSpan);
        }
    }

    FactColumns() {
        setMinWidth(0);
        setMinHeight(USE_PREF_SIZE);
    }

    /**
     * Replaces the facts.
     *
     * @param facts that the columns are as wide as
     * @param longer ones, which stand behind them
     */
    void show(List<? extends Node> facts, List<? extends Node> longer) {
        this.facts = List.copyOf(facts);
        getChildren().setAll(facts);
        getChildren().addAll(longer);
    }

    @Override
    public Orientation getContentBias() {
        return Orientation.HORIZONTAL;
    }

    private static double needed(Node fact) {
        return Math.min(
                Math.ceil(fact.prefWidth(-1)), WIDEST * Theme.magnificationProperty().get());
    }

    /** How wide each of the columns is that fit. */
    private double[] columns(double width) {
        for (int count = facts.size(); count > 1; count--) {
            double[] columns = widths(count);
            double left = width - reach(columns, 0, count);
            if (left >= 0) {
                // Behind the last column is room for a long fact.
                columns[count - 1] += left;
                return columns;
            }
        }
        return new double[] {width};
    }

    private double[] widths(int count) {
        double[] columns = new double[count];
        for (int i = 0; i < facts.size(); i++) {
            columns[i % count] = Math.max(columns[i % count], needed(facts.get(i)));
        }
        return columns;
    }

    /** From the left end of a column to the right end of the last of several. */
    private static double reach(double[] columns, int first, int count) {
        double reach = GAP * (count - 1);
        for (int column = first; column < first + count; column++) {
            reach += columns[column];
        }
        return reach;
    }

    private Place after(Place last, int fact, double[] columns) {
        if (fact < facts.size()) {
            return last.after(1, columns.length);
        }
        double needed = needed(getChildren().get(fact));
        for (int span = 1; span < columns.length; span++) {
            Place place = last.after(span, columns.length);
            if (reach(columns, place.column(), span) >= needed) {
                return place;
            }
        }
        return last.after(columns.length, columns.length);
    }

    private double rowHeight() {
        return getChildren().stream().mapToDouble(fact -> fact.prefHeight(-1)).max().orElse(0);
    }

    @Override
    protected double computePrefWidth(double height) {
        double[] all = widths(Math.max(1, facts.size()));
        return reach(all, 0, all.length);
    }

    @Override
    protected double computePrefHeight(double width) {
        double[] columns = columns(width < 0 ? Double.MAX_VALUE : width);
        Place place = new Place(0, 0, 0);
        for (int i = 0; i < getChildren().size(); i++) {
            place = after(place, i, columns);
        }
        return (place.row() + 1) * (rowHeight() + ROW_GAP) - ROW_GAP;
    }

    @Override
    protected void layoutChildren() {
        double[] columns = columns(getWidth());
        double height = rowHeight();
        Place place = new Place(0, 0, 0);
        for (int i = 0; i < getChildren().size(); i++) {
            place = after(place, i, columns);
            double left = place.column() == 0 ? 0 : reach(columns, 0, place.column()) + GAP;
            getChildren()
                    .get(i)
                    .resizeRelocate(
                            snapPositionX(left),
                            snapPositionY(place.row() * (height + ROW_GAP)),
                            reach(columns, place.column(), place.span()),
                            height);
        }
    }
}
