package io.agilelens.trainer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A byte-level byte-pair encoding: a convention and the merges learned under it. */
final class BytePairEncoding {
    /** A merge of two neighbouring tokens into one. */
    record Merge(int left, int right) {}

    private final TokenizerConvention convention;
    private final List<Merge> merges;
    private final Map<Merge, Integer> ranks = new HashMap<>();
    private final List<String> vocabulary = new ArrayList<>();
    private final Map<String, int[]> known = new HashMap<>();

    /** Builds the encoding from its merges, best rank first. */
    BytePairEncoding(TokenizerConvention convention, List<Merge> merges) {
        this.convention = convention;
        this.merges = List.copyOf(merges);
        vocabulary.addAll(convention.specialTokens());
        for (int value = 0; value < 256; value++) {
            vocabulary.add(String.valueOf(ByteAlphabet.character(value)));
        }
        for (Merge merge : this.merges) {
            ranks.put(merge, ranks.size());
            vocabulary.add(vocabulary.get(merge.left()) + vocabulary.get(merge.right()));
        }
    }

    TokenizerConvention convention() {
        return convention;
    }

    List<Merge> merges() {
        return merges;
    }

    /** The tokens by id; all but the special ones in the {@link ByteAlphabet}. */
    List<String> vocabulary() {
        return vocabulary;
    }

    /** Encodes plain text, without a start token. */
    int[] encode(String text) {
        int[] ids = new int[Math.max(16, text.length() / 2)];
        int count = 0;
        for (String piece : convention.preTokenization().pieces(text)) {
            int[] tokens = known.computeIfAbsent(piece, this::encodePiece);
            if (count + tokens.length > ids.length) {
                ids = Arrays.copyOf(ids, 2 * ids.length + tokens.length);
            }
            System.arraycopy(tokens, 0, ids, count, tokens.length);
            count += tokens.length;
        }
        return Arrays.copyOf(ids, count);
    }

    /** Decodes ids; special tokens vanish, broken UTF-8 becomes U+FFFD. */
    String decode(int... ids) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            if (id >= convention.firstByteId()) {
                bytes.writeBytes(ByteAlphabet.read(vocabulary.get(id)));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** How many bytes of text a token stands for. */
    int bytesOf(int id) {
        return id < convention.firstByteId() ? 0 : vocabulary.get(id).length();
    }

    private int[] encodePiece(String piece) {
        int[] ids = convention.bytes(piece);
        int count = ids.length;
        while (count > 1) {
            int best = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < count; i++) {
                best = Math.min(best, ranks.getOrDefault(new Merge(ids[i], ids[i + 1]), best));
            }
            if (best == Integer.MAX_VALUE) {
                break;
            }
            count = apply(merges.get(best), convention.firstMergeId() + best, ids, count);
        }
        return Arrays.copyOf(ids, count);
    }

    /** Replaces a pair by its token, from the left, in place; returns the new length. */
    static int apply(Merge merge, int token, int[] ids, int count) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (i + 1 < count && ids[i] == merge.left() && ids[i + 1] == merge.right()) {
                ids[kept++] = token;
                i++;
            } else {
                ids[kept++] = ids[i];
            }
        }
        return kept;
    }
}
