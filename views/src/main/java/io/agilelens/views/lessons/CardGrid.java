package io.agilelens.views.lessons;

import java.util.List;
import javafx.geometry.HPos;
import javafx.geometry.Orientation;
import javafx.geometry.VPos;
import javafx.scene.Node;
import javafx.scene.layout.Pane;

/**
 * Cards side by side, as many as there is room for, all as wide as each other. Rows share the
 * height that is left over, as far as that becomes them.
 */
final class CardGrid extends Pane {
    private static final double NARROWEST = 260;
    private static final double WIDEST = 560;
    private static final int MOST_COLUMNS = 4;
    private static final double GAP = 12;

    /** How much taller than they need to be. */
    private static final double TALLEST = 1.2;

    CardGrid(List<? extends Node> cards) {
        getStyleClass().add("card-grid");
        getChildren().setAll(cards);
    }

    @Override
    public Orientation getContentBias() {
        return Orientation.HORIZONTAL;
    }

    private int columns(double width) {
        int room = (int) Math.floor((width + GAP) / (NARROWEST + GAP));
        return Math.clamp(room, 1, Math.clamp(getChildren().size(), 1, MOST_COLUMNS));
    }

    private double cardWidth(double width) {
        int columns = columns(width);
        return Math.min(WIDEST, Math.floor((width - (columns - 1) * GAP) / columns));
    }

    private double rowHeight(int row, double width) {
        int columns = columns(width);
        double height = 0;
        for (int i = row * columns; i < Math.min(getChildren().size(), (row + 1) * columns); i++) {
            height = Math.max(height, getChildren().get(i).prefHeight(cardWidth(width)));
        }
        return Math.ceil(height);
    }

    private int rows(double width) {
        return Math.ceilDiv(getChildren().size(), columns(width));
    }

    @Override
    protected double computeMinHeight(double width) {
        return computePrefHeight(width);
    }

    @Override
    protected double computePrefHeight(double width) {
        double usual = width < 0 ? NARROWEST : width;
        double height = GAP * (rows(usual) - 1);
        for (int row = 0; row < rows(usual); row++) {
            height += rowHeight(row, usual);
        }
        return height;
    }

    @Override
    protected double computeMinWidth(double height) {
        return NARROWEST;
    }

    @Override
    protected double computePrefWidth(double height) {
        return NARROWEST;
    }

    @Override
    protected void layoutChildren() {
        int columns = columns(getWidth());
        double width = cardWidth(getWidth());
        double gaps = GAP * (rows(getWidth()) - 1);
        double wanted = computePrefHeight(getWidth()) - gaps;
        double taller = Math.clamp((getHeight() - gaps) / Math.max(1, wanted), 1, TALLEST);
        double y = 0;
        for (int row = 0; row < rows(getWidth()); row++) {
            double height = Math.floor(taller * rowHeight(row, getWidth()));
            for (int i = row * columns;
                    i < Math.min(getChildren().size(), (row + 1) * columns);
                    i++) {
                double x = i % columns * (width + GAP);
                layoutInArea(getChildren().get(i), x, y, width, height, 0, HPos.LEFT, VPos.TOP);
            }
            y += height + GAP;
        }
    }
}
