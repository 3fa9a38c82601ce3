package io.agilelens.views.workbench;

import io.agilelens.engine.model.Planting;
import java.util.Optional;

/**
 * What figures are about.
 *
 * @param model a path or {@code sample:NAME}
 * @param planted outliers to put into the model once it is open, beside any that it has
 * @param text what it is evaluated on
 */
public record Subject(String model, Optional<Planting> planted, EvaluationText text) {

    /** A model as it is, on the text that comes with the program. */
    public static Subject of(String model) {
        return new Subject(model, Optional.empty(), EvaluationText.BUNDLED);
    }

    public Subject withText(EvaluationText other) {
        return new Subject(model, planted, other);
    }

    public Subject withPlanted(Optional<Planting> other) {
        return new Subject(model, other, text);
    }
}
