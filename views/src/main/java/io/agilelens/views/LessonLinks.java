package io.agilelens.views;

import java.util.Locale;
import java.util.Map;
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

    /** The lessons that explain terms: by the key of the term's words. */
    private static final Map<String, String> TERMS =
            Map.ofEntries(
                    Map.entry("verdict.perplexity", "recipe"),
                    Map.entry("quality.row.perplexity", "recipe"),
                    Map.entry("quality.row.divergence", "recipe"),
                    Map.entry("quality.row.kept", "tokens"),
                    Map.entry("quality.row.all", "tokens"),
                    Map.entry("quality.row.coverage", "tokens"),
                    Map.entry("outliers.figure.noise", "outlier"),
                    Map.entry("outliers.figure.kurtosis", "outlier"),
                    Map.entry("attention.figure.start", "tokens"),
                    Map.entry("attention.figure.lost", "log2"),
                    Map.entry("recipe.weights.symmetric", "outlier"),
                    Map.entry("recipe.weights.group.row", "awq"),
                    Map.entry("recipe.weights.group", "awq"),
                    Map.entry("recipe.weights.awq.scale", "awq"),
                    Map.entry("recipe.weights.awq.clip", "awq"),
                    Map.entry("recipe.weights.gptq.damping", "recipe"),
                    Map.entry("recipe.activations.exponents", "trip"),
                    Map.entry("recipe.activations.symmetric", "outlier"),
                    Map.entry("recipe.activations.granularity", "outlier"),
                    Map.entry("recipe.pruning.beta", "tokens"),
                    Map.entry("recipe.pruning.score", "tokens"));

    private static Consumer<String> opener = lesson -> {};

    private LessonLinks() {}

    /** Says who starts a lesson, by its id; on the JavaFX thread. */
    public static void openWith(Consumer<String> startLesson) {
        opener = startLesson;
    }

    /**
     * Explains a term by a tooltip and, where a lesson tells more, makes its label a link there.
     *
     * @param term key of the term's words
     * @param help what it means, in one sentence
     */
    public static void explain(Labeled label, String term, String help) {
        String lesson = TERMS.get(term);
        Help.wrapped(label, lesson == null ? help : link(label, lesson, help));
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
        if (!label.getStyleClass().contains("lesson-link")) {
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
        }
        String told = help + "\n" + Messages.text("lessons.link", title);
        label.setAccessibleHelp(told);
        return told;
    }
}
