package io.agilelens.engine.model;

import java.util.Arrays;
import java.util.Optional;

/** The decoder families of the two papers. */
public enum Architecture {
    LLAMA("LLaMA", "llama");

    private final String title;
    private final String modelType;

    Architecture(String title, String modelType) {
        this.title = title;
        this.modelType = modelType;
    }

    /** As people write it. */
    public String title() {
        return title;
    }

    /** The {@code model_type} of its {@code config.json}. */
    public String modelType() {
        return modelType;
    }

    /** The architecture that a {@code model_type} stands for, if it is known. */
    public static Optional<Architecture> ofModelType(String modelType) {
        return Arrays.stream(values())
                .filter(architecture -> architecture.modelType.equals(modelType))
                .findFirst();
    }
}
