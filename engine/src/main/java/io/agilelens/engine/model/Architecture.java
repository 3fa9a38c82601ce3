package io.agilelens.engine.model;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Printable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The decoder families of the two papers. */
public enum Architecture {
    /** LLaMA 1 to 3.2, and the families that differ from it by flags only. */
    LLAMA("LLaMA", TensorNames.LLAMA, "llama", "mistral", "qwen2"),
    OPT("OPT", TensorNames.OPT, "opt"),
    BLOOM("BLOOM", TensorNames.BLOOM, "bloom");

    private final String title;
    private final TensorNames names;
    private final List<String> modelTypes;

    Architecture(String title, TensorNames names, String... modelTypes) {
        this.title = title;
        this.names = names;
        this.modelTypes = List.of(modelTypes);
    }

    /** As people write it. */
    public String title() {
        return title;
    }

    /** What its tensors are called. */
    public TensorNames names() {
        return names;
    }

    /** Its own {@code model_type}, as {@code config.json} spells it. */
    public String modelType() {
        return modelTypes.getFirst();
    }

    /** The architecture that a {@code model_type} stands for, if it is known. */
    public static Optional<Architecture> ofModelType(String modelType) {
        return Arrays.stream(values())
                .filter(architecture -> architecture.modelTypes.contains(modelType))
                .findFirst();
    }

    /**
     * The architecture of a checkpoint.
     *
     * @throws UserException if its configuration names none, or one that is not known
     */
    public static Architecture of(Checkpoint checkpoint) {
        String type = checkpoint.config().path("model_type").asString("");
        if (type.isEmpty()) {
            throw new UserException(
                    "%s: config.json has no model_type: it should say %s"
                            .formatted(Printable.of(checkpoint.source()), knownTypes()));
        }
        return ofModelType(type)
                .orElseThrow(
                        () ->
                                new UserException(
                                        "%s: model_type \"%s\" is not known: this version opens %s"
                                                .formatted(
                                                        Printable.of(checkpoint.source()),
                                                        Printable.of(type),
                                                        knownTypes())));
    }

    private static String knownTypes() {
        return Arrays.stream(values())
                .flatMap(architecture -> architecture.modelTypes.stream())
                .map(type -> "\"" + type + "\"")
                .collect(Collectors.joining(", "));
    }
}
