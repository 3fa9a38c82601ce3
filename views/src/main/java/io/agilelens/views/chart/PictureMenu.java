package io.agilelens.views.chart;

import io.agilelens.engine.UserException;
import io.agilelens.views.Background;
import io.agilelens.views.ContextMenus;
import io.agilelens.views.Messages;
import io.agilelens.views.Notices;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;

/** The menu that every picture has: copy, save, see everything, and the same place elsewhere. */
public final class PictureMenu {
    private PictureMenu() {}

    /**
     * Of a picture that is zoomed.
     *
     * @param value what is pointed at or reached by keys, in words
     * @param whole shows everything again
     */
    public static List<MenuItem> of(Exportable picture, Optional<String> value, Runnable whole) {
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

    /**
     * Copies the values, a moment later where they are many; says so if there are none or too many.
     */
    public static void copyCsv(Exportable picture) {
        try {
            Background.lengthy(PictureMenu.class, picture.csv()::text, ContextMenus::copy);
        } catch (UserException nothing) {
            Notices.failed(nothing);
        }
    }

    private static void copyImage(Exportable picture) {
        ClipboardContent content = new ClipboardContent();
        content.putImage(Export.snapshot(picture.node(), Export.PNG_SCALE));
        Clipboard.getSystemClipboard().setContent(content);
    }
}
