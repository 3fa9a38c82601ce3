package io.agilelens.app.window;

import io.agilelens.engine.format.TextFormat;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import javafx.css.PseudoClass;
import javafx.scene.Scene;
import javafx.scene.control.Label;
import javafx.scene.input.DragEvent;
import javafx.scene.input.TransferMode;
import javafx.scene.layout.StackPane;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/**
 * Takes files that are dropped on the window. As long as they are held over it, a card says what
 * dropping them would do, or in one line why they cannot be opened. Files are judged by their names
 * alone; what is in them is found out when they are opened.
 */
final class FileDrops {
    private static final PseudoClass REFUSED = PseudoClass.getPseudoClass("refused");

    /**
     * A kind of file that can be dropped.
     *
     * @param fits whether a name, in lower case, is of this kind
     * @param words says what dropping it would do
     * @param refusal why not now, if not
     * @param open opens it
     */
    record Kind(
            Predicate<String> fits,
            Function<String, String> words,
            Function<String, Optional<String>> refusal,
            Consumer<Path> open) {}

    /**
     * What dropping would do.
     *
     * @param words in one line
     * @param effect does it; nothing if it is refused
     */
    record Judgement(String words, Optional<Runnable> effect) {}

    private final List<Kind> kinds = new ArrayList<>();
    private final Label card = new Label();
    private final StackPane target = new StackPane(card);

    private FileDrops() {
        target.setId("drop-target");
        target.getStyleClass().add("drop-target");
        target.setMouseTransparent(true);
        target.setVisible(false);
        card.getStyleClass().add("drop-card");
        card.setWrapText(true);
    }

    /** For models and texts. */
    static FileDrops of(Workbench workbench, WorkbenchActions work) {
        FileDrops drops = new FileDrops();
        drops.add(
                new Kind(
                        name -> name.matches(".*\\.(txt|raw|md|text)"),
                        name -> Messages.text("drop.text", name),
                        name ->
                                workbench.modelProperty().get().isPresent()
                                        ? Optional.empty()
                                        : Optional.of(Messages.text("drop.text.nomodel", name)),
                        file -> work.useText(file, TextFormat.PLAIN)));
        drops.add(
                new Kind(
                        // A name without an ending is a folder, as are the versions 1.5 or 2.
                        name ->
                                name.matches(
                                        ".*\\.(gguf|bin|safetensors)|config\\.json"
                                                + "|.*\\.safetensors\\.index\\.json"
                                                + "|[^.]*|.*\\.[^.]*[0-9-][^.]*"),
                        name -> Messages.text("drop.model", name),
                        _ -> Optional.empty(),
                        file -> work.open(FileChoices.modelOf(file).toString())));
        return drops;
    }

    /** Takes another kind of file, before those that are taken already. */
    void add(Kind kind) {
        kinds.addFirst(kind);
    }

    void install(WorkbenchFrame frame, Scene scene) {
        frame.cover(target);
        scene.setOnDragEntered(drag -> enter(files(drag)));
        scene.setOnDragExited(_ -> leave());
        scene.setOnDragOver(
                drag -> {
                    if (judge(files(drag)).effect().isPresent()) {
                        drag.acceptTransferModes(TransferMode.COPY);
                    }
                    drag.consume();
                });
        scene.setOnDragDropped(
                drop -> {
                    drop.setDropCompleted(drop(files(drop)));
                    drop.consume();
                });
    }

    private static List<Path> files(DragEvent drag) {
        return drag.getDragboard().getFiles().stream().map(File::toPath).toList();
    }

    /** Says what dropping files would do. */
    void enter(List<Path> files) {
        if (files.isEmpty()) {
            return;
        }
        Judgement judgement = judge(files);
        boolean refused = judgement.effect().isEmpty();
        card.setText(judgement.words());
        card.setGraphic(new FontIcon(refused ? Feather.SLASH : Feather.DOWNLOAD));
        card.pseudoClassStateChanged(REFUSED, refused);
        target.setVisible(true);
        target.toFront();
    }

    void leave() {
        target.setVisible(false);
    }

    /**
     * Opens what was dropped.
     *
     * @return whether it could be
     */
    boolean drop(List<Path> files) {
        leave();
        Optional<Runnable> effect = judge(files).effect();
        effect.ifPresent(Runnable::run);
        return effect.isPresent();
    }

    Judgement judge(List<Path> files) {
        if (files.size() != 1) {
            return new Judgement(Messages.text("drop.several", files.size()), Optional.empty());
        }
        Path file = files.getFirst();
        Path last = file.getFileName();
        String name = last == null ? file.toString() : last.toString();
        for (Kind kind : kinds) {
            if (kind.fits().test(name.toLowerCase(Locale.ROOT))) {
                return kind.refusal()
                        .apply(name)
                        .map(why -> new Judgement(why, Optional.empty()))
                        .orElseGet(
                                () ->
                                        new Judgement(
                                                kind.words().apply(name),
                                                Optional.of(() -> kind.open().accept(file))));
            }
        }
        return new Judgement(Messages.text("drop.unknown", name), Optional.empty());
    }
}
