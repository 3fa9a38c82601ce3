package io.agilelens.views.kernels;

/**
 * A line of bits in the picture of the multiplier.
 *
 * @param label what the bits are, at their left
 * @param value what they are worth, at their right; empty for nothing to say
 * @param bits the bits, the lowest in the lowest place; those of a float in the order of IEEE 754
 * @param width how many there are
 * @param shift how many places the lowest bit stands above the lowest place
 * @param kind how they are drawn
 * @param collides whether a sum left its field
 */
record BitRow(
        String label, String value, long bits, int width, int shift, Kind kind, boolean collides) {

    /** What bits are of. */
    enum Kind {
        /** In the colour of the field that they stand in. */
        FIELDS,
        /** In the colour of the lower field, wherever they stand. */
        LOWER,
        /** In the colour of the upper field, wherever they stand. */
        UPPER,
        /** Of the activation. */
        ACTIVATION,
        /** Nothing is added. */
        NOTHING,
        /** Sign, exponent and significand of a float. */
        IEEE
    }

    BitRow(String label, String value, long bits, int width, int shift, Kind kind) {
        this(label, value, bits, width, shift, kind, false);
    }

    /** Whether a bit is 1. */
    boolean isSet(int bit) {
        return (bits >> bit & 1) == 1;
    }

    /** The bits as text, the highest first. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (int bit = width - 1; bit >= 0; bit--) {
            text.append(isSet(bit) ? '1' : '0');
        }
        return text.toString();
    }
}
