package io.agilelens.views;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agilelens.views.chart.ChartStyle;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javafx.scene.Parent;
import javafx.scene.control.Label;
import javafx.scene.layout.StackPane;
import javafx.scene.paint.Color;
import org.junit.jupiter.api.Test;

/** Text can be read on what it stands on, in both themes: WCAG's 4.5 to 1. */
class ContrastTest extends GuiTest {
    private static final double LEAST = 4.5;

    /** A text's colour and what lies below it, the topmost last. */
    private record Pair(String text, List<String> grounds) {
        static Pair of(String text, String... grounds) {
            return new Pair(text, List.of(grounds));
        }
    }

    private static final List<Pair> PAIRS =
            List.of(
                    Pair.of("-color-fg-default", "-agile-surface"),
                    Pair.of("-color-fg-default", "-agile-rail"),
                    Pair.of("-color-fg-default", "-agile-rail", "-color-neutral-muted"),
                    Pair.of("-color-fg-default", "-agile-surface", "-color-neutral-muted"),
                    Pair.of("-color-fg-muted", "-agile-surface"),
                    Pair.of("-color-fg-muted", "-agile-rail"),
                    Pair.of("-color-fg-muted", "-agile-surface", "-color-bg-subtle"),
                    Pair.of("-color-fg-muted", "-agile-surface", "-color-accent-subtle"),
                    Pair.of("-color-accent-fg", "-agile-surface"),
                    Pair.of("-color-accent-fg", "-agile-rail", "-color-accent-subtle"),
                    Pair.of("-color-accent-fg", "-agile-surface", "-color-accent-subtle"),
                    Pair.of("-color-success-fg", "-agile-surface", "-color-success-subtle"),
                    Pair.of("-color-success-fg", "-agile-rail", "-color-success-subtle"),
                    Pair.of("-color-warning-fg", "-agile-surface", "-color-warning-subtle"),
                    Pair.of("-color-warning-fg", "-agile-rail", "-color-warning-subtle"),
                    Pair.of("-color-warning-fg", "-agile-surface"),
                    Pair.of("-color-danger-fg", "-agile-surface"),
                    Pair.of("-agile-baseline", "-agile-surface"),
                    Pair.of("-agile-baseline", "-agile-rail"),
                    Pair.of("-agile-tuned", "-agile-surface"),
                    Pair.of("-agile-tuned", "-agile-rail"),
                    Pair.of("-agile-hover-text", "-agile-hover-background"),
                    Pair.of("-agile-surface", "-agile-baseline"),
                    Pair.of("-agile-surface", "-agile-tuned"),
                    Pair.of("-agile-surface", "-color-fg-default"));

    private Label label;

    @Override
    protected Parent createRoot() {
        label = new Label("x");
        return new StackPane(label);
    }

    @Test
    void wordsOfTheWindowCanBeRead() {
        Set<String> weak = new TreeSet<>();
        for (Theme.Mode mode : List.of(Theme.Mode.LIGHT, Theme.Mode.DARK)) {
            interact(() -> Theme.apply(mode));
            for (Pair pair : PAIRS) {
                Color ground = color(pair.grounds().getFirst());
                for (String layer : pair.grounds()) {
                    ground = over(color(layer), ground);
                }
                check(weak, mode + " " + pair, color(pair.text()), ground);
            }
        }
        assertEquals(Set.of(), weak);
    }

    @Test
    void wordsOfPicturesCanBeRead() {
        Set<String> weak = new TreeSet<>();
        for (ChartStyle style : List.of(ChartStyle.LIGHT, ChartStyle.DARK)) {
            String name = style.dark() ? "dark " : "light ";
            check(weak, name + "text", style.text(), style.background());
            check(weak, name + "muted", style.muted(), style.background());
            check(weak, name + "baseline", style.baseline(), style.background());
            check(weak, name + "tuned", style.tuned(), style.background());
            check(weak, name + "trouble", style.trouble(), style.background());
            check(weak, name + "selection", style.selection(), style.background());
            for (Color series : style.series()) {
                check(weak, name + series, series, style.background());
            }
        }
        assertEquals(Set.of(), weak);
    }

    private static void check(Set<String> weak, String name, Color text, Color ground) {
        double contrast = contrast(over(text, ground), ground);
        if (contrast < LEAST) {
            weak.add("%s: %.2f".formatted(name, contrast));
        }
    }

    /** A looked-up colour of the theme in force. */
    private Color color(String name) {
        interact(
                () -> {
                    label.setStyle("-fx-text-fill: " + name);
                    label.applyCss();
                });
        return (Color) label.getTextFill();
    }

    private static Color over(Color top, Color below) {
        double a = top.getOpacity();
        return Color.color(
                top.getRed() * a + below.getRed() * (1 - a),
                top.getGreen() * a + below.getGreen() * (1 - a),
                top.getBlue() * a + below.getBlue() * (1 - a));
    }

    private static double contrast(Color one, Color other) {
        double a = luminance(one);
        double b = luminance(other);
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }

    private static double luminance(Color color) {
        return 0.2126 * linear(color.getRed())
                + 0.7152 * linear(color.getGreen())
                + 0.0722 * linear(color.getBlue());
    }

    private static double linear(double channel) {
        return channel <= 0.04045 ? channel / 12.92 : Math.pow((channel + 0.055) / 1.055, 2.4);
    }
}
