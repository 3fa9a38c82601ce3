package io.agilelens.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.UserException;
import io.agilelens.engine.evaluate.SiteStatistics;
import io.agilelens.engine.evaluate.WindowAnalyzer;
import io.agilelens.engine.export.PlantedFolder;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Planted outliers show at their sites and nowhere in what the model computes. */
class PlantingTest {
    private static final Kernels KERNELS = KernelProvider.current().kernels();
    private static final int[] IDS = {0, 9, 200, 31, 7, 250, 16, 100};

    @TempDir private Path folder;

    private static Planting planting(float factor) {
        return new Planting(
                factor,
                new TreeSet<>(Set.of(3, 17)),
                new TreeSet<>(Set.of(1, 2)),
                List.of(Site.ATTN_INPUT, Site.MLP_INPUT));
    }

    private static Decoder decoder(Model model) {
        return new Decoder(
                model,
                KERNELS,
                new FloatNumerics(
                        model, KERNELS, model.precision(), Progress.NONE, Cancellation.never()));
    }

    private static float[] logits(Model model) {
        Decoder decoder = decoder(model);
        return decoder.logits(decoder.run(IDS, Cancellation.never()).hidden(), 0, IDS.length)
                .data();
    }

    private static List<SiteStatistics> statistics(Model model, Site site) {
        return WindowAnalyzer.analyze(
                        decoder(model), TokenPruner.NONE, IDS, -1, Cancellation.never())
                .layers(site);
    }

    @ParameterizedTest
    @EnumSource(names = {"LLAMA", "QWEN2", "OPT", "BLOOM"})
    void powersOfTwoChangeNoBitOfTheLogits(TinyFamily family) {
        try (Model plain = Model.open(Checkpoints.open(family.write(folder)))) {
            Model planted = plain.plant(planting(32));
            assertArrayEquals(logits(plain), logits(planted));
            assertEquals(planting(32), planted.planting().orElseThrow());
            assertTrue(plain.planting().isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LLAMA", "OPT", "BLOOM"})
    void otherFactorsChangeThemByRoundingOnly(TinyFamily family) {
        try (Model plain = Model.open(Checkpoints.open(family.write(folder)))) {
            float[] before = logits(plain);
            float[] after = logits(plain.plant(planting(7.3f)));
            for (int i = 0; i < before.length; i++) {
                assertEquals(before[i], after[i], 1e-4 * (1 + Math.abs(before[i])));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LLAMA", "OPT", "BLOOM"})
    void theChannelsGrowAtTheirSitesAndNowhereElse(TinyFamily family) {
        try (Model plain = Model.open(Checkpoints.open(family.write(folder)))) {
            Model planted = plain.plant(planting(32));
            for (Site site : Site.values()) {
                if (site == Site.SOFTMAX) {
                    continue;
                }
                List<SiteStatistics> before = statistics(plain, site);
                List<SiteStatistics> after = statistics(planted, site);
                for (int layer = 0; layer < before.size(); layer++) {
                    for (int channel = 0; channel < before.get(layer).channels(); channel++) {
                        boolean grown =
                                Planting.POSSIBLE_SITES.contains(site)
                                        && (layer == 1 || layer == 2)
                                        && (channel == 3 || channel == 17);
                        assertEquals(
                                before.get(layer).maximum()[channel] * (grown ? 32 : 1),
                                after.get(layer).maximum()[channel],
                                site + " layer " + layer + " channel " + channel);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"LLAMA, 32", "OPT, 32", "BLOOM, 32", "BLOOM, 5.5"})
    void aWrittenFolderSaysSoAndGivesTheSameLogits(TinyFamily family, float factor)
            throws Exception {
        Path source = family.write(Files.createDirectory(folder.resolve("source")));
        Path target = folder.resolve("planted");
        try (Model plain = Model.open(Checkpoints.open(source))) {
            PlantedFolder.Written written =
                    PlantedFolder.write(
                            plain,
                            planting(factor),
                            target,
                            false,
                            KERNELS,
                            Progress.NONE,
                            Cancellation.never());
            assertTrue(written.largestDifference() <= 1e-4 * written.largestLogit());
            try (Model again = Model.open(Checkpoints.open(target))) {
                assertEquals(planting(factor), again.planting().orElseThrow());
                assertArrayEquals(logits(plain.plant(planting(factor))), logits(again));
                assertEquals(
                        "%s: outliers cannot be planted here: it has planted outliers already: plant in the model it was made from"
                                .formatted(target),
                        assertThrows(UserException.class, () -> again.plant(planting(2)))
                                .getMessage());
            }
        }
    }

    @Test
    void saysHowManyTokensWereReallyCompared() throws Exception {
        Path bloom = TinyFamily.BLOOM.write(Files.createDirectory(folder.resolve("bloom")));
        Path config = bloom.resolve("config.json");
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(Files.readString(config));
        Files.writeString(config, json.put("seq_length", 16).toString());
        try (Model plain = Model.open(Checkpoints.open(bloom))) {
            PlantedFolder.Written written =
                    PlantedFolder.write(
                            plain,
                            planting(2),
                            folder.resolve("planted"),
                            false,
                            KERNELS,
                            Progress.NONE,
                            Cancellation.never());
            assertEquals(16, written.comparedTokens());
        }
    }

    @Test
    void aForeignChannelIsToldOnOneShortLine() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putArray("channels").add("x\n".repeat(3000));
        String message = assertThrows(UserException.class, () -> Planting.of(json)).getMessage();
        assertTrue(message.length() < 400 && message.lines().count() == 1, message);
    }

    @ParameterizedTest
    @EnumSource(names = {"OPT_POST", "BLOOM_NORMED_RESIDUAL"})
    void refusesModelsWhoseResidualWouldChange(TinyFamily family) {
        try (Model plain = Model.open(Checkpoints.open(family.write(folder)))) {
            assertTrue(
                    assertThrows(UserException.class, () -> plain.plant(planting(32)))
                            .getMessage()
                            .endsWith("take one that normalizes before each block"));
        }
    }

    @Test
    void refusesPlacesThatTheModelLacks() {
        try (Model plain = Model.open(Checkpoints.open(TinyFamily.LLAMA.write(folder)))) {
            var one = new TreeSet<>(Set.of(1));
            var many = new TreeSet<>(Set.of(99));
            var sites = List.of(Site.MLP_INPUT);
            assertEquals(
                    folder
                            + ": outliers cannot be planted here: there is no layer 99: its layers"
                            + " are 0…3",
                    assertThrows(
                                    UserException.class,
                                    () -> plain.plant(new Planting(2, one, many, sites)))
                            .getMessage());
            assertEquals(
                    folder
                            + ": outliers cannot be planted here: there is no channel 99: its"
                            + " channels are 0…35",
                    assertThrows(
                                    UserException.class,
                                    () -> plain.plant(new Planting(2, many, one, sites)))
                            .getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {1, 0, -3, 1e9f, Float.NaN, Float.POSITIVE_INFINITY})
    void refusesImpossibleFactors(float factor) {
        assertThrows(UserException.class, () -> planting(factor));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7",
                "{}",
                "{\"factor\": 2}",
                "{\"factor\": \"x\", \"channels\": [1], \"layers\": [1], \"sites\":"
                        + " [\"MLP_INPUT\"]}",
                "{\"factor\": 2, \"channels\": [-1], \"layers\": [1], \"sites\": [\"MLP_INPUT\"]}",
                "{\"factor\": 2, \"channels\": [1], \"layers\": [1e9], \"sites\": [\"MLP_INPUT\"]}",
                "{\"factor\": 2, \"channels\": [1], \"layers\": [1], \"sites\": [\"QUERY\"]}"
            })
    void aConfigThatSaysNonsenseGivesOneLine(String json) {
        ObjectNode config = JsonMapper.shared().createObjectNode();
        config.set(Planting.CONFIG_KEY, JsonMapper.shared().readTree(json));
        String line =
                assertThrows(UserException.class, () -> Planting.read(config, "here")).getMessage();
        assertTrue(line.startsWith("here: config key agilelens_planted: "), line);
        assertEquals(1, line.lines().count());
    }

    @Test
    void jsonRoundTripAndSummary() {
        Planting planting =
                new Planting(
                        5.5f,
                        new TreeSet<>(Set.of(0, 1, 2, 9)),
                        new TreeSet<>(Set.of(4)),
                        List.of(Site.MLP_INPUT));
        ObjectNode config = JsonMapper.shared().createObjectNode();
        config.set(Planting.CONFIG_KEY, planting.toJson());
        assertEquals(planting, Planting.read(config, "here").orElseThrow());
        assertEquals(
                "outliers planted, 5.5 times as large, in channels 0–2, 9 of layers 4 at MLP_INPUT",
                planting.summary());
        assertEquals(4, Planting.drawChannels(4, 128, 1).size());
        assertEquals(Planting.drawChannels(4, 128, 1), Planting.drawChannels(4, 128, 1));
    }
}
