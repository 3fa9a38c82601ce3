package io.agilelens.engine.export;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was written and how near it comes to the tuned model.
 *
 * @param format what was asked for
 * @param layout what was written, such as {@code "GGUF Q4_1"}
 * @param target where it is now
 * @param files bytes of each file by name
 * @param weightBytes bytes of all tensors in the export
 * @param sourceBytes bytes of all tensors in the source
 * @param quantizedWeights how many weights are stored as codes
 * @param quantizedBytes bytes of their codes, scales, zero points and groups
 * @param parameters all weights of the model
 * @param weightError how far the stored weights are from the tuned ones
 * @param logits how far its logits are from those of the tuned weights, activations in float unless
 *     the format carries everything
 * @param notCarried what the recipe says and the format cannot hold, a line each
 * @param notes what else was decided while writing, a line each
 */
public record ExportReport(
        ExportFormat format,
        String layout,
        Path target,
        Map<String, Long> files,
        long weightBytes,
        long sourceBytes,
        long quantizedWeights,
        long quantizedBytes,
        long parameters,
        WeightError weightError,
        LogitComparison logits,
        List<String> notCarried,
        List<String> notes) {

    public ExportReport {
        files = Collections.unmodifiableMap(new TreeMap<>(files));
        notCarried = List.copyOf(notCarried);
        notes = List.copyOf(notes);
    }

    /**
     * The largest difference between a stored weight and a tuned one.
     *
     * @param largest 0 if all are equal
     * @param tensor where it is; empty if all are equal
     */
    public record WeightError(double largest, String tensor) {
        static final WeightError NONE = new WeightError(0, "");

        WeightError or(double difference, String where) {
            return difference > largest ? new WeightError(difference, where) : this;
        }
    }

    /**
     * Logits of the export, read again, beside those of the tuned model.
     *
     * @param tokens how many positions were compared
     * @param largest the largest difference of a logit
     * @param relative root mean square of the differences, divided by that of the tuned logits
     */
    public record LogitComparison(int tokens, double largest, double relative) {

        /** Whether all logits are equal to the bit. */
        public boolean identical() {
            return largest == 0;
        }
    }

    /** Bits a weight over the whole model, float parts included. */
    public double bitsPerWeight() {
        return 8.0 * weightBytes / parameters;
    }

    /** Bits a weight over the quantized linears, scales and zero points included; NaN if none. */
    public double bitsPerQuantizedWeight() {
        return quantizedWeights == 0 ? Double.NaN : 8.0 * quantizedBytes / quantizedWeights;
    }

    /** How many times smaller than the source. */
    public double compression() {
        return (double) sourceBytes / weightBytes;
    }

    /** Bytes of all files. */
    public long bytes() {
        return files.values().stream().mapToLong(Long::longValue).sum();
    }
}
