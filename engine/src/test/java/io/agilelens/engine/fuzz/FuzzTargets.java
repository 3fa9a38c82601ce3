package io.agilelens.engine.fuzz;

import static io.agilelens.engine.fuzz.Manner.EDITS;
import static io.agilelens.engine.fuzz.Manner.FIELDS;
import static io.agilelens.engine.fuzz.Manner.HEADER;
import static io.agilelens.engine.fuzz.Manner.HEADER_TEXT;
import static io.agilelens.engine.fuzz.Manner.JSON;
import static io.agilelens.engine.fuzz.Manner.WHOLE;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.format.SafetensorsFile;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.fuzz.FuzzTarget.Victim;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tokenizer.TokenizerKinds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every parser that reads what strangers wrote. A new format adds its line here. */
public final class FuzzTargets implements FuzzTargetSource {
    private static final String WEIGHTS = "model.safetensors";
    private static final String CONFIG = "config.json";

    /** Recipes that between them fill every part of a bundle. */
    private static final String TRIP =
            "{\"weights\":{\"method\":\"rtn\",\"bits\":3,\"group\":5},\"activations\":{\"method\":\"trip\",\"bits\":4},\"softmax\":{\"method\":\"log2\",\"bits\":4},\"pruning\":{\"beta\":0.3,\"layers\":[0]}}";

    private static final String CHANNELS =
            "{\"activations\":{\"method\":\"uniform\",\"bits\":6,\"granularity\":\"channel\"},\"softmax\":{\"method\":\"uniform\",\"bits\":5}}";
    private static final String EXECUTED =
            "{\"weights\":{\"method\":\"rtn\",\"bits\":4},\"activations\":{\"method\":\"trip\",\"bits\":4},\"softmax\":{\"method\":\"log2\",\"bits\":4},\"execution\":\"executed\"}";

    @Override
    public List<FuzzTarget> all() {
        return List.of(
                new FuzzTarget(
                        "safetensors",
                        () -> List.of(smallFile()),
                        List.of(Victim.of(WEIGHTS, HEADER, HEADER_TEXT, WHOLE, EDITS)),
                        WEIGHTS,
                        FuzzTargets::safetensors),
                new FuzzTarget(
                        "shards",
                        () -> List.of(SeedModels.sharded()),
                        List.of(
                                Victim.of(WEIGHTS + ".index.json", JSON, WHOLE, EDITS),
                                Victim.of("model-00001-of-00002.safetensors", HEADER, EDITS)),
                        "",
                        Visit::anything),
                new FuzzTarget(
                        "config",
                        () -> List.of(SeedModels.llama(), SeedModels.opt(), SeedModels.bloom()),
                        List.of(Victim.of(CONFIG, JSON, WHOLE, EDITS)),
                        "",
                        Visit::anything),
                new FuzzTarget(
                        "weights",
                        () -> List.of(SeedModels.llama(), SeedModels.opt(), SeedModels.bloom()),
                        List.of(Victim.of(WEIGHTS, HEADER, EDITS)),
                        "",
                        Visit::anything),
                new FuzzTarget(
                        "tokenizer",
                        FuzzTargets::tokenizers,
                        List.of(
                                Victim.of("tokenizer.json", JSON, EDITS, WHOLE),
                                Victim.of("tokenizer_config.json", JSON, EDITS, WHOLE)),
                        "",
                        Visit::tokenizer),
                new FuzzTarget(
                        "recipe",
                        FuzzTargets::recipes,
                        List.of(Victim.of("recipe.json", JSON, WHOLE, EDITS)),
                        "recipe.json",
                        FuzzTargets::recipe),
                new FuzzTarget(
                        "bundle",
                        () ->
                                List.of(
                                        SeedModels.bundle(TRIP),
                                        SeedModels.bundle(CHANNELS),
                                        SeedModels.bundle(EXECUTED)),
                        List.of(
                                Victim.of("bundle.json", JSON, WHOLE, EDITS),
                                Victim.of(WEIGHTS, EDITS, HEADER),
                                Victim.of("recipe.json", JSON),
                                Victim.of(CONFIG, JSON)),
                        "",
                        Visit::anything),
                new FuzzTarget(
                        "gguf",
                        () -> List.of(SeedModels.gguf()),
                        List.of(Victim.of("model.gguf", FIELDS, EDITS, WHOLE)),
                        "model.gguf",
                        Visit::anything),
                new FuzzTarget(
                        "llama2c",
                        () -> List.of(SeedModels.llama2c()),
                        List.of(
                                Victim.of("model.bin", FIELDS, EDITS, WHOLE),
                                Victim.of("tokenizer.bin", FIELDS, EDITS, WHOLE)),
                        "model.bin",
                        Visit::withTokenizer),
                new FuzzTarget(
                        "packed",
                        () ->
                                List.of(
                                        SeedModels.awq(),
                                        SeedModels.gptq(),
                                        SeedModels.compressedTensors()),
                        List.of(
                                Victim.of(CONFIG, JSON),
                                Victim.of(WEIGHTS, HEADER, EDITS),
                                Victim.of("quantize_config.json", JSON, WHOLE)),
                        "",
                        Visit::anything));
    }

    private static FolderImage smallFile() {
        return FolderImage.of(
                folder ->
                        new SafetensorsWriter()
                                .metadata("format", "pt")
                                .add("a.weight", DType.F32, new long[] {2, 3}, new float[6])
                                .add("b.weight", DType.F16, new long[] {5}, new float[5])
                                .add("empty", DType.BF16, new long[] {0, 4}, new float[0])
                                .add("scalar", DType.BF16, new long[] {}, new float[1])
                                .write(folder.resolve(WEIGHTS)));
    }

    private static void safetensors(Path path) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            Visit.tensors(file.tensors());
            file.metadata();
        }
    }

    private static List<FolderImage> tokenizers() {
        byte[] settings =
                "{\"add_bos_token\": true, \"bos_token\": {\"content\": \"<s>\"}, \"eos_token\": \"</s>\"}"
                        .getBytes(StandardCharsets.UTF_8);
        String byteLevel = TinyModels.tokenizer(TinyModels.SMALLEST_VOCABULARY);
        return TokenizerKinds.of(byteLevel).stream()
                .map(
                        json ->
                                SeedModels.llama()
                                        .with(
                                                "tokenizer.json",
                                                json.getBytes(StandardCharsets.UTF_8))
                                        .with("tokenizer_config.json", settings))
                .toList();
    }

    private static List<FolderImage> recipes() {
        String overrides =
                "{\"overrides\":[{\"layers\":[0,1],\"sites\":[\"MLP_HIDDEN\"],\"activations\":{\"bits\":8}}],\"pruning\":{\"beta\":0.2,\"layers\":[1],\"score\":\"received\",\"positions\":\"original\"}}";
        return List.of(TRIP, CHANNELS, EXECUTED, overrides).stream()
                .map(
                        json -> {
                            Map<String, byte[]> files = new LinkedHashMap<>();
                            files.put("recipe.json", json.getBytes(StandardCharsets.UTF_8));
                            return new FolderImage(files, Map.of());
                        })
                .toList();
    }

    /** What was read must come back from what is written. */
    private static void recipe(Path file) {
        Recipe recipe = RecipeJson.read(file);
        recipe.summary();
        Recipe again = RecipeJson.parse(RecipeJson.write(recipe), file.toString());
        if (!again.equals(recipe)) {
            throw new AssertionError(recipe + " came back as " + again);
        }
    }
}
