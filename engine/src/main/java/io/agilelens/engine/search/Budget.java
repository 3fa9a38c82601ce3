package io.agilelens.engine.search;

import io.agilelens.engine.UserException;
import java.util.Locale;

/**
 * What a searched recipe may cost, or how much worse it may be.
 *
 * @param value in the kind's unit
 */
public record Budget(Kind kind, double value) {

    /** What is limited. */
    public enum Kind {
        /** Mean stored bits of a weight of the decoder layers' linears; the best quality wins. */
        BITS,
        /** Stored bytes of those weights; the best quality wins. */
        BYTES,
        /**
         * Nats that the mean loss may be above the float model's, on the text searched on; the
         * smallest recipe wins.
         */
        NLL,
        /**
         * Microseconds of all linears' products for a prompt, estimated from single products
         * measured on this machine; the best quality wins.
         */
        LATENCY
    }

    /**
     * Reads {@code bits=4.5}, {@code bytes=900000}, {@code nll=+0.02} or {@code latency=1500}.
     *
     * @throws UserException if it is none of these
     */
    public static Budget parse(String text) {
        int equals = text.indexOf('=');
        String name = equals < 0 ? text : text.substring(0, equals);
        for (Kind kind : Kind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(name)) {
                return new Budget(kind, number(text, equals));
            }
        }
        throw new UserException(
                "--budget %s is no budget: give bits=4.5, bytes=900000, nll=+0.02 or latency=1500"
                        .formatted(text));
    }

    private static double number(String text, int equals) {
        try {
            double value = equals < 0 ? Double.NaN : Double.parseDouble(text.substring(equals + 1));
            if (value > 0 && Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // told below, as for a number that is not above 0
        }
        throw new UserException(
                "--budget %s: a number above 0 belongs behind %s="
                        .formatted(text, equals < 0 ? text : text.substring(0, equals)));
    }

    @Override
    public String toString() {
        String number =
                value == Math.rint(value) && value < 1e15
                        ? Long.toString((long) value)
                        : Double.toString(value);
        return kind.name().toLowerCase(Locale.ROOT) + "=" + number;
    }
}
