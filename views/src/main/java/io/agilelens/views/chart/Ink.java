package io.agilelens.views.chart;

import javafx.scene.paint.Color;

/** What a curve, bar or point stands for; each has one colour everywhere. */
public enum Ink {
    /** The model as it came. */
    BASELINE,
    /** The model under the recipe. */
    TUNED,
    /** Background matter, such as a frontier or an ideal line. */
    MUTED,
    /** Something is wrong. */
    TROUBLE,
    SERIES_1,
    SERIES_2,
    SERIES_3,
    SERIES_4,
    SERIES_5,
    SERIES_6;

    /** The ink for the index-th of several things, starting over after the last. */
    public static Ink series(int index) {
        return values()[SERIES_1.ordinal() + Math.floorMod(index, 6)];
    }

    Color color(ChartStyle style) {
        return switch (this) {
            case BASELINE -> style.baseline();
            case TUNED -> style.tuned();
            case MUTED -> style.muted();
            case TROUBLE -> style.trouble();
            default -> style.series().get(ordinal() - SERIES_1.ordinal());
        };
    }
}
