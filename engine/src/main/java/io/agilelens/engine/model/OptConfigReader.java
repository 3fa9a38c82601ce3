package io.agilelens.engine.model;

import io.agilelens.engine.format.Checkpoint;
import java.util.Optional;
import java.util.Set;

/**
 * OPT, the form with norms before the blocks and that of 350m (key meanings as in {@code
 * OPTConfig}).
 */
final class OptConfigReader extends ConfigReader {
    private static final String POSITIONS = "max_position_embeddings";

    /** Rows of the position table that are for padding. */
    private static final int POSITION_OFFSET = 2;

    /** Not in the configuration: PyTorch's default. */
    private static final float NORM_EPSILON = 1e-5f;

    OptConfigReader(Checkpoint checkpoint) {
        super(checkpoint);
    }

    @Override
    ModelConfig read() {
        String activation = text("activation_function", "relu");
        FeedForward feedForward =
                switch (activation) {
                    case "relu" -> FeedForward.RELU;
                    case "gelu_new" -> FeedForward.GELU_TANH;
                    default ->
                            throw refuse(
                                    "activation_function",
                                    activation,
                                    "only relu and gelu_new are known for OPT");
                };
        int hidden = count("hidden_size");
        int heads = count("num_attention_heads");
        int positions = count(POSITIONS);
        boolean before = flag("do_layer_norm_before", true);
        return new ModelConfig(
                Architecture.OPT,
                count("num_hidden_layers"),
                hidden,
                count("word_embed_proj_dim", hidden),
                heads,
                heads,
                headDimension(hidden, heads, "num_attention_heads"),
                count("ffn_dim"),
                count("vocab_size"),
                positions,
                Optional.of(new SequenceLimit(positions, POSITIONS)),
                new LearnedPositions(POSITION_OFFSET, positions),
                new Norm(
                        Norm.Kind.LAYER,
                        NORM_EPSILON,
                        flag("layer_norm_elementwise_affine", true),
                        before ? Norm.Placement.BEFORE : Norm.Placement.AFTER),
                false,
                before && !flag("_remove_final_layer_norm", false),
                feedForward,
                flag("enable_bias", true) ? LinearRole.UNGATED : Set.of(),
                flag("tie_word_embeddings", true));
    }
}
