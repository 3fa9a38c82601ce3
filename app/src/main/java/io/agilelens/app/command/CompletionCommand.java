package io.agilelens.app.command;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Teaches a shell the commands and options, as they are in this build. */
@Command(
        name = "completion",
        description = {
            "Prints a script with which a shell completes commands, options and their values.",
            "For bash, source it in ~/.bashrc; for zsh, keep it as _agilelens in a folder of fpath."
        })
public final class CompletionCommand implements Callable<Integer> {
    /** A shell that completes. */
    enum Shell {
        BASH,
        ZSH
    }

    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "bash|zsh", description = "The shell.")
    private Shell shell;

    @Override
    public Integer call() {
        PrintWriter output = spec.commandLine().getOut();
        output.print(script(spec.root(), shell));
        output.flush();
        return 0;
    }

    /** The script for a program and all its commands. */
    static String script(CommandSpec program, Shell shell) {
        return switch (shell) {
            case BASH -> AutoComplete.bash(program.name(), program.commandLine());
            case ZSH -> ZshCompletion.script(program);
        };
    }
}
