package io.agilelens.views.workbench;

import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.recipe.Preset;
import java.util.List;

/**
 * The model and the text that the window works on.
 *
 * @param reference how it was named: {@code sample:llama-tiny}, a folder
 * @param title short, for the title bar
 * @param model open as long as the window shows it
 * @param baseline runs it in float arithmetic
 * @param text the evaluation windows
 * @param calibrationSource where the calibration text came from
 * @param presets recipes for a model of its depth
 */
public record OpenedModel(
        String reference,
        String title,
        Model model,
        Decoder baseline,
        TokenWindows text,
        String calibrationSource,
        List<Preset> presets) {

    public OpenedModel {
        presets = List.copyOf(presets);
    }

    public ModelConfig config() {
        return model.config();
    }
}
