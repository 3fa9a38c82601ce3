package io.agilelens.engine.format.packed;

import io.agilelens.engine.tensor.StoredBytes;

/**
 * How the formats lay unsigned codes of a few bits into little-endian 32-bit words, the lowest bits
 * first. Every reader copies words out in the order in which they are stored.
 */
final class Packing {
    private static final int WORD_BITS = Integer.SIZE;

    /** Codes of one tile fit the second-level cache beside the words they come from. */
    private static final int TILE_CODES = 1 << 18;

    /** A tile of this many inputs fills whole words for every width, and whole cache lines. */
    private static final int TILE_INPUTS = 32;

    /**
     * Words of neighbouring rows lie this much farther apart than they must: at a distance of a
     * power of two they would drive each other out of the cache.
     */
    private static final int PADDING = 16;

    private Packing() {}

    /**
     * A row of words for each input, {@code [inputs, outputs · bits / 32]}; its codes follow each
     * other without gaps over the outputs, and may straddle two words. So GPTQ keeps its zero
     * points (groups taking the place of inputs) and, with an order of its own, AWQ everything.
     *
     * @param order {@code order[j]} is the place inside its word of the code of output {@code j}
     *     modulo the codes of a word; null if they stand in their natural order
     */
    record AlongOutputs(StoredBytes words, int outputs, int bits, int[] order) implements Codes {

        @Override
        public void read(int output, int count, int input, int inputs, byte[] target) {
            int firstWord = (int) ((long) output * bits / WORD_BITS);
            int length =
                    (int) Math.ceilDiv((long) (output + count) * bits, (long) WORD_BITS)
                            - firstWord;
            int distance = inputs <= TILE_INPUTS ? length + PADDING : length;
            int[] copy = new int[Math.multiplyExact(distance, inputs)];
            long rowBytes = (long) outputs * bits / 8;
            for (int i = 0; i < inputs; i++) {
                words.copyTo(
                        (input + i) * rowBytes + (long) firstWord * Integer.BYTES,
                        copy,
                        i * distance,
                        length);
            }
            int mask = (1 << bits) - 1;
            int[] column = new int[inputs];
            int gathered = -1;
            for (int o = 0; o < count; o++) {
                long bit = bit(output + o) - (long) firstWord * WORD_BITS;
                int word = (int) (bit / WORD_BITS);
                int shift = (int) (bit % WORD_BITS);
                if (word != gathered) {
                    for (int i = 0; i < inputs; i++) {
                        column[i] = copy[i * distance + word];
                    }
                    gathered = word;
                }
                int to = o * inputs;
                if (shift + bits > WORD_BITS) {
                    for (int i = 0; i < inputs; i++) {
                        int code =
                                column[i] >>> shift
                                        | copy[i * distance + word + 1] << WORD_BITS - shift;
                        target[to + i] = (byte) (code & mask);
                    }
                } else {
                    for (int i = 0; i < inputs; i++) {
                        target[to + i] = (byte) (column[i] >>> shift & mask);
                    }
                }
            }
        }

        private long bit(int output) {
            if (order == null) {
                return (long) output * bits;
            }
            int start = output / order.length * order.length;
            return (long) (start + order[output % order.length]) * bits;
        }

        @Override
        public int inputsAtOnce() {
            return TILE_INPUTS;
        }

        @Override
        public int outputsAtOnce() {
            return TILE_CODES / TILE_INPUTS;
        }
    }

    /**
     * A word of several inputs for each output, {@code [inputs · bits / 32, outputs]}; the codes of
     * an output follow each other without gaps down its column, and may straddle two words. So GPTQ
     * keeps its weights; for 3 bits this is 32 codes in three words.
     */
    record AlongInputs(StoredBytes words, int outputs, int bits) implements Codes {

        @Override
        public void read(int output, int count, int input, int inputs, byte[] target) {
            int firstRow = (int) ((long) input * bits / WORD_BITS);
            int rows =
                    (int) Math.ceilDiv((long) (input + inputs) * bits, (long) WORD_BITS) - firstRow;
            int[] copy = new int[Math.multiplyExact(rows, count)];
            for (int row = 0; row < rows; row++) {
                words.copyTo(
                        ((long) (firstRow + row) * outputs + output) * Integer.BYTES,
                        copy,
                        row * count,
                        count);
            }
            int mask = (1 << bits) - 1;
            int firstBit = (int) ((long) input * bits - (long) firstRow * WORD_BITS);
            for (int i = 0; i < inputs; i++) {
                int bit = firstBit + i * bits;
                int from = bit / WORD_BITS * count;
                int shift = bit % WORD_BITS;
                if (shift + bits > WORD_BITS) {
                    for (int o = 0; o < count; o++) {
                        int code =
                                copy[from + o] >>> shift
                                        | copy[from + count + o] << WORD_BITS - shift;
                        target[o * inputs + i] = (byte) (code & mask);
                    }
                } else {
                    for (int o = 0; o < count; o++) {
                        target[o * inputs + i] = (byte) (copy[from + o] >>> shift & mask);
                    }
                }
            }
        }

        @Override
        public int inputsAtOnce() {
            return TILE_INPUTS;
        }

        @Override
        public int outputsAtOnce() {
            return TILE_CODES / TILE_INPUTS;
        }
    }

    /**
     * A row of words for each output, {@code [outputs, ceil(inputs / floor(32 / bits))]}; no code
     * straddles two words, so some widths leave bits unused. So compressed-tensors keeps its
     * weights.
     */
    record WholeInRows(StoredBytes words, int inputs, int bits) implements Codes {

        @Override
        public void read(int output, int outputs, int input, int count, byte[] target) {
            int fields = WORD_BITS / bits;
            int firstWord = input / fields;
            int length = Math.ceilDiv(input + count, fields) - firstWord;
            int[] copy = new int[length];
            long rowBytes = (long) Math.ceilDiv(inputs, fields) * Integer.BYTES;
            int mask = (1 << bits) - 1;
            for (int o = 0; o < outputs; o++) {
                words.copyTo(
                        (output + o) * rowBytes + (long) firstWord * Integer.BYTES,
                        copy,
                        0,
                        length);
                int word = 0;
                int field = input % fields;
                for (int i = 0; i < count; i++) {
                    target[o * count + i] = (byte) (copy[word] >>> field * bits & mask);
                    if (++field == fields) {
                        field = 0;
                        word++;
                    }
                }
            }
        }

        @Override
        public int inputsAtOnce() {
            return wholeRows(inputs);
        }

        @Override
        public int outputsAtOnce() {
            return rowsAtOnce(inputs);
        }
    }

    /**
     * A row of words for several outputs, {@code [ceil(outputs / floor(32 / bits)), inputs]}, no
     * code straddling two words. So compressed-tensors keeps its zero points, groups taking the
     * place of inputs.
     */
    record WholeInColumns(StoredBytes words, int inputs, int bits) implements Codes {

        @Override
        public void read(int output, int outputs, int input, int count, byte[] target) {
            int fields = WORD_BITS / bits;
            int[] copy = new int[count];
            int mask = (1 << bits) - 1;
            int loaded = -1;
            for (int o = 0; o < outputs; o++) {
                int row = (output + o) / fields;
                if (row != loaded) {
                    words.copyTo(((long) row * inputs + input) * Integer.BYTES, copy, 0, count);
                    loaded = row;
                }
                int shift = (output + o) % fields * bits;
                for (int i = 0; i < count; i++) {
                    target[o * count + i] = (byte) (copy[i] >>> shift & mask);
                }
            }
        }

        @Override
        public int inputsAtOnce() {
            return wholeRows(inputs);
        }

        @Override
        public int outputsAtOnce() {
            return rowsAtOnce(inputs);
        }
    }

    /**
     * A byte for each code, {@code [outputs, inputs]}.
     *
     * @param flip is exclusive-ored to each: 0x80 makes signed bytes unsigned by adding 128
     */
    record Plain(StoredBytes bytes, int inputs, int flip) implements Codes {

        @Override
        public void read(int output, int outputs, int input, int count, byte[] target) {
            for (int o = 0; o < outputs; o++) {
                bytes.copyTo((long) (output + o) * inputs + input, target, o * count, count);
            }
            if (flip != 0) {
                for (int i = 0; i < outputs * count; i++) {
                    target[i] ^= (byte) flip;
                }
            }
        }

        @Override
        public int inputsAtOnce() {
            return wholeRows(inputs);
        }

        @Override
        public int outputsAtOnce() {
            return rowsAtOnce(inputs);
        }
    }

    private static int wholeRows(int inputs) {
        return Math.clamp(inputs, 1, TILE_CODES);
    }

    private static int rowsAtOnce(int inputs) {
        return Math.max(1, TILE_CODES / wholeRows(inputs));
    }
}
