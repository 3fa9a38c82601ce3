package io.agilelens.views;

/**
 * What can be done in the window, said within a text and set in {@code ⟦⟧} there: a report, where
 * nothing can be clicked, leaves it out.
 */
public final class WindowAdvice {
    private WindowAdvice() {}

    /** The text with its advice. */
    public static String shown(String text) {
        return text.replace("⟦", "").replace("⟧", "");
    }

    /** The text without its advice. */
    public static String leftOut(String text) {
        return text.replaceAll("\\s*⟦[^⟧]*⟧", "").strip();
    }
}
