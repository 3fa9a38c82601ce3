package io.agilelens.engine.fuzz;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.Trees;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.export.ExportFormat;
import io.agilelens.engine.export.ExportSource;
import io.agilelens.engine.export.Exporter;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.SafetensorsFile;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.StoredBytes;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One small sound model of every kind that the program opens or is to open. The same bytes every
 * time.
 */
public final class SeedModels {
    /** LLaMA, so small that a whole evaluation takes no time. */
    public static final TinyModels.Dimensions TINY =
            new TinyModels.Dimensions(
                    TinyModels.SMALLEST_VOCABULARY, 8, 1, 2, 1, 12, 32, false, DType.F32, 7);

    /** Wide enough for groups of 32 inputs and words of 8 codes. */
    private static final TinyModels.Dimensions PACKABLE =
            new TinyModels.Dimensions(
                    TinyModels.SMALLEST_VOCABULARY, 32, 1, 4, 2, 64, 32, false, DType.F16, 7);

    private static final int GROUP = 32;

    private SeedModels() {}

    /** A Hugging Face LLaMA in one file. */
    public static FolderImage llama() {
        return FolderImage.of(folder -> TinyModels.write(folder, TINY));
    }

    /** The same in two files with an index. */
    public static FolderImage sharded() {
        return FolderImage.of(
                folder -> {
                    TinyModels.write(folder, TINY);
                    try {
                        split(folder);
                    } catch (IOException failure) {
                        throw new UncheckedIOException(failure);
                    }
                });
    }

    private static void split(Path folder) throws IOException {
        Path whole = folder.resolve("model.safetensors");
        List<SafetensorsWriter> shards = List.of(new SafetensorsWriter(), new SafetensorsWriter());
        ObjectNode index = JsonMapper.shared().createObjectNode();
        ObjectNode shardOf = index.putObject("weight_map");
        try (SafetensorsFile file = SafetensorsFile.open(whole)) {
            int next = 0;
            for (Tensor tensor : file.tensors()) {
                int shard = next++ % 2;
                shards.get(shard).add(tensor);
                shardOf.put(tensor.name(), shardName(shard));
            }
            for (int shard = 0; shard < 2; shard++) {
                shards.get(shard).write(folder.resolve(shardName(shard)));
            }
        }
        Files.delete(whole);
        Files.writeString(folder.resolve("model.safetensors.index.json"), index.toString());
    }

    private static String shardName(int shard) {
        return "model-0000%d-of-00002.safetensors".formatted(shard + 1);
    }

    /** A Hugging Face OPT. */
    public static FolderImage opt() {
        int hidden = 8;
        int feedForward = 16;
        int context = 16;
        Weights weights = new Weights();
        weights.add("model.decoder.embed_tokens.weight", TinyModels.SMALLEST_VOCABULARY, hidden);
        weights.add("model.decoder.embed_positions.weight", context + 2, hidden);
        String layer = "model.decoder.layers.0.";
        for (String linear : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
            weights.linear(layer + "self_attn." + linear, hidden, hidden);
        }
        weights.norm(layer + "self_attn_layer_norm", hidden);
        weights.linear(layer + "fc1", feedForward, hidden);
        weights.linear(layer + "fc2", hidden, feedForward);
        weights.norm(layer + "final_layer_norm", hidden);
        weights.norm("model.decoder.final_layer_norm", hidden);
        ObjectNode config = JsonMapper.shared().createObjectNode();
        config.put("model_type", "opt")
                .put("vocab_size", TinyModels.SMALLEST_VOCABULARY)
                .put("hidden_size", hidden)
                .put("word_embed_proj_dim", hidden)
                .put("ffn_dim", feedForward)
                .put("num_hidden_layers", 1)
                .put("num_attention_heads", 2)
                .put("max_position_embeddings", context)
                .put("do_layer_norm_before", true)
                .put("activation_function", "relu")
                .put("enable_bias", true)
                .put("layer_norm_elementwise_affine", true)
                .put("tie_word_embeddings", true)
                .put("bos_token_id", TinyModels.START)
                .put("eos_token_id", TinyModels.END);
        return weights.image(config);
    }

    /** A Hugging Face BLOOM. */
    public static FolderImage bloom() {
        int hidden = 8;
        Weights weights = new Weights();
        weights.add("transformer.word_embeddings.weight", TinyModels.SMALLEST_VOCABULARY, hidden);
        weights.norm("transformer.word_embeddings_layernorm", hidden);
        String layer = "transformer.h.0.";
        weights.norm(layer + "input_layernorm", hidden);
        weights.linear(layer + "self_attention.query_key_value", 3 * hidden, hidden);
        weights.linear(layer + "self_attention.dense", hidden, hidden);
        weights.norm(layer + "post_attention_layernorm", hidden);
        weights.linear(layer + "mlp.dense_h_to_4h", 4 * hidden, hidden);
        weights.linear(layer + "mlp.dense_4h_to_h", hidden, 4 * hidden);
        weights.norm("transformer.ln_f", hidden);
        ObjectNode config = JsonMapper.shared().createObjectNode();
        config.put("model_type", "bloom")
                .put("vocab_size", TinyModels.SMALLEST_VOCABULARY)
                .put("hidden_size", hidden)
                .put("n_layer", 1)
                .put("n_head", 2)
                .put("layer_norm_epsilon", 1e-5)
                .put("apply_residual_connection_post_layernorm", false)
                .put("seq_length", 32)
                .put("bos_token_id", TinyModels.START)
                .put("eos_token_id", TinyModels.END);
        return weights.image(config);
    }

    /** A native bundle of {@link #llama()}. */
    public static FolderImage bundle(String recipe) {
        FolderImage both =
                FolderImage.of(
                        folder -> {
                            Path source = folder.resolve("source");
                            TinyModels.write(Trees.create(source), TINY);
                            writeBundle(source, folder.resolve("bundle"), recipe);
                        });
        return both.below("bundle");
    }

    private static void writeBundle(Path source, Path target, String recipe) {
        Kernels kernels = KernelProvider.current().kernels();
        Cancellation never = Cancellation.never();
        int[] text = new Random(5).ints(20, 0, 250).toArray();
        try (Model model = Model.open(Checkpoints.open(source))) {
            var floats =
                    new FloatNumerics(model, kernels, WeightPrecision.FP32, Progress.NONE, never);
            Calibration calibration = new Calibration("random ids", List.of(text));
            TunedModel tuned =
                    new RecipeFitter(model, kernels, floats, calibration)
                            .fit(RecipeJson.parse(recipe, "seed"), Progress.NONE, never);
            Exporter.write(
                    new ExportSource(tuned, calibration, WeightPrecision.FP32, text),
                    new ExportFormat.Native(),
                    target,
                    false,
                    Progress.NONE,
                    never);
        }
    }

    /** A GGUF file of a LLaMA. */
    public static FolderImage gguf() {
        return FolderImage.of(Map.of("model.gguf", GgufBytes.tinyLlama()));
    }

    /** The files of llama2.c. */
    public static FolderImage llama2c() {
        Map<String, Fields> files = new LinkedHashMap<>();
        files.put("model.bin", Llama2cBytes.model());
        files.put("tokenizer.bin", Llama2cBytes.tokenizer());
        return FolderImage.of(files);
    }

    /** AutoAWQ's layout, packed along outputs. */
    public static FolderImage awq() {
        return packed(
                """
                {"quant_method": "awq", "bits": 4, "group_size": 32, "zero_point": true,
                 "version": "gemm", "modules_to_not_convert": null}
                """,
                (weights, name, outputs, inputs) -> {
                    weights.words(name + ".qweight", inputs, outputs / 8);
                    weights.words(name + ".qzeros", inputs / GROUP, outputs / 8);
                    weights.scales(name + ".scales", inputs / GROUP, outputs);
                });
    }

    /** GPTQ's layout, packed along inputs. */
    public static FolderImage gptq() {
        FolderImage image =
                packed(
                        """
                        {"quant_method": "gptq", "bits": 4, "group_size": 32, "desc_act": false,
                         "sym": false, "checkpoint_format": "gptq_v2"}
                        """,
                        (weights, name, outputs, inputs) -> {
                            weights.words(name + ".qweight", inputs / 8, outputs);
                            weights.words(name + ".qzeros", inputs / GROUP, outputs / 8);
                            weights.scales(name + ".scales", inputs / GROUP, outputs);
                            weights.groupOfInput(name + ".g_idx", inputs);
                        });
        byte[] side =
                "{\"bits\": 4, \"group_size\": 32, \"desc_act\": false, \"sym\": false, \"checkpoint_format\": \"gptq_v2\"}"
                        .getBytes(StandardCharsets.UTF_8);
        return image.with("quantize_config.json", side);
    }

    /** compressed-tensors, pack-quantized, asymmetric. */
    public static FolderImage compressedTensors() {
        return packed(
                """
                {"quant_method": "compressed-tensors", "format": "pack-quantized",
                 "quantization_status": "compressed", "ignore": ["lm_head"],
                 "config_groups": {"group_0": {"targets": ["Linear"], "weights": {
                   "num_bits": 4, "type": "int", "symmetric": false, "strategy": "group",
                   "group_size": 32, "dynamic": false}}}}
                """,
                (weights, name, outputs, inputs) -> {
                    weights.words(name + ".weight_packed", outputs, inputs / 8);
                    weights.scales(name + ".weight_scale", outputs, inputs / GROUP);
                    weights.words(name + ".weight_zero_point", outputs / 8, inputs / GROUP);
                    weights.shape(name + ".weight_shape", outputs, inputs);
                });
    }

    /** Writes one linear layer in its packed form. */
    @FunctionalInterface
    private interface PackedLinear {
        void write(Weights weights, String name, int outputs, int inputs);
    }

    private static FolderImage packed(String quantization, PackedLinear linear) {
        Weights weights = new Weights();
        int hidden = PACKABLE.hidden();
        int feedForward = PACKABLE.feedForward();
        int keyValues = hidden / PACKABLE.heads() * PACKABLE.keyValueHeads();
        weights.add("model.embed_tokens.weight", PACKABLE.vocabulary(), hidden);
        weights.add("lm_head.weight", PACKABLE.vocabulary(), hidden);
        for (String norm :
                List.of(
                        "model.norm",
                        "model.layers.0.input_layernorm",
                        "model.layers.0.post_attention_layernorm")) {
            weights.add(norm + ".weight", hidden);
        }
        String layer = "model.layers.0.";
        linear.write(weights, layer + "self_attn.q_proj", hidden, hidden);
        linear.write(weights, layer + "self_attn.k_proj", keyValues, hidden);
        linear.write(weights, layer + "self_attn.v_proj", keyValues, hidden);
        linear.write(weights, layer + "self_attn.o_proj", hidden, hidden);
        linear.write(weights, layer + "mlp.gate_proj", feedForward, hidden);
        linear.write(weights, layer + "mlp.up_proj", feedForward, hidden);
        linear.write(weights, layer + "mlp.down_proj", hidden, feedForward);
        ObjectNode config = TinyModels.config(PACKABLE);
        config.set("quantization_config", JsonMapper.shared().readTree(quantization));
        return weights.image(config);
    }

    /** Random tensors of a checkpoint. */
    private static final class Weights {
        private final SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
        private final Random random = new Random(1);

        void add(String name, long... shape) {
            int count = 1;
            for (long size : shape) {
                count *= (int) size;
            }
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = (float) random.nextGaussian() / 4;
            }
            writer.add(name, DType.F16, shape, values);
        }

        void linear(String name, int outputs, int inputs) {
            add(name + ".weight", outputs, inputs);
            add(name + ".bias", outputs);
        }

        void norm(String name, int channels) {
            add(name + ".weight", channels);
            add(name + ".bias", channels);
        }

        void words(String name, int rows, int columns) {
            byte[] words = new byte[rows * columns * Integer.BYTES];
            random.nextBytes(words);
            writer.add(name, DType.I32, new long[] {rows, columns}, StoredBytes.of(words));
        }

        void scales(String name, int rows, int columns) {
            float[] values = new float[rows * columns];
            Arrays.fill(values, 1f / 64);
            writer.add(name, DType.F16, new long[] {rows, columns}, values);
        }

        void groupOfInput(String name, int inputs) {
            Fields groups = new Fields();
            for (int i = 0; i < inputs; i++) {
                groups.u32(i / GROUP);
            }
            writer.add(name, DType.I32, new long[] {inputs}, StoredBytes.of(groups.toBytes()));
        }

        void shape(String name, int outputs, int inputs) {
            byte[] sizes = new Fields().u64(outputs).u64(inputs).toBytes();
            writer.add(name, DType.I64, new long[] {2}, StoredBytes.of(sizes));
        }

        FolderImage image(ObjectNode config) {
            return FolderImage.of(folder -> writer.write(folder.resolve("model.safetensors")))
                    .with("config.json", config.toString().getBytes(StandardCharsets.UTF_8))
                    .with(
                            "tokenizer.json",
                            TinyModels.tokenizer(TinyModels.SMALLEST_VOCABULARY)
                                    .getBytes(StandardCharsets.UTF_8));
        }
    }
}
