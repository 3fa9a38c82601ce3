package io.agilelens.engine.evaluate;

import java.util.ArrayList;
import java.util.List;

/** Adds up the losses of windows; the value so far is there after each. Not safe for threads. */
public final class PerplexityTally {
    private final TokenWindows text;
    private final MeanEstimate kept = new MeanEstimate();
    private final MeanEstimate carried = new MeanEstimate();
    private final MeanEstimate divergence = new MeanEstimate();
    private final List<Double> sums = new ArrayList<>();
    private final List<Integer> counts = new ArrayList<>();
    private long agreed;

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
            if (!Float.isNaN(loss.divergence()[t])) {
                divergence.add(loss.divergence()[t]);
                agreed += loss.agreed()[t] ? 1 : 0;
            }
        }
        sums.add(sum);
        counts.add(count);
    }

    /** The value over the windows so far. */
    public Perplexity result() {
        double means = 0;
        int scored = 0;
        for (int w = 0; w < sums.size(); w++) {
            if (counts.get(w) > 0) {
                means += sums.get(w) / counts.get(w);
                scored++;
            }
        }
        double perplexity = scored == 0 ? Double.NaN : Math.exp(means / scored);
        return new Perplexity(
                text.protocol(),
                text.length(),
                sums.size(),
                text.windows().size(),
                kept.count(),
                kept.mean(),
                perplexity,
                perplexity * kept.standardError(),
                Math.exp(carried.mean()),
                (double) kept.count() / carried.count(),
                sums,
                counts,
                divergence.mean(),
                divergence.count() == 0 ? Double.NaN : (double) agreed / divergence.count());
    }
}
