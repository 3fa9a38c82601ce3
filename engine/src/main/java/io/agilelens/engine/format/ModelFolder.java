package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A model folder as this program writes it, and what may be replaced by one. */
public final class ModelFolder {
    /** Files that other programs look for and that a copy takes along. */
    private static final List<String> COMPANIONS =
            List.of(
                    "tokenizer.model",
                    "special_tokens_map.json",
                    "generation_config.json",
                    "chat_template.jinja");

    /** All files that this program writes into a model folder. */
    private static final Set<String> OWN =
            Set.of(
                    HuggingFaceFolder.CONFIG,
                    HuggingFaceFolder.WEIGHTS,
                    HuggingFaceFolder.TOKENIZER,
                    HuggingFaceFolder.TOKENIZER_SETTINGS,
                    "bundle.json",
                    "recipe.json",
                    "tokenizer.model",
                    "special_tokens_map.json",
                    "generation_config.json",
                    "chat_template.jinja",
                    "quantize_config.json",
                    "agilelens.json");

    private ModelFolder() {}

    /**
     * Checks that replacing a target loses nothing but a model that this program wrote.
     *
     * @throws UserException if it is a file, is the source itself, or holds anything else
     */
    public static void requireReplaceable(Path target, Optional<Path> source) {
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        String name = Printable.of(target);
        if (!Files.isDirectory(target)) {
            throw new UserException(
                    "%s is a file and is not replaced by a folder; choose another name"
                            .formatted(name));
        }
        try {
            if (source.isPresent()
                    && Files.exists(source.get())
                    && Files.isSameFile(source.get(), target)) {
                throw new UserException(
                        "%s is the model itself and would be lost; choose another name"
                                .formatted(name));
            }
            try (Stream<Path> entries = Files.list(target)) {
                Optional<Path> foreign =
                        entries.filter(
                                        entry ->
                                                !OWN.contains(entry.getFileName().toString())
                                                        || Files.isDirectory(entry))
                                .sorted()
                                .findFirst();
                if (foreign.isPresent()) {
                    throw new UserException(
                            "%s holds %s, which would be lost; choose another name or empty the folder yourself"
                                    .formatted(name, Printable.of(foreign.get().getFileName())));
                }
            }
        } catch (IOException failure) {
            throw FileErrors.reading(target, failure);
        }
    }

    /**
     * Copies the files of a source that other programs look for, where the source is a folder that
     * has them.
     */
    public static void copyCompanions(Path source, Path place) throws IOException {
        for (String name : COMPANIONS) {
            Path file = source.resolve(name);
            if (Files.isRegularFile(file)) {
                Files.copy(file, place.resolve(name));
            }
        }
    }
}
