package io.agilelens.engine.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.evaluate.TensorStatistics;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.format.SafetensorsWriter.ByteSource;
import io.agilelens.engine.format.gguf.GgufFileWriter;
import io.agilelens.engine.format.gguf.GgufType;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.model.FloatLinear;
import io.agilelens.engine.model.LinearWeight;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.CancelledTensor;
import io.agilelens.engine.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Reading and writing one large tensor ends within a piece of it when it is cancelled. */
class CancelledReadingTest {
    private static final long[] LARGE = {4096, 2048};
    private static final int PIECES = 8;

    private final Cancellation cancellation = new Cancellation();
    private final CancelledTensor tensor = new CancelledTensor(cancellation, LARGE);

    @TempDir private Path folder;

    private void assertCancelled(Executable work) {
        assertThrows(
                CancellationException.class,
                () ->
                        cancellation.during(
                                () -> {
                                    work.execute();
                                    return null;
                                }));
    }

    @Test
    void widening() {
        assertCancelled(tensor::toFloats);
        assertEquals(3, tensor.reads());
    }

    @Test
    void someElementsAreThoseThatWereAskedFor() {
        float[] ones = new float[3_000_000];
        Arrays.fill(ones, 1);
        assertArrayEquals(ones, tensor.toFloats(5, ones.length));
    }

    @Test
    void packing() {
        LinearWeight weight = new LinearWeight(4096, 2048, tensor, Optional.empty());
        assertCancelled(
                () ->
                        new FloatLinear(
                                KernelProvider.current().kernels(), WeightPrecision.FP16, weight));
        // The other threads may be about to read theirs.
        int most = 3 + Workers.shared().threads() - 1;
        assertTrue(tensor.reads() <= most, tensor.reads() + " reads, at most " + most);
    }

    @Test
    void statistics() {
        assertCancelled(() -> TensorStatistics.of(tensor));
        assertEquals(3, tensor.reads());
    }

    @Test
    void writingSafetensors() {
        AtomicInteger written = new AtomicInteger();
        Path file = folder.resolve("model.safetensors");
        SafetensorsWriter writer =
                new SafetensorsWriter().add("w", DType.F32, LARGE, source(written));
        assertThrows(
                CancellationException.class, () -> writer.write(file, Progress.NONE, cancellation));
        assertEquals(3, written.get());
        assertFalse(Files.exists(file));
    }

    @Test
    void writingGguf() {
        AtomicInteger written = new AtomicInteger();
        Path file = folder.resolve("model.gguf");
        GgufFileWriter writer = new GgufFileWriter().add("w", GgufType.F32, LARGE, source(written));
        assertThrows(
                CancellationException.class, () -> writer.write(file, Progress.NONE, cancellation));
        assertEquals(3, written.get());
        assertFalse(Files.exists(file));
    }

    /** Writes a tensor in pieces; the work is cancelled after the third. */
    private ByteSource source(AtomicInteger written) {
        return channel -> {
            byte[] piece = new byte[Math.toIntExact(4 * LARGE[0] * LARGE[1] / PIECES)];
            for (int i = 0; i < PIECES; i++) {
                channel.write(ByteBuffer.wrap(piece));
                if (written.incrementAndGet() == 3) {
                    cancellation.cancel();
                }
            }
        };
    }
}
