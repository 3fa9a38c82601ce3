package io.agilelens.views.chart;

import io.agilelens.views.Figures;
import java.util.ArrayList;
import java.util.List;

/**
 * How values lie along an axis or a colour map.
 *
 * @param kind how values between the ends are spaced
 * @param minimum the value at position 0
 * @param maximum the value at position 1, more than the minimum
 * @param unit the unit of the values, or empty
 */
public record ValueScale(Kind kind, double minimum, double maximum, String unit) {

    /** How values between the ends of a scale are spaced. */
    public enum Kind {
        /** Evenly. */
        LINEAR,
        /** Evenly in the logarithm; both ends are more than zero. */
        LOG,
        /** Evenly, zero in the middle. */
        SYMMETRIC,
        /** Zero in the middle, linear near it and logarithmic further out (inverse hyperbolic). */
        SYMMETRIC_LOG
    }

    /**
     * A value that is written beside the scale.
     *
     * @param value in the scale's unit
     * @param label the value for people, without the unit
     */
    public record Tick(double value, String label) {}

    /** How far a logarithmic scale reaches below its largest value when data reaches zero. */
    private static final double LOG_REACH = 1e-4;

    /** Where a symmetric logarithmic scale turns from linear, as a share of its maximum. */
    private static final double LINEAR_SHARE = 1e-3;

    /**
     * @throws IllegalArgumentException if the ends do not suit the kind
     */
    public ValueScale {
        if (!(minimum < maximum) || Double.isInfinite(maximum - minimum)) {
            throw new IllegalArgumentException("no scale from " + minimum + " to " + maximum);
        }
        if (kind == Kind.LOG && minimum <= 0) {
            throw new IllegalArgumentException("no logarithm of " + minimum);
        }
        if ((kind == Kind.SYMMETRIC || kind == Kind.SYMMETRIC_LOG) && minimum != -maximum) {
            throw new IllegalArgumentException(minimum + " and " + maximum + " do not mirror");
        }
    }

    /** An even scale; equal ends are moved apart so that there is something to draw. */
    public static ValueScale linear(double minimum, double maximum, String unit) {
        if (minimum < maximum) {
            return new ValueScale(Kind.LINEAR, minimum, maximum, unit);
        }
        double margin = minimum == 0 ? 1 : Math.abs(minimum) * 0.5;
        return new ValueScale(Kind.LINEAR, minimum - margin, minimum + margin, unit);
    }

    /**
     * A logarithmic scale up to a maximum. A minimum of zero or below is replaced by {@code
     * maximum·1e-4}, and a scale without any positive value reaches from 1e-4 to 1.
     */
    public static ValueScale log(double minimum, double maximum, String unit) {
        double top = maximum > 0 ? maximum : 1;
        double bottom = minimum > 0 ? Math.max(minimum, top * 1e-12) : top * LOG_REACH;
        return new ValueScale(Kind.LOG, bottom < top ? bottom : top / 10, top, unit);
    }

    /** An even scale from {@code -reach} to {@code reach}. */
    public static ValueScale symmetric(double reach, String unit) {
        double top = reach > 0 ? reach : 1;
        return new ValueScale(Kind.SYMMETRIC, -top, top, unit);
    }

    /** A scale from {@code -reach} to {@code reach} that spreads the small values out. */
    public static ValueScale symmetricLog(double reach, String unit) {
        double top = reach > 0 ? reach : 1;
        return new ValueScale(Kind.SYMMETRIC_LOG, -top, top, unit);
    }

    /** Where a value lies, {@code 0…1} clamped; not-a-number stays not-a-number. */
    public double position(double value) {
        double raw =
                switch (kind) {
                    case LINEAR, SYMMETRIC -> (value - minimum) / (maximum - minimum);
                    case LOG ->
                            value <= 0
                                    ? 0
                                    : Math.log(value / minimum) / Math.log(maximum / minimum);
                    case SYMMETRIC_LOG -> 0.5 + 0.5 * asinh(value) / asinh(maximum);
                };
        return Double.isNaN(raw) ? raw : Math.clamp(raw, 0, 1);
    }

    /** The value at a position {@code 0…1}. */
    public double value(double position) {
        return switch (kind) {
            case LINEAR, SYMMETRIC -> minimum + position * (maximum - minimum);
            case LOG -> minimum * Math.pow(maximum / minimum, position);
            case SYMMETRIC_LOG ->
                    Math.sinh((2 * position - 1) * asinh(maximum)) * maximum * LINEAR_SHARE;
        };
    }

    private double asinh(double value) {
        double x = value / (maximum * LINEAR_SHARE);
        return Math.copySign(Math.log(Math.abs(x) + Math.hypot(x, 1)), x);
    }

    /**
     * Values inside the scale, in rising order: at least two, and round ones where there are two.
     *
     * @param most how many fit, at least 2
     */
    public List<Tick> ticks(int most) {
        return switch (kind) {
            case LINEAR, SYMMETRIC -> linearTicks(most);
            case LOG -> logTicks(most);
            case SYMMETRIC_LOG -> symmetricLogTicks(most);
        };
    }

    private List<Tick> linearTicks(int most) {
        double step = roundStep((maximum - minimum) / most);
        List<Tick> ticks = multiples(step);
        // One number beside an axis does not tell what the next grid line is worth.
        while (ticks.size() < 2) {
            step = nextSmaller(step);
            ticks = multiples(step);
        }
        return ticks;
    }

    private List<Tick> multiples(double step) {
        int decimals = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
        boolean plain = decimals <= 4 && Math.max(Math.abs(minimum), Math.abs(maximum)) < 1e4;
        List<Tick> ticks = new ArrayList<>();
        long first = (long) Math.ceil(minimum / step - 1e-9);
        long last = (long) Math.floor(maximum / step + 1e-9);
        for (long i = first; i <= last; i++) {
            double value = i * step;
            ticks.add(
                    new Tick(
                            value, plain ? Figures.fixed(value, decimals) : Figures.number(value)));
        }
        return ticks;
    }

    /** 1, 2 and 5 in each decade; fewer where there are many decades, even steps within one. */
    private List<Tick> logTicks(int most) {
        boolean withinOne = maximum < 10 * minimum;
        List<Tick> ticks = decades(1, 1, 2, 5);
        if (withinOne && ticks.size() < 3) {
            return linearTicks(most);
        }
        List<Tick> fewer = decades(1, 1, 3);
        for (int stride = 1; ticks.size() > most && fewer.size() >= 2; stride++) {
            ticks = fewer;
            fewer = decades(stride, 1);
        }
        return withinOne && ticks.size() > most ? linearTicks(most) : ticks;
    }

    /**
     * @param stride how many decades from one that has ticks to the next
     * @param multiples of the decade that have them
     */
    private List<Tick> decades(int stride, int... multiples) {
        List<Tick> ticks = new ArrayList<>();
        int first = (int) Math.floor(Math.log10(minimum));
        int last = (int) Math.ceil(Math.log10(maximum));
        for (int exponent = first; exponent <= last; exponent++) {
            for (int multiple : multiples) {
                double value = multiple * Math.pow(10, exponent);
                boolean inside = value >= minimum * (1 - 1e-9) && value <= maximum * (1 + 1e-9);
                if (inside && Math.floorMod(exponent, stride) == 0) {
                    ticks.add(tick(value));
                }
            }
        }
        return ticks;
    }

    private List<Tick> symmetricLogTicks(int most) {
        List<Tick> ticks = new ArrayList<>();
        int each = Math.clamp((most - 1) / 2, 1, 3);
        double top = Math.pow(10, Math.floor(Math.log10(maximum)));
        for (int i = 0; i < each; i++) {
            ticks.add(tick(-top * Math.pow(10, -i)));
        }
        ticks.add(tick(0));
        for (int i = each - 1; i >= 0; i--) {
            ticks.add(tick(top * Math.pow(10, -i)));
        }
        return ticks;
    }

    private static Tick tick(double value) {
        return new Tick(value, Figures.number(value));
    }

    /** Below 5 stands 4 times a power of ten, for it leaves more room than 2 times. */
    private static double nextSmaller(double step) {
        double power = Math.pow(10, Math.floor(Math.log10(step) + 1e-9));
        return switch ((int) Math.round(step / power)) {
            case 5 -> 4 * power;
            case 4 -> 2 * power;
            case 2 -> power;
            default -> power / 2;
        };
    }

    /** The next 1, 2 or 5 times a power of ten. */
    static double roundStep(double step) {
        double power = Math.pow(10, Math.floor(Math.log10(step)));
        double mantissa = step / power;
        double round =
                mantissa <= 1.0001 ? 1 : mantissa <= 2.0001 ? 2 : mantissa <= 5.0001 ? 5 : 10;
        return round * power;
    }
}
