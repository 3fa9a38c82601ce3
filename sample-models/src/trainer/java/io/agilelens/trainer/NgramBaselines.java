package io.agilelens.trainer;

import java.util.HashMap;
import java.util.Map;

/**
 * What counting alone achieves: a unigram model with one added to every count, and a bigram model
 * that falls back on it by Witten and Bell's rule, {@code p(b|a) = (n(ab) + d(a) p(b)) / (n(a) +
 * d(a))} with {@code d(a)} the number of different tokens seen after {@code a} ("The Zero-Frequency
 * Problem", 1991).
 */
final class NgramBaselines {
    private final double[] unigram;
    private final Map<Long, Integer> pairCounts = new HashMap<>();
    private final int[] countBefore;
    private final int[] distinctAfter;

    NgramBaselines(TokenStream training, int vocabulary) {
        int[] counts = new int[vocabulary];
        countBefore = new int[vocabulary];
        distinctAfter = new int[vocabulary];
        for (int i = 0; i < training.length(); i++) {
            counts[training.token(i)]++;
            if (i > 0) {
                int before = training.token(i - 1);
                countBefore[before]++;
                if (pairCounts.merge(pair(before, training.token(i)), 1, Integer::sum) == 1) {
                    distinctAfter[before]++;
                }
            }
        }
        unigram = new double[vocabulary];
        for (int id = 0; id < vocabulary; id++) {
            unigram[id] = (counts[id] + 1.0) / (training.length() + vocabulary);
        }
    }

    /** The unigram model's loss on a window's targets, in nats, summed. */
    double unigramLoss(int[] window) {
        double sum = 0;
        for (int i = 1; i < window.length; i++) {
            sum -= Math.log(unigram[window[i]]);
        }
        return sum;
    }

    /** The bigram model's loss on a window's targets, in nats, summed. */
    double bigramLoss(int[] window) {
        double sum = 0;
        for (int i = 1; i < window.length; i++) {
            sum -= Math.log(bigram(window[i - 1], window[i]));
        }
        return sum;
    }

    private double bigram(int before, int token) {
        if (countBefore[before] == 0) {
            return unigram[token]; // after a start token that the stream does not contain
        }
        int count = pairCounts.getOrDefault(pair(before, token), 0);
        return (count + distinctAfter[before] * unigram[token])
                / (countBefore[before] + distinctAfter[before]);
    }

    private static long pair(int before, int token) {
        return (long) before << 32 | token;
    }
}
