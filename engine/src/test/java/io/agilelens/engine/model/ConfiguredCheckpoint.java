package io.agilelens.engine.model;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.TokenizerSource;
import io.agilelens.engine.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A checkpoint that has a configuration and no tensors. */
final class ConfiguredCheckpoint implements Checkpoint {
    private final JsonNode config;
    private boolean closed;

    ConfiguredCheckpoint(JsonNode config) {
        this.config = config;
    }

    @Override
    public TokenizerSource tokenizer() {
        throw new UserException("there is none");
    }

    @Override
    public Path source() {
        return Path.of("somewhere");
    }

    @Override
    public String format() {
        return "none";
    }

    @Override
    public JsonNode config() {
        return config;
    }

    @Override
    public List<Tensor> tensors() {
        return List.of();
    }

    @Override
    public Optional<Tensor> find(String name) {
        return Optional.empty();
    }

    @Override
    public List<String> warnings() {
        return List.of();
    }

    @Override
    public void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }
}
