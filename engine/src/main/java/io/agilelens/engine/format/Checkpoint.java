package io.agilelens.engine.format;

import io.agilelens.engine.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A model as it lies on disk: configuration and tensors by name. Opening it reads headers only; the
 * weights stay in the mapped files. Closing it unmaps them, after which its tensors must not be
 * touched.
 */
public interface Checkpoint extends AutoCloseable {

    /** The folder or file it was opened from. */
    Path source();

    /** For a person to read, such as {@code "safetensors folder"}. */
    String format();

    /** The {@code config.json} or what takes its place. */
    JsonNode config();

    /** All tensors in the order of the files. */
    List<Tensor> tensors();

    Optional<Tensor> find(String name);

    /**
     * What the tokenizer is made from, read when this is called.
     *
     * @throws io.agilelens.engine.UserException if there is none, or it cannot be read
     */
    TokenizerSource tokenizer();

    /** Things worth telling that did not stop the opening, a line each. */
    List<String> warnings();

    @Override
    void close();
}
