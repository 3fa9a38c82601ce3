package io.agilelens.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.TokenizerSource;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.quant.RoundToNearest;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Weights in memory, in the file, and some here and some there. */
class WeightPlacementTest {
    private static final int[] IDS = {256, 3, 77, 12, 200, 258, 9};

    /** What of this process is mapped from where, on Linux. */
    private static final Path MAPPINGS = Path.of("/proc/self/smaps");

    @TempDir private Path folder;

    @ParameterizedTest
    @EnumSource(WeightPrecision.class)
    void numbersAreTheSameWhereverTheWeightsStand(WeightPrecision precision) {
        try (Model model = model(DType.F16)) {
            float[] expected = logits(model, WeightPlacement.inMemory(precision));
            assertArrayEquals(expected, logits(model, WeightPlacement.streamed(precision)));
            assertArrayEquals(expected, logits(model, new WeightPlacement(precision, 1, false)));
        }
    }

    @Test
    void blocksOfOutputsGiveWhatTheWholeGives() {
        // Wide enough that a block of the streamed linear holds only some of the outputs.
        try (Model model =
                Model.open(
                        Checkpoints.open(
                                TinyModels.write(
                                        folder,
                                        new TinyModels.Dimensions(
                                                9000, 512, 1, 8, 8, 600, 64, false, DType.F16,
                                                7))))) {
            Kernels kernels = KernelProvider.current().kernels();
            LinearWeight head = model.weights().head();
            var streamed = new StreamedLinear(kernels, WeightPrecision.FP32, head);
            var whole = new FloatLinear(kernels, WeightPrecision.FP32, head);
            for (int tokens : new int[] {1, 5}) {
                float[] x = new float[tokens * 512];
                for (int i = 0; i < x.length; i++) {
                    x[i] = (float) Math.sin(i);
                }
                Activation input =
                        new Activation.Floats(
                                new io.agilelens.engine.tensor.Matrix(tokens, 512, x));
                float[] expected = new float[tokens * 9000];
                float[] actual = new float[tokens * 9000];
                whole.apply(input, expected);
                streamed.apply(input, actual);
                assertArrayEquals(expected, actual);
            }
            assertTrue(
                    BlockedLinear.outputs(9000, 512, StreamedLinear.BLOCK_ELEMENTS) < 9000,
                    "the case must have several blocks");
        }
    }

    /** Codes of a head that is too large for one block. */
    @Test
    void blocksOfCodesGiveWhatTheWholeGives() {
        int outputs = 70_000;
        int inputs = 256;
        Kernels kernels = KernelProvider.current().kernels();
        Random random = new Random(4);
        float[] values = new float[outputs * inputs];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        QuantizedWeight weight = RoundToNearest.quantize(values, outputs, inputs, 8, 32, true);
        List<LinearOperator> packed = new ArrayList<>();
        LinearOperator blocks =
                ResidentLinear.of(
                        outputs,
                        inputs,
                        (first, count) -> {
                            packed.add(
                                    new FloatLinear(
                                            kernels,
                                            WeightPrecision.FP32,
                                            weight.rows(first, count).dequantize(),
                                            count,
                                            inputs,
                                            null));
                            return packed.getLast();
                        });
        assertEquals(2, packed.size(), "the case must have several blocks");
        var whole =
                new FloatLinear(
                        kernels, WeightPrecision.FP32, weight.dequantize(), outputs, inputs, null);
        float[] x = new float[3 * inputs];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) Math.sin(i);
        }
        Activation input =
                new Activation.Floats(new io.agilelens.engine.tensor.Matrix(3, inputs, x));
        float[] expected = new float[3 * outputs];
        float[] actual = new float[3 * outputs];
        whole.apply(input, expected);
        blocks.apply(input, actual);
        assertArrayEquals(expected, actual);
        assertEquals(packed.stream().mapToLong(LinearOperator::bytes).sum(), blocks.bytes());
    }

    @ParameterizedTest
    @EnumSource(WeightPrecision.class)
    void loadingAndTheFirstLogitsReadEveryWeightOnce(WeightPrecision precision) {
        Path written = TinyModels.write(folder, dimensions(DType.F16));
        for (WeightPlacement placement :
                List.of(WeightPlacement.inMemory(precision), WeightPlacement.streamed(precision))) {
            Checkpoint stored = Checkpoints.open(written);
            Counting counting = new Counting(stored);
            try (Model model = Model.open(counting)) {
                logits(model, placement);
                for (Tensor tensor : stored.tensors()) {
                    long expected =
                            tensor.name().equals("model.embed_tokens.weight")
                                    ? (long) IDS.length * model.config().hiddenSize()
                                    : tensor.elements();
                    assertEquals(
                            expected,
                            counting.read.get(tensor.name()),
                            tensor.name() + " with " + placement);
                }
            }
        }
    }

    /** Otherwise closing a large model takes longer than a cancellation may. */
    @Test
    void aPackedWeightLetsItsPagesOfTheFileGo() throws IOException {
        assumeTrue(Files.exists(MAPPINGS), "what is mapped cannot be seen here");
        var dimensions =
                new TinyModels.Dimensions(9000, 512, 1, 8, 8, 600, 64, false, DType.F16, 7);
        try (Model model = Model.open(Checkpoints.open(TinyModels.write(folder, dimensions)))) {
            LinearWeight head = model.weights().head();
            float[] before = head.weight().toFloats();
            long read = residentKilobytes();
            assertTrue(read >= before.length * 2 / 1024, read + " kB");
            ResidentLinear.of(KernelProvider.of(0), WeightPrecision.FP16, head);
            assertTrue(residentKilobytes() < read / 4, residentKilobytes() + " of " + read + " kB");
            assertArrayEquals(before, head.weight().toFloats());
        }
    }

    /** Of the mapped files below the folder, what is in memory. */
    private long residentKilobytes() throws IOException {
        long resident = 0;
        boolean ours = false;
        for (String line : Files.readAllLines(MAPPINGS)) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                ours = line.contains(folder.toString());
            } else if (ours && line.startsWith("Rss:")) {
                resident += Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return resident;
    }

    @Test
    void whatDoesNotFitStaysInTheFileOrIsRefusedWithTheFigures() {
        // Large enough for the packing buffers not to be most of it.
        var dimensions =
                new TinyModels.Dimensions(9000, 512, 2, 8, 8, 1536, 64, false, DType.F32, 7);
        try (Model model = Model.open(Checkpoints.open(TinyModels.write(folder, dimensions)))) {
            PassSize pass = PassSize.window(64);
            WeightPlacement all = WeightPlacement.inMemory(model.precision());
            HeapRoom large = new HeapRoom(4L << 30, 0, 1);
            MemoryEstimate whole = MemoryEstimate.of(model, all, pass, large);
            assertEquals(whole, MemoryEstimate.fitting(model, pass, large));
            assertEquals("", whole.note(model));

            HeapRoom tight = new HeapRoom(whole.heap() - 1, 0, 1);
            MemoryEstimate partly = MemoryEstimate.fitting(model, pass, tight);
            assertTrue(partly.placement().isStreamed(model.config()));
            assertTrue(partly.heap() <= tight.maximum());
            assertTrue(partly.note(model).contains("layer by layer"), partly.note(model));

            HeapRoom none = new HeapRoom(1 << 20, 0, 1);
            String refusal =
                    assertThrows(
                                    UserException.class,
                                    () -> MemoryEstimate.fitting(model, pass, none))
                            .getMessage();
            assertTrue(refusal.contains("1 MiB"), refusal);
            assertTrue(refusal.contains("AGILELENS_OPTS=-Xmx"), refusal);
            assertFalse(refusal.contains("\n"), refusal);
        }
    }

    private TinyModels.Dimensions dimensions(DType dtype) {
        return TinyModels.Dimensions.small().withDtype(dtype);
    }

    private Model model(DType dtype) {
        return Model.open(Checkpoints.open(TinyModels.write(folder, dimensions(dtype))));
    }

    private static float[] logits(Model model, WeightPlacement placement) {
        Kernels kernels = KernelProvider.current().kernels();
        FloatNumerics numerics =
                new FloatNumerics(model, kernels, placement, Progress.NONE, Cancellation.never());
        Decoder decoder = new Decoder(model, kernels, numerics);
        var hidden = decoder.run(IDS, Cancellation.never()).hidden();
        return decoder.logits(hidden, 0, IDS.length).data();
    }

    /** Counts the elements that are read of each tensor. */
    private static final class Counting implements Checkpoint {
        private final Checkpoint stored;
        private final Map<String, Long> read = new TreeMap<>();

        Counting(Checkpoint stored) {
            this.stored = stored;
        }

        private record Counted(Tensor stored, Map<String, Long> read) implements Tensor {
            @Override
            public String name() {
                return stored.name();
            }

            @Override
            public long[] shape() {
                return stored.shape();
            }

            @Override
            public String storage() {
                return stored.storage();
            }

            @Override
            public long bytes() {
                return stored.bytes();
            }

            @Override
            public boolean isFloat() {
                return stored.isFloat();
            }

            @Override
            public void widen(long first, float[] target, int offset, int count) {
                synchronized (read) {
                    read.merge(name(), (long) count, Long::sum);
                }
                stored.widen(first, target, offset, count);
            }
        }

        @Override
        public Path source() {
            return stored.source();
        }

        @Override
        public String format() {
            return stored.format();
        }

        @Override
        public JsonNode config() {
            return stored.config();
        }

        @Override
        public List<Tensor> tensors() {
            return stored.tensors().stream().<Tensor>map(t -> new Counted(t, read)).toList();
        }

        @Override
        public Optional<Tensor> find(String name) {
            return stored.find(name).map(tensor -> new Counted(tensor, read));
        }

        @Override
        public TokenizerSource tokenizer() {
            return stored.tokenizer();
        }

        @Override
        public List<String> warnings() {
            return stored.warnings();
        }

        @Override
        public void close() {
            stored.close();
        }
    }
}
