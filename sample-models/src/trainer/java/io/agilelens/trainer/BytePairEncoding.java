package io.agilelens.trainer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A byte-level byte-pair encoding. Ids 0 and 1 are the special tokens {@code <s>} and {@code </s>},
 * ids 2–257 the bytes, every further id is one merge, in order of rank.
 */
final class BytePairEncoding {
    static final String START = "<s>";
    static final String END = "</s>";
    static final int START_ID = 0;
    static final int END_ID = 1;
    static final int FIRST_BYTE_ID = 2;
    static final int FIRST_MERGE_ID = FIRST_BYTE_ID + 256;

    /** The pre-tokenization of GPT-2; {@code \s} is Unicode white space. */
    private static final Pattern PIECE =
            Pattern.compile(
                    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+"
                            + "|\\s+(?!\\S)|\\s+",
                    Pattern.UNICODE_CHARACTER_CLASS);

    /** A merge of two neighbouring tokens into one. */
    record Merge(int left, int right) {}

    private final List<Merge> merges;
    private final Map<Merge, Integer> ranks = new HashMap<>();
    private final List<String> vocabulary = new ArrayList<>();
    private final Map<String, int[]> known = new HashMap<>();

    /** Builds the encoding from its merges, best rank first. */
    BytePairEncoding(List<Merge> merges) {
        this.merges = List.copyOf(merges);
        vocabulary.add(START);
        vocabulary.add(END);
        for (int value = 0; value < 256; value++) {
            vocabulary.add(String.valueOf(ByteAlphabet.character(value)));
        }
        for (Merge merge : this.merges) {
            ranks.put(merge, ranks.size());
            vocabulary.add(vocabulary.get(merge.left()) + vocabulary.get(merge.right()));
        }
    }

    List<Merge> merges() {
        return merges;
    }

    /** The tokens by id; all but the two special ones in the {@link ByteAlphabet}. */
    List<String> vocabulary() {
        return vocabulary;
    }

    /** Cuts a text into the pieces inside which tokens are merged; joined they give the text. */
    static List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        Matcher matcher = PIECE.matcher(text);
        while (matcher.find()) {
            pieces.add(matcher.group());
        }
        return pieces;
    }

    /** The byte tokens of a piece, before any merge. */
    static int[] bytes(String piece) {
        byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = FIRST_BYTE_ID + (bytes[i] & 0xFF);
        }
        return ids;
    }

    /** Encodes plain text, without a start token. */
    int[] encode(String text) {
        int[] ids = new int[Math.max(16, text.length() / 2)];
        int count = 0;
        for (String piece : pieces(text)) {
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
            if (id >= FIRST_BYTE_ID) {
                bytes.writeBytes(ByteAlphabet.read(vocabulary.get(id)));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** How many bytes of text a token stands for. */
    int bytesOf(int id) {
        return id < FIRST_BYTE_ID ? 0 : vocabulary.get(id).length();
    }

    private int[] encodePiece(String piece) {
        int[] ids = bytes(piece);
        int count = ids.length;
        while (count > 1) {
            int best = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < count; i++) {
                best = Math.min(best, ranks.getOrDefault(new Merge(ids[i], ids[i + 1]), best));
            }
            if (best == Integer.MAX_VALUE) {
                break;
            }
            count = apply(merges.get(best), FIRST_MERGE_ID + best, ids, count);
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
