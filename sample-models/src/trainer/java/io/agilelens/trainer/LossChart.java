package io.agilelens.trainer;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Draws the loss curve of a run as a small SVG that reads well on light and dark ground. */
final class LossChart {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 320;
    private static final int LEFT = 48;
    private static final int RIGHT = 16;
    private static final int TOP = 32;
    private static final int BOTTOM = 44;
    private static final String INK = "#808890";
    private static final String TRAINING = "#8ab4d8";
    private static final String HELD_OUT = "#d9822b";

    private final List<TrainingState.Progress> history;
    private final double bigramLoss;
    private final double lowest;
    private final double highest;
    private final double tokens;

    /**
     * Prepares a chart.
     *
     * @param history at least one point
     * @param bigramLoss the baseline, drawn as a level line
     */
    LossChart(List<TrainingState.Progress> history, double bigramLoss) {
        this.history = history;
        this.bigramLoss = bigramLoss;
        double least = bigramLoss;
        double most = bigramLoss;
        for (TrainingState.Progress point : history) {
            least = Math.min(least, Math.min(point.trainingLoss(), point.heldOutLoss()));
            most = Math.max(most, Math.max(point.trainingLoss(), point.heldOutLoss()));
        }
        lowest = Math.floor(2 * least) / 2;
        highest = Math.ceil(2 * most) / 2;
        tokens = history.getLast().tokens();
    }

    /** The chart as SVG text. */
    String svg() {
        StringBuilder svg = new StringBuilder();
        add(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
                        + " font-family=\"sans-serif\" font-size=\"12\" fill=\"%s\">",
                WIDTH,
                HEIGHT,
                INK);
        for (double loss = lowest; loss <= highest; loss += 0.5) {
            add(
                    svg,
                    "<path d=\"M%d %.1fH%d\" stroke=\"%s\" stroke-opacity=\"0.25\"/>",
                    LEFT,
                    y(loss),
                    WIDTH - RIGHT,
                    INK);
            add(
                    svg,
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.1f</text>",
                    LEFT - 6,
                    y(loss) + 4,
                    loss);
        }
        for (int quarter = 0; quarter <= 4; quarter++) {
            double at = tokens * quarter / 4;
            add(
                    svg,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.1f</text>",
                    x(at),
                    HEIGHT - BOTTOM + 18,
                    at / 1e6);
        }
        add(
                svg,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">million tokens seen</text>",
                (LEFT + WIDTH - RIGHT) / 2,
                HEIGHT - 8);
        add(svg, "<text x=\"%d\" y=\"16\">loss, nats per token</text>", LEFT);
        add(
                svg,
                "<path d=\"M%d %.1fH%d\" stroke=\"%s\" stroke-dasharray=\"5 4\"/>",
                LEFT,
                y(bigramLoss),
                WIDTH - RIGHT,
                INK);
        add(
                svg,
                "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">bigram baseline</text>",
                WIDTH - RIGHT,
                y(bigramLoss) - 5);
        curve(svg, TRAINING, TrainingState.Progress::trainingLoss);
        curve(svg, HELD_OUT, TrainingState.Progress::heldOutLoss);
        legend(svg, WIDTH - 210, TRAINING, "training");
        legend(svg, WIDTH - 110, HELD_OUT, "held out");
        add(svg, "</svg>");
        return svg.toString();
    }

    private void curve(
            StringBuilder svg, String colour, ToDoubleFunction<TrainingState.Progress> loss) {
        StringBuilder points = new StringBuilder();
        for (TrainingState.Progress point : history) {
            points.append(
                    String.format(
                            Locale.ROOT,
                            " %.1f,%.1f",
                            x(point.tokens()),
                            y(loss.applyAsDouble(point))));
        }
        add(
                svg,
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
                points.substring(1),
                colour);
    }

    private static void legend(StringBuilder svg, int x, String colour, String name) {
        add(svg, "<path d=\"M%d 12h18\" stroke=\"%s\" stroke-width=\"3\"/>", x, colour);
        add(svg, "<text x=\"%d\" y=\"16\">%s</text>", x + 24, name);
    }

    private double x(double seen) {
        return LEFT + (WIDTH - LEFT - RIGHT) * seen / tokens;
    }

    private double y(double loss) {
        return TOP + (HEIGHT - TOP - BOTTOM) * (highest - loss) / (highest - lowest);
    }

    private static void add(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
