package io.agilelens.views.outliers;

import io.agilelens.engine.quant.TripFit;
import io.agilelens.engine.quant.TripQuantizer;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.chart.Heatmap;
import io.agilelens.views.chart.HeatmapData;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The power of two that each channel has, and what every other would cost.
 *
 * @param fit with the exponents that the recipe fixes
 * @param fixed exponents by channel that a person chose in place of TRIP
 */
record TripFactors(TripFit fit, SortedMap<Integer, Integer> fixed) {

    /**
     * @param fitted for an older recipe, perhaps
     * @param wanted by the recipe in force; what was no candidate then is left out until it is one
     */
    static TripFactors of(TripFit fitted, SortedMap<Integer, Integer> wanted) {
        SortedMap<Integer, Integer> known = new TreeMap<>(wanted);
        List<Integer> candidates = new ArrayList<>();
        for (int candidate : fitted.candidates()) {
            candidates.add(candidate);
        }
        int channels = fitted.candidateErrors().length;
        known.entrySet()
                .removeIf(
                        each -> each.getKey() >= channels || !candidates.contains(each.getValue()));
        return new TripFactors(fitted.withExponents(known), known);
    }

    /** The largest factor there is to choose, 2^K. */
    int largest() {
        return 1 << fit.candidates()[fit.candidates().length - 1];
    }

    int exponent(int channel) {
        return fit.quantizer().exponent(channel);
    }

    int factor(int channel) {
        return 1 << exponent(channel);
    }

    boolean isFixed(int channel) {
        return fixed.containsKey(channel);
    }

    /**
     * The candidate so many further up from a channel's; the channel's own at the end.
     *
     * @param by negative for down
     */
    int neighbour(int channel, int by) {
        int[] candidates = fit.candidates();
        int index = java.util.Arrays.binarySearch(candidates, exponent(channel));
        return candidates[Math.clamp(index + by, 0, candidates.length - 1)];
    }

    /**
     * A strip with the factor of each channel; where a person chose some, a second row has what
     * TRIP chose.
     */
    HeatmapData strip() {
        TripQuantizer quantizer = fit.quantizer();
        int channels = quantizer.channels();
        int rows = fixed.isEmpty() ? 1 : 2;
        float[] factors = new float[rows * channels];
        for (int c = 0; c < channels; c++) {
            factors[c] = factor(c);
            if (rows > 1) {
                factors[channels + c] = 1 << fit.chosen(c);
            }
        }
        return HeatmapData.adopt(
                rows,
                channels,
                factors,
                new HeatmapData.Labels(
                        Messages.text("outliers.factors.value"),
                        "",
                        "",
                        Messages.text("outliers.axis.channel"),
                        row ->
                                rows == 1
                                        ? ""
                                        : Messages.text(
                                                row == 0
                                                        ? "outliers.factors.row.own"
                                                        : "outliers.factors.row.trip"),
                        Integer::toString));
    }

    /** Colours from ×1 to ×2^K, whatever was chosen. */
    Heatmap.Range range() {
        return new Heatmap.Range(1, Math.max(2, largest()));
    }

    /** The candidates; the one in force and the one that TRIP chose are marked. */
    List<String> candidates(int channel) {
        List<String> names = new ArrayList<>();
        for (int exponent : fit.candidates()) {
            String factor = Integer.toString(1 << exponent);
            names.add(
                    exponent == exponent(channel)
                            ? Messages.text(
                                    isFixed(channel) ? "outliers.why.fixed" : "outliers.why.chosen",
                                    factor)
                            : exponent == fit.chosen(channel)
                                    ? Messages.text("outliers.why.trip", factor)
                                    : "×" + factor);
        }
        return names;
    }

    /** Root mean squared error of each candidate on the calibration text. */
    double[] errors(int channel) {
        double[] errors = fit.candidateErrors()[channel].clone();
        for (int i = 0; i < errors.length; i++) {
            errors[i] = Math.sqrt(errors[i]);
        }
        return errors;
    }

    private double error(int channel, int exponent) {
        return errors(channel)[java.util.Arrays.binarySearch(fit.candidates(), exponent)];
    }

    /** One channel in words: its factor, why it has it, and the error of each candidate. */
    String describe(int channel) {
        double[] errors = errors(channel);
        List<String> each = new ArrayList<>();
        for (int i = 0; i < errors.length; i++) {
            each.add("×" + (1 << fit.candidates()[i]) + " " + Figures.number(errors[i]));
        }
        String all = String.join("   ", each);
        String number = Integer.toString(channel);
        String factor = Integer.toString(factor(channel));
        int chosen = fit.chosen(channel);
        if (!isFixed(channel) || chosen == exponent(channel)) {
            return Messages.text(
                    isFixed(channel) ? "outliers.factors.reading.same" : "outliers.factors.reading",
                    number,
                    factor,
                    all);
        }
        return Messages.text(
                "outliers.factors.reading.fixed",
                number,
                factor,
                all,
                Integer.toString(1 << chosen),
                Figures.times(error(channel, exponent(channel)) / error(channel, chosen)));
    }
}
