package io.agilelens.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.Matrix;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

/** Tensors by what they are for, and files that do not belong together. */
class ModelWeightsTest {
    private static final TinyModels.Dimensions SMALL = TinyModels.Dimensions.small();

    @TempDir private Path folder;

    @Test
    void findsEveryLinearWithItsShape() {
        try (Model model = open(json -> {})) {
            ModelConfig config = model.config();
            for (LinearRole role : config.roles()) {
                LinearWeight weight = model.weights().linear(1, role);
                assertArrayEquals(
                        new long[] {role.outputs(config), role.inputs(config)},
                        weight.weight().shape());
                assertTrue(weight.bias().isEmpty());
                assertEquals(
                        "model.layers.1." + Architecture.LLAMA.names().linear(role) + ".weight",
                        weight.weight().name());
            }
            assertEquals("lm_head.weight", model.weights().head().weight().name());
            long expected = 0;
            for (Tensor tensor : model.checkpoint().tensors()) {
                expected += tensor.elements();
            }
            assertEquals(expected, model.parameters());
        }
    }

    @Test
    void aTiedHeadIsTheEmbedding() {
        try (Model model = open(json -> json.put("tie_word_embeddings", true))) {
            assertSame(model.weights().embedding(), model.weights().head().weight());
        }
    }

    @ParameterizedTest
    @EnumSource(TinyFamily.class)
    void findsEveryTensorUnderEveryPrefix(TinyFamily family) throws IOException {
        float[] expected = null;
        for (String prefix : family.architecture().names().prefixes()) {
            Path place = Files.createTempDirectory(folder, "spelt");
            try (Model model = Model.open(Checkpoints.open(family.write(place, prefix)))) {
                long elements = 0;
                for (Tensor tensor : model.checkpoint().tensors()) {
                    elements += tensor.elements();
                }
                assertEquals(elements, model.parameters());
                float[] actual = logits(model);
                if (expected != null) {
                    assertArrayEquals(expected, actual);
                }
                expected = actual;
            }
        }
    }

    private static float[] logits(Model model) {
        Decoder decoder = decoder(model);
        Decoder.Pass pass = decoder.run(new int[] {256, 1, 2}, Cancellation.never());
        return decoder.logits(pass.hidden(), 0, 3).data();
    }

    /** The three parts of BLOOM's fused projection interleave, head by head. */
    @Test
    void readsBloomsProjectionsFromTheFusedOne() {
        try (Model model = Model.open(Checkpoints.open(TinyFamily.BLOOM.write(folder)))) {
            float[] fused =
                    model.checkpoint()
                            .find("transformer.h.2.self_attention.query_key_value.bias")
                            .orElseThrow()
                            .toFloats();
            LinearWeight keys = model.weights().linear(2, LinearRole.KEY);
            float[] bias = keys.biasValues();
            int dimension = model.config().headDimension();
            for (int i = 0; i < bias.length; i++) {
                int head = i / dimension;
                assertEquals(fused[(head * 3 + 1) * dimension + i % dimension], bias[i]);
            }
            assertEquals("transformer.h.2.self_attention.key.weight", keys.weight().name());
            assertEquals("transformer.h.2.self_attention.query_key_value.weight", keys.storedIn());
        }
    }

    @Test
    void countsATiedHeadOnceEvenIfItIsStored() {
        long untied;
        try (Model model = open(json -> {})) {
            untied = model.parameters();
        }
        try (Model model = open(json -> json.put("tie_word_embeddings", true))) {
            assertEquals(untied - model.weights().head().weight().elements(), model.parameters());
        }
    }

    @Test
    void namesATensorOfTheWrongShape() {
        assertEquals(
                folder
                        + ": tensor model.layers.0.mlp.gate_proj.weight has shape [48, 32] where"
                        + " config.json asks for [50, 32]: the files do not belong together",
                refused(json -> json.put("intermediate_size", 50)));
        assertEquals(
                folder
                        + ": tensor model.embed_tokens.weight has shape [262, 32] where"
                        + " config.json asks for [300, 32]: the files do not belong together",
                refused(json -> json.put("vocab_size", 300)));
    }

    @Test
    void namesAMissingTensor() {
        String incomplete =
                ": the checkpoint is incomplete or config.json belongs to another model";
        assertEquals(
                folder + ": tensor model.layers.2.self_attn.q_proj.weight is missing" + incomplete,
                refused(json -> json.put("num_hidden_layers", 3)));
        assertEquals(
                folder + ": tensor model.layers.0.self_attn.q_proj.bias is missing" + incomplete,
                refused(json -> json.put("attention_bias", true)));
        assertEquals(
                folder + ": tensor model.layers.0.mlp.gate_proj.bias is missing" + incomplete,
                refused(json -> json.put("mlp_bias", true)));
    }

    @Test
    void refusesIntegerWeights() throws IOException {
        TinyModels.write(folder, SMALL);
        SafetensorsWriter writer = new SafetensorsWriter();
        try (var checkpoint = Checkpoints.open(folder)) {
            for (Tensor tensor : checkpoint.tensors()) {
                if (tensor.name().equals("model.layers.1.mlp.up_proj.weight")) {
                    writer.add(
                            tensor.name(),
                            DType.I32,
                            tensor.shape(),
                            ((DenseTensor) tensor).data());
                } else {
                    writer.add(tensor);
                }
            }
            writer.write(folder.resolve("changed"));
        }
        Files.move(
                folder.resolve("changed"),
                folder.resolve("model.safetensors"),
                StandardCopyOption.REPLACE_EXISTING);
        UserException refused =
                assertThrows(UserException.class, () -> Model.open(Checkpoints.open(folder)));
        assertEquals(
                folder
                        + ": tensor model.layers.1.mlp.up_proj.weight is stored as I32: weights"
                        + " must be of a floating-point type",
                refused.getMessage());
    }

    @Test
    void addsBiasesWhereTheConfigurationSaysSo() throws IOException {
        TinyModels.write(folder, SMALL);
        SafetensorsWriter writer = TinyModels.weights(SMALL);
        ObjectNode config = TinyModels.config(SMALL).put("mlp_bias", true);
        for (int layer = 0; layer < SMALL.layers(); layer++) {
            for (String name : new String[] {"gate_proj", "up_proj", "down_proj"}) {
                int outputs = name.equals("down_proj") ? SMALL.hidden() : SMALL.feedForward();
                float[] bias = new float[outputs];
                if (layer == SMALL.layers() - 1 && name.equals("down_proj")) {
                    bias[0] = 3;
                }
                writer.add(
                        "model.layers." + layer + ".mlp." + name + ".bias",
                        DType.F32,
                        new long[] {outputs},
                        bias);
            }
        }
        float plain = lastResidual(json -> {});
        Files.delete(folder.resolve("model.safetensors"));
        writer.write(folder.resolve("model.safetensors"));
        Files.writeString(folder.resolve("config.json"), config.toString());
        try (Model model = Model.open(Checkpoints.open(folder))) {
            assertEquals(plain + 3, lastResidual(model), 1e-5);
        }
    }

    private float lastResidual(Consumer<ObjectNode> change) {
        try (Model model = open(change)) {
            return lastResidual(model);
        }
    }

    private static Decoder decoder(Model model) {
        var kernels = KernelProvider.of(0);
        return FloatDecoders.of(model, kernels);
    }

    /** Channel 0 of the residual stream after the last layer. */
    private static float lastResidual(Model model) {
        Decoder decoder = decoder(model);
        float[] last = new float[1];
        Probe probe =
                new Probe() {
                    @Override
                    public void layerOutput(int layer, Matrix residual) {
                        last[0] = residual.get(0, 0);
                    }
                };
        decoder.run(new int[] {1}, null, TokenPruner.NONE, probe, Cancellation.never());
        return last[0];
    }

    private Model open(Consumer<ObjectNode> change) {
        ObjectNode config = TinyModels.config(SMALL);
        change.accept(config);
        if (!Files.exists(folder.resolve("model.safetensors"))) {
            TinyModels.write(folder, SMALL);
        }
        try {
            Files.writeString(folder.resolve("config.json"), config.toString());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return Model.open(Checkpoints.open(folder));
    }

    private String refused(Consumer<ObjectNode> change) {
        return assertThrows(UserException.class, () -> open(change).close()).getMessage();
    }
}
