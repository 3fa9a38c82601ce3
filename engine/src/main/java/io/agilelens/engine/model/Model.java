package io.agilelens.engine.model;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.Tensor;
import io.agilelens.engine.tokenizer.Tokenizer;
import io.agilelens.engine.tokenizer.Tokenizers;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * An opened model: its configuration, its weights and its tokenizer. Opening reads headers and
 * norms only. Safe for several threads until it is closed.
 */
public final class Model implements AutoCloseable {
    private static final long MANY_WEIGHTS = 500_000_000;

    private final Checkpoint checkpoint;
    private final ModelConfig config;
    private final ModelWeights weights;
    private Tokenizer tokenizer;

    private Model(Checkpoint checkpoint, ModelConfig config) {
        this.checkpoint = checkpoint;
        this.config = config;
        this.weights = new ModelWeights(checkpoint, config);
    }

    /**
     * Takes ownership of the checkpoint: it is closed with the model, or at once if this fails.
     *
     * @throws UserException if the architecture is not known or the tensors do not fit it
     */
    public static Model open(Checkpoint checkpoint) {
        try {
            return switch (architecture(checkpoint)) {
                case LLAMA -> new Model(checkpoint, LlamaConfigReader.read(checkpoint));
            };
        } catch (RuntimeException | Error failure) {
            checkpoint.close();
            throw failure;
        }
    }

    private static Architecture architecture(Checkpoint checkpoint) {
        String type = checkpoint.config().path("model_type").asString("");
        if (type.isEmpty()) {
            throw new UserException(
                    "%s: config.json has no model_type: it should say %s"
                            .formatted(Printable.of(checkpoint.source()), knownTypes()));
        }
        return Architecture.ofModelType(type)
                .orElseThrow(
                        () ->
                                new UserException(
                                        "%s: model_type \"%s\" is not known: this version opens %s"
                                                .formatted(
                                                        Printable.of(checkpoint.source()),
                                                        Printable.of(type),
                                                        knownTypes())));
    }

    private static String knownTypes() {
        return Arrays.stream(Architecture.values())
                .map(architecture -> "\"" + architecture.modelType() + "\"")
                .collect(Collectors.joining(" or "));
    }

    public Checkpoint checkpoint() {
        return checkpoint;
    }

    public ModelConfig config() {
        return config;
    }

    public ModelWeights weights() {
        return weights;
    }

    /**
     * The tokenizer, loaded when first asked for.
     *
     * @throws UserException if the checkpoint has none that can be read
     */
    public synchronized Tokenizer tokenizer() {
        if (tokenizer == null) {
            tokenizer = Tokenizers.forCheckpoint(checkpoint);
        }
        return tokenizer;
    }

    /**
     * How the float weights are best kept in memory: in half precision where there are many and the
     * checkpoint stores them so, for that is exact and half the size.
     */
    public WeightPrecision precision() {
        return parameters() > MANY_WEIGHTS && weights.embedding().storage().equals(DType.F16.name())
                ? WeightPrecision.FP16
                : WeightPrecision.FP32;
    }

    /** Number of weights; a tied head counts once. */
    public long parameters() {
        return checkpoint.tensors().stream().mapToLong(Tensor::elements).sum();
    }

    @Override
    public synchronized void close() {
        if (tokenizer != null) {
            tokenizer.close();
        }
        checkpoint.close();
    }
}
