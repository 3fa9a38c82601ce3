package io.agilelens.views.chart;

import io.agilelens.engine.UserException;
import io.agilelens.views.ContextMenus;
import io.agilelens.views.Messages;
import io.agilelens.views.Notices;
import io.agilelens.views.Theme;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javafx.scene.SnapshotParameters;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.transform.Transform;

/** The menu that every picture has: copy, save, see everything, and the same place elsewhere. */
public final class PictureMenu {
    private static final double SCALE = 2;

    private PictureMenu() {}

    /**
     * Of a picture that is zoomed.
     *
     * @param value what is pointed at or reached by keys, in words
     * @param whole shows everything again
     */
    static List<MenuItem> of(Exportable picture, Optional<String> value, Runnable whole) {
        List<MenuItem> lines = of(picture, value);
        lines.add(new SeparatorMenuItem());
        lines.add(ContextMenus.line(Messages.text("menu.picture.whole"), whole));
        lines.addAll(ContextMenus.places());
        return lines;
    }

    /**
     * Of any picture: copy and save.
     *
     * @param value what is pointed at or reached by keys, in words
     */
    public static List<MenuItem> of(Exportable picture, Optional<String> value) {
        List<MenuItem> lines = new ArrayList<>();
        MenuItem copy =
                ContextMenus.line(
                        Messages.text("menu.picture.value"),
                        () -> value.ifPresent(ContextMenus::copy));
        copy.setDisable(value.isEmpty());
        lines.add(copy);
        lines.add(ContextMenus.line(Messages.text("menu.picture.csv"), () -> copyCsv(picture)));
        lines.add(ContextMenus.line(Messages.text("menu.picture.image"), () -> copyImage(picture)));
        lines.add(new SeparatorMenuItem());
        lines.addAll(saving(picture));
        return lines;
    }

    /** A line for each format that a picture can be saved in. */
    public static List<MenuItem> saving(Exportable picture) {
        List<MenuItem> lines = new ArrayList<>();
        for (Export.Format format : Export.Format.values()) {
            lines.add(
                    ContextMenus.line(
                            Messages.text("menu.picture.save", format.name()),
                            () -> ExportBar.save(picture, format)));
        }
        return lines;
    }

    /** Copies the values; says so if there are none. */
    public static void copyCsv(Exportable picture) {
        try {
            ContextMenus.copy(picture.toCsv());
        } catch (UserException nothing) {
            Notices.failed(nothing);
        }
    }

    private static void copyImage(Exportable picture) {
        SnapshotParameters parameters = new SnapshotParameters();
        parameters.setTransform(Transform.scale(SCALE, SCALE));
        parameters.setFill(Theme.chartStyleProperty().get().background());
        ClipboardContent content = new ClipboardContent();
        content.putImage(picture.node().snapshot(parameters, null));
        Clipboard.getSystemClipboard().setContent(content);
    }
}
