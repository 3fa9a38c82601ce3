package io.agilelens.views.attention;

import io.agilelens.engine.evaluate.HeadStatistics;
import io.agilelens.views.Messages;

/** What one number says about a head. */
enum HeadMeasure {
    /** Share of the probability that goes to the first token. */
    START("%"),
    /** How widely a head looks. */
    ENTROPY("bits"),
    /** Share of the probability that a Log2 quantizer turns into 0. */
    LOST("%");

    private final String unit;

    HeadMeasure(String unit) {
        this.unit = unit;
    }

    String unit() {
        return unit;
    }

    double of(HeadStatistics statistics, int bits) {
        return switch (this) {
            case START -> 100 * statistics.startAttention();
            case ENTROPY -> statistics.entropy();
            case LOST -> 100 * statistics.lostMass(bits);
        };
    }

    /** In a few words. */
    String title(int bits, StartWords words) {
        return this == START
                ? words.text("attention.measure.START")
                : Messages.text("attention.measure." + this, Integer.toString(bits));
    }

    /** In fewer. */
    String shortTitle(StartWords words) {
        String key = "attention.measure." + this + ".short";
        return this == START ? words.text(key) : Messages.text(key);
    }
}
