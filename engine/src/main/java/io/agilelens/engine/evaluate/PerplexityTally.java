package io.agilelens.engine.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Adds up the losses of windows; the value so far is there after each. Not safe for threads. */
public final class PerplexityTally {
    private final TokenWindows text;
    private final MeanEstimate kept = new MeanEstimate();
    private final MeanEstimate carried = new MeanEstimate();
    private final DivergenceTally divergence = new DivergenceTally();
    private final List<Double> sums = new ArrayList<>();
    private final List<Integer> counts = new ArrayList<>();

    /**
     * @param text the windows whose losses will come, in their order
     */
    public PerplexityTally(TokenWindows text) {
        this.text = text;
    }

    /** Windows added so far. */
    public int windows() {
        return sums.size();
    }

    public void add(WindowLoss loss) {
        double sum = 0;
        int count = 0;
        for (int t = 0; t < loss.kept().length; t++) {
            if (!Float.isNaN(loss.carried()[t])) {
                carried.add(loss.carried()[t]);
            }
            if (!Float.isNaN(loss.kept()[t])) {
                kept.add(loss.kept()[t]);
                sum += loss.kept()[t];
                count++;
            }
        }
        divergence.add(sums.size(), loss);
        sums.add(sum);
        counts.add(count);
    }

    /** The value over the windows so far. */
    public Perplexity result() {
        Optional<TextMeasure> measure = text.measure();
        // A word's loss is spread over several predictions.
        double predictions = measure.map(TextMeasure::predictionsPerWord).orElse(1.0);
        double perplexity =
                Math.exp(measure.isPresent() ? kept.mean() * predictions : meanOfWindows());
        return new Perplexity(
                text.protocol(),
                text.length(),
                sums.size(),
                text.windows().size(),
                kept.count(),
                kept.mean(),
                perplexity,
                perplexity * kept.standardError() * predictions,
                Math.exp(carried.mean() * predictions),
                carried.mean(),
                (double) kept.count() / carried.count(),
                sums,
                counts,
                measure,
                divergence.result());
    }

    private double meanOfWindows() {
        double means = 0;
        int scored = 0;
        for (int w = 0; w < sums.size(); w++) {
            if (counts.get(w) > 0) {
                means += sums.get(w) / counts.get(w);
                scored++;
            }
        }
        return scored == 0 ? Double.NaN : means / scored;
    }
}
