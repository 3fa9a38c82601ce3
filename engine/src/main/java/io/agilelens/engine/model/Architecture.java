package io.agilelens.engine.model;

/** The decoder families of the two papers. */
public enum Architecture {
    LLAMA("LLaMA");

    private final String title;

    Architecture(String title) {
        this.title = title;
    }

    /** As people write it. */
    public String title() {
        return title;
    }
}
