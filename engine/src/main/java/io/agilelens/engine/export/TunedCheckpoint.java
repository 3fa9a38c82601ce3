package io.agilelens.engine.export;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.export.packed.QuantizedModule;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.TokenizerSource;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.TensorNames;
import io.agilelens.engine.quant.QuantizedTensor;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.tensor.ChannelScaled;
import io.agilelens.engine.tensor.ChannelScaled.Axis;
import io.agilelens.engine.tensor.ChannelScaled.Operation;
import io.agilelens.engine.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A tuned model's checkpoint with other tensors in the place of some of its own, such as its
 * quantized weights, decoded when they are read. Closing it closes nothing: what it looks at
 * belongs to the tuned model.
 */
final class TunedCheckpoint implements Checkpoint {
    private final Checkpoint source;
    private final ModelConfig config;
    private final JsonNode written;
    private final Map<String, Tensor> tensors;

    /**
     * @param config of the tuned model
     * @param written the configuration as it is written
     */
    private TunedCheckpoint(
            Checkpoint source, ModelConfig config, JsonNode written, Map<String, Tensor> tensors) {
        this.source = source;
        this.config = config;
        this.written = written;
        this.tensors = tensors;
    }

    /** The float weights of the model, scales folded as its method left them. */
    static TunedCheckpoint floats(TunedModel tuned) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tuned.model().checkpoint().tensors().forEach(t -> tensors.put(t.name(), t));
        Checkpoint source = tuned.model().checkpoint();
        return new TunedCheckpoint(source, tuned.model().config(), source.config(), tensors);
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
        return new TunedCheckpoint(source, config, written, changed);
    }

    /** The same model with a head of its own, which need not be the embedding any more. */
    TunedCheckpoint withHead(Tensor head) {
        Map<String, Tensor> changed = new LinkedHashMap<>(tensors);
        changed.put(head.name(), head);
        ObjectNode untied = ((ObjectNode) written.deepCopy()).put("tie_word_embeddings", false);
        return new TunedCheckpoint(source, config, untied, changed);
    }

    /** Other tensors altogether. */
    TunedCheckpoint withAll(List<Tensor> others) {
        Map<String, Tensor> changed = new LinkedHashMap<>();
        others.forEach(tensor -> changed.put(tensor.name(), tensor));
        return new TunedCheckpoint(source, config, written, changed);
    }

    /**
     * The same model with what BLOOM's GELU is divided by in the columns that read it, for formats
     * that have no place for it.
     */
    TunedCheckpoint withoutDivisors() {
        Map<String, Tensor> changed = new LinkedHashMap<>(tensors);
        for (int layer = 0; layer < config.layers(); layer++) {
            Optional<Tensor> divisors =
                    names().hiddenDivisors(layer).flatMap(this::findAnySpelling);
            if (divisors.isPresent()) {
                Tensor weight =
                        findAnySpelling(names().of(layer, LinearRole.DOWN) + ".weight")
                                .orElseThrow();
                changed.remove(divisors.get().name());
                changed.put(
                        weight.name(),
                        new ChannelScaled(
                                weight, Axis.INPUTS, Operation.OVER, divisors.get().toFloats()));
            }
        }
        return new TunedCheckpoint(source, config, written, changed);
    }

    /** Whether what BLOOM's GELU gives is divided by numbers of its own. */
    boolean hasDivisors() {
        return names().hiddenDivisors(0).isPresent()
                && IntStream.range(0, config.layers())
                        .mapToObj(layer -> names().hiddenDivisors(layer).orElseThrow())
                        .anyMatch(name -> findAnySpelling(name).isPresent());
    }

    private TensorNames names() {
        return config.architecture().names();
    }

    /**
     * A tensor, under whichever prefix it stands.
     *
     * @param name with the usual prefix
     */
    Optional<Tensor> findAnySpelling(String name) {
        String usual = names().prefixes().getFirst();
        if (!name.startsWith(usual)) {
            return find(name);
        }
        String bare = name.substring(usual.length());
        return names().prefixes().stream()
                .map(prefix -> tensors.get(prefix + bare))
                .filter(Objects::nonNull)
                .findFirst();
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
        return written;
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
