package io.agilelens.engine.recipe;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a person names a recipe: its JSON, a file with it, or a preset. */
public final class RecipeReference {
    private RecipeReference() {}

    /**
     * @param given what the person wrote
     * @param source where it was written, for error lines
     * @param layers decoder layers of the model
     * @throws UserException if it is neither a readable recipe nor a preset
     */
    public static Recipe resolve(String given, String source, int layers) {
        if (given.strip().startsWith("{")) {
            return RecipeJson.parse(given, source);
        }
        if (isFile(given)) {
            return RecipeJson.read(Path.of(given));
        }
        return preset(given, layers)
                .map(Preset::recipe)
                .orElseThrow(
                        () ->
                                new UserException(
                                        "%s %s is neither a file nor a preset of this model; presets are %s"
                                                .formatted(
                                                        source,
                                                        Printable.of(given),
                                                        Preset.forLayers(layers).stream()
                                                                .map(Preset::name)
                                                                .collect(
                                                                        Collectors.joining(
                                                                                ", ")))));
    }

    private static Optional<Preset> preset(String name, int layers) {
        List<Preset> presets = Preset.forLayers(layers);
        return presets.stream().filter(preset -> preset.isCalled(name)).findFirst();
    }

    private static boolean isFile(String name) {
        try {
            return Files.isRegularFile(Path.of(name));
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
