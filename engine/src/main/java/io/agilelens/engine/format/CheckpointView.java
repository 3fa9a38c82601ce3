package io.agilelens.engine.format;

import io.agilelens.engine.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A checkpoint seen in another way: its configuration and its tensors are others, the rest is as it
 * was. Closing the view closes what it looks at.
 */
public abstract class CheckpointView implements Checkpoint {
    private final Checkpoint viewed;
    private final JsonNode config;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /**
     * @param config what takes the place of the viewed one
     * @param tensors what takes the place of the viewed ones, in their order
     */
    protected CheckpointView(Checkpoint viewed, JsonNode config, List<Tensor> tensors) {
        this.viewed = viewed;
        this.config = config;
        tensors.forEach(tensor -> this.tensors.put(tensor.name(), tensor));
    }

    @Override
    public final Path source() {
        return viewed.source();
    }

    @Override
    public String format() {
        return viewed.format();
    }

    @Override
    public final JsonNode config() {
        return config;
    }

    @Override
    public final List<Tensor> tensors() {
        return List.copyOf(tensors.values());
    }

    @Override
    public final Optional<Tensor> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    @Override
    public final TokenizerSource tokenizer() {
        return viewed.tokenizer();
    }

    @Override
    public List<String> warnings() {
        return viewed.warnings();
    }

    @Override
    public final void close() {
        viewed.close();
    }
}
