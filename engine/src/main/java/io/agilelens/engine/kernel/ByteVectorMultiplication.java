package io.agilelens.engine.kernel;

/**
 * Eight-bit weights times the codes of one token. What counts is reading the weights once, so they
 * are multiplied as they are packed, as {@link WeightOnlyMultiplication} does; the sums of a
 * segment are integers that a float holds exactly.
 */
final class ByteVectorMultiplication {

    private final ReadAhead.Forms<WeightOnlyProducts> forms;
    private final IntegerUnpacking unpacking;
    private final Workers workers;
    private final Workers.PieceOf<Operands> multiplyingPanels = this::multiplyPanels;

    ByteVectorMultiplication(
            ReadAhead.Forms<WeightOnlyProducts> forms,
            IntegerUnpacking unpacking,
            Workers workers) {
        this.forms = forms;
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
            Panels.forPanels(
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
        int width = weights.width();
        Scratch scratch = Scratch.ofThread();
        float[] sums = scratch.sums(width);
        int touched = 0;
        int last = Panels.count(weights.outputs(), width) - 1;
        int panelBytes = weights.inputs() * weights.bytesPerInput();
        ReadAhead ahead = scratch.readAhead(ReadAhead.Reader.EIGHT_BIT_INTEGERS);
        boolean far = ahead.begin();
        for (int panel = from; panel < to; panel++) {
            WeightOnlyProducts loops = forms.of(far && panel != last);
            touched |=
                    loops.multiplyIntegers(
                            weights.codes(),
                            weights.code(panel, 0),
                            panelBytes,
                            operands.x,
                            weights.segmentsOfOne(),
                            operands.prepared,
                            weights.zeroPoints(),
                            weights.zeroPoint(panel, 0),
                            weights.scales(),
                            weights.scale(panel, 0),
                            sums);
            Panels.store(sums, 0, width, operands.y, 0, 1, weights.outputs(), panel * width);
        }
        ahead.end((long) (to - from) * panelBytes);
        scratch.keep(touched);
    }
}
