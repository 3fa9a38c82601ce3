package io.agilelens.app.session;

import io.agilelens.engine.format.FileErrors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Tells whether a model or a text is still the one that figures were made with, without reading all
 * of its weights.
 *
 * @param bytes of all its files
 * @param sha256 over name, length and beginning of each, in hexadecimal; the beginnings hold
 *     configurations and the headers that describe the tensors
 */
public record Fingerprint(long bytes, String sha256) {
    /** Bytes of each file that are looked at. */
    private static final int BEGINNING = 1 << 20;

    private static final Set<String> MODEL_ENDINGS =
            Set.of("json", "safetensors", "bin", "gguf", "model");

    /**
     * Of a file, or of the files in a folder that make up a model.
     *
     * @throws io.agilelens.engine.UserException if it cannot be read
     */
    public static Fingerprint of(Path path) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            long bytes = 0;
            for (Path file : files(path)) {
                long size = Files.size(file);
                bytes += size;
                String name = file.equals(path) ? "" : file.getFileName().toString();
                digest.update((name + '\n' + size + '\n').getBytes(StandardCharsets.UTF_8));
                try (InputStream in = Files.newInputStream(file)) {
                    digest.update(in.readNBytes(BEGINNING));
                }
            }
            return new Fingerprint(bytes, HexFormat.of().formatHex(digest.digest()));
        } catch (IOException failure) {
            throw FileErrors.reading(path, failure);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    private static List<Path> files(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.filter(Files::isRegularFile)
                    .filter(Fingerprint::isOfModel)
                    .sorted()
                    .toList();
        }
    }

    private static boolean isOfModel(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return MODEL_ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1));
    }
}
