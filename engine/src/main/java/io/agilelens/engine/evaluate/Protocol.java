package io.agilelens.engine.evaluate;

/**
 * How a token stream is cut into windows and which predictions count. Perplexities of different
 * protocols are different quantities.
 */
public enum Protocol {
    /**
     * As the GPTQ and AWQ papers' code: windows without overlap, the tail dropped, every window on
     * its own, all predictions inside a window count; the start token stands only at the beginning
     * of the whole stream.
     */
    GPTQ("gptq"),

    /**
     * As llama.cpp's perplexity tool: the first token of each window is replaced by the start token
     * if the model has one, and only the second half of a window's predictions counts.
     */
    LLAMA_CPP("llama.cpp");

    private final String title;

    Protocol(String title) {
        this.title = title;
    }

    /** The name in commands and JSON. */
    public String title() {
        return title;
    }

    /** Index of the first token of a window whose successor's prediction counts. */
    public int firstScored(int window) {
        return this == GPTQ ? 0 : window / 2;
    }
}
