package io.agilelens.app.install;

import io.agilelens.app.command.TerminalProgress;
import io.agilelens.engine.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes something to install. */
@Command(
        name = "package",
        description = {
            "Makes an image of AgileLens with its own Java, or a package for Debian and its"
                    + " relatives.",
            "Both have the launcher, manual pages, completion for bash and zsh, an entry for the"
                    + " desktop and the type of session files."
        })
public final class PackageCommand implements Callable<Integer> {
    /** What to make. */
    enum Type {
        IMAGE,
        DEB
    }

    @Spec private CommandSpec spec;

    @Option(
            names = "--type",
            defaultValue = "image",
            paramLabel = "image|deb",
            description = "A folder that runs where it lies, or a .deb (default ${DEFAULT-VALUE}).")
    private Type type;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Folder for the result; nothing there is replaced.")
    private Path folder;

    @Override
    public Integer call() throws InterruptedException {
        Build build = Build.present();
        try {
            Files.createDirectories(folder);
            Path work = Files.createTempDirectory(folder.toAbsolutePath(), ".agilelens-package-");
            try {
                Path target = folder.resolve(name(build));
                if (Files.exists(target)) {
                    throw new UserException(
                            "%s is there already: remove it, or name another --out"
                                    .formatted(target));
                }
                Path made = make(build, work);
                Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
                spec.commandLine().getOut().println(target);
                return 0;
            } finally {
                Folders.delete(work);
            }
        } catch (IOException failure) {
            throw new UserException(
                    "%s: the %s cannot be made there: %s"
                            .formatted(folder, type == Type.DEB ? "package" : "image", failure),
                    failure);
        }
    }

    /** Makes it in the working folder. */
    private Path make(Build build, Path work) throws IOException, InterruptedException {
        try (TerminalProgress progress = new TerminalProgress(spec.commandLine().getErr())) {
            ApplicationImage image = new ApplicationImage(build, spec.root(), work);
            Path made = image.make(progress);
            if (type == Type.DEB) {
                progress.report(
                        "making the package", ApplicationImage.STEPS, ApplicationImage.STEPS + 1);
                made = DebianPackage.make(made, build.version(), image.summary(), work);
            }
            return made;
        }
    }

    private String name(Build build) throws InterruptedException {
        return type == Type.IMAGE ? ApplicationImage.NAME : DebianPackage.fileName(build.version());
    }
}
