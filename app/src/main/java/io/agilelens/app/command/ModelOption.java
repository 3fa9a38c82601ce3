package io.agilelens.app.command;

import io.agilelens.engine.format.ModelReference;
import picocli.CommandLine.Parameters;

/** The model that a command works on. */
final class ModelOption {
    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description =
                    "A Hugging Face folder with safetensors, a native bundle, or sample:NAME.")
    private String reference;

    /** As it was typed. */
    String reference() {
        return reference;
    }

    /**
     * Opens it.
     *
     * @throws io.agilelens.engine.UserException if it cannot be read
     */
    OpenModel open() {
        return OpenModel.open(ModelReference.parse(reference));
    }
}
