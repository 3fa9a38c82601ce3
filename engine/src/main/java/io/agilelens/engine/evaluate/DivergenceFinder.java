package io.agilelens.engine.evaluate;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.PassSize;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Searches a text for the {@link FirstDivergence} of a tuned model. */
public final class DivergenceFinder {
    /** A threshold that ordinary rounding stays above: noise of a third of the amplitude. */
    public static final double USUAL_THRESHOLD = 10;

    /** The sites that are compared, in the order in which they are computed. */
    private static final List<Site> SITES =
            List.of(
                    Site.ATTN_INPUT,
                    Site.QUERY,
                    Site.KEY,
                    Site.VALUE,
                    Site.ATTN_OUTPUT,
                    Site.MLP_INPUT,
                    Site.MLP_HIDDEN);

    private final TunedModel tuned;
    private final Decoder floats;
    private final double threshold;

    /**
     * @param baseline runs the float model
     * @param threshold in decibels
     */
    public DivergenceFinder(TunedModel tuned, Decoder baseline, double threshold) {
        this.tuned = tuned;
        this.floats = FoldedFloats.decoder(tuned, baseline);
        this.threshold = threshold;
    }

    /** Goes through the windows until there is a departure and a change of a prediction. */
    public FirstDivergence find(TokenWindows text, Progress progress, Cancellation cancellation) {
        Optional<FirstDivergence.Departure> departure = Optional.empty();
        Optional<FirstDivergence.Turn> turn = Optional.empty();
        int count = text.windows().size();
        int searched = 0;
        while (searched < count && (departure.isEmpty() || turn.isEmpty())) {
            progress.report("first divergence, window", searched, count);
            Window window = new Window(searched, text.windows().get(searched));
            window.run(cancellation);
            if (departure.isEmpty()) {
                departure = window.departure();
            }
            if (turn.isEmpty()) {
                turn = window.turn(cancellation);
            }
            searched++;
        }
        progress.report("first divergence, window", count, count);
        return new FirstDivergence(threshold, searched, departure, turn);
    }

    /** One window run through both models. */
    private final class Window {
        private final int index;
        private final int[] ids;

        /** By layer, site and token; NaN where the token is gone. */
        private final float[][][] decibels;

        private Decoder.Pass pass;
        private Matrix expectedHidden;

        Window(int index, int[] ids) {
            this.index = index;
            this.ids = ids;
            int layers = floats.model().config().layers();
            this.decibels = new float[layers][SITES.size()][ids.length];
            for (float[][] sites : decibels) {
                for (float[] tokens : sites) {
                    Arrays.fill(tokens, Float.NaN);
                }
            }
        }

        void run(Cancellation cancellation) {
            DepartureProbe probe =
                    new DepartureProbe(
                            floats,
                            ids,
                            (layer, site, expected, _, after, positions) -> {
                                float[] tokens = decibels[layer][SITES.indexOf(site)];
                                for (int row = 0; row < positions.length; row++) {
                                    tokens[positions[row]] =
                                            (float) ratio(expected, positions[row], after, row);
                                }
                            },
                            cancellation);
            pass =
                    tuned.decoder()
                            .run(ids, null, tuned.recipe().pruning().pruner(), probe, cancellation);
            expectedHidden = probe.expectedHidden();
        }

        Optional<FirstDivergence.Departure> departure() {
            for (int token = 0; token < ids.length; token++) {
                FirstDivergence.Trail trail = trail(token);
                Optional<FirstDivergence.Step> step = trail.firstBelow(threshold);
                if (step.isPresent()) {
                    return Optional.of(
                            new FirstDivergence.Departure(
                                    index,
                                    token,
                                    step.get().layer(),
                                    step.get().site(),
                                    step.get().decibels(),
                                    trail));
                }
            }
            return Optional.empty();
        }

        private FirstDivergence.Trail trail(int token) {
            List<FirstDivergence.Step> steps = new ArrayList<>();
            for (int layer = 0; layer < decibels.length; layer++) {
                for (int site = 0; site < SITES.size(); site++) {
                    float value = decibels[layer][site][token];
                    if (!Float.isNaN(value)) {
                        steps.add(new FirstDivergence.Step(layer, SITES.get(site), value));
                    }
                }
            }
            double output = Double.NaN;
            for (int row = 0; row < pass.survivors().length; row++) {
                if (pass.survivors()[row] == token) {
                    output = ratio(expectedHidden, token, pass.hidden(), row);
                }
            }
            return new FirstDivergence.Trail(steps, output);
        }

        Optional<FirstDivergence.Turn> turn(Cancellation cancellation) {
            int[] survivors = pass.survivors();
            for (int from = 0; from < survivors.length; from += PassSize.EVALUATION_ROWS) {
                cancellation.check();
                int rows = Math.min(PassSize.EVALUATION_ROWS, survivors.length - from);
                Matrix predicted = tuned.decoder().logits(pass.hidden(), from, rows);
                for (int row = 0; row < rows; row++) {
                    int token = survivors[from + row];
                    Matrix wanted = floats.logits(expectedHidden, token, 1);
                    int expected = Predictions.largest(wanted, 0);
                    int actual = Predictions.largest(predicted, row);
                    if (expected != actual) {
                        return Optional.of(
                                new FirstDivergence.Turn(
                                        index,
                                        token,
                                        expected,
                                        actual,
                                        Predictions.probability(wanted, 0, expected),
                                        Predictions.probability(wanted, 0, actual),
                                        Predictions.probability(predicted, row, expected),
                                        Predictions.probability(predicted, row, actual),
                                        trail(token)));
                    }
                }
            }
            return Optional.empty();
        }
    }

    private static double ratio(Matrix expected, int expectedRow, Matrix actual, int actualRow) {
        double signal = 0;
        double noise = 0;
        for (int c = 0; c < expected.columns(); c++) {
            double x = expected.get(expectedRow, c);
            double error = x - actual.get(actualRow, c);
            signal += x * x;
            noise += error * error;
        }
        return SignalToNoise.decibels(signal, noise);
    }
}
