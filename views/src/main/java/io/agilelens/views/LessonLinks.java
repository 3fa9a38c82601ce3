package io.agilelens.views;

import java.util.Locale;
import java.util.ResourceBundle;
import java.util.function.Consumer;
import javafx.scene.Cursor;
import javafx.scene.control.Labeled;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;

/**
 * Leads from a word that needs explaining to the lesson that explains it. The window sets itself as
 * the one who opens lessons; until then links lead nowhere.
 */
public final class LessonLinks {
    private static final ResourceBundle WORDS =
            ResourceBundle.getBundle("io.agilelens.resources.lessons.words", Locale.getDefault());

    private static Consumer<String> opener = lesson -> {};

    private LessonLinks() {}

    /** Says who starts a lesson, by its id; on the JavaFX thread. */
    public static void openWith(Consumer<String> startLesson) {
        opener = startLesson;
    }

    /**
     * Makes a label a link to a lesson: a click, or the Enter key, starts it.
     *
     * @param help what the label's tooltip says so far
     * @return the same with a line on the lesson
     * @throws java.util.MissingResourceException if there is no such lesson
     */
    public static String link(Labeled label, String lesson, String help) {
        String title = WORDS.getString(lesson + ".title");
        label.getStyleClass().add("lesson-link");
        label.setCursor(Cursor.HAND);
        label.setFocusTraversable(true);
        label.addEventHandler(MouseEvent.MOUSE_CLICKED, _ -> opener.accept(lesson));
        label.addEventHandler(
                KeyEvent.KEY_PRESSED,
                key -> {
                    if (key.getCode() == KeyCode.ENTER) {
                        opener.accept(lesson);
                        key.consume();
                    }
                });
        String told = help + "\n" + Messages.text("lessons.link", title);
        label.setAccessibleHelp(told);
        return told;
    }
}
