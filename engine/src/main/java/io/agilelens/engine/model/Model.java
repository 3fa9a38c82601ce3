package io.agilelens.engine.model;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tokenizer.Tokenizer;
import io.agilelens.engine.tokenizer.Tokenizers;
import java.util.Optional;

/**
 * An opened model: its configuration, its weights and its tokenizer. Opening reads headers and
 * norms only. Safe for several threads until it is closed.
 */
public final class Model implements AutoCloseable {
    /** So many fill no cache as floats: each step of decoding reads them from main memory. */
    private static final long MANY_WEIGHTS = 20_000_000;

    private final Checkpoint checkpoint;
    private final ModelConfig config;
    private final ModelWeights weights;
    private final Optional<Planting> planting;
    private Tokenizer tokenizer;

    private Model(Checkpoint checkpoint, ModelConfig config) {
        this.checkpoint = checkpoint;
        this.config = config;
        this.weights = new ModelWeights(checkpoint, config);
        this.planting = Planting.read(checkpoint.config(), Printable.of(checkpoint.source()));
    }

    /**
     * Takes ownership of the checkpoint: it is closed with the model, or at once if this fails.
     *
     * @throws UserException if the architecture is not known or the tensors do not fit it
     */
    public static Model open(Checkpoint checkpoint) {
        try {
            return new Model(checkpoint, ConfigReader.read(checkpoint));
        } catch (RuntimeException | Error failure) {
            checkpoint.close();
            throw failure;
        }
    }

    /**
     * This model with outliers planted in it, in memory: nothing is written. It takes this model's
     * place: close that one, not this.
     *
     * @throws UserException if they cannot be planted here; this model is then as it was
     */
    public Model plant(Planting outliers) {
        return new Model(PlantedCheckpoint.of(checkpoint, config, outliers), config);
    }

    /**
     * This model with scales folded into its weights, in memory: nothing is written, and it
     * computes the same function. It shares this model's files: close that one, not this.
     *
     * @throws UserException if the model cannot take scales in at a site, or they are not positive
     */
    public Model fold(Folding folding) {
        return new Model(FoldedCheckpoint.of(checkpoint, config, folding), config);
    }

    /** The outliers that were planted in it, if any. */
    public Optional<Planting> planting() {
        return planting;
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
        // Planted outliers make other weights too small for half precision.
        return planting.isEmpty()
                        && parameters() > MANY_WEIGHTS
                        && weights.embedding().storage().equals(DType.F16.name())
                ? WeightPrecision.FP16
                : WeightPrecision.FP32;
    }

    /** Number of weights; a tied head counts once, even if the checkpoint stores it again. */
    public long parameters() {
        return weights.parameters();
    }

    @Override
    public synchronized void close() {
        if (tokenizer != null) {
            tokenizer.close();
        }
        checkpoint.close();
    }
}
