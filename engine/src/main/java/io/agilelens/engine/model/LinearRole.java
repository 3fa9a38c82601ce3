package io.agilelens.engine.model;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * The linear layers of a decoder layer, by what they do; each reads one {@link Site}. Which of them
 * a model has {@link ModelConfig#roles()} says.
 */
public enum LinearRole {
    QUERY(Site.ATTN_INPUT),
    KEY(Site.ATTN_INPUT),
    VALUE(Site.ATTN_INPUT),
    ATTENTION_OUTPUT(Site.ATTN_OUTPUT),
    /** The half of a gated MLP's first linears that decides what passes. */
    GATE(Site.MLP_INPUT),
    UP(Site.MLP_INPUT),
    DOWN(Site.MLP_HIDDEN);

    /** The linears of a layer whose MLP has no gate. */
    static final Set<LinearRole> UNGATED =
            Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(GATE)));

    private final Site input;

    LinearRole(Site input) {
        this.input = input;
    }

    /** The site whose activations this linear reads. */
    public Site input() {
        return input;
    }

    /** Output channels in a model of this shape. */
    public int outputs(ModelConfig config) {
        return switch (this) {
            case QUERY -> config.queryWidth();
            case KEY, VALUE -> config.keyValueWidth();
            case ATTENTION_OUTPUT, DOWN -> config.hiddenSize();
            case GATE, UP -> config.feedForwardSize();
        };
    }

    /** Input channels in a model of this shape. */
    public int inputs(ModelConfig config) {
        return config.channels(input);
    }
}
