package io.agilelens.views.workbench;

import io.agilelens.engine.evaluate.ErrorBudget;
import io.agilelens.engine.evaluate.LayerSensitivity;
import io.agilelens.engine.evaluate.LengthAblation;
import io.agilelens.engine.evaluate.PruningCurve;
import java.util.Optional;

/** The latest of each {@link QualityStudy}. */
public record Studies(
        Optional<Study<ErrorBudget>> budget,
        Optional<Study<LayerSensitivity>> layers,
        Optional<Study<Departures>> divergence,
        Optional<Study<PruningCurve>> curve,
        Optional<Study<LengthAblation>> lengths) {

    /** Nothing was asked yet. */
    public static final Studies NONE =
            new Studies(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());

    public Studies withBudget(Study<ErrorBudget> study) {
        return new Studies(Optional.of(study), layers, divergence, curve, lengths);
    }

    public Studies withLayers(Study<LayerSensitivity> study) {
        return new Studies(budget, Optional.of(study), divergence, curve, lengths);
    }

    public Studies withDivergence(Study<Departures> study) {
        return new Studies(budget, layers, Optional.of(study), curve, lengths);
    }

    public Studies withCurve(Study<PruningCurve> study) {
        return new Studies(budget, layers, divergence, Optional.of(study), lengths);
    }

    public Studies withLengths(Study<LengthAblation> study) {
        return new Studies(budget, layers, divergence, curve, Optional.of(study));
    }
}
