package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * A model folder in the layout of the Hugging Face hub: {@code config.json} beside {@code
 * model.safetensors}, or beside several shards that {@code model.safetensors.index.json} lists.
 */
public final class HuggingFaceFolder implements Checkpoint {
    public static final String CONFIG = "config.json";
    public static final String WEIGHTS = "model.safetensors";
    public static final String INDEX = "model.safetensors.index.json";
    public static final String TOKENIZER = "tokenizer.json";
    public static final String TOKENIZER_SETTINGS = "tokenizer_config.json";

    private static final long LARGEST_CONFIG = 4L << 20;
    private static final long LARGEST_TOKENIZER = 128L << 20;
    private static final long LARGEST_TOKENIZER_SETTINGS = 16L << 20;
    private static final int MOST_FILES_LISTED = 5;

    private final Path folder;
    private final JsonNode config;
    private final List<SafetensorsFile> files;
    private final Map<String, Tensor> tensors;
    private final List<String> warnings;

    private HuggingFaceFolder(
            Path folder,
            JsonNode config,
            List<SafetensorsFile> files,
            Map<String, Tensor> tensors,
            List<String> warnings) {
        this.folder = folder;
        this.config = config;
        this.files = files;
        this.tensors = tensors;
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Opens a folder: reads the configuration and the headers of all weight files.
     *
     * @throws UserException if something is missing, unreadable or damaged
     */
    public static HuggingFaceFolder open(Path folder) {
        List<String> names = list(folder);
        if (names.isEmpty()) {
            throw new UserException(
                    "%s is empty; give a folder that holds %s and %s"
                            .formatted(Printable.of(folder), CONFIG, WEIGHTS));
        }
        boolean single = names.contains(WEIGHTS);
        if (!single && !names.contains(INDEX)) {
            throw noWeights(folder, names);
        }
        if (!names.contains(CONFIG)) {
            throw new UserException(
                    "%s has no %s; copy it from where the model came from"
                            .formatted(Printable.of(folder), CONFIG));
        }
        JsonNode config = JsonFiles.readObject(folder.resolve(CONFIG), LARGEST_CONFIG);
        return single ? openSingle(folder, config) : openShards(folder, config);
    }

    private static List<String> list(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (NotDirectoryException failure) {
            throw new UserException(
                    "%s is no folder; give the model's folder".formatted(Printable.of(folder)),
                    failure);
        } catch (IOException failure) {
            throw FileErrors.reading(folder, failure);
        }
    }

    private static UserException noWeights(Path folder, List<String> names) {
        String where = Printable.of(folder);
        Optional<UserException> foreign = ForeignWeights.inFolder(folder, names);
        if (foreign.isPresent()) {
            return foreign.get();
        }
        List<String> listed = names.stream().limit(MOST_FILES_LISTED).toList();
        String more = names.size() > listed.size() ? ", …" : "";
        return new UserException(
                "%s has neither %s nor %s, it holds %s%s; give a folder with safetensors weights under one of these names"
                        .formatted(
                                where,
                                WEIGHTS,
                                INDEX,
                                Printable.of(String.join(", ", listed)),
                                more));
    }

    private static HuggingFaceFolder openSingle(Path folder, JsonNode config) {
        SafetensorsFile file = SafetensorsFile.open(folder.resolve(WEIGHTS));
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Tensor tensor : file.tensors()) {
            tensors.put(tensor.name(), tensor);
        }
        return new HuggingFaceFolder(folder, config, List.of(file), tensors, List.of());
    }

    private static HuggingFaceFolder openShards(Path folder, JsonNode config) {
        ShardIndex index = ShardIndex.read(folder);
        List<SafetensorsFile> files = new ArrayList<>();
        try {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            Set<String> unlisted = new LinkedHashSet<>();
            for (Map.Entry<String, Path> shard : index.shards().entrySet()) {
                SafetensorsFile file = SafetensorsFile.open(shard.getValue());
                files.add(file);
                for (Tensor tensor : file.tensors()) {
                    if (shard.getKey().equals(index.shardOf().get(tensor.name()))) {
                        tensors.put(tensor.name(), tensor);
                    } else {
                        unlisted.add(tensor.name());
                    }
                }
            }
            checkComplete(folder, index, tensors);
            return new HuggingFaceFolder(folder, config, files, tensors, warnings(unlisted));
        } catch (RuntimeException | Error failure) {
            files.forEach(SafetensorsFile::close);
            throw failure;
        }
    }

    private static void checkComplete(Path folder, ShardIndex index, Map<String, Tensor> found) {
        for (Map.Entry<String, String> entry : index.shardOf().entrySet()) {
            if (!found.containsKey(entry.getKey())) {
                throw new UserException(
                        "%s says tensor '%s' is in %s, but it is not there; get both files again"
                                .formatted(
                                        Printable.of(folder.resolve(INDEX)),
                                        Printable.of(entry.getKey()),
                                        Printable.of(entry.getValue())));
            }
        }
    }

    private static List<String> warnings(Set<String> unlisted) {
        return unlisted.isEmpty()
                ? List.of()
                : List.of(
                        "%d tensors of the shards are not in %s and are left out, the first is '%s'"
                                .formatted(
                                        unlisted.size(),
                                        INDEX,
                                        Printable.of(unlisted.iterator().next())));
    }

    @Override
    public Path source() {
        return folder;
    }

    @Override
    public String format() {
        return files.size() == 1
                ? "safetensors folder"
                : "safetensors folder, %d shards".formatted(files.size());
    }

    @Override
    public JsonNode config() {
        return config;
    }

    @Override
    public List<Tensor> tensors() {
        return List.copyOf(tensors.values());
    }

    @Override
    public Optional<Tensor> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    @Override
    public TokenizerSource tokenizer() {
        Path file = folder.resolve(TOKENIZER);
        if (!Files.exists(file)) {
            throw new UserException(
                    "%s has no %s; save the model's fast tokenizer there (AutoTokenizer, save_pretrained) or copy the file from where the model came from"
                            .formatted(Printable.of(folder), TOKENIZER));
        }
        Path settings = folder.resolve(TOKENIZER_SETTINGS);
        return new TokenizerSource(
                file,
                JsonFiles.readBytes(file, LARGEST_TOKENIZER),
                Files.exists(settings)
                        ? JsonFiles.readObject(settings, LARGEST_TOKENIZER_SETTINGS)
                        : MissingNode.getInstance());
    }

    @Override
    public List<String> warnings() {
        return warnings;
    }

    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }
}
