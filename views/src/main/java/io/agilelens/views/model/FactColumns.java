package io.agilelens.views.model;

import io.agilelens.views.Theme;
import java.util.List;
import javafx.geometry.Orientation;
import javafx.scene.Node;
import javafx.scene.layout.Region;

/**
 * Facts in rows whose columns stand below each other; as many columns as there is room for, each as
 * wide as its widest fact.
 */
final class FactColumns extends Region {
    private static final double GAP = 24;
    private static final double ROW_GAP = 8;

    /** A longer one, such as the path of a file, is cut short. */
    private static final double WIDEST = 240;

    FactColumns() {
        setMinWidth(0);
        setMinHeight(USE_PREF_SIZE);
    }

    /** Replaces the facts. */
    void show(List<? extends Node> facts) {
        getChildren().setAll(facts);
    }

    @Override
    public Orientation getContentBias() {
        return Orientation.HORIZONTAL;
    }

    private double cut(Node fact) {
        return Math.min(
                Math.ceil(fact.prefWidth(-1)), WIDEST * Theme.magnificationProperty().get());
    }

    /** How wide each of the columns is that fit. */
    private double[] columns(double width) {
        for (int count = getChildren().size(); count > 1; count--) {
            double[] columns = widths(count);
            double taken = GAP * (count - 1);
            for (double column : columns) {
                taken += column;
            }
            if (taken <= width) {
                return columns;
            }
        }
        return new double[] {width};
    }

    private double[] widths(int count) {
        double[] columns = new double[count];
        for (int i = 0; i < getChildren().size(); i++) {
            columns[i % count] = Math.max(columns[i % count], cut(getChildren().get(i)));
        }
        return columns;
    }

    private double rowHeight() {
        return getChildren().stream().mapToDouble(fact -> fact.prefHeight(-1)).max().orElse(0);
    }

    @Override
    protected double computePrefWidth(double height) {
        double[] all = widths(Math.max(1, getChildren().size()));
        double width = GAP * (all.length - 1);
        for (double column : all) {
            width += column;
        }
        return width;
    }

    @Override
    protected double computePrefHeight(double width) {
        if (getChildren().isEmpty()) {
            return 0;
        }
        int count = columns(width < 0 ? Double.MAX_VALUE : width).length;
        int rows = Math.ceilDiv(getChildren().size(), count);
        return rows * rowHeight() + (rows - 1) * ROW_GAP;
    }

    @Override
    protected void layoutChildren() {
        if (getChildren().isEmpty()) {
            return;
        }
        double[] columns = columns(getWidth());
        double height = rowHeight();
        double x = 0;
        for (int i = 0; i < getChildren().size(); i++) {
            int column = i % columns.length;
            x = column == 0 ? 0 : x;
            double y = i / columns.length * (height + ROW_GAP);
            getChildren()
                    .get(i)
                    .resizeRelocate(snapPositionX(x), snapPositionY(y), columns[column], height);
            x += columns[column] + GAP;
        }
    }
}
