package io.agilelens.engine.model;

import io.agilelens.engine.format.Checkpoint;
import java.util.Optional;

/** BLOOM (key meanings as in {@code BloomConfig}; older files have other names for some). */
final class BloomConfigReader extends ConfigReader {
    /** Nothing in the weights ends here; it is what the published models were trained on. */
    private static final int USUAL_CONTEXT = 2048;

    private static final int FEED_FORWARD_FACTOR = 4;

    BloomConfigReader(Checkpoint checkpoint) {
        super(checkpoint);
    }

    @Override
    ModelConfig read() {
        int hidden = count(either("n_embed", "hidden_size"));
        if (hidden > Integer.MAX_VALUE / FEED_FORWARD_FACTOR) {
            throw refuse("hidden_size", Integer.toString(hidden), "no model is as wide as that");
        }
        String headsKey = either("n_head", "num_attention_heads");
        int heads = count(headsKey);
        boolean normedResidual = flag("apply_residual_connection_post_layernorm", false);
        return new ModelConfig(
                Architecture.BLOOM,
                count(either("n_layer", "num_hidden_layers")),
                hidden,
                hidden,
                heads,
                heads,
                headDimension(hidden, heads, headsKey),
                FEED_FORWARD_FACTOR * hidden,
                count("vocab_size"),
                count(either("seq_length", "max_position_embeddings"), USUAL_CONTEXT),
                Optional.empty(),
                new Alibi(),
                new Norm(
                        Norm.Kind.LAYER,
                        epsilon("layer_norm_epsilon", 1e-5),
                        true,
                        normedResidual
                                ? Norm.Placement.BEFORE_RESIDUAL_TOO
                                : Norm.Placement.BEFORE),
                true,
                true,
                FeedForward.GELU_TANH,
                LinearRole.UNGATED,
                flag("tie_word_embeddings", true));
    }

    /** The key that the file has; where it has none the second one is missed. */
    private String either(String key, String other) {
        return has(key) ? key : other;
    }
}
