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
 * @param reference how it was named: {@code sample:llama-tiny}, a folder
 * @param title short, for the title bar
 * @param model open as long as the window shows it
 * @param baseline runs it in float arithmetic
 * @param text the evaluation windows
 * @param memory what the float model takes as it runs
 * @param calibrationSource where the calibration text came from
 * @param presets recipes for a model of its depth
 * @param plantedHere whether outliers were planted since it was opened, so that they can be removed
 */
public record OpenedModel(
        String reference,
        String title,
        Model model,
        Decoder baseline,
        MemoryEstimate memory,
        TokenWindows text,
        String calibrationSource,
        List<Preset> presets,
        boolean plantedHere) {

    public OpenedModel {
        presets = List.copyOf(presets);
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
    public OpenedModel withText(TokenWindows other) {
        return new OpenedModel(
                reference,
                title,
                model,
                baseline,
                memory,
                other,
                calibrationSource,
                presets,
                plantedHere);
    }
}
