package io.agilelens.app.command;

import io.agilelens.app.SampleTexts;
import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.WorkFolder;
import io.agilelens.engine.evaluate.CalibrationText;
import io.agilelens.engine.format.TextReader;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeReference;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The recipe that a command applies, and the text that its parameters are fitted on. */
final class RecipeOption {
    @Option(
            names = "--recipe",
            paramLabel = "RECIPE",
            description =
                    "A recipe file, its JSON itself, or a preset: FP, RTN-W4, W4A8-TRIP, W4A4-TRIP,"
                            + " W4A8-TRIP-B0.2, GPTQ-W4, AWQ-W4A16, SmoothQuant-W8A8,"
                            + " Agile-Quant-8, Agile-Quant-4, both with -pruned, Agile-published.")
    private String given;

    @Option(
            names = "--calibration",
            paramLabel = "FILE",
            description =
                    "Text that weights and activation quantizers are fitted on; without it a"
                            + " bundled one.")
    private Path text;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description =
                    "Where GPTQ and AWQ keep finished layers, so that a run that was cut short goes"
                            + " on behind them; without it in the user's cache.")
    private Path work;

    /** Where long methods keep finished layers. */
    WorkFolder work() {
        return work == null ? WorkFolder.ofUser() : new WorkFolder(work);
    }

    boolean isGiven() {
        return given != null;
    }

    /**
     * @param layers decoder layers of the model
     * @throws UserException if it is neither a readable recipe nor a preset
     */
    Recipe recipe(int layers) {
        if (given == null) {
            return Recipe.FLOAT;
        }
        return RecipeReference.resolve(given, "--recipe", layers);
    }

    /** The calibration windows, cut as perplexity windows are. */
    Calibration calibration(Model model) {
        try (TextReader reader =
                text == null ? SampleTexts.ORCHARD.open() : TextOption.open(text.toString())) {
            return CalibrationText.of(reader, model);
        }
    }
}
