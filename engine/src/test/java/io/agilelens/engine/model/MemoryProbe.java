package io.agilelens.engine.model;

import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A program of its own, so that its heap can be given a size: opens a model, packs its weights
 * where it is told and runs one window. Prints the estimate and a checksum of the logits.
 */
public final class MemoryProbe {
    /** Exit status if the heap did not suffice. */
    static final int TOO_SMALL = 3;

    private MemoryProbe() {}

    /**
     * @param arguments folder, tokens, and {@code memory}, {@code file} or {@code estimate}
     */
    public static void main(String[] arguments) {
        int tokens = Integer.parseInt(arguments[1]);
        long start = System.nanoTime();
        Model.open(Checkpoints.open(Path.of(arguments[0]))).close();
        System.out.println("opened_cold_ms " + (System.nanoTime() - start) / 1_000_000);
        start = System.nanoTime();
        try (Model model = Model.open(Checkpoints.open(Path.of(arguments[0])))) {
            System.out.println("opened_ms " + (System.nanoTime() - start) / 1_000_000);
            WeightPlacement placement =
                    arguments[2].equals("file")
                            ? WeightPlacement.streamed(model.precision())
                            : WeightPlacement.inMemory(model.precision());
            MemoryEstimate estimate =
                    MemoryEstimate.of(model, placement, PassSize.window(tokens), HeapRoom.now(0));
            System.out.println("estimate " + estimate.heap());
            System.out.println(estimate);
            if (!arguments[2].equals("estimate")) {
                System.out.println("checksum " + run(model, placement, tokens));
                System.out.println("finished_ms " + (System.nanoTime() - start) / 1_000_000);
            }
        } catch (OutOfMemoryError tooSmall) {
            System.exit(TOO_SMALL);
        }
    }

    private static long run(Model model, WeightPlacement placement, int tokens) {
        model.tokenizer();
        Kernels kernels = KernelProvider.current().kernels();
        FloatNumerics numerics =
                new FloatNumerics(model, kernels, placement, Progress.NONE, Cancellation.never());
        Decoder decoder = new Decoder(model, kernels, numerics);
        int[] ids = new int[tokens];
        Arrays.setAll(ids, i -> i * 7 % model.config().vocabularySize());
        var hidden = decoder.run(ids, Cancellation.never()).hidden();
        long sum = 0;
        for (int row = 0; row < tokens; row += PassSize.EVALUATION_ROWS) {
            int count = Math.min(PassSize.EVALUATION_ROWS, tokens - row);
            for (float logit : decoder.logits(hidden, row, count).data()) {
                sum = 31 * sum + Float.floatToIntBits(logit);
            }
        }
        return sum;
    }
}
