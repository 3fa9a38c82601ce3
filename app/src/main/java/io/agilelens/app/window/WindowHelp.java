package io.agilelens.app.window;

import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import io.agilelens.views.action.Action;
import io.agilelens.views.action.ActionGroup;
import io.agilelens.views.action.Actions;
import io.agilelens.views.palette.AboutCard;
import io.agilelens.views.palette.CommandPalette;
import io.agilelens.views.palette.GuideCard;
import io.agilelens.views.palette.PaletteEntry;
import io.agilelens.views.palette.PaletteViewModel;
import io.agilelens.views.palette.PlaceEntries;
import io.agilelens.views.palette.RecentEntries;
import io.agilelens.views.palette.ShortcutSheet;
import io.agilelens.views.recipe.RecipeEntries;
import io.agilelens.views.workbench.Workbench;
import java.util.List;
import java.util.function.Supplier;
import javafx.scene.control.MenuButton;
import javafx.scene.control.SeparatorMenuItem;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** Palette, shortcut sheet, guide and what this is, made when somebody first asks for them. */
final class WindowHelp {
    private final WorkbenchFrame frame;
    private final Actions actions;
    private final PaletteViewModel found;
    private CommandPalette palette;
    private ShortcutSheet sheet;
    private GuideCard guide;

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

    /** Has the palette find more, such as files that were open lately. */
    void find(Supplier<List<PaletteEntry>> more) {
        found.addList(more);
    }

    void addActions() {
        actions.add(
                Action.of("palette", ActionGroup.HELP, this::showPalette)
                        .on("Shortcut+K", "Shortcut+Shift+P"));
        actions.add(Action.of("shortcuts", ActionGroup.HELP, this::showSheet).on("F1", "'?'"));
        actions.add(Action.of("guide", ActionGroup.HELP, this::showGuide).on("Shift+F1"));
        actions.add(Action.of("about", ActionGroup.HELP, this::showAbout));
    }

    /** Puts a button for all of this at the end of the line above. */
    void addTo(TopBar bar) {
        MenuButton menu = new MenuButton(null, new FontIcon(Feather.HELP_CIRCLE));
        menu.setId("help-menu");
        menu.getStyleClass().addAll("flat", "icon-button", "help-button");
        menu.setAccessibleText(Messages.text("menu.help"));
        Help.wrapped(menu, Messages.text("menu.help.help"));
        menu.getItems()
                .addAll(
                        actions.item("shortcuts"),
                        actions.item("guide"),
                        actions.item("station.lessons"),
                        new SeparatorMenuItem(),
                        actions.item("about"));
        bar.addLast(menu);
    }

    private void showGuide() {
        if (guide == null) {
            guide =
                    new GuideCard(
                            frame.stations().stream()
                                    .map(
                                            each ->
                                                    new GuideCard.Place(
                                                            each.id(), each.title(), each.help()))
                                    .toList(),
                            station -> {
                                frame.overlay().hide();
                                frame.open(station);
                            });
        }
        frame.overlay().show(guide);
        guide.begin();
    }

    private void showAbout() {
        AboutCard about = new AboutCard(ThisProgram.facts());
        frame.overlay().show(about);
        about.begin();
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
