package io.agilelens.views.kernels;

import io.agilelens.engine.kernel.KernelBenchmark;
import io.agilelens.engine.kernel.KernelChoice;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.KernelTiming;
import io.agilelens.engine.kernel.MachinePeak;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.chart.BarChartPane;
import io.agilelens.views.chart.Ink;
import io.agilelens.views.chart.ScatterChartPane;
import io.agilelens.views.workbench.KernelReport;
import io.agilelens.views.workbench.Workbench;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleBooleanProperty;

/** What the Kernels station shows: latencies by shape, a roofline, and which vectors are in use. */
public final class KernelsViewModel {
    private static final String TRIP = "-TRIP";

    /**
     * A line of the table.
     *
     * @param change against the reference
     */
    public record Row(KernelTiming timing, SpeedRatio change) {
        String shape() {
            return "%d × %d × %d".formatted(timing.m(), timing.n(), timing.k());
        }
    }

    /**
     * Everything that is drawn.
     *
     * @param shapes labels of the bar groups
     * @param bars one set an arithmetic
     * @param roof corners of the roof, left to right
     * @param changes one series an arithmetic, against the reference; empty without one
     */
    public record Picture(
            List<String> shapes,
            List<BarChartPane.Bars> bars,
            List<ScatterChartPane.Point> points,
            List<ScatterChartPane.Point> roof,
            List<Row> rows,
            List<SpeedRatio.Series> changes) {
        static final Picture NONE =
                new Picture(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
    }

    private final ReadOnlyObjectWrapper<Picture> picture =
            new ReadOnlyObjectWrapper<>(Picture.NONE);
    private final ReadOnlyObjectWrapper<WidthPicture> widthPicture =
            new ReadOnlyObjectWrapper<>(WidthPicture.NONE);
    private final BooleanProperty decode = new SimpleBooleanProperty(this, "decode", false);
    private final Workbench workbench;
    private final KernelChoice choice = KernelProvider.current();
    private final ProductReferences against;
    private Optional<KernelReport> report = Optional.empty();

    public KernelsViewModel(Workbench workbench) {
        this.workbench = workbench;
        against = new ProductReferences(workbench, this::draw);
        workbench
                .kernelsProperty()
                .subscribe(
                        now -> {
                            report = now;
                            draw();
                        });
        decode.subscribe(this::draw);
    }

    public ReadOnlyObjectProperty<Picture> pictureProperty() {
        return picture.getReadOnlyProperty();
    }

    /** The widths against each other. */
    ReadOnlyObjectProperty<WidthPicture> widthPictureProperty() {
        return widthPicture.getReadOnlyProperty();
    }

    /** Whether one token at a time is shown instead of many. */
    public BooleanProperty decodeProperty() {
        return decode;
    }

    /** What the shown products are or can be set against. */
    References references() {
        return against.references();
    }

    /** Keeps what is shown, to set later measurements against it. */
    void keep() {
        against.keep(report);
    }

    /** Vector widths on offer in bits; 0 is scalar code. */
    public List<Integer> widths() {
        return KernelProvider.availableBits();
    }

    /** The width in use. */
    public int currentWidth() {
        return choice.kernels().vectorBits();
    }

    /** Which kernels are in use and why. */
    public String reason() {
        return choice.reason();
    }

    /** What was measured, on what and when, for the badge. */
    String origin() {
        return report.map(
                        r ->
                                Messages.text(
                                        "kernels.origin",
                                        Integer.toString(r.timings().size()),
                                        Integer.toString(KernelBenchmark.ROUNDS),
                                        vectors(r),
                                        r.peak().threads(),
                                        Figures.moment(r.measured())))
                .map(words -> Messages.text("kernels.origin.ratios", words))
                .orElse("");
    }

    /** The same of all widths together. */
    String widthsOrigin() {
        return String.join(
                "\n",
                workbench.kernelsByWidth().values().stream()
                        .map(
                                each ->
                                        Messages.text(
                                                "kernels.widths.origin",
                                                vectors(each),
                                                Integer.toString(KernelBenchmark.ROUNDS),
                                                Figures.moment(each.measured())))
                        .toList());
    }

    private static String vectors(KernelReport report) {
        return vectors(report.peak().vectorBits());
    }

    /** A width in words with its unit, or scalar code for 0. */
    static String vectors(int bits) {
        return bits == 0 ? Messages.text("kernels.scalar") : Messages.text("kernels.bits", bits);
    }

    /** What was measured and on what, or that nothing was yet. */
    public String conditions() {
        return report.map(
                        r ->
                                Messages.text(
                                        "kernels.conditions",
                                        vectors(r),
                                        r.peak().threads(),
                                        Figures.number(r.peak().gigaFlops()),
                                        Figures.number(r.peak().gigabytesPerSecond())))
                .map(words -> words + ProductReferences.words(workbench, references()))
                .orElse("");
    }

    /**
     * Shows what was measured with vectors of a width.
     *
     * @return whether that was measured already
     */
    boolean showWidth(int bits) {
        Optional<KernelReport> known = Optional.ofNullable(workbench.kernelsByWidth().get(bits));
        known.ifPresent(
                found -> {
                    report = Optional.of(found);
                    draw();
                });
        return known.isPresent();
    }

    /** A width in words: bits, or scalar code for 0. */
    static String width(int bits) {
        return bits == 0 ? Messages.text("kernels.scalar") : Integer.toString(bits);
    }

    private void draw() {
        against.offer(report);
        picture.set(report.map(this::picture).orElse(Picture.NONE));
        widthPicture.set(WidthPicture.of(workbench.kernelsByWidth(), decode.get()));
    }

    private Picture picture(KernelReport measured) {
        List<KernelTiming> timings =
                measured.timings().stream()
                        .filter(timing -> (timing.m() == 1) == decode.get())
                        .toList();
        List<String> shapes = shapes(timings);
        List<BarChartPane.Bars> bars = new ArrayList<>();
        List<ScatterChartPane.Point> points = new ArrayList<>();
        for (String name : KernelBenchmark.NAMES) {
            List<KernelTiming> own =
                    timings.stream().filter(timing -> timing.name().equals(name)).toList();
            if (own.size() != shapes.size()) {
                continue;
            }
            boolean trip = name.endsWith(TRIP);
            Ink ink = ink(name);
            double[] values = new double[own.size()];
            double[] low = new double[own.size()];
            double[] high = new double[own.size()];
            for (int i = 0; i < values.length; i++) {
                KernelTiming timing = own.get(i);
                values[i] = timing.medianMicroseconds();
                low[i] = Math.max(0, values[i] - timing.spreadMicroseconds() / 2);
                high[i] = values[i] + timing.spreadMicroseconds() / 2;
                points.add(
                        new ScatterChartPane.Point(
                                name + " · " + timing.n() + " × " + timing.k(),
                                i == fastest(own) ? name : "",
                                ink,
                                intensity(timing),
                                2 * timing.gigaMacsPerSecond(),
                                1,
                                trip
                                        ? ScatterChartPane.Mark.DIAMOND
                                        : ScatterChartPane.Mark.CIRCLE));
            }
            bars.add(new BarChartPane.Bars(name, ink, values, low, high, trip));
        }
        Optional<ProductReferences.Times> compared = against.compared();
        List<KernelTiming> known =
                timings.stream().filter(timing -> change(timing, compared).isKnown()).toList();
        return new Picture(
                known.isEmpty() ? shapes : shapes(known),
                bars,
                points,
                roof(measured.peak(), points),
                timings.stream().map(timing -> new Row(timing, change(timing, compared))).toList(),
                changes(known, compared));
    }

    private static List<String> shapes(List<KernelTiming> timings) {
        return timings.stream().map(timing -> timing.n() + " × " + timing.k()).distinct().toList();
    }

    private static SpeedRatio change(
            KernelTiming timing, Optional<ProductReferences.Times> against) {
        return against.flatMap(each -> each.apply(timing))
                .map(before -> SpeedRatio.ofTimes(ProductReferences.time(timing), before))
                .orElse(SpeedRatio.NONE);
    }

    /**
     * How each product changed against the reference, by arithmetic.
     *
     * @param known products that the reference has
     */
    private static List<SpeedRatio.Series> changes(
            List<KernelTiming> known, Optional<ProductReferences.Times> against) {
        List<SpeedRatio.Series> changes = new ArrayList<>();
        int shapes = shapes(known).size();
        for (String name : KernelBenchmark.NAMES) {
            List<SpeedRatio> own =
                    known.stream()
                            .filter(timing -> timing.name().equals(name))
                            .map(timing -> change(timing, against))
                            .toList();
            if (own.size() == shapes && shapes > 0) {
                changes.add(new SpeedRatio.Series(name, ink(name), own, name.endsWith(TRIP)));
            }
        }
        return changes;
    }

    /** The point of an arithmetic that has its name written beside it. */
    private static int fastest(List<KernelTiming> timings) {
        int fastest = 0;
        for (int i = 1; i < timings.size(); i++) {
            if (timings.get(i).gigaMacsPerSecond() > timings.get(fastest).gigaMacsPerSecond()) {
                fastest = i;
            }
        }
        return fastest;
    }

    /** TRIP's product shares the ink of the plain one, which no other has. */
    static Ink ink(String name) {
        String plain =
                name.endsWith(TRIP) ? name.substring(0, name.length() - TRIP.length()) : name;
        return Ink.series(KernelBenchmark.NAMES.indexOf(plain));
    }

    private static List<ScatterChartPane.Point> roof(
            MachinePeak peak, List<ScatterChartPane.Point> points) {
        double ridge = peak.gigaFlops() / peak.gigabytesPerSecond();
        double left = ridge / 4;
        double right = ridge * 4;
        for (ScatterChartPane.Point point : points) {
            left = Math.min(left, point.x() / 2);
            right = Math.max(right, point.x() * 2);
        }
        return List.of(
                roofPoint(left, left * peak.gigabytesPerSecond()),
                roofPoint(ridge, peak.gigaFlops()),
                roofPoint(right, peak.gigaFlops()));
    }

    private static ScatterChartPane.Point roofPoint(double x, double y) {
        return ScatterChartPane.Point.of("", Ink.MUTED, x, y);
    }

    /** Operations for each byte of weights, activations and results, each moved once. */
    static double intensity(KernelTiming timing) {
        return 2.0 * timing.m() * timing.n() * timing.k() / timing.bytes();
    }
}
