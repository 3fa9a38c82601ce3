package io.agilelens.app.command;

import io.agilelens.engine.format.ModelReference;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The model that a command works on. */
final class ModelOption {
    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description =
                    "A Hugging Face folder with safetensors, a GGUF or llama2.c file, a native"
                            + " bundle, or sample:NAME.")
    private String reference;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    private void tell(String note) {
        command.commandLine().getErr().println("agilelens: " + note);
        command.commandLine().getErr().flush();
    }

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
        return OpenModel.open(ModelReference.parse(reference), this::tell);
    }
}
