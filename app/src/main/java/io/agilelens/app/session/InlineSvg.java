package io.agilelens.app.session;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fits a picture of its own into a page that holds others. */
final class InlineSvg {
    private static final Pattern OPENING = Pattern.compile("<svg [^>]*>");
    private static final Pattern SIZE = Pattern.compile("\\b(width|height)='([0-9.]+)'");

    /** Where names are given and where they are referred to. */
    private static final Pattern NAME =
            Pattern.compile("(\\bid=['\"]|url\\(#|href=['\"]#)([A-Za-z][\\w-]*)");

    private InlineSvg() {}

    /**
     * The picture's element.
     *
     * @param prefix makes its names differ from those of other pictures in the page
     * @param widest how wide it may be, in pixels; a wider one is drawn smaller
     */
    static String of(String svg, String prefix, double widest) {
        String named = NAME.matcher(svg).replaceAll("$1" + prefix + "-$2");
        Matcher opening = OPENING.matcher(named);
        if (!opening.find()) {
            throw new IllegalArgumentException("no picture: " + svg);
        }
        String head = opening.group();
        double width = widthOf(head);
        double scale = Math.min(1, widest / width);
        String scaled =
                SIZE.matcher(head)
                        .replaceAll(
                                size ->
                                        String.format(
                                                Locale.ROOT,
                                                "%s='%.0f'",
                                                size.group(1),
                                                scale * Double.parseDouble(size.group(2))));
        return scaled + named.substring(opening.end()).strip();
    }

    private static double widthOf(String head) {
        Matcher size = SIZE.matcher(head);
        while (size.find()) {
            if (size.group(1).equals("width")) {
                return Double.parseDouble(size.group(2));
            }
        }
        throw new IllegalArgumentException("a picture without a width: " + head);
    }
}
