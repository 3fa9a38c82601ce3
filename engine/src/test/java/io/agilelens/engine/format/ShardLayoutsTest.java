package io.agilelens.engine.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.tensor.DType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders whose index and links try to lead somewhere else, or nowhere. */
class ShardLayoutsTest {
    private static final String PLAIN = "; put all shards into the folder and name them plainly";

    @TempDir private Path temporary;

    private Path folder;

    @BeforeEach
    void writeModel() throws IOException {
        folder = Files.createDirectory(temporary.resolve("model"));
        Files.writeString(folder.resolve("config.json"), "{}");
        shard("first", folder.resolve("a.safetensors"));
        shard("second", folder.resolve("b.safetensors"));
    }

    @ParameterizedTest
    @CsvSource({
        "../b.safetensors,it must be a plain file name",
        "/etc/passwd,it must be a plain file name",
        "sub/../b.safetensors,it must be a plain file name",
        "..,it must be a plain file name",
        ".,it is no file",
        "./a.safetensors,it is the same file as 'a.safetensors'",
        "link.safetensors,it is the same file as 'a.safetensors'",
        "away.safetensors,it is a link that leaves the folder"
    })
    void refusesNamesThatLeadElsewhere(String name, String why) throws IOException {
        Path outside = temporary.resolve("outside.safetensors");
        shard("second", outside);
        Files.createDirectory(folder.resolve("sub"));
        Files.createSymbolicLink(folder.resolve("link.safetensors"), Path.of("a.safetensors"));
        Files.createSymbolicLink(folder.resolve("away.safetensors"), outside);
        index("a.safetensors", name);
        String refused =
                name.startsWith("./")
                        // Sorted by name, the odd spelling comes first.
                        ? "a.safetensors': it is the same file as './a.safetensors'"
                        : "%s': %s".formatted(name, why);
        assertEquals(
                "%s names the shard '%s%s"
                        .formatted(folder.resolve("model.safetensors.index.json"), refused, PLAIN),
                line());
    }

    @Test
    void refusesTheIndexAsItsOwnShard() throws IOException {
        index("a.safetensors", "model.safetensors.index.json");
        assertLine("model.safetensors.index.json is damaged");
        index("a.safetensors", "config.json");
        assertLine("config.json is damaged");
    }

    @Test
    void refusesAShardThatIsSpelledInAnotherCase() throws IOException {
        index("a.safetensors", "A.safetensors");
        String expected =
                Files.exists(folder.resolve("A.safetensors"))
                        ? "it is the same file as"
                        : "A.safetensors does not exist; check the path";
        assertLine(expected);
    }

    @Test
    void refusesLinksThatLeadInCircles() throws IOException {
        Files.createSymbolicLink(folder.resolve("x.safetensors"), Path.of("y.safetensors"));
        Files.createSymbolicLink(folder.resolve("y.safetensors"), Path.of("x.safetensors"));
        index("a.safetensors", "x.safetensors");
        assertLine("x.safetensors ");
        Files.createSymbolicLink(folder.resolve("model.safetensors"), Path.of("model.safetensors"));
        assertLine("model.safetensors cannot be read: ");
    }

    @Test
    void theBlobsOfAnotherModelAreNotOfThisOne() throws IOException {
        Path other = Files.createDirectories(temporary.resolve("other/blobs"));
        Path snapshot = Files.createDirectories(temporary.resolve("one/snapshots/0123"));
        shard("second", other.resolve("b"));
        Files.writeString(snapshot.resolve("config.json"), "{}");
        shard("first", snapshot.resolve("a.safetensors"));
        Files.createSymbolicLink(snapshot.resolve("b.safetensors"), other.resolve("b"));
        folder = snapshot;
        index("a.safetensors", "b.safetensors");
        assertLine("a link that leaves the folder");
    }

    /** What the person names may be a link: weights often lie on another disk. */
    @Test
    void aSingleFileMayBeALinkToAnyFile() throws IOException {
        shard("third", temporary.resolve("elsewhere"));
        Files.createSymbolicLink(
                folder.resolve("model.safetensors"), temporary.resolve("elsewhere"));
        Path link = Files.createSymbolicLink(temporary.resolve("link"), folder);
        try (Checkpoint open = Checkpoints.open(link)) {
            assertTrue(open.find("third").isPresent());
        }
    }

    @Test
    void aDeviceIsNoFile() throws IOException {
        Path zeros = Path.of("/dev/zero");
        assumeTrue(Files.exists(zeros));
        Files.createSymbolicLink(folder.resolve("model.safetensors"), zeros);
        assertLine("model.safetensors is no file");
    }

    @Test
    void aMillionEntriesAreRefusedInBoundedTime() throws IOException {
        StringBuilder index = new StringBuilder("{\"weight_map\": {\"first\": \"a.safetensors\"");
        for (int i = 0; i < 1_000_000; i++) {
            index.append(",\"").append(i).append("\":\"a.safetensors\"");
        }
        Files.writeString(folder.resolve("model.safetensors.index.json"), index.append("}}"));
        assertTimeout(
                Duration.ofSeconds(120), () -> assertLine("says tensor '0' is in a.safetensors"));
        index = new StringBuilder("{\"weight_map\": {\"first\": \"a.safetensors\"");
        for (int i = 0; i < 500_000; i++) {
            index.append(",\"").append(i).append("\":\"s").append(i).append("\"");
        }
        Files.writeString(folder.resolve("model.safetensors.index.json"), index.append("}}"));
        assertTimeout(Duration.ofSeconds(120), () -> assertLine("s0 does not exist"));
    }

    @Test
    void anIndexOfEnormousLengthIsNotRead() throws IOException {
        try (var file =
                new RandomAccessFile(
                        folder.resolve("model.safetensors.index.json").toFile(), "rw")) {
            file.setLength(1L << 40);
        } catch (IOException full) {
            assumeTrue(false, "no sparse files here");
        }
        assertLine("model.safetensors.index.json is larger than");
    }

    private static void shard(String tensor, Path file) {
        new SafetensorsWriter().add(tensor, DType.F32, new long[] {1}, new float[1]).write(file);
    }

    private void index(String first, String second) throws IOException {
        Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"first\": \"%s\", \"second\": \"%s\"}}"
                        .formatted(first, second));
    }

    private void assertLine(String part) {
        String line = line();
        assertTrue(line.contains(part), line);
    }

    private String line() {
        UserException refused =
                assertThrows(UserException.class, () -> Checkpoints.open(folder).close());
        assertFalse(refused.getMessage().contains("\n"), refused.getMessage());
        return refused.getMessage();
    }
}
