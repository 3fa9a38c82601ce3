package io.agilelens.views.lessons;

import io.agilelens.engine.evaluate.LayerDetail;
import io.agilelens.engine.evaluate.SiteStatistics;
import io.agilelens.engine.quant.ActivationQuantizer;
import io.agilelens.engine.tensor.Matrix;
import io.agilelens.views.workbench.WindowComparison;
import java.util.Optional;
import java.util.stream.IntStream;

/** What an outlier does to a quantizer that has one step for all channels. */
final class OutlierFacts {
    /** Shares of noise that differ by less than this factor count as alike. */
    private static final double ALIKE = 1.5;

    private OutlierFacts() {}

    static Facts of(LessonState state) {
        Facts.Builder facts = new Facts.Builder();
        WindowComparison windows = state.comparison().orElseThrow();
        LoudestPlace place =
                LoudestPlace.of(windows.baseline(), state.model().orElseThrow().planting());
        place.tell(facts);
        SiteStatistics statistics = place.statistics();
        facts.places(
                "coarsest",
                IntStream.range(0, statistics.channels())
                                .filter(c -> statistics.magnitude(c) == statistics.magnitude())
                                .boxed()
                        ::iterator);
        facts.whole("towering.count", place.towering().size())
                .number("others.largest", place.others());
        quantizer(windows, place).ifPresent(quantizer -> tell(facts, windows, place, quantizer));
        return facts.build();
    }

    /** The quantizer of the place, if it has one step that is known beforehand. */
    static Optional<ActivationQuantizer> quantizer(WindowComparison windows, LoudestPlace place) {
        return Optional.ofNullable(
                        windows.model()
                                .plan()
                                .layers()
                                .get(place.layer())
                                .activations()
                                .get(place.site()))
                .filter(quantizer -> !Float.isNaN(quantizer.step(0)));
    }

    private static void tell(
            Facts.Builder facts,
            WindowComparison windows,
            LoudestPlace place,
            ActivationQuantizer quantizer) {
        SiteStatistics statistics = place.statistics();
        int steps = quantizer.range().steps();
        float step = quantizer.step(place.typical());
        double reach = step * steps / 2.0;
        facts.whole("bits", quantizer.range().bits())
                .whole("steps", steps)
                .whole("codes", steps + 1)
                .number("half", steps / 2.0)
                .number("reach", reach)
                .number("step", step)
                .whole("typical.levels", levels(quantizer, statistics, place.typical()))
                .whole("outlier.levels", levels(quantizer, statistics, place.outlier()))
                .number("others.step", place.others() / (steps / 2.0))
                .number("coarser", reach / place.others());
        SiteStatistics tuned = windows.tuned().sites().get(place.layer()).get(place.site());
        facts.number("sqnr", tuned.signalToNoise(), "dB");
        windows.tuned()
                .detail()
                .filter(detail -> detail.layer() == place.layer())
                .ifPresent(detail -> tellNoise(facts, detail, place));
    }

    static int levels(ActivationQuantizer quantizer, SiteStatistics statistics, int channel) {
        return quantizer.levels(
                channel, statistics.minimum()[channel], statistics.maximum()[channel]);
    }

    /** Whose values suffer more: the outlier's or the typical channel's, relative to their size. */
    private static void tellNoise(Facts.Builder facts, LayerDetail detail, LoudestPlace place) {
        double outlier = noise(detail, place, place.outlier());
        double typical = noise(detail, place, place.typical());
        facts.percent("outlier.noise", outlier)
                .percent("typical.noise", typical)
                .word(
                        "suffers",
                        typical > ALIKE * outlier
                                ? "others"
                                : outlier > ALIKE * typical ? "outlier" : "alike");
    }

    /** Root of the squared errors over the squared values of a channel. */
    private static double noise(LayerDetail detail, LoudestPlace place, int channel) {
        Matrix before = detail.before().get(place.site());
        Matrix after = detail.after().get(place.site());
        double error = 0;
        double signal = 0;
        for (int t = 0; t < before.rows(); t++) {
            double x = before.get(t, channel);
            double difference = after.get(t, channel) - x;
            error += difference * difference;
            signal += x * x;
        }
        return Math.sqrt(error / signal);
    }
}
