package io.agilelens.engine.kernel;

import java.util.Arrays;

/**
 * Eight-bit weights times the codes of one token. What counts is reading the weights once, so they
 * are multiplied as they are packed, as {@link WeightOnlyMultiplication} does; the sums of a
 * segment are integers that a float holds exactly.
 */
final class ByteVectorMultiplication {

    private final WeightOnlyProducts loops;
    private final IntegerUnpacking unpacking;
    private final Workers workers;
    private final Workers.PieceOf<Operands> multiplyingPanels = this::multiplyPanels;

    ByteVectorMultiplication(
            WeightOnlyProducts loops, IntegerUnpacking unpacking, Workers workers) {
        this.loops = loops;
        this.unpacking = unpacking;
        this.workers = workers;
    }

    void multiply(byte[] x, IntegerPanels weights, float[] y) {
        int inputs = weights.inputs();
        Segments segments = weights.segmentsOfOne();
        Scratch scratch = Scratch.ofThread();
        float[] widened = scratch.activations(inputs);
        unpacking.widen(x, 0, segments.inputFactors(), 0, widened, 0, inputs);
        float[] totals = scratch.rows(segments.count());
        for (int s = 0; s < segments.count(); s++) {
            totals[s] = LaneSums.ofRange(widened, segments.starts()[s], segments.starts()[s + 1]);
        }
        Operands operands = scratch.operands().ofProduct(x, 1, weights, y);
        operands.x = widened;
        operands.prepared = totals;
        try {
            Panels.inTurns(
                    operands,
                    Panels.count(weights.outputs(), weights.width()),
                    (long) inputs * weights.bytesPerInput(),
                    workers,
                    multiplyingPanels);
        } finally {
            scratch.giveBack(operands);
        }
    }

    private void multiplyPanels(Operands operands, int from, int to) {
        IntegerPanels weights = operands.integers;
        float[] x = operands.x;
        float[] totals = operands.prepared;
        int width = weights.width();
        Scratch scratch = Scratch.ofThread();
        float[] parts = scratch.parts(Panels.STREAMS * width);
        float[] sums = scratch.sums(Panels.STREAMS * width);
        Arrays.fill(parts, 0, Panels.STREAMS * width, 0);
        Arrays.fill(sums, 0, Panels.STREAMS * width, 0);
        int touched = 0;
        for (int segment = 0; segment < weights.segmentsOfOne().count(); segment++) {
            touched |= addSegment(x, totals[segment], weights, segment, from, to, parts, sums);
        }
        scratch.keep(touched);
        int first = from * width;
        int real = Math.min(weights.outputs(), to * width) - first;
        System.arraycopy(sums, 0, operands.y, first, real);
    }

    private int addSegment(
            float[] x,
            float total,
            IntegerPanels weights,
            int segment,
            int from,
            int to,
            float[] parts,
            float[] sums) {
        Segments segments = weights.segmentsOfOne();
        int end = segments.starts()[segment + 1];
        int group = segments.groups()[segment];
        float factor = 1 << segments.shifts()[segment];
        int touched = 0;
        for (int first = segments.starts()[segment]; first < end; first += Panels.TURN) {
            int steps = Math.min(Panels.TURN, end - first);
            for (int panel = from; panel < to; panel++) {
                int at = (panel - from) * weights.width();
                touched |=
                        loops.addBytes(
                                weights.codes(),
                                weights.code(panel, first),
                                x,
                                first,
                                steps,
                                parts,
                                at);
                if (first + steps == end) {
                    loops.addSegment(
                            weights.zeroPoints(),
                            weights.zeroPoint(panel, group),
                            total,
                            weights.scales(),
                            weights.scale(panel, group),
                            factor,
                            parts,
                            sums,
                            at);
                }
            }
        }
        return touched;
    }
}
