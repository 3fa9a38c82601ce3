package io.agilelens.app.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A package for Debian and its relatives: the image under {@code /opt}, the command, and what
 * belongs to desktop, manual and shells where those look for it. It has no scripts of its own: the
 * packages that keep caches of such files are told by dpkg.
 */
final class DebianPackage {
    private static final String HOME = "opt/agilelens";

    /** What JavaFX and the launcher load of the system. */
    private static final String DEPENDS =
            "libc6, libgtk-3-0t64 | libgtk-3-0, libgl1, libxtst6, libfreetype6, libfontconfig1,"
                    + " fonts-dejavu-core | fonts-liberation | fonts-noto-core";

    private DebianPackage() {}

    /** As Debian names packages. */
    static String fileName(String version) throws InterruptedException {
        return "agilelens_%s_%s.deb".formatted(version, architecture());
    }

    private static String architecture() throws InterruptedException {
        return Tools.program(List.of("dpkg", "--print-architecture")).strip();
    }

    /**
     * Makes the package.
     *
     * @param work a folder for the files it is made of
     * @return its file, inside the working folder
     */
    static Path make(Path image, String version, String summary, Path work)
            throws IOException, InterruptedException {
        Path root = Files.createDirectory(work.resolve("debian"));
        Folders.copy(image, root.resolve(HOME));
        Path share = root.resolve(HOME).resolve("share");
        Files.createDirectories(root.resolve("usr"));
        Files.move(share, root.resolve("usr/share"));
        Path commands = Files.createDirectories(root.resolve("usr/bin"));
        Files.createSymbolicLink(
                commands.resolve("agilelens"), Path.of("/" + HOME + "/bin/agilelens"));
        ApplicationImage.write(
                root.resolve("DEBIAN/control"),
                """
                Package: agilelens
                Version: %s
                Architecture: %s
                Maintainer: AgileLens developers
                Installed-Size: %d
                Depends: %s
                Section: science
                Priority: optional
                Description: %s
                 A workbench for low-bit language models in pure Java: outliers, attention,
                 tokens, quality and kernels of the open model, live under every change of
                 its recipe. The package has its own Java.
                """
                        .formatted(
                                version,
                                architecture(),
                                Folders.size(root) / 1024,
                                DEPENDS,
                                summary));
        Path file = work.resolve(fileName(version));
        // Jars and Java's modules hardly get smaller by trying harder.
        Tools.program(
                List.of(
                        "dpkg-deb",
                        "--root-owner-group",
                        "-Zxz",
                        "-z1",
                        "--build",
                        root.toString(),
                        file.toString()));
        return file;
    }
}
