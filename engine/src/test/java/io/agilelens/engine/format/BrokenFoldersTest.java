package io.agilelens.engine.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person may point the program at by mistake, and shards in all states. */
class BrokenFoldersTest {
    @TempDir Path temporary;

    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(temporary.resolve("model"));
    }

    @Test
    void saysWhatAFolderLacks() throws IOException {
        assertLine("is empty");
        Files.writeString(folder.resolve("README.md"), "");
        assertLine(
                "has neither model.safetensors nor model.safetensors.index.json, it holds"
                        + " README.md");
        TinyModels.write(folder, TinyModels.Dimensions.small());
        Files.delete(folder.resolve("config.json"));
        assertLine("has no config.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pytorch_model.bin", "pytorch_model-00001-of-00002.bin"})
    void asksForSafetensorsInsteadOfPickles(String name) throws IOException {
        Files.writeString(folder.resolve("config.json"), "{}");
        Files.writeString(folder.resolve(name), "");
        assertLine("convert the model to safetensors");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stories.bin         | no llama2.c file",
                "odd.safetensors     | unusual name",
                "notes.txt           | no model"
            })
    void saysWhatASingleFileIs(String name, String line) throws IOException {
        Path file = Files.writeString(temporary.resolve(name), "");
        assertLine(file, line);
        assertLine(file, "give a model folder");
    }

    @Test
    void saysThatNothingIsThere() {
        assertLine(temporary.resolve("nowhere"), "does not exist");
    }

    @Test
    void saysThatAFileMayNotBeRead() throws IOException {
        TinyModels.write(folder, TinyModels.Dimensions.small());
        Path weights = folder.resolve("model.safetensors");
        Files.setPosixFilePermissions(weights, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(weights), "this user may read everything");
        assertLine("may not be read");
    }

    @Test
    void opensTheFolderOfItsWeights() {
        TinyModels.write(folder, TinyModels.Dimensions.small());
        try (Checkpoint model = Checkpoints.open(folder.resolve("model.safetensors"))) {
            assertEquals(folder, model.source());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                       | must hold a JSON object",
                "[]                       | must hold a JSON object",
                "null                     | must hold a JSON object",
                "{                        | no valid JSON",
                "{} {}                    | no valid JSON",
                "{\"a\": 1, \"a\": 2}     | no valid JSON",
                "{\"a\": 01}              | no valid JSON",
                "{\"a\": undefined}       | no valid JSON",
            })
    void saysWhatIsWrongWithTheConfiguration(String config, String line) throws IOException {
        TinyModels.write(folder, TinyModels.Dimensions.small());
        Files.writeString(folder.resolve("config.json"), config);
        assertLine("config.json");
        assertLine(line);
    }

    @Test
    void boundsTheConfiguration() throws IOException {
        TinyModels.write(folder, TinyModels.Dimensions.small());
        Path config = folder.resolve("config.json");
        Files.writeString(config, "{\"a\": " + "[".repeat(100_000));
        assertLine("no valid JSON");
        Files.writeString(config, "{}" + " ".repeat(5 << 20));
        assertLine("larger than");
        Files.writeString(config, "{\"a\": " + "1".repeat(100_000) + "}");
        assertLine("no valid JSON");
        Files.delete(config);
        Files.createDirectory(config);
        assertLine("config.json is no file");
    }

    @Test
    void readsTheNumbersThatPythonWrites() throws IOException {
        TinyModels.write(folder, TinyModels.Dimensions.small());
        Files.writeString(folder.resolve("config.json"), "{\"limit\": Infinity, \"x\": NaN}");
        try (Checkpoint model = Checkpoints.open(folder)) {
            assertTrue(Double.isInfinite(model.config().path("limit").doubleValue()));
        }
    }

    @Test
    void joinsShards() throws IOException {
        writeShards("b.safetensors", "c.safetensors");
        try (Checkpoint model = Checkpoints.open(folder)) {
            assertEquals("safetensors folder, 2 shards", model.format());
            assertEquals(2, model.tensors().size());
            assertArrayEquals(new float[] {1, 2}, model.find("first").orElseThrow().toFloats());
            assertArrayEquals(new float[] {3}, model.find("second").orElseThrow().toFloats());
            assertTrue(model.warnings().isEmpty());
        }
    }

    @Test
    void prefersTheSingleFileToShards() throws IOException {
        writeShards("b.safetensors", "c.safetensors");
        shard("third", 9).write(folder.resolve("model.safetensors"));
        try (Checkpoint model = Checkpoints.open(folder)) {
            assertEquals(1, model.tensors().size());
        }
    }

    @Test
    void warnsOfTensorsThatTheIndexDoesNotName() throws IOException {
        writeShards("b.safetensors", "c.safetensors");
        Files.delete(folder.resolve("c.safetensors"));
        shard("second", 3)
                .add("stray", DType.F32, new long[] {0}, new float[0])
                .write(folder.resolve("c.safetensors"));
        try (Checkpoint model = Checkpoints.open(folder)) {
            assertEquals(2, model.tensors().size());
            assertEquals(1, model.warnings().size());
            assertTrue(model.warnings().getFirst().contains("'stray'"));
        }
    }

    @Test
    void saysWhichTensorOrShardIsMissing() throws IOException {
        writeShards("b.safetensors", "c.safetensors");
        Path second = folder.resolve("c.safetensors");
        Files.delete(second);
        assertLine("c.safetensors does not exist");
        shard("other", 1).write(second);
        assertLine("says tensor 'second' is in c.safetensors");
        Files.write(second, new byte[20]);
        assertLine("c.safetensors is damaged");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../c.safetensors",
                "sub/../../c.safetensors",
                "/etc/passwd",
                "..",
                ".",
                "",
                "C:\\\\c.safetensors",
                "\\\\\\\\server\\\\share",
                "nul\\u0000.safetensors",
                "line\\nbreak"
            })
    void keepsShardsInsideTheFolder(String name) throws IOException {
        writeShards("b.safetensors", "c.safetensors");
        shard("second", 1).write(temporary.resolve("c.safetensors"));
        writeIndex("b.safetensors", name);
        assertLine("");
    }

    @Test
    void refusesLinksThatLeaveTheFolder() throws IOException {
        writeShards("b.safetensors", "c.safetensors");
        Path outside = temporary.resolve("outside.safetensors");
        Files.move(folder.resolve("c.safetensors"), outside);
        Files.createSymbolicLink(folder.resolve("c.safetensors"), outside);
        assertLine("a link that leaves the folder");
    }

    @Test
    void followsLinksIntoTheBlobsOfTheHubCache() throws IOException {
        Path snapshot = Files.createDirectories(temporary.resolve("snapshots").resolve("0123abcd"));
        Path blobs = Files.createDirectory(temporary.resolve("blobs"));
        folder = Files.createDirectory(temporary.resolve("written"));
        writeShards("b.safetensors", "c.safetensors");
        for (String name :
                new String[] {
                    "b.safetensors", "c.safetensors", "config.json", "model.safetensors.index.json"
                }) {
            Files.move(folder.resolve(name), blobs.resolve(name));
            Files.createSymbolicLink(snapshot.resolve(name), Path.of("..", "..", "blobs", name));
        }
        try (Checkpoint model = Checkpoints.open(snapshot)) {
            assertEquals(2, model.tensors().size());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{\"weight_map\": {}}",
                "{\"weight_map\": []}",
                "{\"weight_map\": {\"a\": 1}}",
                "{\"weight_map\": {\"a\": null}}",
                "{\"weight_map\": {\"a\": \"b.safetensors\", \"a\": \"b.safetensors\"}}"
            })
    void refusesABrokenIndex(String index) throws IOException {
        writeShards("b.safetensors", "c.safetensors");
        Files.writeString(folder.resolve("model.safetensors.index.json"), index);
        assertLine("model.safetensors.index.json");
    }

    private void writeShards(String first, String second) throws IOException {
        Files.writeString(folder.resolve("config.json"), "{}");
        shard("first", 1, 2).write(folder.resolve(first));
        shard("second", 3).write(folder.resolve(second));
        writeIndex(first, second);
    }

    private void writeIndex(String first, String second) throws IOException {
        Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                """
                {"weight_map": {"second": "%s", "first": "%s"}}
                """
                        .formatted(second, first));
    }

    private static SafetensorsWriter shard(String tensor, float... values) {
        return new SafetensorsWriter().add(tensor, DType.F32, new long[] {values.length}, values);
    }

    private void assertLine(String part) {
        assertLine(folder, part);
    }

    private static void assertLine(Path path, String part) {
        UserException refusal =
                assertThrows(UserException.class, () -> Checkpoints.open(path).close());
        assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
    }
}
