package io.agilelens.engine.format.gguf;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.JsonFiles;
import io.agilelens.engine.format.TokenizerSource;
import io.agilelens.engine.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A model in a GGUF file, or in several that belong together, in the words of Hugging Face:
 * configuration keys, tensor names and row orders are translated when it is opened.
 */
public final class GgufCheckpoint implements Checkpoint {
    private static final String QUANTIZATION_VERSION = "general.quantization_version";
    private static final long KNOWN_QUANTIZATION_VERSION = 2;

    /**
     * Where this program's exports say which outliers were planted, as {@code config.json} does.
     */
    public static final String PLANTED = "agilelens.planted";

    private final Path source;
    private final List<GgufFile> files;
    private final String architecture;
    private final JsonNode config;
    private final Map<String, Tensor> tensors;
    private final List<String> warnings;

    private GgufCheckpoint(
            Path source,
            List<GgufFile> files,
            ArchitectureMapping mapping,
            Map<String, Tensor> tensors,
            List<String> warnings) {
        this.source = source;
        this.files = files;
        this.architecture = mapping.architecture();
        this.config = mapping.config;
        this.tensors = tensors;
        this.warnings = List.copyOf(warnings);
    }

    /** Whether a file starts like a GGUF file, whatever it is called. */
    public static boolean startsLikeOne(byte[] firstBytes) {
        return GgufFile.startsLikeOne(firstBytes);
    }

    /** Whether a path is a GGUF file whose metadata has a key. */
    public static boolean hasKey(Path path, String key) {
        try (GgufFile file = GgufFile.open(path)) {
            return file.metadata().has(key);
        } catch (UserException noGguf) {
            return false;
        }
    }

    /**
     * Opens a file: reads headers only.
     *
     * @throws io.agilelens.engine.UserException if it cannot be read, breaks a rule of the format,
     *     or holds a model whose arithmetic is not known
     */
    public static GgufCheckpoint open(Path path) {
        List<GgufFile> files = Shards.open(path);
        try {
            Metadata metadata = files.getFirst().metadata();
            TensorTable table = new TensorTable(path, files);
            checkQuantization(metadata, table);
            ArchitectureMapping mapping = ArchitectureMapping.of(metadata, table);
            mapping.map();
            Map<String, Tensor> tensors = table.finish(mapping.architecture());
            if (metadata.has(PLANTED)) {
                mapping.config.set(
                        "agilelens_planted",
                        JsonFiles.parseObject(
                                metadata.text(PLANTED).getBytes(StandardCharsets.UTF_8), path));
            }
            List<String> warnings = new ArrayList<>(mapping.unknownKeys());
            if (metadata.text(GgufTokenizer.MODEL, "").equals(GgufTokenizer.BYTE_LEVEL)
                    && !metadata.has(GgufTokenizer.PRE)) {
                warnings.add(
                        "the file does not say which pre-tokenizer the model was trained with (%s): 'default' is used, as llama.cpp does, and some ids may differ"
                                .formatted(GgufTokenizer.PRE));
            }
            return new GgufCheckpoint(path, files, mapping, tensors, warnings);
        } catch (RuntimeException | Error failure) {
            files.forEach(GgufFile::close);
            throw failure;
        }
    }

    private static void checkQuantization(Metadata metadata, TensorTable table) {
        if (table.isQuantized()
                && metadata.whole(
                                QUANTIZATION_VERSION, 0, Long.MAX_VALUE, KNOWN_QUANTIZATION_VERSION)
                        != KNOWN_QUANTIZATION_VERSION) {
            throw metadata.refuse(
                    QUANTIZATION_VERSION,
                    "only version %d is read; quantize the model again with a current llama.cpp"
                            .formatted(KNOWN_QUANTIZATION_VERSION));
        }
    }

    @Override
    public Path source() {
        return source;
    }

    @Override
    public String format() {
        String version = "GGUF version %d".formatted(files.getFirst().version());
        return files.size() == 1
                ? "%s, %s".formatted(version, architecture)
                : "%s, %s, %d files".formatted(version, architecture, files.size());
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
        return GgufTokenizer.read(files.getFirst().metadata());
    }

    @Override
    public List<String> warnings() {
        return warnings;
    }

    @Override
    public void close() {
        files.forEach(GgufFile::close);
    }
}
