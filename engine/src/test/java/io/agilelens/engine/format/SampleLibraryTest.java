package io.agilelens.engine.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleLibraryTest {
    @TempDir Path folder;

    private Path classes;
    private Path cache;

    @BeforeEach
    void writeSample() throws IOException {
        classes = folder.resolve("classes");
        cache = Files.createDirectory(folder.resolve("cache"));
        Path samples = Files.createDirectories(classes.resolve("io/agilelens/samples"));
        Files.writeString(
                samples.resolve("index.json"),
                """
                [{"name": "tiny", "title": "Tiny", "summary": "Made up."}]
                """);
        TinyModels.write(
                Files.createDirectory(samples.resolve("tiny")), TinyModels.Dimensions.small());
    }

    @Test
    void usesAPlainFolderInPlace() throws IOException {
        try (URLClassLoader loader = loader(classes)) {
            SampleLibrary library = new SampleLibrary(loader, () -> cache);
            assertEquals(
                    List.of(new SampleLibrary.Sample("tiny", "Tiny", "Made up.")),
                    library.samples());
            assertEquals(classes.resolve("io/agilelens/samples/tiny"), library.folder("tiny"));
            assertEquals(List.of(), list(cache));
        }
    }

    @Test
    void unpacksAJarOnce() throws IOException {
        try (URLClassLoader loader = loader(jar())) {
            Path unpacked = new SampleLibrary(loader, () -> cache).folder("tiny");
            assertTrue(unpacked.startsWith(cache));
            try (Checkpoint model = Checkpoints.open(unpacked)) {
                assertTrue(model.find("model.norm.weight").isPresent());
            }
            Object before =
                    Files.readAttributes(unpacked.resolve("config.json"), "*").get("fileKey");
            assertEquals(unpacked, new SampleLibrary(loader, () -> cache).folder("tiny"));
            Object after =
                    Files.readAttributes(unpacked.resolve("config.json"), "*").get("fileKey");
            assertEquals(before, after);
            assertEquals(1, list(cache).size());
        }
    }

    @Test
    void mendsADamagedCopy() throws IOException {
        try (URLClassLoader loader = loader(jar())) {
            Path unpacked = new SampleLibrary(loader, () -> cache).folder("tiny");
            Path weights = unpacked.resolve("model.safetensors");
            byte[] good = Files.readAllBytes(weights);
            byte[] bad = good.clone();
            bad[bad.length - 1] ^= 1;
            Files.write(weights, bad);
            assertEquals(unpacked, new SampleLibrary(loader, () -> cache).folder("tiny"));
            assertEquals(-1, Files.mismatch(weights, Files.write(folder.resolve("good"), good)));
            assertEquals(1, list(cache).size());
        }
    }

    @Test
    void manyMayUnpackAtOnce() throws Exception {
        try (URLClassLoader loader = loader(jar());
                ExecutorService threads = Executors.newFixedThreadPool(6)) {
            List<Callable<Path>> calls = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                calls.add(() -> new SampleLibrary(loader, () -> cache).folder("tiny"));
            }
            HashSet<Path> folders = new HashSet<>();
            for (Future<Path> unpacked : threads.invokeAll(calls)) {
                folders.add(unpacked.get());
            }
            assertEquals(1, folders.size());
            assertEquals(1, list(cache).size());
        }
    }

    @Test
    void listsTheSamplesThereAre() throws IOException {
        try (URLClassLoader loader = loader(classes)) {
            SampleLibrary library = new SampleLibrary(loader, () -> cache);
            UserException refusal =
                    assertThrows(UserException.class, () -> library.folder("../tiny"));
            assertEquals("there is no sample '../tiny'; there are: tiny", refusal.getMessage());
        }
    }

    @Test
    void saysWhenThereAreNone() throws IOException {
        try (URLClassLoader loader = loader(Files.createDirectory(folder.resolve("none")))) {
            SampleLibrary library = new SampleLibrary(loader, () -> cache);
            assertEquals(List.of(), library.samples());
            assertTrue(
                    assertThrows(UserException.class, () -> library.folder("tiny"))
                            .getMessage()
                            .contains("no samples at all"));
        }
    }

    @Test
    void referencesAreReadAsTheyAreWritten() {
        for (String text : List.of("sample:tiny", "/models/a", "b", "./sample:c")) {
            assertEquals(text, ModelReference.parse(text).toString());
        }
        assertEquals(new ModelReference.Sample("x"), ModelReference.parse("sample:x"));
        for (String text : List.of("", " ", "sample:", "a\0b")) {
            assertThrows(UserException.class, () -> ModelReference.parse(text));
        }
        assertThrows(
                UserException.class,
                () -> ModelReference.parse("sample:no-such-sample").open().close());
    }

    @Test
    void aReferenceOpensAFolder() {
        String path = classes.resolve("io/agilelens/samples/tiny").toString();
        try (Checkpoint model = ModelReference.parse(path).open()) {
            assertFalse(model.tensors().isEmpty());
        }
    }

    private Path jar() throws IOException {
        Path jar = folder.resolve("samples.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(file);
                Stream<Path> tree = Files.walk(classes)) {
            for (Path entry : tree.filter(Files::isRegularFile).toList()) {
                zip.putNextEntry(
                        new ZipEntry(classes.relativize(entry).toString().replace('\\', '/')));
                Files.copy(entry, zip);
            }
        }
        return jar;
    }

    private static URLClassLoader loader(Path place) throws MalformedURLException {
        return new URLClassLoader(new URL[] {place.toUri().toURL()}, null);
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }
}
