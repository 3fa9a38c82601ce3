package io.agilelens.engine.kernel;

import java.util.Arrays;

/**
 * Four-bit weights times the codes of one token. What counts is reading the weights once, so they
 * are multiplied as they are packed, in integers of 16 bits.
 */
final class ShortLaneMultiplication {

    private final ReadAhead.Forms<ShortLaneProducts> forms;
    private final Workers workers;
    private final Workers.PieceOf<Operands> multiplyingPanels = this::multiplyPanels;

    ShortLaneMultiplication(ReadAhead.Forms<ShortLaneProducts> forms, Workers workers) {
        this.forms = forms;
        this.workers = workers;
    }

    void multiply(byte[] x, IntegerPanels weights, float[] y) {
        Scratch scratch = Scratch.ofThread();
        Operands operands = scratch.operands().ofProduct(x, 1, weights, y);
        Turns turns = weights.turns();
        operands.slots = scratch.slots(turns.slotCount());
        operands.biases = scratch.biases(turns.turnCount());
        operands.prepared = scratch.activations(weights.segmentsOfOne().count());
        fillSlots(operands);
        try {
            Panels.forPanels(
                    operands,
                    Panels.count(weights.outputs(), weights.width()),
                    (long) weights.inputs() * weights.bytesPerInput(),
                    workers,
                    multiplyingPanels);
        } finally {
            scratch.giveBack(operands);
        }
    }

    /** Activations as turns want them, and what biases and zero points take off. */
    private static void fillSlots(Operands operands) {
        IntegerPanels weights = operands.integers;
        Turns turns = weights.turns();
        for (int segment = 0; segment < weights.segmentsOfOne().count(); segment++) {
            int total = 0;
            for (int t = turns.firstTurns()[segment]; t < turns.firstTurns()[segment + 1]; t++) {
                total += fillTurn(operands, turns, t) << turns.shifts()[t];
            }
            operands.prepared[segment] = total;
        }
    }

    /**
     * @return what the turn's activations add up to
     */
    private static int fillTurn(Operands operands, Turns turns, int turn) {
        byte[] x = operands.codes;
        int[] slots = operands.slots;
        short[] multipliers = turns.multipliers();
        int begin = turns.slots()[turn];
        int end = turns.slots()[turn + 1];
        int input = 2 * turns.pairs()[turn];
        int inputs = operands.integers.inputs();
        int whole = Math.min(end, begin + (inputs - input) / 2);
        int even = 0;
        int odd = 0;
        int slot = begin;
        for (; slot < whole; slot++) {
            int first = x[input + 2 * (slot - begin)] * multipliers[2 * slot];
            int second = x[input + 2 * (slot - begin) + 1] * multipliers[2 * slot + 1];
            slots[slot] = first & 0xFFFF | second << 16;
            even += first;
            odd += second;
        }
        for (; slot < end; slot++) { // there is one more input at the most, an even one
            int last = input + 2 * (slot - begin);
            int first = last < inputs ? x[last] * multipliers[2 * slot] : 0;
            slots[slot] = first & 0xFFFF;
            even += first;
        }
        operands.biases[turn] =
                ShortLaneProducts.BIAS * even & 0xFFFF | ShortLaneProducts.BIAS * odd << 16;
        return even + odd;
    }

    private void multiplyPanels(Operands operands, int from, int to) {
        IntegerPanels weights = operands.integers;
        int width = weights.width();
        Scratch scratch = Scratch.ofThread();
        short[] laneSums = scratch.laneSums(5 * (width / 2));
        float[] parts = scratch.parts(width);
        float[] sums = scratch.sums(width);
        Arrays.fill(laneSums, 4 * (width / 2), 5 * (width / 2), (short) 0);
        Arrays.fill(parts, 0, width, 0);
        int touched = 0;
        int last = Panels.count(weights.outputs(), width) - 1;
        int panelBytes = IntegerPanels.pairs(weights.inputs()) * width;
        ReadAhead ahead = scratch.readAhead(ReadAhead.Reader.FOUR_BIT_LANES);
        boolean far = ahead.begin();
        for (int panel = from; panel < to; panel++) {
            ShortLaneProducts loops = forms.of(far && panel != last);
            Arrays.fill(sums, 0, width, 0);
            touched |=
                    loops.multiply(
                            weights.codes(),
                            weights.fours(panel, 0, weights.inputs()),
                            panelBytes,
                            operands.slots,
                            operands.biases,
                            weights.segmentsOfOne(),
                            weights.turns(),
                            weights.scales(),
                            weights.scale(panel, 0),
                            laneSums,
                            parts,
                            sums);
            if (!weights.symmetric()) {
                loops.takeOffZeroPoints(
                        weights.segmentsOfOne(),
                        operands.prepared,
                        weights.zeroPoints(),
                        weights.fours(panel, 0, weights.groups()),
                        weights.scales(),
                        weights.scale(panel, 0),
                        sums);
            }
            Panels.store(sums, 0, width, operands.y, 0, 1, weights.outputs(), panel * width);
        }
        ahead.end((long) (to - from) * panelBytes);
        scratch.keep(touched);
    }
}
