package io.agilelens.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.prune.PruningSchedule;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Matrix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forward pass on random models of every form, against the plain reference. */
@ParameterizedClass
@EnumSource(TinyFamily.class)
class DecoderTest {
    /** Logits are a few units large; what float sums over 36 to 144 channels and 4 layers cost. */
    private static final float TOLERANCE = 2e-4f;

    private static final Cancellation NEVER = Cancellation.never();

    private final TinyFamily family;

    @TempDir private Path folder;
    private Model model;
    private Decoder decoder;

    DecoderTest(TinyFamily family) {
        this.family = family;
    }

    @BeforeEach
    void open() {
        model = Model.open(Checkpoints.open(family.write(folder)));
        decoder = FloatDecoders.of(model);
    }

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void layerAfterLayerGivesWhatAPassGives() {
        int[] ids = {3, 200, 77, 3, 0, 131, 55};
        Matrix residual = decoder.embed(ids);
        for (int layer = 0; layer < model.config().layers(); layer++) {
            Matrix before = residual.copy();
            Matrix attended = decoder.attention(layer, residual, Probe.NONE);
            assertArrayEquals(before.data(), residual.data(), "the input stays as it is");
            residual = decoder.mlp(layer, attended, Probe.NONE);
        }
        assertArrayEquals(decoder.run(ids, NEVER).hidden().data(), decoder.finish(residual).data());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 63, 64, 65, 130})
    void agreesWithTheReference(int tokens) {
        int[] ids = ids(tokens);
        ReferenceDecoder.Result expected = ReferenceDecoder.of(model).run(ids);
        Decoder.Pass pass = decoder.run(ids, NEVER);
        assertEquals(tokens, pass.survivors().length);
        compare(expected, pass);
    }

    @ParameterizedTest
    @CsvSource({"1", "3", "7", "70"})
    void aCacheChangesNothing(int step) {
        int[] ids = ids(70);
        Matrix whole = decoder.run(ids, NEVER).hidden();
        KeyValueCache cache = decoder.cache();
        for (int from = 0; from < ids.length; from += step) {
            int[] part = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + step));
            Matrix hidden = pass(part, cache, TokenPruner.NONE).hidden();
            float[] rows =
                    Arrays.copyOfRange(
                            whole.data(), whole.offset(from), whole.offset(from + part.length));
            assertArrayEquals(rows, hidden.data(), TOLERANCE, "from token " + from);
        }
        for (int layer = 0; layer < TinyFamily.LAYERS; layer++) {
            assertEquals(70, cache.length(layer));
        }
    }

    @ParameterizedTest
    @CsvSource({"0.5, false", "0.5, true", "0.9, false", "0.9, true", "0.05, false"})
    void prunesAsTheReferenceDoes(double beta, boolean keepsPositions) {
        int[] ids = ids(90);
        PruningSchedule schedule = schedule(beta, keepsPositions);
        ReferenceDecoder.Result expected =
                ReferenceDecoder.of(model)
                        .run(ids, List.of(1, 2), schedule.gamma(), keepsPositions);
        Decoder.Pass pass = pass(ids, null, schedule);
        assertTrue(pass.survivors().length < 90);
        compare(expected, pass);
    }

    /** METHOD §2.4: layers hold different numbers of tokens, and positions follow each of them. */
    @ParameterizedTest
    @CsvSource({"false, true", "true, true", "false, false", "true, false"})
    void continuesAPrunedPrompt(boolean keepsPositions, boolean knowsOfPruning) {
        int[] ids = ids(60);
        PruningSchedule schedule = schedule(0.5, keepsPositions);
        ReferenceDecoder reference = ReferenceDecoder.of(model);
        KeyValueCache cache = decoder.cache();
        compare(
                reference.run(ids, List.of(1, 2), schedule.gamma(), keepsPositions),
                pass(ids, cache, schedule));
        int[] held = {60, 60, 60 - schedule.removals(1, 60), 30};
        held[3] = held[2] - schedule.removals(1, held[2]);
        for (int next : ids(5)) {
            for (int layer = 0; layer < held.length; layer++) {
                assertEquals(held[layer]++, cache.length(layer), "layer " + layer);
            }
            TokenPruner pruner = knowsOfPruning ? schedule : TokenPruner.NONE;
            Decoder.Pass step = pass(new int[] {next}, cache, pruner);
            assertArrayEquals(new int[] {0}, step.survivors(), "a single token is never pruned");
            compare(reference.run(new int[] {next}, List.of(1, 2), 0, keepsPositions), step);
        }
    }

    @Test
    void attentionEndsWithinABlockOfQueriesWhenItIsCancelled() {
        Cancellation cancellation = new Cancellation();
        AtomicInteger blocks = new AtomicInteger();
        Probe probe =
                new Probe() {
                    @Override
                    public void probabilities(ProbabilityBlock block) {
                        blocks.incrementAndGet();
                        cancellation.cancel();
                    }
                };
        int[] ids = ids(2 * Decoder.QUERY_BLOCK + 1);
        assertThrows(
                CancellationException.class,
                () ->
                        cancellation.during(
                                () ->
                                        decoder.run(
                                                ids, null, TokenPruner.NONE, probe, cancellation)));
        // Each thread may have begun one.
        assertTrue(blocks.get() <= Workers.shared().threads(), blocks + " blocks");
    }

    @Test
    void scoresReceivedAttentionByWhatCanSeeAToken() {
        List<float[]> scores = new ArrayList<>();
        PruningSchedule schedule =
                new PruningSchedule(0.3, new TreeSet<>(List.of(0)), TokenScore.RECEIVED, false);
        List<ProbabilityBlock> blocks = new ArrayList<>();
        Probe probe =
                new Probe() {
                    @Override
                    public void probabilities(ProbabilityBlock block) {
                        if (block.layer() == 0) {
                            synchronized (blocks) {
                                blocks.add(
                                        new ProbabilityBlock(
                                                0,
                                                block.head(),
                                                block.firstQuery(),
                                                block.queries(),
                                                block.keys(),
                                                block.firstVisible(),
                                                block.values().clone(),
                                                block.stride()));
                            }
                        }
                    }

                    @Override
                    public void pruned(int layer, float[] importance, int[] kept) {
                        scores.add(importance.clone());
                    }
                };
        decoder.run(ids(20), null, schedule, probe, NEVER);
        double[] expected = new double[20];
        for (ProbabilityBlock block : blocks) {
            for (int i = 0; i < block.queries(); i++) {
                for (int j = 0; j < block.visible(i); j++) {
                    expected[j] += block.values()[i * block.stride() + j] / (20.0 - j);
                }
            }
        }
        assertEquals(1, scores.size());
        for (int t = 0; t < 20; t++) {
            assertEquals(expected[t], scores.getFirst()[t], 1e-6, "token " + t);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 262, Integer.MAX_VALUE})
    void refusesIdsOutsideTheVocabulary(int id) {
        UserException refused =
                assertThrows(UserException.class, () -> decoder.run(new int[] {256, 1, id}, NEVER));
        assertEquals(
                "token id %d at position 2 is outside the vocabulary 0…261 of %s"
                        .formatted(id, folder),
                refused.getMessage());
    }

    @Test
    void refusesNothing() {
        UserException refused =
                assertThrows(UserException.class, () -> decoder.run(new int[0], NEVER));
        assertTrue(refused.getMessage().startsWith("there are no tokens"));
    }

    /** OPT's table of positions ends; the other forms go on. */
    @Test
    void refusesASequenceThatIsLongerThanTheModelAllows() {
        int[] ids = ids(TinyFamily.CONTEXT + 1);
        KeyValueCache cache = decoder.cache();
        pass(Arrays.copyOf(ids, TinyFamily.CONTEXT), cache, TokenPruner.NONE);
        if (model.config().limit().isEmpty()) {
            pass(ids, null, TokenPruner.NONE);
            pass(new int[] {1}, cache, TokenPruner.NONE);
            return;
        }
        String expected =
                "the sequence has 161 tokens, but config key max_position_embeddings of %s allows 160: give a shorter text or a smaller window"
                        .formatted(folder);
        assertEquals(
                expected,
                assertThrows(UserException.class, () -> pass(ids, null, TokenPruner.NONE))
                        .getMessage());
        assertEquals(
                expected,
                assertThrows(
                                UserException.class,
                                () -> pass(new int[] {1}, cache, TokenPruner.NONE))
                        .getMessage());
    }

    @Test
    void stopsBeforeTheNextLayer() {
        Cancellation cancellation = new Cancellation();
        List<Integer> layers = new ArrayList<>();
        Probe probe =
                new Probe() {
                    @Override
                    public void activation(int layer, Site site, Matrix before, Activation after) {
                        layers.add(layer);
                        if (layer == 1) {
                            cancellation.cancel();
                        }
                    }
                };
        assertThrows(
                CancellationException.class,
                () -> decoder.run(ids(9), null, TokenPruner.NONE, probe, cancellation));
        assertEquals(1, layers.getLast());
    }

    /** Without a probe, blocks of queries run in any order; with one, head by head. */
    @Test
    void watchingChangesNothing() {
        int[] ids = ids(131);
        Matrix watched = decoder.run(ids, null, TokenPruner.NONE, new Probe() {}, NEVER).hidden();
        assertArrayEquals(decoder.run(ids, NEVER).hidden().data(), watched.data());
    }

    /** Removed, not masked: what a layer prunes, its MLP and all later layers never see. */
    @Test
    void prunedTokensCostNothingLater() {
        int[] ids = ids(60);
        PruningSchedule schedule = schedule(0.5, false);
        int second = 60 - schedule.removals(1, 60);
        int last = second - schedule.removals(1, second);
        int[] attended = {60, 60, second, last};
        int[] fed = {60, second, last, last};
        Probe probe =
                new Probe() {
                    @Override
                    public void activation(int layer, Site site, Matrix before, Activation after) {
                        boolean mlp = site == Site.MLP_INPUT || site == Site.MLP_HIDDEN;
                        assertEquals(mlp ? fed[layer] : attended[layer], before.rows());
                        assertEquals(before.rows(), after.tokens());
                    }

                    @Override
                    public void probabilities(ProbabilityBlock block) {
                        assertTrue(block.keys() <= attended[block.layer()]);
                    }
                };
        KeyValueCache cache = decoder.cache();
        decoder.run(ids, cache, schedule, probe, NEVER);
        long rows = 0;
        for (int layer = 0; layer < attended.length; layer++) {
            assertEquals(attended[layer], cache.length(layer));
            rows += 2L * attended[layer];
        }
        assertEquals(rows * model.config().keyValueWidth() * Float.BYTES, cache.bytes());
    }

    @Test
    void probesSeeEverySiteOfEveryLayer() {
        List<String> seen = new ArrayList<>();
        Probe probe =
                new Probe() {
                    @Override
                    public void activation(int layer, Site site, Matrix before, Activation after) {
                        seen.add(layer + " " + site);
                        assertEquals(model.config().channels(site), before.columns());
                        assertEquals(9, before.rows());
                        assertEquals(9, after.tokens());
                    }
                };
        decoder.run(ids(9), null, TokenPruner.NONE, probe, NEVER);
        for (int layer = 0; layer < TinyFamily.LAYERS; layer++) {
            for (Site site : Site.values()) {
                assertEquals(site != Site.SOFTMAX, seen.contains(layer + " " + site));
            }
        }
    }

    private Decoder.Pass pass(int[] ids, KeyValueCache cache, TokenPruner pruner) {
        return decoder.run(ids, cache, pruner, Probe.NONE, NEVER);
    }

    private static PruningSchedule schedule(double beta, boolean keepsPositions) {
        return new PruningSchedule(
                beta, new TreeSet<>(List.of(1, 2)), TokenScore.START, keepsPositions);
    }

    private void compare(ReferenceDecoder.Result expected, Decoder.Pass pass) {
        assertArrayEquals(
                expected.survivors().stream().mapToInt(Integer::intValue).toArray(),
                pass.survivors());
        Matrix logits = decoder.logits(pass.hidden(), 0, pass.survivors().length);
        for (int row = 0; row < logits.rows(); row++) {
            for (int v = 0; v < logits.columns(); v++) {
                assertEquals(
                        expected.logits().get(row)[v],
                        logits.get(row, v),
                        TOLERANCE,
                        "survivor %d, token %d".formatted(row, v));
            }
        }
    }

    private static int[] ids(int count) {
        Random random = new Random(count);
        int[] ids = new int[count];
        for (int t = 0; t < count; t++) {
            ids[t] = t == 0 ? TinyModels.START : random.nextInt(256);
        }
        return ids;
    }
}
