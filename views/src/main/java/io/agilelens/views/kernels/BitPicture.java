package io.agilelens.views.kernels;

import io.agilelens.views.Messages;
import io.agilelens.views.WindowAdvice;
import io.agilelens.views.chart.CanvasPicture;
import io.agilelens.views.chart.ChartStyle;
import io.agilelens.views.chart.CsvDocument;
import io.agilelens.views.chart.Pen;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javafx.scene.AccessibleRole;
import javafx.scene.paint.Color;

/**
 * Numbers as rows of bits, the lowest at the right, each bit in the colour of the field that it
 * stands in. Fields also differ by a gap between them, and sums that left theirs by a frame and a
 * word, so that colour is not the only sign. All bits are always in sight, so there is nothing to
 * zoom; the arrow keys step through the multiplication.
 */
final class BitPicture extends CanvasPicture {
    private static final double TALLEST_ROW = 88;
    private static final double LEAST_ROW = 16;
    private static final double WIDEST_BIT = 80;

    /** Letters grow with the rows, up to so many times their usual size. */
    private static final double LARGEST_LETTERS = 2;

    private static final double LETTERS_OF_ROW = 0.34;
    private static final double LABELS = 136;
    private static final double VALUES = 170;
    private static final double GAP = 8;
    private static final double TINT_SET = 0.42;
    private static final double TINT_CLEAR = 0.1;
    private static final int SIGN_BIT = 31;
    private static final int EXPONENT_END = 23;

    /** Room for rows of either carrier, so that nothing moves while one steps. */
    private static final int USUAL_ROWS = 12;

    /**
     * Where bits are, in pixels.
     *
     * @param labels room for what rows are called, left of the bits
     * @param right edge of the bits
     * @param bit width of one
     * @param row height of one; the first row is that of the numbers
     * @param letters their size
     */
    private record Grid(double labels, double right, double bit, double row, double letters) {}

    private MultiplierViewModel.Picture shown;

    BitPicture() {
        super(Messages.text("multiplier.heading"));
        setAccessibleRole(AccessibleRole.IMAGE_VIEW);
        setAccessibleHelp(WindowAdvice.shown(Messages.text("multiplier.sentence")));
        setMinSize(360, 200);
        setPrefSize(720, 360);
    }

    void show(MultiplierViewModel.Picture picture) {
        shown = picture;
        setAccessibleText(picture.title() + ". " + picture.sentence() + "\n" + words());
        repaint();
    }

    private String words() {
        return shown.rows().stream()
                .map(row -> row.label() + ": " + row.text() + ", " + row.value())
                .collect(Collectors.joining("\n"));
    }

    private Grid grid() {
        int columns = Math.max(shown.operands().carrier().bits(), widest());
        double magnification = style().magnification();
        double row =
                Math.clamp(
                        getHeight() / (Math.max(USUAL_ROWS, shown.rows().size()) + 1),
                        LEAST_ROW,
                        TALLEST_ROW * magnification);
        double usual = style().titleSize();
        double letters = Math.clamp(LETTERS_OF_ROW * row, usual, LARGEST_LETTERS * usual);
        double grown = magnification * letters / usual;
        double labels = LABELS * grown;
        double room = getWidth() - labels - VALUES * grown - 2 * GAP;
        double bit = Math.clamp(room / columns, 8, WIDEST_BIT * magnification);
        return new Grid(labels, labels + columns * bit + GAP, bit, row, letters);
    }

    @Override
    protected boolean isShown() {
        return shown != null;
    }

    @Override
    protected void paint(Pen on) {
        Grid grid = grid();
        drawHeader(on, grid);
        for (int i = 0; i < shown.rows().size(); i++) {
            drawRow(on, shown.rows().get(i), (i + 1) * grid.row(), grid, i >= shown.fresh());
        }
    }

    @Override
    protected void paintFocus(Pen pen) {
        pen.frame(0, 0, getWidth() - 1, getHeight() - 1, style().baseline(), 1);
    }

    /** The row under a point and, where it is over one of its bits, that bit. */
    @Override
    protected Optional<String> wordsAt(double x, double y) {
        Grid grid = grid();
        int index = (int) Math.floor(y / grid.row()) - 1;
        if (index < 0 || index >= shown.rows().size()) {
            return Optional.empty();
        }
        BitRow row = shown.rows().get(index);
        boolean ieee = row.kind() == BitRow.Kind.IEEE;
        for (int bit = 0; bit < row.width(); bit++) {
            double left = left(bit + row.shift(), grid, ieee);
            if (x >= left && x < left + grid.bit()) {
                return Optional.of(
                        Messages.text(
                                ieee ? "multiplier.bit.float" : "multiplier.bit",
                                row.label(),
                                Integer.toString(bit + row.shift()),
                                row.isSet(bit) ? "1" : "0",
                                row.value()));
            }
        }
        return Optional.of(words(row));
    }

    @Override
    protected Optional<String> chosen() {
        return shown == null ? Optional.empty() : Optional.of(words(shown.rows().getLast()));
    }

    private static String words(BitRow row) {
        return row.label() + ": " + row.text() + " = " + row.value();
    }

    private int widest() {
        return shown.rows().stream().mapToInt(each -> each.width() + each.shift()).max().orElse(0);
    }

    /** Numbers of the bits above, and the names of the fields. */
    private void drawHeader(Pen on, Grid grid) {
        double size = Math.min(0.8 * grid.letters(), grid.bit() * 0.62);
        for (int i = 0; i < shown.operands().carrier().bits(); i++) {
            on.text(
                    Integer.toString(i),
                    left(i, grid, false) + grid.bit() / 2,
                    grid.row() / 2,
                    Pen.Anchor.MIDDLE,
                    size,
                    style().muted());
        }
    }

    private void drawRow(Pen on, BitRow drawn, double y, Grid grid, boolean fresh) {
        ChartStyle looks = style();
        double size = grid.letters();
        double bit = grid.bit();
        double row = grid.row();
        double right = grid.right();
        double middle = y + row / 2;
        double end = grid.labels() - GAP;
        Color ink = fresh ? looks.text() : looks.muted();
        on.text(drawn.label(), end, middle, Pen.Anchor.END, size, ink);
        boolean ieee = drawn.kind() == BitRow.Kind.IEEE;
        for (int i = 0; i < drawn.width(); i++) {
            double x = left(i + drawn.shift(), grid, ieee);
            Color color = color(drawn, i);
            double tint = drawn.isSet(i) ? TINT_SET : TINT_CLEAR;
            on.fill(x + 0.5, y + 1, bit - 1, row - 2, looks.background().interpolate(color, tint));
            on.text(
                    drawn.isSet(i) ? "1" : "0",
                    x + bit / 2,
                    middle,
                    Pen.Anchor.MIDDLE,
                    Math.min(size, bit * 0.72),
                    drawn.isSet(i) ? looks.text() : looks.muted());
        }
        if (drawn.collides()) {
            double x = left(drawn.width() - 1, grid, false);
            on.frame(x - 1, y, right - x + 1, row - 1, looks.trouble(), 2 * looks.magnification());
        }
        boolean trouble = drawn.collides();
        on.text(
                "= " + drawn.value(),
                right + GAP,
                middle,
                Pen.Anchor.START,
                size,
                trouble ? looks.trouble() : ink);
    }

    /** The left edge of a bit; a gap parts the fields, or the parts of a float. */
    private double left(int bit, Grid grid, boolean ieee) {
        double x = grid.right() - (bit + 1) * grid.bit();
        if (ieee) {
            return x - (bit >= EXPONENT_END ? GAP / 2 : 0) - (bit == SIGN_BIT ? GAP / 2 : 0);
        }
        return bit >= shown.operands().carrier().fieldBits() ? x - GAP / 2 : x;
    }

    private Color color(BitRow row, int bit) {
        ChartStyle looks = style();
        Color lower = looks.baseline();
        Color upper = looks.tuned();
        return switch (row.kind()) {
            case LOWER -> lower;
            case UPPER -> upper;
            case ACTIVATION -> looks.series().get(2);
            case NOTHING -> looks.muted();
            case FIELDS -> bit < shown.operands().carrier().fieldBits() ? lower : upper;
            case IEEE ->
                    bit == SIGN_BIT
                            ? looks.trouble()
                            : bit >= EXPONENT_END ? looks.series().get(4) : looks.muted();
        };
    }

    @Override
    public CsvDocument csv() {
        List<BitRow> rows = shown.rows();
        return csv -> {
            csv.line(List.of("row", "bits", "value"));
            for (BitRow row : rows) {
                csv.line(List.of(row.label(), row.text(), row.value()));
            }
        };
    }
}
