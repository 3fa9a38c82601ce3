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
     * @param toFloat how many times as fast as FP32 at the same shape
     */
    public record Row(KernelTiming timing, double toFloat) {
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
     */
    public record Picture(
            List<String> shapes,
            List<BarChartPane.Bars> bars,
            List<ScatterChartPane.Point> points,
            List<ScatterChartPane.Point> roof,
            List<Row> rows) {
        static final Picture NONE =
                new Picture(List.of(), List.of(), List.of(), List.of(), List.of());
    }

    private final ReadOnlyObjectWrapper<Picture> picture =
            new ReadOnlyObjectWrapper<>(Picture.NONE);
    private final BooleanProperty decode = new SimpleBooleanProperty(this, "decode", false);
    private final KernelChoice choice = KernelProvider.current();
    private Optional<KernelReport> report = Optional.empty();

    public KernelsViewModel(Workbench workbench) {
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

    /** Whether one token at a time is shown instead of many. */
    public BooleanProperty decodeProperty() {
        return decode;
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

    /** What was measured and on what, or that nothing was yet. */
    public String conditions() {
        return report.map(
                        r ->
                                Messages.text(
                                        "kernels.conditions",
                                        r.peak().vectorBits() == 0
                                                ? Messages.text("kernels.scalar")
                                                : Messages.text(
                                                        "kernels.bits", r.peak().vectorBits()),
                                        r.peak().threads(),
                                        Figures.number(r.peak().gigaFlops()),
                                        Figures.number(r.peak().gigabytesPerSecond())))
                .orElse("");
    }

    private void draw() {
        picture.set(report.map(this::picture).orElse(Picture.NONE));
    }

    private Picture picture(KernelReport measured) {
        List<KernelTiming> timings =
                measured.timings().stream()
                        .filter(timing -> (timing.m() == 1) == decode.get())
                        .toList();
        List<String> shapes =
                timings.stream().map(timing -> timing.n() + " × " + timing.k()).distinct().toList();
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
                                i == 0 ? name : "",
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
        return new Picture(
                shapes, bars, points, roof(measured.peak(), points), rows(measured.timings()));
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

    private static List<Row> rows(List<KernelTiming> timings) {
        return timings.stream()
                .map(
                        timing ->
                                new Row(
                                        timing,
                                        timings.stream()
                                                        .filter(other -> sameShape(timing, other))
                                                        .filter(o -> o.name().equals("FP32"))
                                                        .mapToDouble(
                                                                KernelTiming::medianMicroseconds)
                                                        .findFirst()
                                                        .orElse(Double.NaN)
                                                / timing.medianMicroseconds()))
                .toList();
    }

    private static boolean sameShape(KernelTiming a, KernelTiming b) {
        return a.m() == b.m() && a.n() == b.n() && a.k() == b.k();
    }
}
