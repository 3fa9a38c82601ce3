package io.agilelens.app.window;

import io.agilelens.views.action.Action;
import io.agilelens.views.action.ActionGroup;
import io.agilelens.views.action.Actions;
import io.agilelens.views.palette.CommandPalette;
import io.agilelens.views.palette.PaletteEntry;
import io.agilelens.views.palette.PaletteViewModel;
import io.agilelens.views.palette.PlaceEntries;
import io.agilelens.views.palette.RecentEntries;
import io.agilelens.views.palette.ShortcutSheet;
import io.agilelens.views.recipe.RecipeEntries;
import io.agilelens.views.workbench.Workbench;

/** The command palette and the shortcut sheet, made when somebody first asks for them. */
final class WindowHelp {
    private final WorkbenchFrame frame;
    private final Actions actions;
    private final PaletteViewModel found;
    private CommandPalette palette;
    private ShortcutSheet sheet;

    WindowHelp(Workbench workbench, WorkbenchFrame frame, Actions actions, RecentEntries recent) {
        this.frame = frame;
        this.actions = actions;
        found = new PaletteViewModel(recent);
        RecipeEntries recipe = new RecipeEntries(workbench);
        PlaceEntries places = new PlaceEntries(workbench, frame::open);
        found.addReader(places::read);
        found.addReader(recipe::read);
        found.addList(() -> actions.all().stream().map(PaletteEntry::of).toList());
        found.addList(recipe::all);
        found.addList(places::sites);
    }

    void addActions() {
        actions.add(
                Action.of("palette", ActionGroup.HELP, this::showPalette)
                        .on("Shortcut+K", "Shortcut+Shift+P"));
        actions.add(Action.of("shortcuts", ActionGroup.HELP, this::showSheet).on("F1", "'?'"));
    }

    private void showPalette() {
        if (palette == null) {
            palette = new CommandPalette(found, frame.overlay()::hide);
        }
        if (frame.overlay().isShowing(palette)) {
            frame.overlay().hide();
            return;
        }
        frame.overlay().show(palette);
        palette.begin();
    }

    private void showSheet() {
        if (sheet == null) {
            sheet = new ShortcutSheet(actions);
        }
        if (frame.overlay().isShowing(sheet)) {
            frame.overlay().hide();
            return;
        }
        frame.overlay().show(sheet);
        sheet.begin();
    }
}
