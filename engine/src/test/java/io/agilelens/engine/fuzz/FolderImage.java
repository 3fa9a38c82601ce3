package io.agilelens.engine.fuzz;

import io.agilelens.engine.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A small model folder in memory, to be written, damaged and written again.
 *
 * @param files contents by name
 * @param fields the files that were written field by field
 */
public record FolderImage(Map<String, byte[]> files, Map<String, Fields> fields) {

    /** What a writer of folders writes. */
    public static FolderImage of(Consumer<Path> writer) {
        try {
            Path folder = Files.createTempDirectory("image");
            try {
                writer.accept(folder);
                Map<String, byte[]> files = new LinkedHashMap<>();
                for (Path file : Trees.files(folder)) {
                    files.put(
                            folder.relativize(file).toString().replace('\\', '/'),
                            Files.readAllBytes(file));
                }
                return new FolderImage(files, Map.of());
            } finally {
                Trees.delete(folder);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A folder of files written field by field. */
    public static FolderImage of(Map<String, Fields> fields) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        fields.forEach((name, content) -> files.put(name, content.toBytes()));
        return new FolderImage(files, fields);
    }

    /** A folder with one file. */
    public static FolderImage of(String name, byte[] content) {
        return new FolderImage(Map.of(name, content), Map.of());
    }

    /** What lies in a folder inside this one. */
    public FolderImage below(String folder) {
        Map<String, byte[]> inside = new LinkedHashMap<>();
        String prefix = folder + "/";
        files.forEach(
                (name, content) -> {
                    if (name.startsWith(prefix)) {
                        inside.put(name.substring(prefix.length()), content);
                    }
                });
        return new FolderImage(inside, Map.of());
    }

    /** The same with one file more, or another content of one. */
    public FolderImage with(String name, byte[] content) {
        Map<String, byte[]> more = new LinkedHashMap<>(files);
        more.put(name, content);
        return new FolderImage(more, fields);
    }

    /** Writes all files into an existing folder. */
    public Path writeTo(Path folder) {
        try {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Files.write(folder.resolve(file.getKey()), file.getValue());
            }
            return folder;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
