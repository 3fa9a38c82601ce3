package io.agilelens.app.window;

import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import org.testfx.api.FxRobot;
import org.testfx.util.WaitForAsyncUtils;

/** The menu of presets above the recipe, and other menus, under a person's hands. */
final class Menus {
    private Menus() {}

    /** Chooses a preset by its name. */
    static void preset(FxRobot robot, String name) {
        MenuButton presets = robot.lookup("#recipe-presets").query();
        MenuItem item =
                presets.getItems().stream()
                        .filter(each -> (each.getText() + "").startsWith(name + " —"))
                        .findFirst()
                        .orElseThrow();
        robot.interact(item::fire);
        WaitForAsyncUtils.waitForFxEvents();
    }

    /** Chooses what has an id in a menu. */
    static void choose(FxRobot robot, String menu, String id) {
        MenuItem item =
                robot.lookup(menu).queryAs(MenuButton.class).getItems().stream()
                        .filter(each -> id.equals(each.getId()))
                        .findFirst()
                        .orElseThrow();
        robot.interact(item::fire);
        WaitForAsyncUtils.waitForFxEvents();
    }
}
