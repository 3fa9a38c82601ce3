package io.agilelens.views;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Numbers for people: at most four significant digits, a real minus sign, the unit after a space.
 * The figures of the bundled typeface are all as wide as each other, so a changing number does not
 * jump.
 */
public final class Figures {
    /** Stands for a number that does not exist; the place it stands in says why. */
    public static final String NONE = "–";

    /** From here on a whole number has more than four digits. */
    private static final double MANY = 10_000;

    /** Smaller numbers have a power of ten. */
    private static final int MOST_DECIMALS = 7;

    private static final MathContext FOUR_DIGITS = new MathContext(4, RoundingMode.HALF_EVEN);
    private static final MathContext TWO_DIGITS = new MathContext(2, RoundingMode.HALF_EVEN);
    private static final String[] POWERS_OF_1024 = {"B", "KiB", "MiB", "GiB", "TiB"};
    private static final String[] POWERS_OF_1000 = {"", " k", " M", " G", " T"};

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");

    private Figures() {}

    /** At most four significant digits, without trailing zeros. */
    public static String number(double value) {
        if (Double.isNaN(value)) {
            return NONE;
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "∞" : "−∞";
        }
        if (value == 0) {
            return "0";
        }
        BigDecimal rounded = new BigDecimal(value).round(FOUR_DIGITS).stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent < -4 || exponent > 6) {
            BigDecimal mantissa = rounded.scaleByPowerOfTen(-exponent);
            return minus(mantissa.toPlainString() + "e" + exponent);
        }
        return minus(rounded.toPlainString());
    }

    /** {@link #number} and a unit behind it. */
    public static String number(double value, String unit) {
        return unit.isEmpty() || Double.isNaN(value) ? number(value) : number(value) + " " + unit;
    }

    /**
     * Numbers that stand side by side to be compared: all with as many decimals as show four digits
     * of the largest, trailing zeros included. Where that would hide a small one, each has its own.
     */
    public static List<String> alike(double... values) {
        double largest = 0;
        double smallest = Double.POSITIVE_INFINITY;
        for (double value : values) {
            double size = Math.abs(value);
            if (Double.isFinite(size) && size > 0) {
                largest = Math.max(largest, size);
                smallest = Math.min(smallest, size);
            }
        }
        int decimals = largest == 0 ? 0 : Math.max(0, 3 - exponent(largest, FOUR_DIGITS));
        boolean plain = largest < MANY && decimals <= MOST_DECIMALS;
        boolean told = smallest >= 5 * Math.pow(10, -decimals);
        return Arrays.stream(values)
                .mapToObj(value -> plain && told ? fixed(value, decimals) : number(value))
                .toList();
    }

    /** A single number that stands below others of its kind: four digits with trailing zeros. */
    public static String fourDigits(double value) {
        return alike(value).getFirst();
    }

    /** The power of ten of a number's first digit once it is rounded. */
    private static int exponent(double value, MathContext digits) {
        BigDecimal rounded = new BigDecimal(value).round(digits);
        return rounded.precision() - rounded.scale() - 1;
    }

    /**
     * A value and its standard error, of which two digits say all there is to say: {@code 2.702 ±
     * 0.065}.
     */
    public static String withError(double value, double error) {
        return withError(fourDigits(value), error);
    }

    /** A value that is written already, and its standard error. */
    public static String withError(String value, double error) {
        return Double.isFinite(error) ? value + " ± " + error(error) : value;
    }

    /** A standard error: two digits. */
    public static String error(double error) {
        if (!Double.isFinite(error) || error <= 0) {
            return number(error);
        }
        int decimals = Math.max(0, 1 - exponent(error, TWO_DIGITS));
        return decimals <= MOST_DECIMALS ? fixed(error, decimals) : number(error);
    }

    /**
     * How many percents a value lies above another; from ten times on, how many times as much it
     * is.
     */
    public static String change(double value, double baseline) {
        double ratio = value / baseline;
        return ratio >= 10 ? times(ratio) : relative(value, baseline);
    }

    /** A fixed count of decimals, so that numbers in a column line up. */
    public static String fixed(double value, int decimals) {
        if (!Double.isFinite(value)) {
            return number(value);
        }
        BigDecimal rounded = new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN);
        return rounded.signum() == 0
                ? rounded.abs().toPlainString()
                : minus(rounded.toPlainString());
    }

    /** A difference with its sign in front, such as {@code +1.8} or {@code −0.25}. */
    public static String signed(double difference) {
        return difference > 0 ? "+" + number(difference) : number(difference);
    }

    /**
     * How far a value lies from the baseline, such as {@code +4.4 %}.
     *
     * @return {@link #NONE} where the baseline is zero or either number is missing
     */
    public static String relative(double value, double baseline) {
        double percent = (value - baseline) / Math.abs(baseline) * 100;
        if (!Double.isFinite(percent)) {
            return NONE;
        }
        String text =
                Math.abs(percent) < MANY
                        ? fixed(percent, Math.abs(percent) < 10 ? 1 : 0)
                        : number(percent);
        return (text.startsWith("−") || percent <= 0 ? text : "+" + text) + " %";
    }

    /** A share in per cent, with one decimal unless it is the whole: {@code 83.7 %}. */
    public static String percent(double share) {
        return share == 1 ? "100 %" : fixed(100 * share, 1) + " %";
    }

    /** How many times as much, such as {@code 2.1×}. */
    public static String times(double ratio) {
        if (!Double.isFinite(ratio)) {
            return NONE;
        }
        return (ratio < 1000 ? fixed(ratio, ratio < 10 ? 2 : 1) : number(ratio)) + "×";
    }

    /** A time of day: {@code 14:32:05}. */
    public static String clock(LocalDateTime moment) {
        return CLOCK.format(moment);
    }

    /** A day and its time: {@code 2026-11-27 14:32}. */
    public static String moment(LocalDateTime moment) {
        return MOMENT.format(moment);
    }

    /** A count, shortened above ten thousand: {@code 8192}, {@code 2.01 M}. */
    public static String count(long count) {
        if (Math.abs(count) < 10_000) {
            return minus(Long.toString(count));
        }
        return scaled(count, 1000, POWERS_OF_1000, "");
    }

    /** A size in bytes with a binary prefix: {@code 512 B}, {@code 3.91 MiB}. */
    public static String bytes(long bytes) {
        return Math.abs(bytes) < 1024 ? bytes + " B" : scaled(bytes, 1024, POWERS_OF_1024, " ");
    }

    /**
     * A binary unit for sizes that are compared.
     *
     * @param name such as {@code KiB}
     * @param bytes that it stands for
     * @param decimals with which all of the sizes are written
     */
    public record ByteUnit(String name, double bytes, int decimals) {

        /** The largest unit in which no size is below 1. */
        public static ByteUnit of(LongStream sizes) {
            long smallest = sizes.filter(size -> size > 0).min().orElse(1);
            int power = 0;
            double bytes = 1;
            while (smallest >= 1024 * bytes && power < POWERS_OF_1024.length - 1) {
                bytes *= 1024;
                power++;
            }
            return new ByteUnit(
                    POWERS_OF_1024[power], bytes, power == 0 ? 0 : threeDigits(smallest / bytes));
        }

        /** How many units a size is. */
        public double of(long size) {
            return size / bytes;
        }

        /** A size in this unit, with the unit behind it. */
        public String text(long size) {
            return fixed(of(size), decimals) + " " + name;
        }
    }

    /** A span of time in the unit that suits it: {@code 12 s}, {@code 3.2 ms}, {@code 2 min}. */
    public static String seconds(double seconds) {
        if (!Double.isFinite(seconds)) {
            return NONE;
        }
        double size = Math.abs(seconds);
        if (size >= 120) {
            return Math.round(seconds / 60) + " min";
        }
        if (size >= 1 || size == 0) {
            return number(seconds, "s");
        }
        if (size >= 1e-3) {
            return number(seconds * 1e3, "ms");
        }
        return size >= 1e-6 ? number(seconds * 1e6, "µs") : number(seconds * 1e9, "ns");
    }

    private static String scaled(long amount, int base, String[] units, String space) {
        double value = amount;
        int power = 0;
        while (Math.abs(value) >= base && power < units.length - 1) {
            value /= base;
            power++;
        }
        return fixed(value, threeDigits(Math.abs(value))) + space + units[power];
    }

    /** Decimals that show three digits of what lies between 1 and a thousand. */
    private static int threeDigits(double value) {
        return value < 10 ? 2 : value < 100 ? 1 : 0;
    }

    private static String minus(String text) {
        return text.replace('-', '−');
    }
}
