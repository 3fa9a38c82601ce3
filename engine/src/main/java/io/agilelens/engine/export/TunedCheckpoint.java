package io.agilelens.engine.export;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.export.packed.QuantizedModule;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.TokenizerSource;
import io.agilelens.engine.format.packed.QuantizedCheckpoint;
import io.agilelens.engine.quant.QuantizedTensor;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.tensor.ChannelScaled;
import io.agilelens.engine.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * A tuned model's checkpoint with other tensors in the place of some of its own, such as its
 * quantized weights, decoded when they are read. Closing it closes nothing: what it looks at
 * belongs to the tuned model.
 */
final class TunedCheckpoint implements Checkpoint {
    private final Checkpoint source;
    private final Map<String, Tensor> tensors;

    private TunedCheckpoint(Checkpoint source, Map<String, Tensor> tensors) {
        this.source = source;
        this.tensors = tensors;
    }

    /** The float weights of the model, scales folded as its method left them. */
    static TunedCheckpoint floats(TunedModel tuned) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tuned.model().checkpoint().tensors().forEach(t -> tensors.put(t.name(), t));
        return new TunedCheckpoint(tuned.model().checkpoint(), tensors);
    }

    /**
     * @param stored the weight to show for a module
     */
    TunedCheckpoint with(
            List<QuantizedModule> modules, Function<QuantizedModule, QuantizedWeight> stored) {
        Map<String, Tensor> changed = new LinkedHashMap<>(tensors);
        for (QuantizedModule module : modules) {
            String name = module.name() + ".weight";
            changed.put(name, new QuantizedTensor(name, stored.apply(module)));
        }
        return new TunedCheckpoint(source, changed);
    }

    /** Other tensors altogether. */
    TunedCheckpoint withAll(List<Tensor> others) {
        Map<String, Tensor> changed = new LinkedHashMap<>();
        others.forEach(tensor -> changed.put(tensor.name(), tensor));
        return new TunedCheckpoint(source, changed);
    }

    /** The same model with BLOOM's GELU scales divided into the columns that they go to. */
    TunedCheckpoint withoutGeluScales() {
        Map<String, Tensor> changed = new LinkedHashMap<>(tensors);
        for (Tensor divisors : tensors.values()) {
            if (isGeluScales(divisors.name())) {
                String module =
                        divisors.name()
                                .substring(
                                        0,
                                        divisors.name().length()
                                                - QuantizedCheckpoint.GELU_SCALES.length());
                changed.remove(divisors.name());
                changed.computeIfPresent(
                        module + QuantizedCheckpoint.AFTER_GELU,
                        (_, weight) ->
                                new ChannelScaled(
                                        weight,
                                        ChannelScaled.Axis.INPUTS,
                                        ChannelScaled.Operation.OVER,
                                        divisors.toFloats()));
            }
        }
        return new TunedCheckpoint(source, changed);
    }

    static boolean isGeluScales(String name) {
        return name.endsWith(QuantizedCheckpoint.GELU_SCALES);
    }

    boolean hasGeluScales() {
        return tensors.keySet().stream().anyMatch(TunedCheckpoint::isGeluScales);
    }

    @Override
    public Path source() {
        return source.source();
    }

    @Override
    public String format() {
        return source.format();
    }

    @Override
    public JsonNode config() {
        return source.config();
    }

    @Override
    public List<Tensor> tensors() {
        return List.copyOf(tensors.values());
    }

    @Override
    public Optional<Tensor> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    @Override
    public TokenizerSource tokenizer() {
        return source.tokenizer();
    }

    @Override
    public List<String> warnings() {
        return source.warnings();
    }

    @Override
    public void close() {}
}
