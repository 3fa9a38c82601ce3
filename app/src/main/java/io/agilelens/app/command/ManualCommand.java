package io.agilelens.app.command;

import io.agilelens.engine.UserException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The manual pages of the program and its commands. */
@Command(
        name = "manual",
        description = {
            "Prints the manual page of the program or of one command, for man -l -.",
            "With --out it writes all of them into a folder."
        })
public final class ManualCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "COMMAND",
            description = "The command (default: the program itself).")
    private String name;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Write a file for each page there; it must be empty or new.")
    private Path folder;

    @Override
    public Integer call() {
        PrintWriter output = spec.commandLine().getOut();
        CommandSpec page = page();
        if (folder == null) {
            output.print(ManualPage.of(page));
        } else {
            for (Path file : writeAll(spec.root(), folder)) {
                output.println(file);
            }
        }
        output.flush();
        return 0;
    }

    private CommandSpec page() {
        CommandSpec program = spec.root();
        if (name == null) {
            return program;
        }
        if (folder != null) {
            throw new ParameterException(
                    spec.commandLine(), "--out writes every page: leave out " + name);
        }
        if (!program.subcommands().containsKey(name)) {
            throw new ParameterException(
                    spec.commandLine(), "there is no command " + name + ": see agilelens --help");
        }
        return program.subcommands().get(name).getCommandSpec();
    }

    /**
     * Writes the pages of a program and its commands.
     *
     * @param folder empty or not there yet
     * @throws UserException if it has files already or cannot be written
     */
    public static List<Path> writeAll(CommandSpec program, Path folder) {
        List<CommandSpec> pages = new ArrayList<>(List.of(program));
        program.subcommands().values().forEach(line -> pages.add(line.getCommandSpec()));
        try {
            Files.createDirectories(folder);
            try (var present = Files.newDirectoryStream(folder)) {
                if (present.iterator().hasNext()) {
                    throw new UserException(
                            "--out %s has files already: name an empty or a new folder"
                                    .formatted(folder));
                }
            }
            List<Path> files = new ArrayList<>();
            for (CommandSpec page : pages) {
                files.add(
                        Files.writeString(
                                folder.resolve(ManualPage.fileName(page)), ManualPage.of(page)));
            }
            return files;
        } catch (IOException failure) {
            throw new UserException(
                    "%s: the manual pages cannot be written: %s"
                            .formatted(folder, failure.getMessage()),
                    failure);
        }
    }
}
