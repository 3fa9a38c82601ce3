package io.agilelens.engine.export;

import io.agilelens.engine.format.FileErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Sizes of what was written. */
final class ExportFiles {
    private ExportFiles() {}

    /** Bytes of each file of a folder by name. */
    static Map<String, Long> sizes(Path folder) {
        Map<String, Long> sizes = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                sizes.put(file.getFileName().toString(), Files.size(file));
            }
        } catch (IOException failure) {
            throw FileErrors.reading(folder, failure);
        }
        return sizes;
    }
}
