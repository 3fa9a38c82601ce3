package io.agilelens.views.lessons;

import io.agilelens.engine.evaluate.LayerDetail;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.LinearWeight;
import io.agilelens.engine.quant.AwqQuantizer;
import io.agilelens.engine.quant.AwqScales;
import io.agilelens.engine.quant.SalientChannels;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.WindowComparison;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What one per cent of a layer's channels are worth to its weights' rounding. */
final class SalienceFacts {
    private static final double SHARE = 0.01;
    private static final int BITS = 3;
    private static final int GROUP = 128;

    /** A weight's rounding error, to be divided by hand. */
    private static final double EXAMPLE_ERROR = 0.1;

    private SalienceFacts() {}

    static Facts of(LessonState state) {
        Facts.Builder facts = new Facts.Builder();
        WindowComparison windows = state.comparison().orElseThrow();
        OpenedModel opened = state.model().orElseThrow();
        LoudestPlace place = LoudestPlace.of(windows.baseline(), opened.planting());
        place.tell(facts);
        windows.baseline()
                .detail()
                .filter(detail -> detail.layer() == place.layer())
                .ifPresent(detail -> tell(facts, opened, detail, place));
        return facts.build();
    }

    private static void tell(
            Facts.Builder facts, OpenedModel opened, LayerDetail detail, LoudestPlace place) {
        LinearRole role =
                opened.config().roles().stream()
                        .filter(each -> each.input() == place.site())
                        .findFirst()
                        .orElseThrow();
        LinearWeight weight = opened.model().weights().linear(place.layer(), role);
        SalientChannels found =
                SalientChannels.of(
                        opened.baseline().kernels(),
                        new AwqQuantizer(BITS, GROUP, false),
                        weight.values(),
                        weight.outputs(),
                        detail.before().get(place.site()),
                        SHARE);
        Map<String, Double> errors =
                Map.of(
                        "activation", found.withoutActivation(),
                        "weight", found.withoutWeight(),
                        "chance", found.withoutChance());
        facts.whole("bits", BITS)
                .whole("kept", found.kept())
                .places("salient", found.byActivation())
                .number("error.all", found.all())
                .number("error.activation", found.withoutActivation())
                .number("error.weight", found.withoutWeight())
                .number("error.chance", found.withoutChance())
                .percent("fall.activation", 1 - found.withoutActivation() / found.all())
                .percent("fall.weight", 1 - found.withoutWeight() / found.all())
                .percent("fall.chance", 1 - found.withoutChance() / found.all())
                .word(
                        "best",
                        List.of("activation", "weight", "chance").stream()
                                .min(Comparator.comparing(errors::get))
                                .orElseThrow());
        found.scales().ifPresent(scales -> tell(facts, found, scales));
    }

    private static void tell(Facts.Builder facts, SalientChannels found, AwqScales scales) {
        int salient = found.byActivation().first();
        double scaled = scales.losses()[scales.best()];
        facts.number("ratio.best", scales.ratio())
                .whole("salient.first", salient)
                .number("scale", scales.scales()[salient])
                .number("scaled.half", EXAMPLE_ERROR / scales.scales()[salient])
                .number("error.scaled", scaled)
                .percent("fall.scaled", 1 - scaled / found.all())
                .is("scales.help", scaled < found.all());
    }
}
