package io.agilelens.engine.format.gguf;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The merges of a SentencePiece BPE vocabulary, which are not stored but follow from the scores: of
 * two neighbours those are joined first whose joint piece has the highest score. So every way to
 * cut a piece into two other pieces is a merge, in the order of the scores; among equals the longer
 * left part comes first.
 *
 * <p>Where two different cuts of pieces with equal scores compete for the same letters, this order
 * stands for "leftmost first", which a list of merges cannot say; trained vocabularies give every
 * piece a score of its own.
 */
final class SentencePieceMerges {
    /**
     * A bound for the work on a hostile vocabulary: the sum of the squared lengths of its pieces.
     */
    private static final long MOST_WORK = 1L << 28;

    record Merge(String left, String right, int piece) {}

    private SentencePieceMerges() {}

    /**
     * @param ids the id of every piece
     * @param scores by id
     * @throws UserException if the pieces are too long to be a vocabulary
     */
    static List<Merge> of(String[] pieces, Map<String, Integer> ids, float[] scores, Path path) {
        List<Merge> merges = new ArrayList<>();
        long work = 0;
        for (int id = 0; id < pieces.length; id++) {
            String piece = pieces[id];
            work += (long) piece.length() * piece.length();
            if (work > MOST_WORK) {
                throw new UserException(
                        "%s: the tokens up to number %d are too long for a SentencePiece vocabulary; get the file again"
                                .formatted(Printable.of(path), id));
            }
            for (int cut = piece.length() - 1; cut > 0; cut--) {
                if (Character.isLowSurrogate(piece.charAt(cut))) {
                    continue;
                }
                String left = piece.substring(0, cut);
                if (ids.containsKey(left)) {
                    String right = piece.substring(cut);
                    if (ids.containsKey(right)) {
                        merges.add(new Merge(left, right, id));
                    }
                }
            }
        }
        // The sort is stable: equal scores stay in the order of the pieces.
        merges.sort(Comparator.comparingDouble((Merge merge) -> scores[merge.piece()]).reversed());
        return merges;
    }
}
