package io.agilelens.trainer;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a byte-level encoding has to agree on beside its merges. The special tokens have the first
 * ids, the 256 bytes the next, every further id is one merge, in order of rank.
 *
 * @param specialTokens by id
 * @param startToken what is put in front of every text, null for nothing
 * @param endToken what closes a document in the training data
 * @param startBeforeSecond whether the start token also comes before the second text of a pair
 * @param preTokenization where a text is cut first
 */
record TokenizerConvention(
        List<String> specialTokens,
        String startToken,
        String endToken,
        boolean startBeforeSecond,
        PreTokenization preTokenization) {

    TokenizerConvention {
        specialTokens = List.copyOf(specialTokens);
    }

    /** What is put in front of every text. */
    Optional<String> start() {
        return Optional.ofNullable(startToken);
    }

    /** The id of what is put in front of every text. */
    OptionalInt startId() {
        return startToken == null ? OptionalInt.empty() : OptionalInt.of(id(startToken));
    }

    int endId() {
        return id(endToken);
    }

    /** The id of a special token. */
    int id(String specialToken) {
        return specialTokens.indexOf(specialToken);
    }

    int firstByteId() {
        return specialTokens.size();
    }

    int firstMergeId() {
        return firstByteId() + 256;
    }

    /** The byte tokens of a piece, before any merge. */
    int[] bytes(String piece) {
        byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = firstByteId() + (bytes[i] & 0xFF);
        }
        return ids;
    }

    /**
     * What a tokenizer makes of a text: its tokens behind the start token, if there is one.
     *
     * @param ids the tokens of the text alone
     */
    int[] withStart(int... ids) {
        if (startToken == null) {
            return ids;
        }
        int[] whole = new int[ids.length + 1];
        whole[0] = id(startToken);
        System.arraycopy(ids, 0, whole, 1, ids.length);
        return whole;
    }
}
