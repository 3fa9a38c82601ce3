package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agilelens.views.GuiTest;
import io.agilelens.views.RecordingActions;
import io.agilelens.views.action.Action;
import io.agilelens.views.action.ActionGroup;
import io.agilelens.views.action.Actions;
import io.agilelens.views.lessons.LessonLibrary;
import io.agilelens.views.lessons.LessonsViewModel;
import io.agilelens.views.palette.RecentEntries;
import io.agilelens.views.palette.ShortcutSheet;
import io.agilelens.views.workbench.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javafx.scene.Parent;
import javafx.stage.Stage;
import org.junit.jupiter.api.Test;

/**
 * The page of the documentation about the keyboard says what the window does. Run with {@code
 * -Dagilelens.write=true} it writes the page.
 */
class KeyboardPageTest extends GuiTest {
    private static final Path PAGE = Path.of("..", "docs", "keyboard.md");

    private Actions actions;

    @Override
    protected Parent createRoot() {
        Workbench workbench = new Workbench();
        RecordingActions work = new RecordingActions();
        LessonsViewModel lessons = new LessonsViewModel(workbench, work, LessonLibrary.bundled());
        WorkbenchFrame frame = new WorkbenchFrame(Stations.of(workbench, work, lessons));
        Stage stage = new Stage();
        actions = WindowActions.of(workbench, work, stage, frame);
        new WindowHelp(workbench, frame, actions, new RecentEntries()).addActions();
        new SettingsAction(stage, frame, Optional.empty()).addTo(actions);
        new LessonDock(frame, lessons).addTo(actions);
        return frame;
    }

    @Test
    void thePageSaysWhatTheWindowDoes() throws IOException {
        String page = onFx();
        if (Boolean.getBoolean("agilelens.write")) {
            Files.writeString(PAGE, page);
        }
        assertEquals(page, Files.readString(PAGE), "run this test with -Dagilelens.write=true");
    }

    private String onFx() {
        String[] page = new String[1];
        interact(() -> page[0] = page());
        return page[0];
    }

    private String page() {
        StringBuilder page = new StringBuilder();
        page.append("# Keyboard\n\n");
        page.append("Everything in the window can be done without a pointer. ");
        page.append("On a Mac, Ctrl is Command. This page is made from the window's own list of ");
        page.append("actions by `KeyboardPageTest`; F1 shows the same list in the window.\n\n");
        page.append("Tab goes from control to control, F6 from zone to zone. What has no key of ");
        page.append("its own is found in the command palette (");
        page.append(actions.get("palette").shortcuts()).append("), which also goes to places ");
        page.append("(`layer 5 mlp hidden`) and turns knobs (`beta 0.3`).\n");
        for (ActionGroup group : ActionGroup.values()) {
            page.append("\n## ").append(group.title()).append("\n\n| keys | does |\n|---|---|\n");
            for (Action action : actions.of(group)) {
                line(page, action.shortcuts(), action.title() + ": " + action.help());
            }
        }
        for (ShortcutSheet.ControlKeys control : ShortcutSheet.controls()) {
            page.append("\n## ").append(control.title()).append("\n\n| keys | does |\n|---|---|\n");
            control.keys().forEach(key -> line(page, key.keys(), key.effect()));
        }
        return page.toString();
    }

    private static void line(StringBuilder page, String keys, String effect) {
        page.append("| ").append(keys).append(" | ").append(effect).append(" |\n");
    }
}
