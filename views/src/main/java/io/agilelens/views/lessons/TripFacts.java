package io.agilelens.views.lessons;

import io.agilelens.engine.quant.TripFit;
import io.agilelens.engine.quant.TripQuantizer;
import io.agilelens.views.Figures;
import io.agilelens.views.workbench.WindowComparison;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What TRIP gives the channels of the model's most uneven place, and why. */
final class TripFacts {
    /** A weight's code, to be shifted by hand. */
    private static final int EXAMPLE_WEIGHT = 5;

    private TripFacts() {}

    static Facts of(LessonState state) {
        Facts.Builder facts = new Facts.Builder();
        WindowComparison windows = state.comparison().orElseThrow();
        LoudestPlace place =
                LoudestPlace.of(windows.baseline(), state.model().orElseThrow().planting());
        place.tell(facts);
        TripFit fit = windows.model().tripFits().get(place.layer()).get(place.site());
        if (fit != null && fit.quantizer().channels() == place.statistics().channels()) {
            tell(facts, place, fit);
        }
        return facts.build();
    }

    private static void tell(Facts.Builder facts, LoudestPlace place, TripFit fit) {
        TripQuantizer trip = fit.quantizer();
        int largest = fit.candidates()[fit.candidates().length - 1];
        TripQuantizer unrefined = trip.withExponent(place.typical(), largest);
        int finest = 0;
        for (int c = 0; c < trip.channels(); c++) {
            finest += trip.exponent(c) == fit.candidates()[0] ? 1 : 0;
        }
        int exponent = trip.exponent(place.typical());
        int shifted = shifted(trip, place);
        facts.whole("bits", trip.range().bits())
                .whole("codes", trip.range().steps() + 1L)
                .whole("k", largest)
                .whole("top.factor", 1L << largest)
                .number("top.step", Math.scalb((double) trip.base(), largest))
                .number("base", trip.base())
                .whole("typical.factor", 1L << exponent)
                .whole("typical.exponent", exponent)
                .number("typical.step", trip.step(place.typical()))
                .word("typical.errors", "errors", errors(fit, place.typical()))
                .whole("outlier.factor", 1L << trip.exponent(place.outlier()))
                .number("outlier.step", trip.step(place.outlier()))
                .word("outlier.errors", "errors", errors(fit, place.outlier()))
                .whole(
                        "levels.one",
                        OutlierFacts.levels(unrefined, place.statistics(), place.typical()))
                .whole(
                        "levels.trip",
                        OutlierFacts.levels(trip, place.statistics(), place.typical()))
                .whole("finest.count", finest)
                .whole("example.weight", EXAMPLE_WEIGHT)
                .whole("shift.channel", shifted)
                .whole("shift.factor", 1L << trip.exponent(shifted))
                .whole("shift.exponent", trip.exponent(shifted))
                .whole("example.shifted", (long) EXAMPLE_WEIGHT << trip.exponent(shifted));
    }

    /** A channel whose weights are shifted at all: the typical one, the outlier, or any other. */
    private static int shifted(TripQuantizer trip, LoudestPlace place) {
        return IntStream.concat(
                        IntStream.of(place.typical(), place.outlier()),
                        IntStream.range(0, trip.channels()))
                .filter(channel -> trip.exponent(channel) > 0)
                .findFirst()
                .orElse(place.typical());
    }

    /** The error of each factor, as the picture of the station has it. */
    private static String errors(TripFit fit, int channel) {
        List<String> each = new ArrayList<>();
        for (int i = 0; i < fit.candidates().length; i++) {
            double error = Math.sqrt(fit.candidateErrors()[channel][i]);
            each.add("×" + (1 << fit.candidates()[i]) + "\u00a0" + Figures.number(error));
        }
        return String.join("\u00a0· ", each);
    }
}
