package io.agilelens.engine.export;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.ModelFolder;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Writes a model with planted outliers as a folder of its own, which says what was planted, reads
 * it again and compares its logits with the model's before the folder gets its place.
 */
public final class PlantedFolder {
    /** Of the largest logit; rounding is three orders below it, a mistake far above. */
    private static final double LARGEST_DIFFERENCE = 1e-2;

    private static final int MOST_COMPARED = 64;

    private PlantedFolder() {}

    /**
     * What was written.
     *
     * @param comparedTokens tokens whose logits were compared
     * @param largestDifference between a logit of the model and of the folder
     * @param largestLogit by magnitude
     */
    public record Written(
            Path folder,
            Planting planting,
            int comparedTokens,
            double largestDifference,
            double largestLogit) {}

    /**
     * @param model the model to plant in; stays as it is
     * @param replace whether what stands there may be replaced
     * @throws UserException if nothing can be planted, the folder cannot be written or gives other
     *     logits
     */
    public static Written write(
            Model model,
            Planting planting,
            Path folder,
            boolean replace,
            Kernels kernels,
            Progress progress,
            Cancellation cancellation) {
        if (replace) {
            ModelFolder.requireReplaceable(folder, Optional.of(model.checkpoint().source()));
        }
        Model planted = model.plant(planting);
        int[] ids = ids(model);
        float[] before = logits(model, ids, kernels, progress, cancellation);
        Written[] written = new Written[1];
        AtomicFiles.writeFolder(
                folder,
                replace,
                place -> {
                    CheckpointFolder.writeTo(place, planted.checkpoint(), progress, cancellation);
                    try (Model again = Model.open(Checkpoints.open(place))) {
                        written[0] =
                                compare(
                                        folder,
                                        planting,
                                        ids.length,
                                        before,
                                        logits(again, ids, kernels, progress, cancellation));
                    }
                });
        return written[0];
    }

    /** Ids from all over the vocabulary, as many as the model can run. */
    private static int[] ids(Model model) {
        int vocabulary = model.config().vocabularySize();
        int count = Math.min(MOST_COMPARED, model.config().contextLength());
        return IntStream.range(0, count).map(i -> (int) ((long) i * vocabulary / count)).toArray();
    }

    private static float[] logits(
            Model model, int[] ids, Kernels kernels, Progress progress, Cancellation cancellation) {
        var numerics = new FloatNumerics(model, kernels, model.precision(), progress, cancellation);
        Decoder decoder = new Decoder(model, kernels, numerics);
        return decoder.logits(decoder.run(ids, cancellation).hidden(), 0, ids.length).data();
    }

    private static Written compare(
            Path folder, Planting planting, int tokens, float[] before, float[] after) {
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < before.length; i++) {
            difference = Math.max(difference, Math.abs(before[i] - after[i]));
            largest = Math.max(largest, Math.abs(before[i]));
        }
        // Written so that a NaN is refused too.
        if (!(difference <= LARGEST_DIFFERENCE * largest)) {
            throw new UserException(
                    "%s was not written: with outliers planted the logits differ by %.3g: give a smaller factor or one that is a power of two"
                            .formatted(Printable.of(folder), difference));
        }
        return new Written(folder, planting, tokens, difference, largest);
    }
}
