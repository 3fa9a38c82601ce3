package io.agilelens.views.outliers;

import io.agilelens.engine.quant.TripFit;
import io.agilelens.engine.quant.TripQuantizer;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.chart.Heatmap;
import io.agilelens.views.chart.HeatmapData;
import java.util.ArrayList;
import java.util.List;

/** The power of two that TRIP gave each channel, and what every other would have cost. */
record TripFactors(TripFit fit) {

    /** The largest factor there is to choose, 2^K. */
    int largest() {
        return 1 << maxExponent();
    }

    int factor(int channel) {
        return 1 << fit.quantizer().exponent(channel);
    }

    /** A strip of one row: the factor of each channel. */
    HeatmapData strip() {
        TripQuantizer quantizer = fit.quantizer();
        float[] factors = new float[quantizer.channels()];
        for (int c = 0; c < factors.length; c++) {
            factors[c] = factor(c);
        }
        return HeatmapData.adopt(
                1,
                factors.length,
                factors,
                new HeatmapData.Labels(
                        Messages.text("outliers.factors.value"),
                        "",
                        "",
                        Messages.text("outliers.axis.channel"),
                        row -> "",
                        Integer::toString));
    }

    /** Colours from ×1 to ×2^K, whatever was chosen. */
    Heatmap.Range range() {
        return new Heatmap.Range(1, Math.max(2, largest()));
    }

    /** The candidates, the chosen one marked. */
    List<String> candidates(int channel) {
        List<String> names = new ArrayList<>();
        for (int exponent = 0; exponent <= maxExponent(); exponent++) {
            int factor = 1 << exponent;
            names.add(
                    factor == factor(channel)
                            ? Messages.text("outliers.why.chosen", Integer.toString(factor))
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

    /** One channel in words: its factor and the error of each candidate. */
    String describe(int channel) {
        double[] errors = errors(channel);
        List<String> each = new ArrayList<>();
        for (int exponent = 0; exponent < errors.length; exponent++) {
            each.add("×" + (1 << exponent) + " " + Figures.number(errors[exponent]));
        }
        return Messages.text(
                "outliers.factors.reading",
                Integer.toString(channel),
                Integer.toString(factor(channel)),
                String.join("   ", each));
    }

    private int maxExponent() {
        return fit.candidates().length - 1;
    }
}
