package io.agilelens.views.chart;

import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.text.Text;

/**
 * The sentence below a picture. One that changes takes as much height as the longest one so far, at
 * least two lines, so that the picture above does not jump.
 */
final class Caption extends Label {
    private final Text ruler = new Text();
    private boolean changes;
    private String longest = "";

    Caption() {
        setWrapText(true);
        setMinHeight(USE_PREF_SIZE);
        setMaxWidth(Double.MAX_VALUE);
        setAlignment(Pos.TOP_LEFT);
        ruler.fontProperty().bind(fontProperty());
    }

    /** Says something else. */
    void change(String sentence) {
        changes |= !getText().isEmpty() && !getText().equals(sentence);
        longest = longer(longest, longer(getText(), sentence));
        setText(sentence);
    }

    private static String longer(String one, String other) {
        return one.length() >= other.length() ? one : other;
    }

    @Override
    protected double computePrefHeight(double width) {
        double own = super.computePrefHeight(width);
        if (!changes || width < 0) {
            return own;
        }
        return Math.max(own, Math.max(height("\n", 0), height(longest, width)));
    }

    /** How high a text is that is broken at a width, or nowhere for 0. */
    private double height(String text, double width) {
        ruler.setText(text);
        ruler.setWrappingWidth(width);
        return snapSizeY(ruler.getLayoutBounds().getHeight());
    }
}
