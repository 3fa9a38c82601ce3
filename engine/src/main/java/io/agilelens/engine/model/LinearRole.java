package io.agilelens.engine.model;

/** The linear layers of a decoder layer, by what they do; each reads one {@link Site}. */
public enum LinearRole {
    QUERY(Site.ATTN_INPUT),
    KEY(Site.ATTN_INPUT),
    VALUE(Site.ATTN_INPUT),
    ATTENTION_OUTPUT(Site.ATTN_OUTPUT),
    GATE(Site.MLP_INPUT),
    UP(Site.MLP_INPUT),
    DOWN(Site.MLP_HIDDEN);

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
