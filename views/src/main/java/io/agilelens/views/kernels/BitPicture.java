package io.agilelens.views.kernels;

import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import io.agilelens.views.chart.ChartStyle;
import io.agilelens.views.chart.Csv;
import io.agilelens.views.chart.Exportable;
import io.agilelens.views.chart.FxPen;
import io.agilelens.views.chart.Pen;
import io.agilelens.views.chart.SvgPen;
import java.util.List;
import java.util.stream.Collectors;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.scene.AccessibleRole;
import javafx.scene.canvas.Canvas;
import javafx.scene.layout.Region;
import javafx.scene.paint.Color;

/**
 * Numbers as rows of bits, the lowest at the right, each bit in the colour of the field that it
 * stands in. Fields also differ by a gap between them, and sums that left theirs by a frame and a
 * word, so that colour is not the only sign.
 */
final class BitPicture extends Region implements Exportable {
    private static final double TALLEST_ROW = 56;
    private static final double LEAST_ROW = 16;
    private static final double WIDEST_BIT = 64;

    /** Letters grow with the rows, up to so many times their usual size. */
    private static final double LARGEST_LETTERS = 1.5;

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
     * @param row height of one
     * @param letters their size
     */
    private record Grid(double labels, double right, double bit, double row, double letters) {}

    private final Canvas canvas = new Canvas();
    private final Pen pen = new FxPen(canvas.getGraphicsContext2D());
    private final ObjectProperty<ChartStyle> style =
            new SimpleObjectProperty<>(this, "style", ChartStyle.LIGHT);
    private MultiplierViewModel.Picture shown;

    BitPicture() {
        canvas.setManaged(false);
        getChildren().add(canvas);
        setFocusTraversable(true);
        setAccessibleRole(AccessibleRole.IMAGE_VIEW);
        setAccessibleHelp(Messages.text("multiplier.sentence"));
        setMinSize(360, 200);
        setPrefSize(720, 360);
        style.bind(Theme.chartStyleProperty());
        style.addListener(_ -> draw());
        focusedProperty().addListener(_ -> draw());
    }

    void show(MultiplierViewModel.Picture picture) {
        shown = picture;
        setAccessibleText(picture.title() + ". " + picture.sentence() + "\n" + words());
        draw();
    }

    private String words() {
        return shown.rows().stream()
                .map(row -> row.label() + ": " + row.text() + ", " + row.value())
                .collect(Collectors.joining("\n"));
    }

    @Override
    protected void layoutChildren() {
        canvas.setWidth(getWidth());
        canvas.setHeight(getHeight());
        draw();
    }

    private void draw() {
        if (shown == null || getWidth() < 1) {
            return;
        }
        canvas.getGraphicsContext2D().clearRect(0, 0, getWidth(), getHeight());
        draw(pen);
        if (isFocused()) {
            pen.frame(0, 0, getWidth() - 1, getHeight() - 1, style.get().baseline(), 1);
        }
    }

    private void draw(Pen on) {
        int columns = Math.max(shown.operands().carrier().bits(), widest());
        double magnification = style.get().magnification();
        double row =
                Math.clamp(
                        getHeight() / (Math.max(USUAL_ROWS, shown.rows().size()) + 1),
                        LEAST_ROW,
                        TALLEST_ROW * magnification);
        double usual = style.get().titleSize();
        double letters = Math.clamp(LETTERS_OF_ROW * row, usual, LARGEST_LETTERS * usual);
        double grown = magnification * letters / usual;
        double labels = LABELS * grown;
        double room = getWidth() - labels - VALUES * grown - 2 * GAP;
        double bit = Math.clamp(room / columns, 8, WIDEST_BIT * magnification);
        Grid grid = new Grid(labels, labels + columns * bit + GAP, bit, row, letters);
        drawHeader(on, grid);
        for (int i = 0; i < shown.rows().size(); i++) {
            drawRow(on, shown.rows().get(i), (i + 1) * row, grid, i >= shown.fresh());
        }
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
                    style.get().muted());
        }
    }

    private void drawRow(Pen on, BitRow drawn, double y, Grid grid, boolean fresh) {
        ChartStyle looks = style.get();
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
        ChartStyle looks = style.get();
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
    public Region node() {
        return this;
    }

    @Override
    public String fileName() {
        return Messages.text("multiplier.heading");
    }

    @Override
    public String toSvg() {
        SvgPen svg = new SvgPen(getWidth(), getHeight(), pen);
        svg.fill(0, 0, getWidth(), getHeight(), style.get().background());
        draw(svg);
        return svg.document();
    }

    @Override
    public String toCsv() {
        Csv csv = new Csv().line(List.of("row", "bits", "value"));
        shown.rows().forEach(row -> csv.line(List.of(row.label(), row.text(), row.value())));
        return csv.toString();
    }
}
