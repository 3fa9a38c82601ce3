package io.agilelens.engine.export;

import io.agilelens.engine.UserException;
import io.agilelens.engine.export.ExportReport.LogitComparison;
import io.agilelens.engine.export.ExportReport.WeightError;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.MemoryEstimate;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.PassSize;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;

/**
 * Holds what was written, read again by this program's own readers, against what should stand
 * there: every tensor, and the logits of a text. What is not as it should be is a fault of the
 * program, and the export is not kept.
 */
final class Verification {
    private static final int CHUNK = 1 << 16;

    /**
     * How far logits may differ, relative to their spread, where only the configuration differs.
     */
    private static final double SAME_MODEL = 1e-3;

    private final Path target;
    private final Kernels kernels;
    private final int[] text;
    private final Progress progress;
    private final Cancellation cancellation;

    Verification(Path target, ExportSource source, Progress progress, Cancellation cancellation) {
        this.target = target;
        this.kernels = source.tuned().kernels();
        this.text = source.text();
        this.progress = progress;
        this.cancellation = cancellation;
    }

    /**
     * What a tensor of the export should hold.
     *
     * @param values what it stands for
     * @param relative how far the stored values may be from these, as root mean square divided by
     *     that of the values; 0 if they must be equal to the bit
     * @param tuned what the tuned model has there
     */
    record Expected(Tensor values, double relative, Tensor tuned) {}

    /**
     * Compares every tensor.
     *
     * @param expected by the name in the export as it is read again
     */
    WeightError tensors(Checkpoint again, Map<String, Expected> expected) {
        WeightError error = WeightError.NONE;
        int done = 0;
        for (Tensor stored : again.tensors()) {
            cancellation.check();
            progress.report("comparing tensors", done++, expected.size());
            Expected wanted = expected.get(stored.name());
            if (wanted == null) {
                throw fault("it holds a tensor '%s' more".formatted(stored.name()));
            }
            error = compare(stored, wanted, error);
        }
        if (done != expected.size()) {
            throw fault("%d tensors are missing".formatted(expected.size() - done));
        }
        return error;
    }

    private WeightError compare(Tensor stored, Expected expected, WeightError error) {
        if (!java.util.Arrays.equals(stored.shape(), expected.values().shape())) {
            throw fault("tensor '%s' has another shape".formatted(stored.name()));
        }
        float[] got = new float[(int) Math.min(CHUNK, stored.elements())];
        float[] wanted = new float[got.length];
        float[] tuned = new float[got.length];
        double squares = 0;
        double spread = 0;
        for (long first = 0; first < stored.elements(); first += got.length) {
            cancellation.check();
            int count = (int) Math.min(got.length, stored.elements() - first);
            stored.widen(first, got, 0, count);
            expected.values().widen(first, wanted, 0, count);
            expected.tuned().widen(first, tuned, 0, count);
            for (int i = 0; i < count; i++) {
                boolean same = got[i] == wanted[i] || Float.isNaN(got[i]) && Float.isNaN(wanted[i]);
                if (!same && expected.relative() == 0) {
                    throw fault(
                            "tensor '%s' holds %s where %s belongs, element %d"
                                    .formatted(stored.name(), got[i], wanted[i], first + i));
                }
                double difference = same ? 0 : (double) got[i] - wanted[i];
                squares += difference * difference;
                spread += (double) wanted[i] * wanted[i];
                error = error.or(Math.abs((double) got[i] - tuned[i]), stored.name());
            }
        }
        // Written so that a NaN is found too.
        if (expected.relative() != 0
                && !(Math.sqrt(squares) <= expected.relative() * Math.sqrt(spread))) {
            throw fault(
                    "tensor '%s' is off by %.3g of its size"
                            .formatted(stored.name(), Math.sqrt(squares / spread)));
        }
        return error;
    }

    /**
     * Compares logits of the tuned weights with those of the export.
     *
     * @param tuned the tuned model's weights
     * @param again the export, read again
     */
    LogitComparison logits(TunedCheckpoint tuned, Model again) {
        progress.report("comparing logits", 0, 1);
        float[] stored = logits(again);
        try (Model reference = Model.open(tuned)) {
            if (!again.config().equals(reference.config())) {
                // Another configuration must describe the same model.
                try (Model same = Model.open(tuned.withAll(again.checkpoint().tensors()))) {
                    double relative = compare(logits(same), stored).relative();
                    if (!(relative <= SAME_MODEL)) {
                        throw fault(
                                "its configuration gives other logits, by %.3g of their size"
                                        .formatted(relative));
                    }
                }
            }
            LogitComparison comparison = compare(logits(reference), stored);
            if (!Double.isFinite(comparison.largest())) {
                throw fault("its logits are no numbers");
            }
            return comparison;
        }
    }

    private LogitComparison compare(float[] wanted, float[] got) {
        double largest = 0;
        double squares = 0;
        double spread = 0;
        for (int i = 0; i < wanted.length; i++) {
            double difference = (double) got[i] - wanted[i];
            largest = Math.max(largest, Math.abs(difference));
            squares += difference * difference;
            spread += (double) wanted[i] * wanted[i];
        }
        return new LogitComparison(
                text.length, largest, squares == 0 ? 0 : Math.sqrt(squares / spread));
    }

    private float[] logits(Model model) {
        MemoryEstimate estimate =
                MemoryEstimate.fitting(model, new PassSize(text.length, 0, text.length));
        FloatNumerics numerics =
                new FloatNumerics(
                        model, kernels, estimate.placement(), Progress.NONE, cancellation);
        Decoder decoder = new Decoder(model, kernels, numerics);
        return decoder.logits(decoder.run(text, cancellation).hidden(), 0, text.length).data();
    }

    private UserException fault(String what) {
        return new UserException(
                "%s was not written: read again, %s; this is a fault of the program, please report it with the recipe"
                        .formatted(Printable.of(target), Printable.of(what)));
    }
}
