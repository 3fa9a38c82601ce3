package io.agilelens.views.chart;

import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.text.Text;

/**
 * The sentence below a picture. One that changes takes as much height as one a little longer than
 * the longest so far would, so that the picture above does not jump.
 */
final class Caption extends Label {
    /** How much longer the next sentence may be without taking more height. */
    private static final double SPARE = 0.15;

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
        ruler.setText(longest + longest.substring(0, (int) (SPARE * longest.length())));
        ruler.setWrappingWidth(width);
        return Math.max(own, snapSizeY(ruler.getLayoutBounds().getHeight()));
    }
}
