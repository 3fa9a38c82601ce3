package io.agilelens.views.palette;

import io.agilelens.views.action.Action;

/**
 * Something that the palette finds.
 *
 * @param id a stable name, by which recent ones come first
 * @param kind what sort of thing it is, in one word
 * @param title what it does
 * @param detail more, such as the present value or why it cannot be done; may be empty
 * @param shortcut as people read it; may be empty
 * @param enabled whether it can be done now
 * @param effect does it; on the JavaFX thread
 */
public record PaletteEntry(
        String id,
        String kind,
        String title,
        String detail,
        String shortcut,
        boolean enabled,
        Runnable effect) {

    /** Something that can be done now, without a shortcut. */
    public static PaletteEntry of(
            String id, String kind, String title, String detail, Runnable effect) {
        return new PaletteEntry(id, kind, title, detail, "", true, effect);
    }

    /** An answer that says why nothing can be done. */
    public static PaletteEntry refusal(String kind, String title, String reason) {
        return new PaletteEntry("", kind, title, reason, "", false, () -> {});
    }

    /** An action of the window. */
    public static PaletteEntry of(Action action) {
        return new PaletteEntry(
                action.id(),
                action.group().title(),
                action.title(),
                "",
                action.shortcut(),
                action.isEnabled(),
                action::run);
    }
}
