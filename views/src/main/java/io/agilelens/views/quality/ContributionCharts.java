package io.agilelens.views.quality;

import io.agilelens.engine.evaluate.FloatComparison;
import io.agilelens.views.Arrangement;
import io.agilelens.views.Messages;
import io.agilelens.views.chart.BarChartPane;
import io.agilelens.views.chart.ChartCard;
import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.chart.Ink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.ToDoubleFunction;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/**
 * Parts of a recipe side by side, each alone on and alone off: once by the loss that is added, once
 * by the divergence of the predictions.
 */
final class ContributionCharts {
    private static final double ROOM_FOR_TWO = 720;
    private static final double LOW = 230;

    /** How many standard errors a whisker reaches: 95 % of a normal distribution. */
    private static final double REACH = 1.96;

    private final String key;
    private final BarChartPane loss;
    private final BarChartPane divergence;
    private final ChartCard lossCard;
    private final ChartCard divergenceCard;
    private final Region region;
    private int parts;

    /**
     * @param key begins the keys of all words
     */
    ContributionCharts(String key) {
        this.key = key;
        String group = Messages.text(key + ".group");
        loss =
                new BarChartPane(
                        Messages.text(key + ".loss"),
                        group,
                        ChartPane.Axis.linear(
                                Messages.text("study.change"), Messages.text("quality.nats")));
        divergence =
                new BarChartPane(
                        Messages.text(key + ".divergence"),
                        group,
                        ChartPane.Axis.linear(
                                Messages.text("study.divergence"), Messages.text("quality.nats")));
        lossCard = new ChartCard(Messages.text(key + ".loss"), "", loss);
        divergenceCard =
                new ChartCard(
                        Messages.text(key + ".divergence"),
                        Messages.text(key + ".divergence.sentence"),
                        divergence);
        region = new Arrangement(ROOM_FOR_TWO, this::stacked, this::sideBySide);
    }

    /** The charts, beside each other where there is room. */
    Region region() {
        return region;
    }

    private Region stacked() {
        for (ChartCard card : List.of(lossCard, divergenceCard)) {
            card.keepHeight(LOW);
            VBox.setVgrow(card, Priority.ALWAYS);
        }
        return new VBox(12, lossCard, divergenceCard);
    }

    private Region sideBySide() {
        HBox row = new HBox(24, lossCard, divergenceCard);
        for (ChartCard card : List.of(lossCard, divergenceCard)) {
            HBox.setHgrow(card, Priority.ALWAYS);
            card.setPrefWidth(100);
        }
        return row;
    }

    /** Hears the index of the part that is clicked; the whole is no part. */
    void setOnPick(IntConsumer onPick) {
        for (BarChartPane chart : List.of(loss, divergence)) {
            chart.setOnPick(
                    pick -> {
                        if (pick.index() < parts) {
                            onPick.accept(pick.index());
                        }
                    });
        }
    }

    void setStale(boolean stale) {
        loss.staleProperty().set(stale);
        divergence.staleProperty().set(stale);
    }

    /**
     * @param names of the parts
     * @param alone each part alone on, in the order of the names
     * @param without each part alone off, likewise
     * @param whole everything on
     * @param sentence what the loss picture says
     */
    void show(
            List<String> names,
            List<FloatComparison> alone,
            List<FloatComparison> without,
            FloatComparison whole,
            String sentence) {
        parts = names.size();
        lossCard.setSentence(sentence);
        fill(
                loss,
                names,
                alone,
                without,
                whole,
                FloatComparison::change,
                FloatComparison::changeError);
        fill(
                divergence,
                names,
                alone,
                without,
                whole,
                comparison -> comparison.divergence().mean(),
                comparison -> comparison.divergence().standardError());
    }

    private void fill(
            BarChartPane chart,
            List<String> names,
            List<FloatComparison> alone,
            List<FloatComparison> without,
            FloatComparison whole,
            ToDoubleFunction<FloatComparison> value,
            ToDoubleFunction<FloatComparison> error) {
        List<String> groups = new ArrayList<>(names);
        groups.add(Messages.text(key + ".whole"));
        List<FloatComparison> on = new ArrayList<>(alone);
        on.add(whole);
        chart.setBars(
                groups,
                List.of(
                        bars(
                                Messages.text(key + ".alone"),
                                Ink.TUNED,
                                groups.size(),
                                on,
                                value,
                                error),
                        bars(
                                Messages.text(key + ".without"),
                                Ink.SERIES_3,
                                groups.size(),
                                without,
                                value,
                                error)));
        chart.setMarkers(
                List.of(new ChartPane.Marker(false, value.applyAsDouble(whole), "", Ink.MUTED)));
    }

    /** Bars for one group fewer than there are stay out of the last one. */
    private static BarChartPane.Bars bars(
            String name,
            Ink ink,
            int groups,
            List<FloatComparison> comparisons,
            ToDoubleFunction<FloatComparison> value,
            ToDoubleFunction<FloatComparison> error) {
        double[] values = new double[groups];
        double[] low = new double[groups];
        double[] high = new double[groups];
        Arrays.fill(values, Double.NaN);
        for (int i = 0; i < comparisons.size(); i++) {
            values[i] = value.applyAsDouble(comparisons.get(i));
            double reach = REACH * error.applyAsDouble(comparisons.get(i));
            low[i] = values[i] - reach;
            high[i] = values[i] + reach;
        }
        return new BarChartPane.Bars(name, ink, values, low, high, false);
    }
}
