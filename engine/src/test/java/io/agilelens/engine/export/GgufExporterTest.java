package io.agilelens.engine.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.gguf.GgufType;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The export compares itself, tensor by tensor, with what it should hold; here is what it decides.
 */
class GgufExporterTest {
    @TempDir Path folder;

    /** 256 wide, as blocks of K types need. */
    private Model wide() throws IOException {
        Path source = Files.createTempDirectory(folder, "source");
        TinyModels.write(
                source,
                new TinyModels.Dimensions(320, 256, 2, 8, 2, 512, 256, false, DType.F32, 17));
        return Model.open(Checkpoints.open(source));
    }

    private Model open(TinyFamily family) throws IOException {
        return Model.open(Checkpoints.open(family.write(Files.createTempDirectory(folder, "m"))));
    }

    private static ExportFormat gguf(GgufType type) {
        return new ExportFormat.Gguf(Optional.ofNullable(type));
    }

    /** Every form of decoder in every type; rows that blocks do not fill become F16. */
    @ParameterizedTest
    @EnumSource(
            value = TinyFamily.class,
            names = "BLOOM_NORMED_RESIDUAL",
            mode = EnumSource.Mode.EXCLUDE)
    void everyArchitectureComesBack(TinyFamily family) throws IOException {
        int at = 0;
        for (GgufType type :
                new GgufType[] {
                    GgufType.F16,
                    GgufType.Q8_0,
                    GgufType.Q4_0,
                    GgufType.Q4_1,
                    GgufType.Q4_K,
                    GgufType.Q6_K
                }) {
            for (String recipe : new String[] {"{}", TunedModels.weights(4, 16, false)}) {
                try (Model model = open(family)) {
                    TunedModel tuned = TunedModels.tune(model, recipe);
                    ExportReport report =
                            TunedModels.write(
                                    tuned,
                                    gguf(type),
                                    folder.resolve("out%d.gguf".formatted(at++)));
                    assertTrue(report.logits().relative() < 0.5, report.toString());
                    assertEquals(
                            family.architecture().modelType().equals("opt"),
                            report.notCarried().toString().contains("only this program"));
                }
            }
        }
    }

    @Test
    void refusesWhatLlamaCppHasNoArithmeticFor() throws IOException {
        try (Model model = open(TinyFamily.BLOOM_NORMED_RESIDUAL)) {
            TunedModel tuned = TunedModels.tune(model, "{}");
            UserException refusal =
                    assertThrows(
                            UserException.class,
                            () ->
                                    TunedModels.write(
                                            tuned, gguf(GgufType.F16), folder.resolve("o.gguf")));
            assertTrue(refusal.getMessage().contains("apply_residual_connection_post_layernorm"));
        }
    }

    /** Bits, group, symmetry, the type asked for or none, the type taken. */
    @ParameterizedTest
    @CsvSource({
        "4, 32, true, , Q4_0",
        "4, 32, false, , Q4_1",
        "4, 64, false, , Q4_1",
        "4, 128, true, Q4_0, Q4_0",
        "4, -1, false, , Q4_1",
        "3, 32, false, , Q4_0",
        "2, 32, false, Q4_1, Q4_1",
        "8, 32, true, , Q8_0",
        "7, 32, false, , Q8_0",
        "5, 64, false, Q8_0, Q8_0"
    })
    void carriesCodesWhereTheyFit(
            int bits, int group, boolean symmetric, GgufType asked, GgufType taken)
            throws IOException {
        try (Model model = wide()) {
            TunedModel tuned = TunedModels.tune(model, TunedModels.weights(bits, group, symmetric));
            Path target = folder.resolve("out.gguf");
            ExportReport report = TunedModels.write(tuned, gguf(asked), target);
            assertEquals("GGUF " + taken, report.layout());
            assertTrue(
                    report.notes()
                            .contains(
                                    "14 linears hold the recipe's codes as they are, in " + taken),
                    report.notes().toString());
            assertTrue(report.logits().relative() < 5e-3, report.toString());
            try (Checkpoint again = Checkpoints.open(target)) {
                for (int layer = 0; layer < 2; layer++) {
                    for (LinearRole role : model.config().roles()) {
                        String name =
                                model.config().architecture().names().of(layer, role) + ".weight";
                        Tensor tensor = again.find(name).orElseThrow();
                        assertEquals(taken.name(), tensor.storage());
                        float[] wanted =
                                tuned.plan().layers().get(layer).weights().get(role).dequantize();
                        float[] got = tensor.toFloats();
                        for (int i = 0; i < got.length; i++) {
                            // Half a unit of the scale and of the minimum, each at most 255 steps.
                            assertEquals(wanted[i], got[i], 2e-3, name);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "4, 48, false, , Q4_K",
        "6, 48, false, , Q6_K",
        "4, 32, false, Q4_0, Q4_0",
        "4, 32, true, Q4_K, Q4_K",
        "8, 32, false, Q6_K, Q6_K",
        "3, 20, true, Q8_0, Q8_0"
    })
    void quantizesTheFloatModelAnewWhereCodesDoNotFit(
            int bits, int group, boolean symmetric, GgufType asked, GgufType taken)
            throws IOException {
        try (Model model = wide()) {
            TunedModel tuned = TunedModels.tune(model, TunedModels.weights(bits, group, symmetric));
            Path target = folder.resolve("out.gguf");
            ExportReport report = TunedModels.write(tuned, gguf(asked), target);
            assertEquals("GGUF " + taken, report.layout());
            assertTrue(
                    report.notes()
                            .contains(
                                    "14 linears are quantized anew from the float weights, in "
                                            + taken),
                    report.notes().toString());
            try (Checkpoint again = Checkpoints.open(target)) {
                String name = "model.layers.0.mlp.down_proj.weight";
                float[] wanted = model.checkpoint().find(name).orElseThrow().toFloats();
                float[] got = again.find(name).orElseThrow().toFloats();
                double squares = 0;
                double spread = 0;
                for (int i = 0; i < got.length; i++) {
                    squares += Math.pow(got[i] - wanted[i], 2);
                    spread += Math.pow(wanted[i], 2);
                }
                double relative = Math.sqrt(squares / spread);
                double bound =
                        switch (taken) {
                            case Q8_0 -> 0.01;
                            case Q6_K -> 0.03;
                            default -> 0.12;
                        };
                assertTrue(relative < bound, "%s %s".formatted(taken, relative));
            }
        }
    }

    /** Bits, group, the type asked for the linears or none, the type of the head. */
    @ParameterizedTest
    @CsvSource({
        "8, 32, , Q8_0",
        "8, 64, Q4_0, Q8_0",
        "4, 32, , Q4_0",
        "4, -1, Q6_K, Q4_0",
        "6, 32, Q4_0, Q8_0",
        "8, 32, F16, F16"
    })
    void theHeadKeepsTheRecipesPrecision(int bits, int group, GgufType asked, GgufType taken)
            throws IOException {
        String recipe =
                "{\"weights\":{\"method\":\"rtn\",\"bits\":4},\"head\":{\"method\":\"rtn\",\"bits\":%d,\"group\":%d}}"
                        .formatted(bits, group);
        try (Model model = wide()) {
            TunedModel tuned = TunedModels.tune(model, recipe);
            Path target = folder.resolve("out.gguf");
            ExportReport report = TunedModels.write(tuned, gguf(asked), target);
            String way =
                    taken == GgufType.F16
                            ? "is plain numbers"
                            : "holds the recipe's codes as they are";
            assertTrue(
                    report.notes().contains("the head %s, in %s".formatted(way, taken)),
                    report.notes().toString());
            assertTrue(report.notes().contains("the embedding stays F16, as the recipe leaves it"));
            try (Checkpoint again = Checkpoints.open(target)) {
                Tensor head = again.find("lm_head.weight").orElseThrow();
                assertEquals(taken.name(), head.storage());
                float[] wanted = tuned.plan().head().orElseThrow().dequantize();
                float[] got = head.toFloats();
                for (int i = 0; i < got.length; i++) {
                    assertEquals(wanted[i], got[i], 2e-3);
                }
            }
        }
    }

    /** A head that was the embedding becomes a tensor of its own; the embedding stays. */
    @ParameterizedTest
    @EnumSource(
            value = TinyFamily.class,
            names = "BLOOM_NORMED_RESIDUAL",
            mode = EnumSource.Mode.EXCLUDE)
    void aQuantizedHeadIsNotTheEmbeddingAnyMore(TinyFamily family) throws IOException {
        try (Model model = open(family)) {
            TunedModel tuned =
                    TunedModels.tune(
                            model, "{\"head\":{\"method\":\"rtn\",\"bits\":2,\"group\":-1}}");
            Path target = folder.resolve("out.gguf");
            ExportReport report = TunedModels.write(tuned, gguf(null), target);
            assertTrue(report.logits().relative() < 5e-3, report.toString());
            try (Model again = Model.open(Checkpoints.open(target))) {
                assertFalse(again.config().tiedHead());
                float[] head = again.weights().head().weight().toFloats();
                float[] wanted = tuned.plan().head().orElseThrow().dequantize();
                for (int i = 0; i < head.length; i++) {
                    assertEquals(wanted[i], head[i], 2e-3);
                }
            }
        }
    }

    /** What a search over layers gives: nothing of the 4-bit weights is lost for the others. */
    @Test
    void weightsOfOtherBitsHaveOtherTypes() throws IOException {
        String recipe =
                """
                {"weights": {"method": "rtn", "bits": 4, "group": 32},
                 "overrides": [{"layers": [0], "sites": ["MLP_HIDDEN"],
                                "weights": {"bits": 6, "group": 32}},
                               {"layers": [1], "sites": ["ATTN_OUTPUT"],
                                "weights": {"method": "none"}}]}\
                """;
        try (Model model = wide()) {
            TunedModel tuned = TunedModels.tune(model, recipe);
            Path target = folder.resolve("out.gguf");
            ExportReport report = TunedModels.write(tuned, gguf(null), target);
            assertEquals("GGUF Q4_1, Q8_0", report.layout());
            assertTrue(
                    report.notes()
                            .containsAll(
                                    List.of(
                                            "12 linears hold the recipe's codes as they are, in"
                                                    + " Q4_1",
                                            "1 linears hold the recipe's codes as they are, in"
                                                    + " Q8_0",
                                            "1 linears are plain numbers, in F16")),
                    report.notes().toString());
            assertTrue(report.logits().relative() < 5e-3, report.toString());
        }
    }

    /** Where blocks of 256 do not fill the rows, smaller ones may still hold the codes. */
    @Test
    void carriesCodesInTheTypeItFallsBackTo() throws IOException {
        Path source = Files.createDirectory(folder.resolve("narrow"));
        TinyModels.write(
                source, new TinyModels.Dimensions(320, 64, 2, 4, 2, 96, 256, false, DType.F32, 17));
        try (Model model = Model.open(Checkpoints.open(source))) {
            TunedModel tuned = TunedModels.tune(model, TunedModels.weights(4, 32, false));
            ExportReport report =
                    TunedModels.write(tuned, gguf(GgufType.Q4_K), folder.resolve("out.gguf"));
            assertTrue(
                    report.notes()
                            .contains("14 linears hold the recipe's codes as they are, in Q4_1"),
                    report.notes().toString());
            assertTrue(report.logits().relative() < 5e-3, report.toString());
        }
    }

    /** F16 holds what the recipe made of the weights, not what they were. */
    @Test
    void plainNumbersAreTheTunedOnes() throws IOException {
        try (Model model = wide()) {
            TunedModel tuned = TunedModels.tune(model, TunedModels.weights(2, 32, false));
            ExportReport report =
                    TunedModels.write(tuned, gguf(GgufType.F16), folder.resolve("out.gguf"));
            assertTrue(report.weightError().largest() < 1e-3, report.toString());
            assertTrue(report.logits().relative() < 5e-3, report.toString());
        }
    }

    /** Weights of which half precision cannot hold the scales. */
    @ParameterizedTest
    @ValueSource(floats = {1e6f, 1e-8f})
    void goesOnInNumbersWhereHalfPrecisionEnds(float factor) throws IOException {
        Path source = Files.createDirectory(folder.resolve("scaled"));
        TinyModels.write(
                source,
                new TinyModels.Dimensions(320, 256, 2, 8, 2, 512, 256, false, DType.F32, 17));
        Path scaled = Files.createDirectory(folder.resolve("model"));
        for (String name : new String[] {"config.json", "tokenizer.json"}) {
            Files.copy(source.resolve(name), scaled.resolve(name));
        }
        var writer = new io.agilelens.engine.format.SafetensorsWriter();
        try (Checkpoint plain = Checkpoints.open(source)) {
            for (Tensor tensor : plain.tensors()) {
                float[] values = tensor.toFloats();
                if (tensor.name().contains("down_proj")) {
                    for (int i = 0; i < values.length; i++) {
                        values[i] *= factor;
                    }
                }
                writer.add(tensor.name(), DType.F32, tensor.shape(), values);
            }
        }
        writer.write(scaled.resolve("model.safetensors"));
        try (Model model = Model.open(Checkpoints.open(scaled))) {
            TunedModel tuned = TunedModels.tune(model, "{}");
            for (GgufType type : new GgufType[] {GgufType.Q4_0, GgufType.Q6_K, GgufType.F16}) {
                Path target = folder.resolve(type + ".gguf");
                TunedModels.write(tuned, gguf(type), target);
                try (Checkpoint again = Checkpoints.open(target)) {
                    String name = "model.layers.1.mlp.down_proj.weight";
                    String storage = again.find(name).orElseThrow().storage();
                    assertEquals(factor > 1 ? "F32" : "F16", storage);
                }
            }
        }
    }

    @Test
    void replacesOnlyWhatItExported() throws IOException {
        try (Model model = wide()) {
            TunedModel tuned = TunedModels.tune(model, TunedModels.weights(4, 32, false));
            Path target = folder.resolve("out.gguf");
            Files.writeString(target, "precious");
            for (boolean replace : new boolean[] {false, true}) {
                UserException refusal =
                        assertThrows(
                                UserException.class,
                                () -> TunedModels.write(tuned, gguf(null), target, replace));
                assertFalse(refusal.getMessage().contains("\n"));
                assertEquals("precious", Files.readString(target));
            }
            Files.delete(target);
            TunedModels.write(tuned, gguf(GgufType.Q8_0), target);
            long before = Files.size(target);
            TunedModels.write(tuned, gguf(GgufType.Q4_0), target, true);
            assertTrue(Files.size(target) < before);
            // Opened itself, it is not replaced.
            try (Model again = Model.open(Checkpoints.open(target))) {
                TunedModel other = TunedModels.tune(again, "{}");
                assertThrows(
                        UserException.class,
                        () -> TunedModels.write(other, gguf(GgufType.F16), target, true));
            }
        }
    }
}
