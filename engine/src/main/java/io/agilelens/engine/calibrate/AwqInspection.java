package io.agilelens.engine.calibrate;

import io.agilelens.engine.model.Folding;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Site;

/** Where AWQ looks at what scales do to the linears that read a site (METHOD §3). */
enum AwqInspection {
    /** What the attention block gives. */
    ATTENTION,
    /** What the MLP gives. */
    MLP,
    /** What leaves the layer. */
    LAYER,
    /** What the linear gives. */
    ITSELF;

    /** As the paper's code has it for each architecture. */
    static AwqInspection at(ModelConfig config, Site site) {
        return switch (config.architecture()) {
            case LLAMA ->
                    switch (site) {
                        case ATTN_INPUT -> ATTENTION;
                        case MLP_INPUT -> MLP;
                        default -> ITSELF;
                    };
            case OPT -> site == Site.ATTN_INPUT ? ATTENTION : ITSELF;
            case BLOOM -> site == Site.ATTN_INPUT || site == Site.MLP_INPUT ? LAYER : ITSELF;
        };
    }

    /**
     * Whether scales are searched for at a site. The attention output's are only where the value
     * and output projections have the same shape, which grouped-query attention does not.
     */
    static boolean isSearched(ModelConfig config, Site site) {
        return Folding.isPossible(config, site)
                && (site != Site.ATTN_OUTPUT
                        || LinearRole.VALUE.outputs(config) == config.hiddenSize()
                                && config.queryWidth() == config.hiddenSize());
    }

    /** Whether a linear's weights are clipped: all are but those that make queries and keys. */
    static boolean isClipped(ModelConfig config, LinearRole role) {
        return switch (role) {
            case QUERY, KEY -> false;
            case VALUE -> config.architecture().names().fusedProjections().isEmpty();
            case ATTENTION_OUTPUT, GATE, UP, DOWN -> true;
        };
    }
}
