package io.agilelens.engine.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TensorNames;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.quant.ActivationQuantizer;
import io.agilelens.engine.quant.ChannelwiseQuantizer;
import io.agilelens.engine.quant.TokenwiseQuantizer;
import io.agilelens.engine.quant.TripQuantizer;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NativeBundleTest {
    private static final String TRIP =
            "{\"weights\":{\"method\":\"rtn\",\"bits\":3,\"group\":20},\"activations\":{\"method\":\"trip\",\"bits\":4},\"softmax\":{\"method\":\"log2\",\"bits\":4},\"pruning\":{\"beta\":0.3,\"layers\":[1]}}";

    /** Groups that are no runs of neighbours. */
    private static final String ORDERED =
            "{\"weights\":{\"method\":\"gptq\",\"bits\":4,\"group\":8,\"gptq\":{\"act_order\":true}},\"activations\":{\"method\":\"trip\",\"bits\":4},\"execution\":\"executed\"}";

    private static final int[] TEXT = new Random(5).ints(40, 0, 250).toArray();

    @TempDir Path folder;

    /** The write itself compares all logits; this looks at what came back beside them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                TRIP,
                "{\"weights\":{\"method\":\"rtn\",\"bits\":8,\"group\":-1,\"symmetric\":true},\"activations\":{\"method\":\"uniform\",\"bits\":8,\"granularity\":\"token\"},\"execution\":\"executed\"}",
                "{\"activations\":{\"method\":\"uniform\",\"bits\":6,\"granularity\":\"channel\"},\"softmax\":{\"method\":\"uniform\",\"bits\":5}}",
                "{\"weights\":{\"method\":\"rtn\",\"bits\":4},\"activations\":{\"method\":\"trip\",\"bits\":4},\"softmax\":{\"method\":\"log2\",\"bits\":4},\"execution\":\"executed\"}",
                "{\"activations\":{\"method\":\"trip\",\"exponents\":[0,2,6],\"granularity\":\"token\"},\"cache\":{\"method\":\"uniform\",\"bits\":5},\"pruning\":{\"beta\":0.5,\"layers\":[0],\"action\":\"lower-bits\",\"bits\":4}}",
                "{\"activations\":{\"method\":\"uniform\",\"symmetric\":false},\"pruning\":{\"beta\":0.5,\"layers\":[1],\"action\":\"lower-bits\",\"bits\":3}}",
                "{\"activations\":{\"method\":\"trip\"},\"pruning\":{\"beta\":0.5,\"layers\":[1],\"action\":\"lower-bits\",\"bits\":3}}",
                "{\"cache\":{\"method\":\"half\"},\"softmax\":{\"method\":\"log2\",\"bits\":4}}",
                "{\"head\":{\"method\":\"rtn\"}}",
                "{\"weights\":{\"method\":\"rtn\",\"bits\":4},\"head\":{\"method\":\"rtn\",\"bits\":3,\"group\":-1},\"execution\":\"executed\"}",
                ORDERED,
                "{\"weights\":{\"method\":\"gptq\",\"bits\":8,\"group\":8,\"gptq\":{\"act_order\":true}},\"activations\":{\"method\":\"trip\",\"bits\":8},\"execution\":\"executed\"}"
            })
    void everyParameterComesBack(String recipe) {
        Path target = folder.resolve("bundle");
        try (Model model = open()) {
            TunedModel tuned = tune(model, recipe);
            ExportReport written = write(tuned, target, false);
            assertEquals(TEXT.length, written.logits().tokens());
            try (NativeBundleReader.Bundle bundle = NativeBundleReader.open(target)) {
                assertEquals(tuned.recipe(), bundle.recipe());
                for (int layer = 0; layer < tuned.plan().layers().size(); layer++) {
                    var expected = tuned.plan().layers().get(layer);
                    var actual = bundle.plan().layers().get(layer);
                    assertEquals(expected.softmax(), actual.softmax());
                    assertEquals(expected.activations().keySet(), actual.activations().keySet());
                    for (LinearRole role : expected.weights().keySet()) {
                        assertTrue(
                                Arrays.equals(
                                        expected.weights().get(role).dequantize(),
                                        actual.weights().get(role).dequantize()));
                    }
                    for (Site site : expected.activations().keySet()) {
                        same(expected.activations().get(site), actual.activations().get(site));
                    }
                    assertEquals(
                            expected.markedActivations().keySet(),
                            actual.markedActivations().keySet());
                    for (Site site : expected.markedActivations().keySet()) {
                        same(
                                expected.markedActivations().get(site),
                                actual.markedActivations().get(site));
                    }
                }
                assertEquals(tuned.plan().cache(), bundle.plan().cache());
                assertEquals(tuned.plan().head().isPresent(), bundle.plan().head().isPresent());
                if (tuned.plan().head().isPresent()) {
                    assertArrayEquals(
                            tuned.plan().head().get().dequantize(),
                            bundle.plan().head().get().dequantize());
                    assertEquals(4, bundle.manifest().path("version").asInt());
                }
            }
        }
    }

    private static void same(ActivationQuantizer expected, ActivationQuantizer actual) {
        assertEquals(expected.range(), actual.range());
        switch (expected) {
            case TripQuantizer trip -> {
                TripQuantizer again = (TripQuantizer) actual;
                assertEquals(trip.base(), again.base());
                assertEquals(trip.zero(), again.zero());
                assertTrue(Arrays.equals(trip.exponents(), again.exponents()));
            }
            case TokenwiseQuantizer tokenwise ->
                    assertTrue(
                            Arrays.equals(
                                    tokenwise.exponents(),
                                    ((TokenwiseQuantizer) actual).exponents()));
            case ChannelwiseQuantizer uniform -> assertEquals(uniform, actual);
        }
    }

    /** Written from any spelling of the names; the write compares all logits. */
    @ParameterizedTest
    @EnumSource(TinyFamily.class)
    void everyArchitectureComesBack(TinyFamily family) throws IOException {
        for (String prefix : new String[] {family.prefix(), ""}) {
            Path source = Files.createTempDirectory(folder, "source");
            Path target = source.resolveSibling(source.getFileName() + "-bundle");
            try (Model model = Model.open(Checkpoints.open(family.write(source, prefix)))) {
                ExportReport written = write(tune(model, TRIP), target, false);
                assertEquals(TEXT.length, written.logits().tokens());
                assertTrue(written.compression() > 2, "float weights are left out");
                try (NativeBundleReader.Bundle bundle = NativeBundleReader.open(target)) {
                    assertEquals(model.config(), bundle.model().config());
                    assertEquals(model.parameters(), bundle.model().parameters());
                    TensorNames names = model.config().architecture().names();
                    Set<String> stored =
                            bundle.stored().stream().map(Tensor::name).collect(Collectors.toSet());
                    for (LinearRole role : model.config().roles()) {
                        assertTrue(stored.contains(names.of(1, role) + ".codes"));
                    }
                }
            }
        }
    }

    /** The float head is left out, unless tokens are looked up in it. */
    @ParameterizedTest
    @EnumSource(TinyFamily.class)
    void aQuantizedHeadTakesThePlaceOfItsOwnFloatsOnly(TinyFamily family) throws IOException {
        Path target = folder.resolve("bundle");
        Path source = Files.createDirectory(folder.resolve("source"));
        try (Model model = Model.open(Checkpoints.open(family.write(source)))) {
            TunedModel tuned = tune(model, "{\"head\":{\"method\":\"rtn\",\"bits\":2}}");
            ExportReport report = write(tuned, target, false);
            assertEquals(
                    (long) model.config().vocabularySize() * model.config().embeddingSize(),
                    report.quantizedWeights());
            String head = model.weights().head().storedIn();
            try (NativeBundleReader.Bundle bundle = NativeBundleReader.open(target)) {
                boolean stored =
                        bundle.stored().stream().anyMatch(tensor -> tensor.name().equals(head));
                assertEquals(model.config().tiedHead(), stored);
                assertEquals(model.config(), bundle.model().config());
                assertEquals(model.parameters(), bundle.model().parameters());
                float[] floats = bundle.model().weights().embedding().toFloats();
                assertArrayEquals(model.weights().embedding().toFloats(), floats);
            }
        }
    }

    @Test
    void aHeadOfAnotherShapeIsRefused() throws IOException {
        Path narrow = folder.resolve("narrow");
        Path wide = folder.resolve("bundle");
        String recipe = "{\"head\":{\"method\":\"rtn\"}}";
        Path source = Files.createDirectory(folder.resolve("source"));
        TinyModels.write(
                source,
                new TinyModels.Dimensions(
                        TinyModels.SMALLEST_VOCABULARY, 16, 2, 2, 2, 24, 128, true, DType.F32, 3));
        try (Model other = Model.open(Checkpoints.open(source));
                Model model = open()) {
            write(tune(other, recipe), narrow, false);
            write(tune(model, recipe), wide, false);
        }
        Files.copy(
                narrow.resolve("config.json"),
                wide.resolve("config.json"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        UserException failure =
                assertThrows(UserException.class, () -> NativeBundleReader.open(wide));
        assertFalse(failure.getMessage().contains("\n"), failure.getMessage());
        Path manifest = narrow.resolve("bundle.json");
        String text = Files.readString(manifest);
        assertTrue(text.contains("\"tied\" : true"), text);
        Path config = narrow.resolve("config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replaceAll(
                                "\"tie_word_embeddings\" : true",
                                "\"tie_word_embeddings\" : false"));
        UserException missing =
                assertThrows(UserException.class, () -> NativeBundleReader.open(narrow));
        assertTrue(missing.getMessage().contains("lm_head.weight"), missing.getMessage());
    }

    @Test
    void storesGroupsInAnyOrderInputByInput() {
        Path target = folder.resolve("bundle");
        try (Model model = open()) {
            TunedModel tuned = tune(model, ORDERED);
            var down = tuned.plan().layers().get(1).weights().get(LinearRole.DOWN);
            assertFalse(down.hasContiguousGroups());
            write(tuned, target, false);
            try (NativeBundleReader.Bundle bundle = NativeBundleReader.open(target)) {
                assertEquals(2, bundle.manifest().path("version").asInt());
                var again = bundle.plan().layers().get(1).weights().get(LinearRole.DOWN);
                assertArrayEquals(down.groupOf(), again.groupOf());
                assertArrayEquals(down.zeros(), again.zeros());
            }
            Path plain = folder.resolve("plain");
            write(tune(model, TRIP), plain, false);
            try (NativeBundleReader.Bundle bundle = NativeBundleReader.open(plain)) {
                assertEquals(1, bundle.manifest().path("version").asInt(), "older programs do");
            }
        }
    }

    @Test
    void countsTheBitsThatItStores() {
        try (Model model = open()) {
            ExportReport written = write(tune(model, TRIP), folder.resolve("bundle"), false);
            long weights = 0;
            for (LinearRole role : model.config().roles()) {
                weights += 2L * role.outputs(model.config()) * role.inputs(model.config());
            }
            assertEquals(weights, written.quantizedWeights());
            // 3 bits a code, 40 bits a group of 20, and padding.
            assertTrue(written.bitsPerQuantizedWeight() > 3 + 40 / 20.0);
            assertTrue(written.bitsPerQuantizedWeight() < 3 + 40 / 16.0 + 1);
        }
    }

    @Test
    void leavesWhatIsThereUnlessAsked() throws IOException {
        Path target = Files.createDirectory(folder.resolve("bundle"));
        Files.writeString(target.resolve("precious"), "x");
        try (Model model = open()) {
            TunedModel tuned = tune(model, TRIP);
            UserException refused =
                    assertThrows(UserException.class, () -> write(tuned, target, false));
            assertTrue(refused.getMessage().contains("exists already"));
            assertTrue(Files.exists(target.resolve("precious")));
            UserException kept =
                    assertThrows(UserException.class, () -> write(tuned, target, true));
            assertTrue(kept.getMessage().contains("holds precious, which would be lost"));
            assertTrue(Files.exists(target.resolve("precious")));
            Files.move(target.resolve("precious"), target.resolve("tokenizer.model"));
            write(tuned, target, true);
            assertFalse(Files.exists(target.resolve("tokenizer.model")));
            assertTrue(NativeBundle.isAt(target));
        }
    }

    @Test
    void aCancelledExportLeavesNothingBehind() throws IOException {
        try (Model model = open()) {
            TunedModel tuned = tune(model, TRIP);
            Cancellation cancelled = new Cancellation();
            cancelled.cancel();
            assertThrows(
                    java.util.concurrent.CancellationException.class,
                    () ->
                            Exporter.write(
                                    new ExportSource(tuned, null, WeightPrecision.FP32, TEXT),
                                    new ExportFormat.Native(),
                                    folder.resolve("bundle"),
                                    false,
                                    Progress.NONE,
                                    cancelled));
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(folder.resolve("model")), left.toList());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"version\" : 1|\"version\" : 99|get a newer program",
                "\"bits\" : 3|\"bits\" : 4|is damaged",
                "\"bits\" : 3|\"bits\" : 0|2…8",
                "\"method\" : \"trip\"|\"method\" : \"trap\"|trip, trip-token, uniform or token",
                "\"method\" : \"log2\"|\"method\" : \"log3\"|log2 or uniform"
            })
    void tellsWhatIsWrongWithADamagedManifest(String change) throws IOException {
        String[] parts = change.split("\\|");
        Path target = folder.resolve("bundle");
        try (Model model = open()) {
            write(tune(model, TRIP), target, false);
        }
        Path manifest = target.resolve("bundle.json");
        String text = Files.readString(manifest);
        assertTrue(text.contains(parts[0]), text);
        Files.writeString(manifest, text.replace(parts[0], parts[1]));
        UserException failure =
                assertThrows(UserException.class, () -> NativeBundleReader.open(target));
        assertTrue(failure.getMessage().contains(parts[2]), failure.getMessage());
    }

    @Test
    void aCacheOfAnotherWidthIsRefused() throws IOException {
        Path target = folder.resolve("bundle");
        try (Model model = open()) {
            write(tune(model, "{\"cache\":{\"method\":\"half\"}}"), target, false);
        }
        Path manifest = target.resolve("bundle.json");
        String text = Files.readString(manifest);
        assertTrue(text.contains("\"version\" : 3"), text);
        Files.writeString(manifest, text.replaceAll("\"width\" : \\d+", "\"width\" : 7"));
        UserException failure =
                assertThrows(UserException.class, () -> NativeBundleReader.open(target));
        assertTrue(
                failure.getMessage().contains("a cache of 7 numbers a token"),
                failure.getMessage());
    }

    private Model open() {
        Path source = folder.resolve("model");
        if (!Files.exists(source)) {
            try {
                Files.createDirectory(source);
            } catch (IOException failure) {
                throw new java.io.UncheckedIOException(failure);
            }
            TinyModels.write(source, TinyModels.Dimensions.small());
        }
        return Model.open(Checkpoints.open(source));
    }

    private static TunedModel tune(Model model, String recipe) {
        Kernels kernels = KernelProvider.current().kernels();
        var floats = FloatDecoders.numerics(model, kernels);
        return new RecipeFitter(model, kernels, floats, calibration())
                .fit(RecipeJson.parse(recipe, "test"), Progress.NONE, Cancellation.never());
    }

    private static Calibration calibration() {
        return new Calibration("random ids", List.of(new Random(9).ints(60, 0, 250).toArray()));
    }

    private static ExportReport write(TunedModel tuned, Path target, boolean replace) {
        return Exporter.write(
                new ExportSource(tuned, calibration(), WeightPrecision.FP32, TEXT),
                new ExportFormat.Native(),
                target,
                replace,
                Progress.NONE,
                Cancellation.never());
    }
}
