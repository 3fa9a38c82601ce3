package io.agilelens.views.chart;

import java.util.Arrays;

/**
 * A table from a position in {@code 0…1} to an opaque colour. The maps are perceptual, lightness
 * runs evenly from end to end, and they survive the common kinds of colour blindness. Control
 * points are those published for matplotlib's viridis and for ColorBrewer's YlGnBu and PuOr
 * (Harrower and Brewer, 2003); between them the table is interpolated in OKLab (Ottosson, 2020),
 * where equal steps look equal.
 */
public final class ColorMap {
    /** Entries of the table. */
    public static final int SIZE = 1024;

    /** From deep violet to yellow: small values sink into a dark background. */
    public static final ColorMap SEQUENTIAL_DARK =
            new ColorMap(
                    0xFF2B3038,
                    0x440154,
                    0x482475,
                    0x414487,
                    0x355F8D,
                    0x2A788E,
                    0x21918C,
                    0x22A884,
                    0x44BF70,
                    0x7AD151,
                    0xBDDF26,
                    0xFDE725);

    /** From pale yellow to deep blue: small values sink into a light background. */
    public static final ColorMap SEQUENTIAL_LIGHT =
            new ColorMap(
                    0xFFD9DCE0,
                    0xFFFFD9,
                    0xEDF8B1,
                    0xC7E9B4,
                    0x7FCDBB,
                    0x41B6C4,
                    0x1D91C0,
                    0x225EA8,
                    0x253494,
                    0x081D58);

    /** From violet over near-white to orange, for differences on a light background. */
    public static final ColorMap DIVERGING_LIGHT =
            new ColorMap(
                    0xFFD9DCE0,
                    0x2D004B,
                    0x542788,
                    0x8073AC,
                    0xB2ABD2,
                    0xD8DAEB,
                    0xF7F7F7,
                    0xFEE0B6,
                    0xFDB863,
                    0xE08214,
                    0xB35806,
                    0x7F3B08);

    /** From violet over near-black to orange, for differences on a dark background. */
    public static final ColorMap DIVERGING_DARK =
            new ColorMap(
                    0xFF2B3038,
                    0xD8DAEB,
                    0xB2ABD2,
                    0x8073AC,
                    0x5B4B8A,
                    0x35305A,
                    0x16181D,
                    0x4A2E12,
                    0x80480E,
                    0xC0720F,
                    0xFDB863,
                    0xFEE0B6);

    private final int[] table;
    private final int missing;

    private ColorMap(int missing, int... controlPoints) {
        this.missing = missing;
        this.table = interpolate(controlPoints);
    }

    /** The sequential map for a light or a dark background. */
    public static ColorMap sequential(boolean dark) {
        return dark ? SEQUENTIAL_DARK : SEQUENTIAL_LIGHT;
    }

    /** The diverging map, neutral in the middle, for a light or a dark background. */
    public static ColorMap diverging(boolean dark) {
        return dark ? DIVERGING_DARK : DIVERGING_LIGHT;
    }

    /**
     * @param position {@code 0…1}, clamped; not-a-number gives the colour of a missing value
     * @return opaque ARGB
     */
    public int argb(double position) {
        if (Double.isNaN(position)) {
            return missing;
        }
        return table[(int) Math.clamp(position * SIZE, 0, SIZE - 1)];
    }

    /** The colour of a value that does not exist. */
    public int missing() {
        return missing;
    }

    /** A copy of the whole table, {@code [SIZE]} opaque ARGB. */
    public int[] toTable() {
        return table.clone();
    }

    /** OKLab lightness of an RGB colour, {@code 0…1}. */
    static double lightness(int rgb) {
        return toOklab(rgb)[0];
    }

    private static int[] interpolate(int[] controlPoints) {
        double[][] lab = new double[controlPoints.length][];
        Arrays.setAll(lab, i -> toOklab(controlPoints[i]));
        int[] table = new int[SIZE];
        for (int i = 0; i < SIZE; i++) {
            double position = (double) i / (SIZE - 1) * (lab.length - 1);
            int left = Math.min((int) position, lab.length - 2);
            double weight = position - left;
            double[] mixed = new double[3];
            for (int k = 0; k < 3; k++) {
                mixed[k] = (1 - weight) * lab[left][k] + weight * lab[left + 1][k];
            }
            table[i] = toArgb(mixed);
        }
        return table;
    }

    private static double[] toOklab(int rgb) {
        double red = linear(rgb >> 16 & 0xFF);
        double green = linear(rgb >> 8 & 0xFF);
        double blue = linear(rgb & 0xFF);
        double l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
        double m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
        double s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
        return new double[] {
            0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
        };
    }

    private static int toArgb(double[] lab) {
        double l = cube(lab[0] + 0.3963377774 * lab[1] + 0.2158037573 * lab[2]);
        double m = cube(lab[0] - 0.1055613458 * lab[1] - 0.0638541728 * lab[2]);
        double s = cube(lab[0] - 0.0894841775 * lab[1] - 1.2914855480 * lab[2]);
        int red = encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
        int green = encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
        int blue = encoded(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
        return 0xFF << 24 | red << 16 | green << 8 | blue;
    }

    private static double cube(double x) {
        return x * x * x;
    }

    /** One sRGB byte as linear light. */
    private static double linear(int component) {
        double c = component / 255.0;
        return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    }

    /** Linear light as one sRGB byte. */
    private static int encoded(double light) {
        double c = light <= 0.0031308 ? 12.92 * light : 1.055 * Math.pow(light, 1 / 2.4) - 0.055;
        return Math.clamp(Math.round(c * 255), 0, 255);
    }
}
