package io.agilelens.views.action;

import io.agilelens.views.Messages;

/** What an action is about; menus, the palette and the shortcut sheet list actions by it. */
public enum ActionGroup {
    /** Models, texts and what leaves the program. */
    FILE,
    /** The recipe, its history and what is measured of it. */
    RECIPE,
    /** Where one is and what is selected. */
    GO,
    /** How the window looks. */
    VIEW,
    /** Finding out what can be done. */
    HELP;

    /** What people call it. */
    public String title() {
        return Messages.text("action.group." + name());
    }
}
