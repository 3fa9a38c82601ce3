package io.agilelens.views;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WindowAdviceTest {
    private static final Pattern HANDLING =
            Pattern.compile("\\b(click|drag|double click|arrow keys|wheel|choose)\\b");

    @Test
    void adviceIsShownInTheWindowAndLeftOutElsewhere() {
        String text = "Low is noisy. ⟦Click a place to select it.⟧ Green is planted.";
        assertEquals(
                "Low is noisy. Click a place to select it. Green is planted.",
                WindowAdvice.shown(text));
        assertEquals("Low is noisy. Green is planted.", WindowAdvice.leftOut(text));
    }

    /** Otherwise a report on paper tells its reader to click. */
    @Test
    void whatAPictureSaysOfHandlingItIsMarkedAsAdvice() {
        ResourceBundle words = ResourceBundle.getBundle("io.agilelens.resources.messages");
        List<String> left =
                words.keySet().stream()
                        .filter(key -> key.contains(".sentence"))
                        .filter(
                                key ->
                                        HANDLING.matcher(
                                                        WindowAdvice.leftOut(words.getString(key))
                                                                .toLowerCase(Locale.ROOT))
                                                .find())
                        .toList();
        assertEquals(List.of(), left);
    }
}
