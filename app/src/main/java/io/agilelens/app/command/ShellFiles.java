package io.agilelens.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;

/** Manual and completion, laid out as systems expect them below {@code /usr/share}. */
public final class ShellFiles {
    private ShellFiles() {}

    /**
     * Writes them.
     *
     * @param program whose commands they describe
     * @param share a folder without any of them
     */
    public static void write(CommandSpec program, Path share) throws IOException {
        ManualCommand.writeAll(program, share.resolve("man/man1"));
        write(
                share.resolve("bash-completion/completions").resolve(program.name()),
                CompletionCommand.script(program, CompletionCommand.Shell.BASH));
        write(
                share.resolve("zsh/vendor-completions").resolve("_" + program.name()),
                CompletionCommand.script(program, CompletionCommand.Shell.ZSH));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
