package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * The {@code model.safetensors.index.json} of a model in several files. The file names in it come
 * from whoever wrote the model, so they are followed only to regular files inside the folder: not
 * up, not to an absolute path, not through a link that leaves the folder, and not twice to the same
 * file. Links are how the hub's own cache is laid out, though: {@code snapshots/REVISION/FILE} is a
 * link into {@code blobs} of the same model, and that one place outside is allowed. What the person
 * names, the folder itself and a single {@code model.safetensors} in it, may be a link to anywhere.
 *
 * @param shardOf tensor name to shard name, in the order of the index
 * @param shards shard name to file, sorted by name
 */
record ShardIndex(Map<String, String> shardOf, Map<String, Path> shards) {
    private static final long LARGEST_INDEX = 64L << 20;

    static ShardIndex read(Path folder) {
        Path path = folder.resolve(HuggingFaceFolder.INDEX);
        JsonNode weightMap = JsonFiles.readObject(path, LARGEST_INDEX).path("weight_map");
        if (!weightMap.isObject() || weightMap.isEmpty()) {
            throw new UserException(
                    "%s has no weight_map that names the shards; get the file again"
                            .formatted(Printable.of(path)));
        }
        Map<String, String> shardOf = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : weightMap.properties()) {
            if (!entry.getValue().isString()) {
                throw new UserException(
                        "%s: weight_map '%s' must be a file name; get the file again"
                                .formatted(Printable.of(path), Printable.of(entry.getKey())));
            }
            shardOf.put(entry.getKey(), entry.getValue().stringValue());
        }
        Map<String, Path> shards = new LinkedHashMap<>();
        Map<Path, String> seen = new HashMap<>();
        for (String name : new TreeSet<>(shardOf.values())) {
            Path file = resolveInside(folder, name);
            String other = seen.putIfAbsent(real(file), name);
            if (other != null) {
                throw outside(
                        folder, name, "it is the same file as '%s'".formatted(Printable.of(other)));
            }
            shards.put(name, file);
        }
        return new ShardIndex(
                Collections.unmodifiableMap(shardOf), Collections.unmodifiableMap(shards));
    }

    private static Path resolveInside(Path folder, String name) {
        Path shard;
        try {
            shard = Path.of(name);
        } catch (InvalidPathException invalid) {
            throw outside(folder, name, "no file can have that name");
        }
        if (shard.isAbsolute() || name.startsWith("/") || name.contains("\\")) {
            throw outside(folder, name, "it must be a plain file name");
        }
        for (Path step : shard) {
            if (step.toString().equals("..") || step.toString().isEmpty()) {
                throw outside(folder, name, "it must be a plain file name");
            }
        }
        Path file = folder.resolve(shard);
        if (!isInside(real(file), real(folder))) {
            throw outside(folder, name, "it is a link that leaves the folder");
        }
        if (!Files.isRegularFile(file)) {
            throw outside(folder, name, "it is no file");
        }
        return file;
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (FileSystemLoopException loop) {
            throw new UserException(
                    "%s is a link that leads back to itself; put the file itself in its place"
                            .formatted(Printable.of(file)),
                    loop);
        } catch (IOException failure) {
            throw FileErrors.reading(file, failure);
        }
    }

    /**
     * The hub's own cache is the one place where links out of a model folder are normal: {@code
     * snapshots/REVISION/FILE} points into {@code blobs} two levels up.
     */
    private static boolean isInside(Path file, Path folder) {
        if (file.startsWith(folder)) {
            return true;
        }
        Path snapshots = folder.getParent();
        return snapshots != null
                && snapshots.endsWith("snapshots")
                && file.startsWith(snapshots.resolveSibling("blobs"));
    }

    private static UserException outside(Path folder, String name, String why) {
        return new UserException(
                "%s names the shard '%s': %s; put all shards into the folder and name them plainly"
                        .formatted(
                                Printable.of(folder.resolve(HuggingFaceFolder.INDEX)),
                                Printable.of(name),
                                why));
    }
}
