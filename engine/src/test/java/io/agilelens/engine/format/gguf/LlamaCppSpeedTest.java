package io.agilelens.engine.format.gguf;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.generate.PassBenchmark;
import io.agilelens.engine.export.ExportFormat;
import io.agilelens.engine.export.RandomCheckpoint;
import io.agilelens.engine.export.TunedModels;
import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.Quartiles;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.model.Architecture;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.KeyValueCache;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * llama.cpp and this engine in alternating rounds on the model of 110 million weights: a prompt of
 * 512 tokens, 64 tokens behind it. A measurement, run only when asked for with {@code
 * -Dagilelens.bench=true}; {@code -Dagilelens.bench.out=FILE} keeps it for the command {@code
 * performance}.
 */
@Tag("bench")
@EnabledIfSystemProperty(named = "agilelens.bench", matches = "true")
class LlamaCppSpeedTest {
    private static final int PROMPT = 512;
    private static final int TOKENS = 64;
    private static final int ROUNDS = Integer.getInteger("agilelens.bench.rounds", 5);
    private static final double NANOS = 1e9;
    private static final PassBenchmark OURS = new PassBenchmark(PROMPT, TOKENS);
    private static final int WARM_UPS = 3;

    /** llama.cpp keeps keys and values in half precision, too. */
    private static final String FLOAT = "{\"cache\": {\"method\": \"half\"}}";

    /** The head has 4 bits in a file of the float model whose type is Q4_0, too. */
    private static final String FOUR_BIT =
            "{\"weights\": {\"method\": \"rtn\", \"bits\": 4, \"group\": 32},"
                    + " \"head\": {\"method\": \"rtn\", \"bits\": 4, \"group\": 32},"
                    + " \"cache\": {\"method\": \"half\"}, %s\"execution\": \"executed\"}";

    private static final String TRIP4 =
            "\"activations\": {\"method\": \"trip\", \"bits\": 4}, \"softmax\": {\"method\":"
                    + " \"log2\", \"bits\": 4}, ";

    /** What llama.cpp multiplies its Q4_0 by has 8 bits, too. */
    private static final String CODES8 =
            "\"activations\": {\"method\": \"uniform\", \"bits\": 8, \"granularity\":"
                    + " \"token\"}, ";

    @TempDir Path folder;

    @BeforeEach
    void needsLlamaCpp() {
        LlamaCpp.assumeAvailable();
    }

    /** Tokens a second, a round each. */
    private record Samples(double[] prefill, double[] decode) {
        Samples() {
            this(new double[ROUNDS], new double[ROUNDS]);
        }
    }

    @Test
    void besideLlamaCpp() throws IOException {
        Path source = folder.resolve("110m");
        new RandomCheckpoint(Architecture.LLAMA, RandomCheckpoint.Shape.SIZE_110M, 0)
                .write(source, false, Progress.NONE, Cancellation.never());
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        try (Model model = Model.open(Checkpoints.open(source))) {
            TunedModel floats = TunedModels.tune(model, "{}");
            Path f16 = folder.resolve("f16.gguf");
            Path q4 = folder.resolve("q4.gguf");
            TunedModels.write(floats, new ExportFormat.Gguf(Optional.of(GgufType.F16)), f16);
            TunedModels.write(floats, new ExportFormat.Gguf(Optional.of(GgufType.Q4_0)), q4);
            Kernels kernels = KernelProvider.current().kernels();
            var half =
                    new FloatNumerics(
                            model,
                            kernels,
                            WeightPrecision.FP16,
                            Progress.NONE,
                            Cancellation.never());
            compare("F16", f16, Map.of("fp16", tuned(model, kernels, half, FLOAT)), rows);
            Map<String, Decoder> fourBit = new LinkedHashMap<>();
            fourBit.put("w4a4-trip", tuned(model, kernels, half, FOUR_BIT.formatted(TRIP4)));
            fourBit.put("w4a8", tuned(model, kernels, half, FOUR_BIT.formatted(CODES8)));
            fourBit.put("w4a16", tuned(model, kernels, half, FOUR_BIT.formatted("")));
            compare("Q4_0", q4, fourBit, rows);
        }
        ObjectNode result = JsonNodeFactory.instance.objectNode().put("system", LlamaCpp.system());
        result.set("llama_cpp", rows);
        System.out.println(result.toPrettyString());
        String kept = System.getProperty("agilelens.bench.out");
        if (kept != null) {
            String text = result.toPrettyString();
            AtomicFiles.writeFile(Path.of(kept), true, place -> Files.writeString(place, text));
        }
    }

    private static Decoder tuned(Model model, Kernels kernels, FloatNumerics half, String recipe) {
        return new RecipeFitter(model, kernels, half, TunedModels.calibration())
                .fit(RecipeJson.parse(recipe, "test"), Progress.NONE, Cancellation.never())
                .decoder();
    }

    private static void compare(
            String type, Path file, Map<String, Decoder> decoders, ArrayNode rows) {
        int[] ids = new Random(1).ints(PROMPT + TOKENS, 0, 32_000).toArray();
        Samples theirs = new Samples();
        Map<String, Samples> ours = new LinkedHashMap<>();
        decoders.keySet().forEach(name -> ours.put(name, new Samples()));
        KeyValueCache cache = decoders.values().iterator().next().cache();
        try (LlamaCpp llama = LlamaCpp.open(file)) {
            run(llama, ids, new Samples(), 0);
            for (int i = 0; i < WARM_UPS; i++) {
                decoders.values().forEach(decoder -> run(decoder, cache, new Samples(), 0));
            }
            for (int round = 0; round < ROUNDS; round++) {
                run(llama, ids, theirs, round);
                for (Map.Entry<String, Decoder> entry : decoders.entrySet()) {
                    run(entry.getValue(), cache, ours.get(entry.getKey()), round);
                }
            }
        }
        ours.forEach(
                (name, samples) -> {
                    Quartiles prefill = Quartiles.ofRatios(samples.prefill(), theirs.prefill());
                    Quartiles decode = Quartiles.ofRatios(samples.decode(), theirs.decode());
                    rows.addObject()
                            .put("type", type)
                            .put("row", name)
                            .put("threads", Workers.shared().threads())
                            .put("prefill_ratio", prefill.median())
                            .put("prefill_spread", prefill.spread())
                            .put("decode_ratio", decode.median())
                            .put("decode_spread", decode.spread())
                            .put("llama_cpp_prefill", Quartiles.of(theirs.prefill()).median())
                            .put("llama_cpp_decode", Quartiles.of(theirs.decode()).median());
                });
    }

    private static void run(Decoder decoder, KeyValueCache cache, Samples samples, int round) {
        PassBenchmark.Once once =
                OURS.once(
                        new PassBenchmark.Contender(decoder, TokenPruner.NONE),
                        cache,
                        Cancellation.never());
        samples.prefill()[round] = once.prefill();
        samples.decode()[round] = once.decode();
    }

    private static void run(LlamaCpp llama, int[] ids, Samples samples, int round) {
        try (LlamaCpp.Sequence sequence =
                llama.new Sequence(ids.length, Workers.shared().threads())) {
            int[] prompt = Arrays.copyOf(ids, PROMPT);
            long began = System.nanoTime();
            assertFalse(Float.isNaN(sequence.run(prompt)));
            long filled = System.nanoTime();
            for (int t = PROMPT; t < ids.length; t++) {
                assertFalse(Float.isNaN(sequence.run(new int[] {ids[t]})));
            }
            samples.prefill()[round] = PROMPT * NANOS / (filled - began);
            samples.decode()[round] = TOKENS * NANOS / (System.nanoTime() - filled);
        }
    }
}
