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
    GPTQ(
            "gptq",
            "Windows without overlap, each on its own, the tail dropped; every prediction inside a"
                    + " window counts, and a start token stands before the whole text only."),

    /**
     * As llama.cpp's perplexity tool: windows without overlap, the tail dropped; the first token of
     * each window is replaced by the start token if the model has one, and only the second half of
     * a window counts: of n tokens n − n/2 − 1 predictions. A text must fill two windows.
     */
    LLAMA_CPP(
            "llama.cpp",
            "Windows without overlap, the tail dropped, the first token of each replaced by the"
                    + " start token if the model has one; only predictions in the second half of a"
                    + " window count, n − n/2 − 1 of n tokens."),

    /**
     * As the language-model evaluation harness scores WikiText: every token of the text is
     * predicted exactly once, and the summed loss is shared among the words of the text, the runs
     * of characters between white space. Each window begins with the last token of the one before,
     * the last one reaches back so far that it is full. A model without start token has nothing to
     * predict the very first token from, which then does not count.
     */
    WORD(
            "word",
            "Every token of the text is predicted exactly once, in windows that begin with the last"
                + " token of the one before (the last one reaches back until it is full);"
                + " perplexity is exp(summed loss / words), words being what white space parts.");

    private final String title;
    private final String description;

    Protocol(String title, String description) {
        this.title = title;
        this.description = description;
    }

    /** The name in commands and JSON. */
    public String title() {
        return title;
    }

    /** What it does, in one sentence. */
    public String description() {
        return description;
    }
}
