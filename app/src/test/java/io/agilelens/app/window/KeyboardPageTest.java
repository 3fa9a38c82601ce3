package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agilelens.views.action.Action;
import io.agilelens.views.action.ActionGroup;
import io.agilelens.views.palette.ShortcutSheet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The page of the documentation about the keyboard says what the window does. Run with {@code
 * -Dagilelens.write=true} it writes the page.
 */
class KeyboardPageTest extends WindowTest {
    private static final Path PAGE = Path.of("..", "docs", "keyboard.md");

    /** A window without a model says all that it can do. */
    @Override
    WorkbenchWindow open() {
        return WorkbenchWindow.show(
                stage, Optional.empty(), Optional.empty(), FileQuestions.of(stage), failures::add);
    }

    @Test
    void thePageSaysWhatTheWindowDoes() throws IOException {
        String page = onFx(this::page);
        if (Boolean.getBoolean("agilelens.write")) {
            Files.writeString(PAGE, page);
        }
        assertEquals(page, Files.readString(PAGE), "run this test with -Dagilelens.write=true");
    }

    private String page() {
        StringBuilder page = new StringBuilder();
        page.append("# Keyboard\n\n");
        page.append("Everything in the window can be done without a pointer. ");
        page.append("On a Mac, Ctrl is Command. This page is made from the window's own list of ");
        page.append("actions by `KeyboardPageTest`; F1 shows the same list in the window.\n\n");
        page.append("Tab goes from control to control, F6 from zone to zone. What has no key of ");
        page.append("its own is found in the command palette (");
        page.append(window.actions().get("palette").shortcuts())
                .append("), which also goes to places ");
        page.append("(`layer 5 mlp hidden`) and turns knobs (`beta 0.3`).\n");
        for (ActionGroup group : ActionGroup.values()) {
            page.append("\n## ").append(group.title()).append("\n\n| keys | does |\n|---|---|\n");
            for (Action action : window.actions().of(group)) {
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
