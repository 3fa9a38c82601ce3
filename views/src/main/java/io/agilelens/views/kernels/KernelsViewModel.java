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
import java.util.Map;
import java.util.Optional;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleBooleanProperty;

/** What the Kernels station shows: latencies by shape, a roofline, and which vectors are in use. */
public final class KernelsViewModel {
    private static final String TRIP = "-TRIP";

    /** A line of the table. */
    public record Row(KernelTiming timing) {
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

    /**
     * The widths that were measured, against each other.
     *
     * @param arithmetics labels of the bar groups
     * @param bars one set a width: 10^9 multiply-accumulates a second over the model's shapes
     * @param remark where the widest vectors are not the fastest, or that they are
     * @param conditions what the sums are over
     */
    record WidthPicture(
            List<String> arithmetics,
            List<BarChartPane.Bars> bars,
            String remark,
            String conditions) {
        static final WidthPicture NONE = new WidthPicture(List.of(), List.of(), "", "");

        /** What differs by less may as well be noise. */
        private static final double SLOWER = 1.05;

        static WidthPicture of(Map<Integer, KernelReport> byWidth, boolean decode) {
            if (byWidth.size() < 2) {
                return NONE;
            }
            List<BarChartPane.Bars> bars = new ArrayList<>();
            for (Map.Entry<Integer, KernelReport> each : byWidth.entrySet()) {
                bars.add(
                        BarChartPane.Bars.of(
                                width(each.getKey()),
                                Ink.series(bars.size()),
                                KernelBenchmark.NAMES.stream()
                                        .mapToDouble(name -> speed(each.getValue(), name, decode))
                                        .toArray()));
            }
            return new WidthPicture(
                    KernelBenchmark.NAMES,
                    bars,
                    remark(byWidth, bars),
                    Messages.text(
                            "kernels.widths.conditions",
                            byWidth.values().iterator().next().peak().threads()));
        }

        private static double speed(KernelReport report, String name, boolean decode) {
            double macs = 0;
            double microseconds = 0;
            for (KernelTiming timing : report.timings()) {
                if (timing.name().equals(name) && (timing.m() == 1) == decode) {
                    macs += (double) timing.m() * timing.n() * timing.k();
                    microseconds += timing.medianMicroseconds();
                }
            }
            return macs / microseconds * 1e-3;
        }

        private static String remark(
                Map<Integer, KernelReport> byWidth, List<BarChartPane.Bars> bars) {
            List<Integer> widths = List.copyOf(byWidth.keySet());
            int widest = widths.size() - 1;
            List<String> slower = new ArrayList<>();
            for (int a = 0; a < KernelBenchmark.NAMES.size(); a++) {
                int fastest = widest;
                for (int w = 0; w < widest; w++) {
                    if (bars.get(w).values()[a] > bars.get(fastest).values()[a]) {
                        fastest = w;
                    }
                }
                double ratio = bars.get(fastest).values()[a] / bars.get(widest).values()[a];
                if (ratio > SLOWER) {
                    slower.add(
                            Messages.text(
                                    "kernels.widths.slower.one",
                                    KernelBenchmark.NAMES.get(a),
                                    width(widths.get(widest)),
                                    width(widths.get(fastest)),
                                    Figures.times(ratio)));
                }
            }
            return slower.isEmpty()
                    ? Messages.text("kernels.widths.fastest", width(widths.get(widest)))
                    : Messages.text("kernels.widths.slower", String.join("; ", slower));
        }
    }

    private final ReadOnlyObjectWrapper<Picture> picture =
            new ReadOnlyObjectWrapper<>(Picture.NONE);
    private final ReadOnlyObjectWrapper<WidthPicture> widthPicture =
            new ReadOnlyObjectWrapper<>(WidthPicture.NONE);
    private final BooleanProperty decode = new SimpleBooleanProperty(this, "decode", false);
    private final Workbench workbench;
    private final KernelChoice choice = KernelProvider.current();
    private Optional<KernelReport> report = Optional.empty();

    public KernelsViewModel(Workbench workbench) {
        this.workbench = workbench;
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
        picture.set(report.map(this::picture).orElse(Picture.NONE));
        widthPicture.set(WidthPicture.of(workbench.kernelsByWidth(), decode.get()));
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
        return new Picture(
                shapes,
                bars,
                points,
                roof(measured.peak(), points),
                timings.stream().map(Row::new).toList());
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
