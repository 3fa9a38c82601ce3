package io.agilelens.engine.model;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.CheckpointView;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.model.TensorNames.Part;
import io.agilelens.engine.tensor.ChannelScaled;
import io.agilelens.engine.tensor.ChannelScaled.Axis;
import io.agilelens.engine.tensor.ChannelScaled.Operation;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.StoredBytes;
import io.agilelens.engine.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * A checkpoint seen with scales folded into it. Tensors are scaled while they are decoded; nothing
 * is copied. Only what divides behind a GELU is a tensor that the source may not have.
 */
final class FoldedCheckpoint extends CheckpointView {
    private static final String FOLDED = ", scales folded";

    private final String note;

    private FoldedCheckpoint(
            Checkpoint source, JsonNode config, List<Tensor> tensors, String note) {
        super(source, config, tensors);
        this.note = note;
    }

    /**
     * @throws UserException if scales stand at a site where the model cannot take them in, or are
     *     not positive numbers, one a channel
     */
    static FoldedCheckpoint of(Checkpoint source, ModelConfig shape, Folding folding) {
        String note = source.format().endsWith(FOLDED) ? "" : FOLDED;
        return of(source, source.config(), shape, folding, note);
    }

    /**
     * @param config what takes the place of the source's
     * @param note what the format's description gets at its end
     */
    static FoldedCheckpoint of(
            Checkpoint source, JsonNode config, ModelConfig shape, Folding folding, String note) {
        requirePossible(source, shape, folding);
        Builder builder = new Builder(source, shape, folding);
        for (int layer = 0; layer < shape.layers(); layer++) {
            builder.fold(layer);
        }
        return new FoldedCheckpoint(source, config, List.copyOf(builder.tensors.values()), note);
    }

    private static void requirePossible(Checkpoint source, ModelConfig shape, Folding folding) {
        if (folding.layers().size() != shape.layers()) {
            throw new IllegalArgumentException(
                    "scales of %d layers for a model of %d"
                            .formatted(folding.layers().size(), shape.layers()));
        }
        for (Map<Site, float[]> sites : folding.layers()) {
            sites.forEach(
                    (site, scales) -> {
                        if (!Folding.isPossible(shape, site)) {
                            throw new UserException(
                                    "%s: scales cannot be folded at %s: what gives it cannot be divided without changing the model"
                                            .formatted(Printable.of(source.source()), site));
                        }
                        requireScales(shape, site, scales);
                    });
        }
    }

    private static void requireScales(ModelConfig shape, Site site, float[] scales) {
        if (scales.length != shape.channels(site)) {
            throw new IllegalArgumentException(
                    "%d scales for %d channels at %s"
                            .formatted(scales.length, shape.channels(site), site));
        }
        for (float scale : scales) {
            if (!(scale > 0) || Float.isInfinite(scale)) {
                throw new UserException(
                        "scales to fold at %s hold %s: positive numbers are needed"
                                .formatted(site, scale));
            }
        }
    }

    /** Changes tensors under whichever prefix they stand. */
    private static final class Builder {
        private final ModelConfig shape;
        private final TensorNames names;
        private final Folding folding;
        private final Map<String, Tensor> tensors = new LinkedHashMap<>();

        Builder(Checkpoint source, ModelConfig shape, Folding folding) {
            this.shape = shape;
            this.names = shape.architecture().names();
            this.folding = folding;
            source.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
        }

        void fold(int layer) {
            Map<Site, float[]> scales = folding.layers().get(layer);
            if (scales.isEmpty()) {
                return;
            }
            norm(layer, Part.ATTENTION_NORM, scales.get(Site.ATTN_INPUT));
            norm(layer, Part.MLP_NORM, scales.get(Site.MLP_INPUT));
            for (LinearRole role : shape.roles()) {
                String name = names.of(layer, role);
                change(name + ".weight", weight -> folding.weight(shape, layer, role, weight));
                change(name + ".bias", bias -> folding.outputs(shape, layer, role, bias));
            }
            names.fused(layer)
                    .ifPresent(
                            fused ->
                                    change(
                                            fused + ".weight",
                                            weight ->
                                                    folding.inputs(
                                                            layer, LinearRole.QUERY, weight)));
            if (shape.feedForward() == FeedForward.GELU_TANH
                    && scales.containsKey(Site.MLP_HIDDEN)) {
                divisors(layer, scales.get(Site.MLP_HIDDEN));
            }
        }

        private void norm(int layer, Part part, float[] scales) {
            if (scales != null) {
                String name = names.of(layer, part);
                change(name + ".weight", weight -> Folding.divided(weight, scales));
                change(name + ".bias", bias -> Folding.divided(bias, scales));
            }
        }

        private boolean change(String name, UnaryOperator<Tensor> fold) {
            List<String> found = names.spellings(name).filter(tensors::containsKey).toList();
            found.forEach(spelling -> tensors.computeIfPresent(spelling, (_, t) -> fold.apply(t)));
            return !found.isEmpty();
        }

        private void divisors(int layer, float[] scales) {
            String name = names.hiddenDivisors(layer).orElseThrow();
            if (!change(
                    name,
                    divisors ->
                            new ChannelScaled(divisors, Axis.INPUTS, Operation.TIMES, scales))) {
                String spelled = spelledAs(names.of(layer, LinearRole.DOWN) + ".weight", name);
                tensors.put(spelled, vector(spelled, scales));
            }
        }

        /** The name with the prefix that a tensor of the same layer has. */
        private String spelledAs(String present, String name) {
            List<String> presents = names.spellings(present).toList();
            for (int i = 0; i < presents.size(); i++) {
                if (tensors.containsKey(presents.get(i))) {
                    return names.spellings(name).toList().get(i);
                }
            }
            return name;
        }
    }

    private static Tensor vector(String name, float[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new DenseTensor(
                name,
                DType.F32,
                new long[] {values.length},
                StoredBytes.of(MemorySegment.ofArray(bytes.array())));
    }

    @Override
    public String format() {
        return super.format() + note;
    }
}
