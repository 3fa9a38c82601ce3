package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertFalse;

import javafx.css.PseudoClass;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import org.testfx.api.FxRobot;
import org.testfx.util.WaitForAsyncUtils;

/** The recipe's knobs under a person's hands. */
final class Knobs {
    private static final PseudoClass INVALID = PseudoClass.getPseudoClass("invalid");

    private Knobs() {}

    /** Types a value that a knob takes into its field, and Enter. */
    static void type(FxRobot robot, String knob, String value) {
        TextField field = robot.lookup("#" + knob.replace('.', '-') + "-value").query();
        robot.interact(
                () -> {
                    field.requestFocus();
                    field.setText(value);
                });
        robot.push(KeyCode.ENTER);
        WaitForAsyncUtils.waitForFxEvents();
        assertFalse(field.getPseudoClassStates().contains(INVALID), knob + " takes no " + value);
    }
}
