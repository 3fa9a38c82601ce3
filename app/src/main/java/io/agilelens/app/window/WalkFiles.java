package io.agilelens.app.window;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder with models and texts that no one can read, and some that one can, as people have them:
 * cut off, empty, of another kind, gone.
 *
 * @param models references that must be refused
 * @param texts files to evaluate on, good ones and bad ones
 */
record WalkFiles(Path folder, List<String> models, List<Path> texts) implements AutoCloseable {
    static WalkFiles write() throws IOException {
        Path folder = Files.createTempDirectory("agilelens-monkey");
        Path cut = Files.createDirectory(folder.resolve("cut"));
        Files.writeString(cut.resolve("config.json"), "{\"model_type\": \"llama\"");
        Path unknown = Files.createDirectory(folder.resolve("unknown"));
        Files.writeString(unknown.resolve("config.json"), "{\"model_type\": \"nosuch\"}");
        Path bare = Files.createDirectory(folder.resolve("empty folder"));
        Path gguf =
                Files.write(
                        folder.resolve("short.gguf"),
                        "GGUF\3\0\0\0".getBytes(StandardCharsets.ISO_8859_1));
        Path nothing = Files.createFile(folder.resolve("nothing.gguf"));
        Path noise = Files.write(folder.resolve("noise.bin"), noise());
        Path session = Files.writeString(folder.resolve("cut.agilelens"), "{\"version\":");
        Path good =
                Files.writeString(
                        folder.resolve("good.txt"),
                        "The keeper climbed the stairs and lit the lamp again. ".repeat(200));
        Path wrong = Files.write(folder.resolve("not utf-8.txt"), noise());
        Path blank = Files.createFile(folder.resolve("blank.txt"));
        return new WalkFiles(
                folder,
                Stream.of(cut, unknown, bare, gguf, nothing, noise, session, folder.resolve("gone"))
                        .map(Path::toString)
                        .toList(),
                List.of(good, wrong, blank, folder.resolve("gone.txt")));
    }

    private static byte[] noise() {
        byte[] bytes = new byte[4096];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 3) * 7 + 128);
        }
        return bytes;
    }

    /** Removes the folder and what was written into it since. */
    @Override
    public void close() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
