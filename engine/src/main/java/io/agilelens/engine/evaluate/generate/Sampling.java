package io.agilelens.engine.evaluate.generate;

import io.agilelens.engine.UserException;
import java.util.SplittableRandom;

/**
 * How the next token is chosen from the logits.
 *
 * @param temperature 0 takes the most likely token; otherwise logits are divided by it before the
 *     softmax that the token is drawn from
 * @param seed of the draws; the same seed gives the same text
 */
public record Sampling(double temperature, long seed) {

    /** The most likely token every time; of equal ones the lowest id. */
    public static final Sampling GREEDY = new Sampling(0, 0);

    /**
     * @throws UserException if the temperature is negative or no number
     */
    public Sampling {
        if (!(temperature >= 0) || Double.isInfinite(temperature)) {
            throw new UserException(
                    "temperature is %s: give 0 for the most likely token, or a positive number"
                            .formatted(temperature));
        }
    }

    /** Chooses tokens one after the other. */
    interface Chooser {

        /**
         * @param logits of the whole vocabulary
         * @return a token id
         */
        int choose(float[] logits);
    }

    Chooser chooser() {
        if (temperature == 0) {
            return Sampling::mostLikely;
        }
        SplittableRandom random = new SplittableRandom(seed);
        return logits -> draw(logits, random.nextDouble());
    }

    private static int mostLikely(float[] logits) {
        int best = 0;
        for (int id = 1; id < logits.length; id++) {
            if (logits[id] > logits[best]) {
                best = id;
            }
        }
        return best;
    }

    /** The token at which the cumulated probability passes {@code point}, 0 ≤ point &lt; 1. */
    private int draw(float[] logits, double point) {
        float largest = logits[mostLikely(logits)];
        double[] weights = new double[logits.length];
        double total = 0;
        for (int id = 0; id < logits.length; id++) {
            weights[id] = Math.exp((logits[id] - largest) / temperature);
            total += weights[id];
        }
        double rest = point * total;
        for (int id = 0; id < logits.length; id++) {
            rest -= weights[id];
            if (rest < 0) {
                return id;
            }
        }
        return mostLikely(logits);
    }
}
