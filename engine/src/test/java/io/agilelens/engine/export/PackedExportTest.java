package io.agilelens.engine.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.export.packed.QuantizedModule;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.JsonFiles;
import io.agilelens.engine.format.SafetensorsFile;
import io.agilelens.engine.format.gguf.GgufType;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.quant.ActivationQuantizer;
import io.agilelens.engine.quant.QuantizationPlan;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * What other tools find in the folders. Every linear is decoded by {@link Decoded}, which shares
 * nothing with the writers; the export itself has compared what this program's readers find.
 */
class PackedExportTest {
    /** Half a unit in the last place of half precision. */
    private static final double HALF = 0x1.01p-11;

    @TempDir Path folder;

    /** The three architectures, of sizes that whole words fill. */
    enum Kind {
        LLAMA,
        OPT,
        BLOOM
    }

    private Model open(Kind kind) throws IOException {
        Path source = Files.createTempDirectory(folder, "source");
        switch (kind) {
            case LLAMA ->
                    TinyModels.write(
                            source,
                            new TinyModels.Dimensions(
                                    TinyModels.SMALLEST_VOCABULARY,
                                    64,
                                    2,
                                    4,
                                    2,
                                    96,
                                    128,
                                    false,
                                    DType.F32,
                                    42));
            case OPT -> TinyFamily.OPT_PACKABLE.write(source);
            case BLOOM -> TinyFamily.BLOOM_PACKABLE.write(source);
        }
        return Model.open(Checkpoints.open(source));
    }

    private interface Reader {
        Decoded read(SafetensorsFile file, QuantizedModule module);
    }

    private void check(TunedModel tuned, ExportReport report, Reader reader, double rounding) {
        try (SafetensorsFile file = Decoded.open(report.target())) {
            List<QuantizedModule> modules = QuantizedModule.of(tuned);
            assertFalse(modules.isEmpty());
            double worst = 0;
            for (QuantizedModule module : modules) {
                Decoded decoded = reader.read(file, module);
                double difference = decoded.difference(module.weight().dequantize());
                worst = Math.max(worst, difference);
                assertTrue(
                        difference <= rounding * decoded.magnitude() + 255 * 0x1p-25,
                        "%s is off by %s".formatted(module.name(), difference));
            }
            assertTrue(report.weightError().largest() >= worst, "reported honestly");
        }
        assertEquals(TunedModels.TEXT.length, report.logits().tokens());
        assertTrue(report.logits().relative() < 2e-2, report.logits().toString());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void awqIsAsItsAuthorsHaveIt(Kind kind) throws IOException {
        int at = 0;
        for (int group : new int[] {16, -1}) {
            for (boolean symmetric : new boolean[] {false, true}) {
                try (Model model = open(kind)) {
                    TunedModel tuned =
                            TunedModels.tune(model, TunedModels.weights(4, group, symmetric));
                    ExportReport report =
                            TunedModels.write(
                                    tuned, new ExportFormat.Awq(), folder.resolve("out" + at++));
                    check(
                            tuned,
                            report,
                            (file, module) -> Decoded.awq(file, module.name(), group),
                            HALF);
                    JsonNode settings = settings(report.target());
                    assertEquals("awq", settings.path("quant_method").stringValue());
                    assertEquals(4, settings.path("bits").intValue());
                    assertEquals(group, settings.path("group_size").intValue());
                    assertEquals("gemm", settings.path("version").stringValue());
                    assertEquals(List.of(), report.notCarried());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void gptqIsAsItsAuthorsHaveIt(Kind kind) throws IOException {
        int at = 0;
        for (int bits : kind == Kind.LLAMA ? new int[] {2, 3, 4, 8} : new int[] {2, 4, 8}) {
            for (int group : new int[] {16, 20, -1}) {
                for (boolean symmetric : new boolean[] {false, true}) {
                    for (int version : new int[] {1, 2}) {
                        try (Model model = open(kind)) {
                            TunedModel tuned =
                                    TunedModels.tune(
                                            model, TunedModels.weights(bits, group, symmetric));
                            Path target = folder.resolve("out" + at++);
                            ExportFormat format = new ExportFormat.Gptq(version);
                            if (version == 1 && needsVersion2(tuned)) {
                                assertLine(
                                        "use --gptq-version 2",
                                        () -> TunedModels.write(tuned, format, target));
                                continue;
                            }
                            ExportReport report = TunedModels.write(tuned, format, target);
                            check(
                                    tuned,
                                    report,
                                    (file, module) ->
                                            Decoded.gptq(file, module.name(), bits, version),
                                    HALF);
                            JsonNode settings = settings(target);
                            assertEquals(bits, settings.path("bits").intValue());
                            assertEquals(group, settings.path("group_size").intValue());
                            assertEquals(symmetric, settings.path("sym").booleanValue());
                            assertFalse(settings.path("desc_act").booleanValue());
                            assertEquals(
                                    settings,
                                    JsonFiles.readObject(
                                            target.resolve("quantize_config.json"), 1 << 20));
                        }
                    }
                }
            }
        }
    }

    /** Whether some group has the zero point 0 and uses the largest code. */
    private static boolean needsVersion2(TunedModel tuned) {
        for (QuantizedModule module : QuantizedModule.of(tuned)) {
            QuantizedWeight weight = module.weight();
            for (int o = 0; o < weight.outputs(); o++) {
                for (int c = 0; c < weight.inputs(); c++) {
                    if (weight.zeros()[o * weight.groups() + weight.groupOf()[c]] == 0
                            && weight.code(o, c) == (1 << weight.bits()) - 1) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void packQuantizedIsAsItsAuthorsHaveIt(Kind kind) throws IOException {
        int at = 0;
        for (int bits = 2; bits <= 8; bits++) {
            for (int group : new int[] {16, -1}) {
                for (boolean symmetric : new boolean[] {false, true}) {
                    try (Model model = open(kind)) {
                        TunedModel tuned =
                                TunedModels.tune(
                                        model, TunedModels.weights(bits, group, symmetric));
                        ExportReport report =
                                TunedModels.write(
                                        tuned,
                                        new ExportFormat.CompressedTensors(
                                                Optional.of(ExportFormat.Layout.PACK_QUANTIZED)),
                                        folder.resolve("out" + at++));
                        JsonNode weights =
                                settings(report.target())
                                        .path("config_groups")
                                        .path("group_0")
                                        .path("weights");
                        assertEquals(symmetric, weights.path("symmetric").booleanValue());
                        check(
                                tuned,
                                report,
                                (file, module) ->
                                        Decoded.packQuantized(file, module.name(), weights),
                                0);
                        assertEquals(0, report.weightError().largest(), "scales are F32 here");
                        assertTrue(report.logits().identical());
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void intQuantizedIsAsItsAuthorsHaveIt(Kind kind) throws IOException {
        int at = 0;
        for (String granularity : new String[] {"token", "tensor"}) {
            for (boolean symmetric : new boolean[] {false, true}) {
                String recipe =
                        "{\"weights\":{\"method\":\"rtn\",\"bits\":8,\"group\":-1,\"symmetric\":%s},\"activations\":{\"method\":\"uniform\",\"bits\":8,\"granularity\":\"%s\"}}"
                                .formatted(symmetric, granularity);
                try (Model model = open(kind)) {
                    TunedModel tuned = TunedModels.tune(model, recipe);
                    ExportReport report =
                            TunedModels.write(
                                    tuned,
                                    new ExportFormat.CompressedTensors(Optional.empty()),
                                    folder.resolve("out" + at++));
                    check(
                            tuned,
                            report,
                            (file, module) -> Decoded.intQuantized(file, module.name()),
                            0);
                    JsonNode settings = settings(report.target());
                    assertEquals("int-quantized", settings.path("format").stringValue());
                    JsonNode activations =
                            settings.path("config_groups")
                                    .path("group_0")
                                    .path("input_activations");
                    boolean dynamic = granularity.equals("token");
                    assertEquals(dynamic, activations.path("dynamic").booleanValue());
                    assertEquals(granularity, activations.path("strategy").stringValue());
                    try (SafetensorsFile file = Decoded.open(report.target())) {
                        for (QuantizedModule module : QuantizedModule.of(tuned)) {
                            String scale = module.name() + ".input_scale";
                            assertEquals(!dynamic, Decoded.has(file, scale));
                            if (!dynamic) {
                                LinearRole role = module.parts().keySet().iterator().next();
                                assertEquals(
                                        tuned.plan()
                                                .layers()
                                                .get(module.layer())
                                                .activations()
                                                .get(role.input())
                                                .step(0),
                                        Decoded.tensor(file, scale).toFloats()[0]);
                            }
                        }
                    }
                    // Queries, keys and values have no place in the format.
                    assertEquals(1, report.notCarried().size());
                    assertTrue(report.notCarried().getFirst().contains("KEY, QUERY, VALUE"));
                }
            }
        }
    }

    /** Ranges that are not symmetric: their zero points are signed in the file. */
    @Test
    void fixedRangesKeepTheirZeroPoints() throws IOException {
        String recipe =
                "{\"weights\":{\"method\":\"rtn\",\"bits\":8,\"group\":-1,\"symmetric\":true},\"activations\":{\"method\":\"uniform\",\"bits\":8,\"granularity\":\"tensor\",\"symmetric\":false}}";
        try (Model model = open(Kind.OPT)) {
            TunedModel tuned = TunedModels.tune(model, recipe);
            Path target = folder.resolve("out");
            TunedModels.write(tuned, new ExportFormat.CompressedTensors(Optional.empty()), target);
            assertFalse(
                    settings(target)
                            .path("config_groups")
                            .path("group_0")
                            .path("input_activations")
                            .path("symmetric")
                            .booleanValue(true));
            try (SafetensorsFile file = Decoded.open(target)) {
                for (QuantizedModule module : QuantizedModule.of(tuned)) {
                    LinearRole role = module.parts().keySet().iterator().next();
                    ActivationQuantizer quantizer =
                            tuned.plan()
                                    .layers()
                                    .get(module.layer())
                                    .activations()
                                    .get(role.input());
                    int zero =
                            ((DenseTensor)
                                            Decoded.tensor(
                                                    file, module.name() + ".input_zero_point"))
                                    .data()
                                    .toBytes()[0];
                    float scale =
                            Decoded.tensor(file, module.name() + ".input_scale").toFloats()[0];
                    // The lowest code stands for the same number in both.
                    assertEquals(
                            quantizer.level(0, quantizer.range().minimum()), (-128 - zero) * scale);
                }
            }
        }
    }

    /** GPTQ's activation order: groups whose members lie anywhere. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void groupsMayBeInAnyOrder(Kind kind) throws IOException {
        try (Model model = open(kind)) {
            TunedModel tuned =
                    changed(
                            TunedModels.tune(model, TunedModels.weights(4, 16, false)),
                            PackedExportTest::shuffled);
            ExportReport gptq =
                    TunedModels.write(tuned, new ExportFormat.Gptq(2), folder.resolve("gptq"));
            check(tuned, gptq, (file, module) -> Decoded.gptq(file, module.name(), 4, 2), HALF);
            assertTrue(settings(gptq.target()).path("desc_act").booleanValue());
            ExportReport packed =
                    TunedModels.write(
                            tuned,
                            new ExportFormat.CompressedTensors(Optional.empty()),
                            folder.resolve("packed"));
            JsonNode weights =
                    settings(packed.target()).path("config_groups").path("group_0").path("weights");
            assertEquals("group", weights.path("actorder").stringValue());
            check(
                    tuned,
                    packed,
                    (file, module) -> Decoded.packQuantized(file, module.name(), weights),
                    0);
            ExportReport bundle =
                    TunedModels.write(tuned, new ExportFormat.Native(), folder.resolve("bundle"));
            assertTrue(bundle.logits().identical());
            assertLine(
                    "act_order",
                    () -> TunedModels.write(tuned, new ExportFormat.Awq(), folder.resolve("awq")));
        }
    }

    /** Scales folded into norms and linears, and in BLOOM divided behind its GELU. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void awqModelsKeepTheirScales(Kind kind) throws IOException {
        String recipe = "{\"weights\":{\"method\":\"awq\",\"bits\":4,\"group\":16}}";
        try (Model model = open(kind)) {
            TunedModel tuned = TunedModels.tune(model, recipe);
            Path target = folder.resolve("awq");
            ExportReport report = TunedModels.write(tuned, new ExportFormat.Awq(), target);
            check(tuned, report, (file, module) -> Decoded.awq(file, module.name(), 16), HALF);
            try (SafetensorsFile file = Decoded.open(target)) {
                assertEquals(
                        kind == Kind.BLOOM,
                        Decoded.has(file, "transformer.h.0.mlp.gelu_impl.scales"));
            }
            ExportReport bundle =
                    TunedModels.write(tuned, new ExportFormat.Native(), folder.resolve("bundle"));
            assertTrue(bundle.logits().identical());
            ExportReport gguf =
                    TunedModels.write(
                            tuned,
                            new ExportFormat.Gguf(Optional.of(GgufType.F16)),
                            folder.resolve("awq.gguf"));
            assertTrue(gguf.logits().relative() < 1e-2, gguf.toString());
            if (kind == Kind.BLOOM) {
                assertLine(
                        "only --format awq and native hold",
                        () ->
                                TunedModels.write(
                                        tuned, new ExportFormat.Gptq(2), folder.resolve("no")));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void gptqModelsKeepTheirOrder(Kind kind) throws IOException {
        String recipe =
                "{\"weights\":{\"method\":\"gptq\",\"bits\":4,\"group\":16,\"gptq\":{\"act_order\":true}}}";
        try (Model model = open(kind)) {
            TunedModel tuned = TunedModels.tune(model, recipe);
            ExportReport report =
                    TunedModels.write(tuned, new ExportFormat.Gptq(2), folder.resolve("gptq"));
            check(tuned, report, (file, module) -> Decoded.gptq(file, module.name(), 4, 2), HALF);
            assertTrue(settings(report.target()).path("desc_act").booleanValue());
            assertEquals(0.01, settings(report.target()).path("damp_percent").doubleValue());
            assertTrue(
                    TunedModels.write(tuned, new ExportFormat.Native(), folder.resolve("bundle"))
                            .logits()
                            .identical());
        }
    }

    private static QuantizedWeight shuffled(QuantizedWeight weight) {
        int[] groupOf = weight.groupOf().clone();
        Random random = new Random(weight.inputs());
        for (int i = groupOf.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int other = groupOf[i];
            groupOf[i] = groupOf[j];
            groupOf[j] = other;
        }
        return new QuantizedWeight(
                weight.outputs(),
                weight.inputs(),
                weight.bits(),
                groupOf,
                weight.codes(),
                weight.scales(),
                weight.zeros());
    }

    /** Layers of several widths, and some that stay float. */
    @Test
    void linearsMayDiffer() throws IOException {
        String recipe =
                "{\"weights\":{\"method\":\"rtn\",\"bits\":4,\"group\":16},\"overrides\":[{\"layers\":[0],\"sites\":[\"MLP_HIDDEN\"],\"weights\":{\"bits\":8,\"group\":32}},{\"layers\":[1],\"sites\":[\"ATTN_OUTPUT\"],\"weights\":{\"method\":\"none\"}}]}";
        try (Model model = open(Kind.LLAMA)) {
            TunedModel tuned = TunedModels.tune(model, recipe);
            for (ExportFormat format :
                    new ExportFormat[] {
                        new ExportFormat.Gptq(1),
                        new ExportFormat.Gptq(2),
                        new ExportFormat.CompressedTensors(Optional.empty())
                    }) {
                ExportReport report =
                        TunedModels.write(
                                tuned, format, Files.createTempDirectory(folder, "o").resolve("m"));
                assertTrue(report.logits().relative() < 1e-2, report.toString());
            }
            assertLine(
                    "weights.bits is 8 there",
                    () -> TunedModels.write(tuned, new ExportFormat.Awq(), folder.resolve("awq")));
        }
    }

    @Test
    void zeroPointsOfZeroAreRaisedOrRefused() throws IOException {
        try (Model model = open(Kind.LLAMA)) {
            TunedModel tuned = TunedModels.tune(model, TunedModels.weights(4, 16, false));
            Path target = folder.resolve("out");
            TunedModel possible = changed(tuned, weight -> zeroed(weight, 14));
            ExportReport report = TunedModels.write(possible, new ExportFormat.Gptq(1), target);
            check(
                    possible,
                    report,
                    (file, module) -> Decoded.gptq(file, module.name(), 4, 1),
                    HALF);
            TunedModel impossible = changed(tuned, weight -> zeroed(weight, 15));
            assertLine(
                    "use --gptq-version 2",
                    () ->
                            TunedModels.write(
                                    impossible, new ExportFormat.Gptq(1), folder.resolve("no")));
            assertFalse(Files.exists(folder.resolve("no")));
            TunedModels.write(impossible, new ExportFormat.Gptq(2), folder.resolve("yes"));
        }
    }

    /** The first output's first group starts at 0, its largest code being {@code top}. */
    private static QuantizedWeight zeroed(QuantizedWeight weight, int top) {
        byte[] codes = weight.codes().clone();
        int[] zeros = weight.zeros().clone();
        zeros[0] = 0;
        for (int c = 0; c < weight.inputs() && weight.groupOf()[c] == 0; c++) {
            codes[c] = (byte) (c == 0 ? top : c % top);
        }
        return new QuantizedWeight(
                weight.outputs(),
                weight.inputs(),
                weight.bits(),
                weight.groupOf(),
                codes,
                weight.scales(),
                zeros);
    }

    @ParameterizedTest
    @CsvSource({"1e6f, too large", "1e-9f, too small"})
    void refusesScalesThatHalfPrecisionCannotHold(String scale, String how) throws IOException {
        try (Model model = open(Kind.OPT)) {
            TunedModel tuned =
                    changed(
                            TunedModels.tune(model, TunedModels.weights(4, 16, false)),
                            weight -> {
                                float[] scales = weight.scales().clone();
                                scales[3] = Float.parseFloat(scale);
                                byte[] codes = weight.codes().clone();
                                int[] zeros = weight.zeros().clone();
                                zeros[3] = 7;
                                return new QuantizedWeight(
                                        weight.outputs(),
                                        weight.inputs(),
                                        4,
                                        weight.groupOf(),
                                        codes,
                                        scales,
                                        zeros);
                            });
            for (ExportFormat format :
                    new ExportFormat[] {new ExportFormat.Awq(), new ExportFormat.Gptq(1)}) {
                assertLine(how, () -> TunedModels.write(tuned, format, folder.resolve("out")));
                assertFalse(Files.exists(folder.resolve("out")));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "awq|{\"weights\":{\"method\":\"rtn\",\"bits\":3}}|weights.bits is 3 there",
                "awq|{\"weights\":{\"method\":\"rtn\",\"bits\":4,\"group\":20}}|does not divide",
                "awq|{}|weights.method is none",
                "gptq|{\"weights\":{\"method\":\"rtn\",\"bits\":5}}|give 2, 3, 4 or 8",
                "gptq|{\"weights\":{\"method\":\"rtn\",\"bits\":3}}|do not fill whole 32-bit words",
                "compressed-tensors|{\"weights\":{\"method\":\"rtn\",\"group\":20}}|does not divide"
            })
    void refusesInOneLineWhatALayoutCannotHold(String line) throws IOException {
        String[] parts = line.split("\\|");
        ExportFormat format =
                switch (parts[0]) {
                    case "awq" -> new ExportFormat.Awq();
                    case "gptq" -> new ExportFormat.Gptq(1);
                    default -> new ExportFormat.CompressedTensors(Optional.empty());
                };
        try (Model model = open(Kind.OPT)) {
            TunedModel tuned = TunedModels.tune(model, parts[1]);
            assertLine(parts[2], () -> TunedModels.write(tuned, format, folder.resolve("out")));
            try (var left = Files.list(folder)) {
                assertEquals(1, left.count(), "nothing but the source");
            }
        }
    }

    @Test
    void saysWhatIsLostAndKeepsItBeside() throws IOException {
        String recipe =
                "{\"weights\":{\"method\":\"rtn\",\"bits\":4,\"group\":16},\"head\":{\"method\":\"rtn\"},\"activations\":{\"method\":\"trip\",\"bits\":8},\"softmax\":{\"method\":\"log2\",\"bits\":4},\"pruning\":{\"beta\":0.3,\"layers\":[1]}}";
        try (Model model = open(Kind.BLOOM)) {
            TunedModel tuned = TunedModels.tune(model, recipe);
            Path target = folder.resolve("out");
            ExportReport report = TunedModels.write(tuned, new ExportFormat.Awq(), target);
            String lost = String.join("\n", report.notCarried());
            for (String part :
                    new String[] {
                        "head of 8 bits: it stays float",
                        "TRIP of 8 bits",
                        "log2 of 4 bits",
                        "pruning, β 0.3"
                    }) {
                assertTrue(lost.contains(part), lost);
            }
            JsonNode side = JsonFiles.readObject(target.resolve("agilelens.json"), 1 << 20);
            assertEquals(
                    "trip", side.path("recipe").path("activations").path("method").stringValue());
            assertTrue(
                    side.path("activations").get(0).path("ATTN_INPUT").path("exponents").isArray());
            assertEquals(report.notCarried().size(), side.path("not_carried").size());
            assertEquals(
                    Losses.of(tuned.recipe(), model.config(), new ExportFormat.Awq()),
                    report.notCarried());
        }
    }

    @Test
    void keepsBesideWhatTokensOfFewerBitsAndOfTheirOwnScaleAreQuantizedBy() throws IOException {
        String recipe =
                "{\"weights\":{\"method\":\"rtn\",\"bits\":4,\"group\":16},\"activations\":{\"method\":\"trip\",\"bits\":8,\"granularity\":\"token\"},\"pruning\":{\"beta\":0.3,\"layers\":[0],\"action\":\"lower-bits\",\"bits\":4}}";
        try (Model model = open(Kind.BLOOM)) {
            TunedModel tuned = TunedModels.tune(model, recipe);
            Path target = folder.resolve("out");
            TunedModels.write(tuned, new ExportFormat.Awq(), target);
            JsonNode site =
                    JsonFiles.readObject(target.resolve("agilelens.json"), 1 << 20)
                            .path("activations")
                            .get(0)
                            .path("MLP_INPUT");
            assertEquals("trip-token", site.path("method").stringValue());
            assertEquals(model.config().channels(Site.MLP_INPUT), site.path("exponents").size());
            assertEquals(4, site.path("lower_bits").path("bits").intValue());
            assertEquals(site.path("exponents"), site.path("lower_bits").path("exponents"));
        }
    }

    /** A tuned model with other quantized weights. */
    static TunedModel changed(TunedModel tuned, UnaryOperator<QuantizedWeight> change) {
        List<QuantizationPlan.Layer> layers = new ArrayList<>();
        for (QuantizationPlan.Layer layer : tuned.plan().layers()) {
            Map<LinearRole, QuantizedWeight> weights = new EnumMap<>(LinearRole.class);
            layer.weights().forEach((role, weight) -> weights.put(role, change.apply(weight)));
            layers.add(new QuantizationPlan.Layer(weights, layer.activations(), layer.softmax()));
        }
        QuantizationPlan plan = new QuantizationPlan(layers);
        return new TunedModel(
                tuned.recipe(), plan, tuned.tripFits(), TunedModels.decoder(tuned, plan));
    }

    private static JsonNode settings(Path target) {
        return JsonFiles.readObject(target.resolve("config.json"), 1 << 20)
                .path("quantization_config");
    }

    private static void assertLine(String part, Runnable writing) {
        UserException refusal = assertThrows(UserException.class, writing::run);
        assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("\n"));
    }
}
