package io.agilelens.views.palette;

import io.agilelens.views.Messages;
import io.agilelens.views.chart.PictureKey;
import java.util.ArrayList;
import java.util.List;

/** Controls that have keys of their own while they have the keyboard. */
enum ControlKind {
    /** Charts and heat maps. */
    PICTURE,
    /** Knobs of the recipe. */
    KNOB,
    /** Dividers between the zones of the window. */
    DIVIDER,
    /** Whatever has a menu of its own. */
    MENU;

    String title() {
        return Messages.text("shortcuts.control." + name());
    }

    List<ShortcutSheet.Key> keys() {
        return switch (this) {
            case PICTURE -> pictures();
            case KNOB -> keys("knob.step", "knob.end", "knob.type", "knob.leave");
            case DIVIDER -> keys("divider.move", "divider.usual");
            case MENU -> keys("menu.open");
        };
    }

    private static List<ShortcutSheet.Key> pictures() {
        List<ShortcutSheet.Key> keys = new ArrayList<>();
        for (PictureKey key : PictureKey.values()) {
            keys.add(new ShortcutSheet.Key(key.keys(), key.effect()));
        }
        return keys;
    }

    private static List<ShortcutSheet.Key> keys(String... names) {
        List<ShortcutSheet.Key> keys = new ArrayList<>();
        for (String name : names) {
            keys.add(
                    new ShortcutSheet.Key(
                            Messages.text("shortcuts." + name + ".keys"),
                            Messages.text("shortcuts." + name)));
        }
        return keys;
    }
}
