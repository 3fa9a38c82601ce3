package io.agilelens.engine.calibrate;

import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.LinearWeight;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.tensor.RowSelection;
import io.agilelens.engine.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/**
 * A tensor of a checkpoint beside what a recipe made of it: rows that belong to quantized linears
 * as their codes stand for them, all others as they are. Rows of a fused projection are those of
 * the linears in it. Nothing is copied; values are decoded when they are read.
 *
 * @param exact as the tuned model has it in floats, with scales folded in if its method folds some
 * @param tuned as the tuned model computes with it; {@code exact} itself if nothing is rounded
 * @param rows where each row's codes are, {@code [outputs]}, null entries for rows that are not
 *     quantized; empty if none is; read only
 */
public record TunedTensor(Tensor exact, Tensor tuned, Row[] rows) {

    /**
     * A row of a quantized weight.
     *
     * @param output the row in that weight
     */
    public record Row(QuantizedWeight weight, int output) {}

    /**
     * Finds a tensor in a tuned model.
     *
     * @param name as the checkpoint spells it
     * @return empty if the tuned model's checkpoint has no such tensor
     */
    public static Optional<TunedTensor> of(TunedModel tuned, String name) {
        return tuned.model().checkpoint().find(name).map(exact -> of(tuned, exact));
    }

    private static TunedTensor of(TunedModel tuned, Tensor exact) {
        Model model = tuned.model();
        Row[] rows = null;
        for (int layer = 0; layer < model.config().layers(); layer++) {
            Map<LinearRole, QuantizedWeight> quantized = tuned.plan().layers().get(layer).weights();
            for (Map.Entry<LinearRole, QuantizedWeight> entry : quantized.entrySet()) {
                LinearWeight linear = model.weights().linear(layer, entry.getKey());
                if (linear.storedIn().equals(exact.name())) {
                    rows = rows == null ? new Row[Math.toIntExact(exact.shape()[0])] : rows;
                    place(linear, entry.getValue(), rows);
                }
            }
        }
        Optional<QuantizedWeight> head = tuned.plan().head();
        // A head that is the embedding, too, is still looked up as it is.
        if (head.isPresent()
                && !model.config().tiedHead()
                && model.weights().head().storedIn().equals(exact.name())) {
            rows = new Row[Math.toIntExact(exact.shape()[0])];
            place(model.weights().head(), head.get(), rows);
        }
        return rows == null
                ? new TunedTensor(exact, exact, new Row[0])
                : new TunedTensor(exact, new DecodedRows(exact, rows), rows);
    }

    private static void place(LinearWeight linear, QuantizedWeight weight, Row[] rows) {
        int[] selected =
                linear.weight() instanceof RowSelection selection ? selection.rows() : null;
        for (int output = 0; output < weight.outputs(); output++) {
            rows[selected == null ? output : selected[output]] = new Row(weight, output);
        }
    }

    /** Whether some row is rounded. */
    public boolean isQuantized() {
        return rows.length > 0;
    }

    /** The codes of a row; empty if it is not rounded. */
    public Optional<Row> row(int output) {
        return isQuantized() ? Optional.ofNullable(rows[output]) : Optional.empty();
    }

    /** Decodes quantized rows and reads the others. */
    private record DecodedRows(Tensor exact, Row[] rows) implements Tensor {
        @Override
        public String name() {
            return exact.name();
        }

        @Override
        public long[] shape() {
            return exact.shape();
        }

        @Override
        public String storage() {
            return exact.storage();
        }

        @Override
        public long bytes() {
            return exact.bytes();
        }

        @Override
        public boolean isFloat() {
            return true;
        }

        @Override
        public void widen(long first, float[] target, int offset, int count) {
            long length = elements() / rows.length;
            for (int done = 0; done < count; ) {
                int output = (int) ((first + done) / length);
                long inRow = (first + done) % length;
                int run = (int) Math.min(length - inRow, count - done);
                Row row = rows[output];
                if (row == null) {
                    exact.widen(first + done, target, offset + done, run);
                } else {
                    row.weight()
                            .dequantize(row.output() * length + inRow, target, offset + done, run);
                }
                done += run;
            }
        }
    }
}
