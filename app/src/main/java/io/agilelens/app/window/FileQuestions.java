package io.agilelens.app.window;

import io.agilelens.views.FileDialogs;
import io.agilelens.views.Messages;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javafx.stage.DirectoryChooser;
import javafx.stage.FileChooser;
import javafx.stage.Window;

/** Asks a person for files. Empty answers mean that the person gave up. */
interface FileQuestions {

    /**
     * A kind of file.
     *
     * @param key of its name in the messages
     * @param endings with their dots; the first is the usual one
     */
    record Kind(String key, List<String> endings) {
        static final Kind SESSION = new Kind("file.kind.session", List.of(".agilelens"));
        static final Kind RECIPE = new Kind("file.kind.recipe", List.of(".json"));
        static final Kind HTML = new Kind("file.kind.html", List.of(".html"));
        static final Kind PDF = new Kind("file.kind.pdf", List.of(".pdf"));
        static final Kind MODEL =
                new Kind("menu.open.file.kinds", List.of(".gguf", ".bin", ".safetensors"));

        private FileChooser.ExtensionFilter filter() {
            return new FileChooser.ExtensionFilter(
                    Messages.text(key), endings.stream().map(ending -> "*" + ending).toList());
        }

        private boolean fits(Path file) {
            String name = file.getFileName().toString().toLowerCase(java.util.Locale.ROOT);
            return endings.stream().anyMatch(name::endsWith);
        }
    }

    /**
     * Where to write.
     *
     * @param replace whether the person agreed that what is there be replaced
     */
    record Target(Path file, boolean replace) {}

    Optional<Path> file(String title, Kind kind);

    Optional<Path> folder(String title);

    /**
     * @param name suggested, without its ending
     * @param kinds the person chooses among them by the ending; the first is the usual one
     */
    Optional<Target> target(String title, String name, List<Kind> kinds);

    /** Asks in the system's own dialogs. */
    static FileQuestions of(Window owner) {
        return new FileQuestions() {
            @Override
            public Optional<Path> file(String title, Kind kind) {
                FileChooser chooser = new FileChooser();
                chooser.setTitle(title);
                chooser.getExtensionFilters()
                        .addAll(
                                kind.filter(),
                                new FileChooser.ExtensionFilter(
                                        Messages.text("menu.open.file.any"), "*.*"));
                return FileDialogs.open(chooser, owner);
            }

            @Override
            public Optional<Path> folder(String title) {
                DirectoryChooser chooser = new DirectoryChooser();
                chooser.setTitle(title);
                return FileDialogs.folder(chooser, owner);
            }

            @Override
            public Optional<Target> target(String title, String name, List<Kind> kinds) {
                FileChooser chooser = new FileChooser();
                chooser.setTitle(title);
                chooser.setInitialFileName(name + kinds.getFirst().endings().getFirst());
                kinds.forEach(kind -> chooser.getExtensionFilters().add(kind.filter()));
                return FileDialogs.save(chooser, owner).map(file -> ended(file, kinds, chooser));
            }

            private static Target ended(Path file, List<Kind> kinds, FileChooser chooser) {
                if (kinds.stream().anyMatch(kind -> kind.fits(file))) {
                    // The dialog asked before it gave the name of a file that exists.
                    return new Target(file, true);
                }
                Kind kind =
                        kinds.stream()
                                .filter(
                                        one ->
                                                Messages.text(one.key())
                                                        .equals(
                                                                chooser.getSelectedExtensionFilter()
                                                                        .getDescription()))
                                .findFirst()
                                .orElse(kinds.getFirst());
                String named = file.getFileName() + kind.endings().getFirst();
                // Nobody was asked about the longer name.
                return new Target(file.resolveSibling(named), false);
            }
        };
    }
}
