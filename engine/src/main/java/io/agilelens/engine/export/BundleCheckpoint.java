package io.agilelens.engine.export;

import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.TokenizerSource;
import io.agilelens.engine.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A bundle seen as a checkpoint of floats: quantized weights appear under their old names, as what
 * their codes stand for.
 */
final class BundleCheckpoint implements Checkpoint {
    private final Checkpoint folder;
    private final JsonNode config;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /**
     * @param config the source's configuration
     * @param tensors float tensors, stored ones and those that decode their codes
     */
    BundleCheckpoint(Checkpoint folder, JsonNode config, List<Tensor> tensors) {
        this.folder = folder;
        this.config = config;
        tensors.forEach(tensor -> this.tensors.put(tensor.name(), tensor));
    }

    @Override
    public Path source() {
        return folder.source();
    }

    @Override
    public String format() {
        return "native bundle";
    }

    @Override
    public JsonNode config() {
        return config;
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
        return folder.tokenizer();
    }

    @Override
    public List<String> warnings() {
        return folder.warnings();
    }

    @Override
    public void close() {
        folder.close();
    }
}
