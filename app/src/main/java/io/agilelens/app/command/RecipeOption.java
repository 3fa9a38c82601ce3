package io.agilelens.app.command;

import io.agilelens.app.SampleTexts;
import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.WorkFolder;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.format.TextReader;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.recipe.Preset;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** The recipe that a command applies, and the text that its parameters are fitted on. */
final class RecipeOption {
    private static final int CALIBRATION_WINDOW = 512;
    private static final int CALIBRATION_WINDOWS = 8;

    @Option(
            names = "--recipe",
            paramLabel = "RECIPE",
            description =
                    "A recipe file, its JSON itself, or a preset: FP, RTN-W4, W4A8-TRIP, W4A4-TRIP,"
                            + " W4A8-TRIP-B0.2.")
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
                    "Where GPTQ keeps finished layers, so that a run that was cut short goes on"
                            + " behind them; without it in the user's cache.")
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
        if (given.strip().startsWith("{")) {
            return RecipeJson.parse(given, "--recipe");
        }
        if (isFile(given)) {
            return RecipeJson.read(Path.of(given));
        }
        List<Preset> presets = Preset.forLayers(layers);
        for (Preset preset : presets) {
            if (plain(preset.name()).equals(plain(given))) {
                return preset.recipe();
            }
        }
        throw new UserException(
                "--recipe %s is neither a file nor a preset of this model; presets are %s"
                        .formatted(
                                Printable.of(given),
                                presets.stream()
                                        .map(Preset::name)
                                        .collect(Collectors.joining(", "))));
    }

    private static boolean isFile(String name) {
        try {
            return Files.exists(Path.of(name));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** A preset's name without what is hard to type. */
    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace('β', 'b').replaceAll("[^a-z0-9]", "");
    }

    /** The calibration windows, cut as perplexity windows are. */
    Calibration calibration(Model model) {
        try (TextReader reader =
                text == null ? SampleTexts.ORCHARD.open() : TextOption.open(text.toString())) {
            TokenWindows windows =
                    TokenWindows.of(
                            reader.source(),
                            reader,
                            model.tokenizer(),
                            Protocol.GPTQ,
                            Math.min(CALIBRATION_WINDOW, model.config().contextLength()),
                            CALIBRATION_WINDOWS);
            return new Calibration(reader.source(), windows.windows());
        }
    }
}
