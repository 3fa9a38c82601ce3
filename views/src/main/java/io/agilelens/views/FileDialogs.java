package io.agilelens.views;

import java.io.File;
import java.nio.file.Path;
import java.util.Optional;
import javafx.beans.property.ObjectProperty;
import javafx.stage.DirectoryChooser;
import javafx.stage.FileChooser;
import javafx.stage.Window;

/**
 * Shows the system's own file dialogs, each beginning in the folder that was chosen last, unless it
 * was told another. Empty answers mean that the person gave up.
 */
public final class FileDialogs {
    private static File latest;

    private FileDialogs() {}

    /** Asks for a file that exists. */
    public static Optional<Path> open(FileChooser dialog, Window owner) {
        begin(dialog.initialDirectoryProperty());
        return chosen(dialog.showOpenDialog(owner)).map(FileDialogs::rememberFolderOf);
    }

    /** Asks where to write a file. */
    public static Optional<Path> save(FileChooser dialog, Window owner) {
        begin(dialog.initialDirectoryProperty());
        return chosen(dialog.showSaveDialog(owner)).map(FileDialogs::rememberFolderOf);
    }

    /** Asks for a folder that exists. */
    public static Optional<Path> folder(DirectoryChooser dialog, Window owner) {
        begin(dialog.initialDirectoryProperty());
        return chosen(dialog.showDialog(owner)).map(FileDialogs::rememberFolderOf);
    }

    private static Optional<Path> chosen(File file) {
        return Optional.ofNullable(file).map(File::toPath);
    }

    /** Lets a dialog begin where the one before it ended, if that is still there. */
    static void begin(ObjectProperty<File> folder) {
        if (folder.get() == null && latest != null && latest.isDirectory()) {
            folder.set(latest);
        }
    }

    /** Remembers in which folder a file or folder was chosen. */
    static Path rememberFolderOf(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        latest = folder == null ? null : folder.toFile();
        return file;
    }
}
