package io.agilelens.trainer;

import io.agilelens.trainer.BytePairEncoding.Merge;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Learns a byte-pair encoding: again and again the most frequent pair of neighbouring tokens
 * becomes a token (Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with
 * Subword Units", 2016). Equal counts are decided by the smaller ids, so the outcome depends on
 * nothing but the texts.
 */
final class BytePairTrainer {
    /** A pair with the count that it had when it was queued. */
    private record Candidate(Merge merge, long count) {}

    private static final Comparator<Candidate> MOST_FREQUENT_FIRST =
            Comparator.comparingLong(Candidate::count)
                    .reversed()
                    .thenComparingInt(candidate -> candidate.merge().left())
                    .thenComparingInt(candidate -> candidate.merge().right());

    private final TokenizerConvention convention;
    private final List<int[]> words = new ArrayList<>();
    private final List<Long> wordCounts = new ArrayList<>();
    private final Map<Merge, Long> pairCounts = new HashMap<>();
    private final Map<Merge, Set<Integer>> wordsWithPair = new HashMap<>();
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>(MOST_FREQUENT_FIRST);

    private BytePairTrainer(TokenizerConvention convention, List<Document> documents) {
        this.convention = convention;
        Map<String, Long> counts = new LinkedHashMap<>();
        for (Document document : documents) {
            for (String piece : convention.preTokenization().pieces(document.text())) {
                counts.merge(piece, 1L, Long::sum);
            }
        }
        counts.forEach(
                (piece, count) -> {
                    words.add(convention.bytes(piece));
                    wordCounts.add(count);
                });
    }

    /**
     * Learns an encoding.
     *
     * @param convention special tokens and where to cut
     * @param documents the texts to learn from
     * @param vocabularySize the number of tokens, special ones and bytes included
     * @throws IllegalArgumentException if the size does not exceed the bytes and special tokens
     */
    static BytePairEncoding train(
            TokenizerConvention convention, List<Document> documents, int vocabularySize) {
        if (vocabularySize <= convention.firstMergeId()) {
            throw new IllegalArgumentException(
                    "vocabulary of %d: must exceed %d"
                            .formatted(vocabularySize, convention.firstMergeId()));
        }
        return new BytePairEncoding(
                convention,
                new BytePairTrainer(convention, documents)
                        .learn(vocabularySize - convention.firstMergeId()));
    }

    private List<Merge> learn(int wanted) {
        for (int word = 0; word < words.size(); word++) {
            count(word, wordCounts.get(word), null);
        }
        pairCounts.forEach((merge, count) -> queue.add(new Candidate(merge, count)));
        List<Merge> merges = new ArrayList<>();
        while (merges.size() < wanted && !queue.isEmpty()) {
            Candidate best = queue.poll();
            long now = pairCounts.getOrDefault(best.merge(), 0L);
            if (now != best.count()) {
                continue; // superseded: every change of a count queues the pair anew
            }
            if (now < 2) {
                break;
            }
            merge(best.merge(), convention.firstMergeId() + merges.size());
            merges.add(best.merge());
        }
        return merges;
    }

    private void merge(Merge merge, int token) {
        Set<Merge> changed = new HashSet<>();
        for (int word : wordsWithPair.remove(merge)) {
            count(word, -wordCounts.get(word), changed);
            int[] ids = words.get(word);
            int length = BytePairEncoding.apply(merge, token, ids, ids.length);
            words.set(word, Arrays.copyOf(ids, length));
            count(word, wordCounts.get(word), changed);
        }
        pairCounts.remove(merge);
        for (Merge pair : changed) {
            long count = pairCounts.getOrDefault(pair, 0L);
            if (count > 0) {
                queue.add(new Candidate(pair, count));
            }
        }
    }

    /** Adds a weight to the counts of all pairs in a word and notes which pairs that touched. */
    private void count(int word, long weight, Set<Merge> changed) {
        int[] ids = words.get(word);
        for (int i = 0; i + 1 < ids.length; i++) {
            Merge pair = new Merge(ids[i], ids[i + 1]);
            pairCounts.merge(pair, weight, Long::sum);
            if (weight > 0) {
                wordsWithPair.computeIfAbsent(pair, key -> new HashSet<>()).add(word);
            }
            if (changed != null) {
                changed.add(pair);
            }
        }
    }
}
