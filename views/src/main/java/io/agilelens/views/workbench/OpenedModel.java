package io.agilelens.views.workbench;

import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.MemoryEstimate;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.recipe.Preset;
import java.util.List;
import java.util.Optional;

/**
 * The model and the text that the window works on.
 *
 * @param subject how model and text were named, and what was planted in the model here
 * @param title short, for the title bar
 * @param model open as long as the window shows it
 * @param baseline runs it in float arithmetic
 * @param text the evaluation windows
 * @param memory what the float model takes as it runs
 * @param calibrationSource where the calibration text came from
 * @param presets recipes for a model of its depth
 */
public record OpenedModel(
        Subject subject,
        String title,
        Model model,
        Decoder baseline,
        MemoryEstimate memory,
        TokenWindows text,
        String calibrationSource,
        List<Preset> presets) {

    public OpenedModel {
        presets = List.copyOf(presets);
    }

    /** How the model was named: {@code sample:llama-tiny}, a folder. */
    public String reference() {
        return subject.model();
    }

    /** Whether outliers were planted since it was opened, so that they can be removed. */
    public boolean plantedHere() {
        return subject.planted().isPresent();
    }

    public ModelConfig config() {
        return model.config();
    }

    /** The outliers that were planted in it, here or before it was opened. */
    public Optional<Planting> planting() {
        return model.planting();
    }

    /** Whether its text begins with a token made for that; other models begin with a word. */
    public boolean hasStartToken() {
        return model.tokenizer().startToken().isPresent();
    }

    /** The same model with another text to evaluate on. */
    public OpenedModel withText(EvaluationText named, TokenWindows other) {
        return new OpenedModel(
                subject.withText(named),
                title,
                model,
                baseline,
                memory,
                other,
                calibrationSource,
                presets);
    }
}
