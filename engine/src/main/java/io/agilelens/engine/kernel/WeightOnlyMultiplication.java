package io.agilelens.engine.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Linear layers with grouped codes and float activations. One token multiplies the codes as they
 * are, which reads nothing but them; many tokens share panels that are turned into floats once.
 */
final class WeightOnlyMultiplication {

    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private static final VarHandle FLOATS =
            MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

    private final FloatMultiplication floats;
    private final ReadAhead.Forms<WeightOnlyProducts> forms;

    /** Whichever, for all but products of one token. */
    private final WeightOnlyProducts loops;

    private final int width;
    private final Workers workers;
    private final Workers.PieceOf<Operands> multiplyingPanels = this::multiplyPanels;
    private final FloatMultiplication.Unpacking unpacking = this::unpack;

    WeightOnlyMultiplication(
            FloatMultiplication floats,
            ReadAhead.Forms<WeightOnlyProducts> forms,
            Workers workers) {
        this.floats = floats;
        this.forms = forms;
        this.loops = forms.near();
        this.width = loops.panelOutputs();
        this.workers = workers;
    }

    /**
     * @param bits of a packed code, 4 or 8
     * @param width outputs of a panel
     * @param groupStarts first input of each group and, last, the number of inputs
     * @param stream the panels as {@link WeightOnlyProducts} has them, one after the other, and
     *     {@link ReadAhead#DISTANCE} bytes more
     */
    record Grouped(int outputs, int inputs, int bits, int width, int[] groupStarts, byte[] stream)
            implements GroupedWeights {

        @Override
        public long bytes() {
            return stream.length + 4L * groupStarts.length;
        }

        int groups() {
            return groupStarts.length - 1;
        }

        int panels() {
            return Panels.count(outputs, width);
        }

        /** Bytes of one input's codes in a panel. */
        int bytesPerInput() {
            return width * bits / 8;
        }

        int bytesPerPanel() {
            return units(0) + Float.BYTES * width;
        }

        int groupOf(int input) {
            int found = Arrays.binarySearch(groupStarts, input);
            return found >= 0 ? found : -found - 2;
        }

        /** Place in the stream of the first code of a group. */
        int codes(int panel, int group) {
            int zerosAndScales = bytesPerInput() + 2 * width;
            int before = groupStarts[group] * bytesPerInput() + group * zerosAndScales;
            return panel == 0 ? before : panel * bytesPerPanel() + before;
        }

        /** Place in the stream of a panel's units. */
        int units(int panel) {
            return codes(panel, groups());
        }

        /** Place in the stream of the zero points of a group. */
        int zeros(int panel, int group) {
            int length = groupStarts[group + 1] - groupStarts[group];
            return codes(panel, group) + length * bytesPerInput();
        }
    }

    Grouped pack(
            byte[] codes,
            int outputs,
            int inputs,
            int bits,
            float[] scales,
            byte[] zeroPoints,
            int[] groupStarts) {
        PackingChecks.requireGrouped(codes, outputs, inputs, bits, scales, zeroPoints, groupStarts);
        int groups = groupStarts.length - 1;
        int storedBits = bits <= 4 ? 4 : 8;
        ShortScales shorts = ShortScales.of(scales, outputs);
        long panels = Panels.count(outputs, width);
        long panelBytes =
                ((long) inputs + groups) * width * storedBits / 8
                        + 2L * groups * width
                        + (long) Float.BYTES * width;
        byte[] stream = new byte[Math.toIntExact(panels * panelBytes + ReadAhead.DISTANCE)];
        Grouped packed =
                new Grouped(outputs, inputs, storedBits, width, groupStarts.clone(), stream);
        workers.forRanges(
                packed.panels(),
                1,
                (from, to) -> {
                    for (int o = from * width; o < Math.min(outputs, to * width); o++) {
                        packOutput(packed, o, codes, shorts, zeroPoints);
                    }
                });
        return packed;
    }

    private static void packOutput(
            Grouped packed, int output, byte[] codes, ShortScales scales, byte[] zeroPoints) {
        int panel = output / packed.width();
        int place = output % packed.width();
        int groups = packed.groups();
        int bytesPerInput = packed.bytesPerInput();
        byte[] stream = packed.stream();
        for (int g = 0; g < groups; g++) {
            int at = packed.codes(panel, g);
            for (int i = packed.groupStarts()[g]; i < packed.groupStarts()[g + 1]; i++) {
                put(packed, at, place, codes[output * packed.inputs() + i]);
                at += bytesPerInput;
            }
            put(packed, at, place, zeroPoints[output * groups + g]);
            SHORTS.set(stream, at + bytesPerInput + 2 * place, scales.codes()[output * groups + g]);
        }
        FLOATS.set(stream, packed.units(panel) + Float.BYTES * place, scales.units()[output]);
    }

    private static void put(Grouped packed, int row, int place, byte code) {
        if (packed.bits() == 8) {
            packed.stream()[row + place] = code;
            return;
        }
        int lanes = packed.width() / WeightOnlyProducts.VECTORS;
        int vector = place / lanes;
        int at = row + vector / 2 * lanes + place % lanes;
        packed.stream()[at] |= (byte) (code << vector % 2 * 4);
    }

    void multiply(float[] x, int tokens, Grouped weights, float[] y) {
        PackingChecks.requireWidth(weights.width(), width);
        if (tokens > 1) {
            floats.multiplyUnpacked(x, tokens, weights, unpacking, y);
            return;
        }
        Scratch scratch = Scratch.ofThread();
        Operands operands = scratch.operands().ofProduct(x, 1, weights, y);
        operands.prepared = groupSums(x, weights);
        try {
            Panels.forPanels(
                    operands,
                    weights.panels(),
                    weights.bytesPerPanel(),
                    workers,
                    multiplyingPanels);
        } finally {
            scratch.giveBack(operands);
        }
    }

    /** Sums of the activations over each group: what a zero point of 1 takes off. */
    private static float[] groupSums(float[] x, Grouped weights) {
        int[] starts = weights.groupStarts();
        float[] sums = Scratch.ofThread().activations(weights.groups());
        for (int g = 0; g < weights.groups(); g++) {
            sums[g] = LaneSums.ofRange(x, starts[g], starts[g + 1]);
        }
        return sums;
    }

    /** A whole panel at once: what is begun of the next group hides what ends the last one. */
    private void multiplyPanels(Operands operands, int from, int to) {
        Grouped weights = (Grouped) operands.weights;
        byte[] stream = weights.stream();
        int[] starts = weights.groupStarts();
        float[] x = operands.x;
        float[] totals = operands.prepared;
        Scratch scratch = Scratch.ofThread();
        float[] sums = scratch.sums(width);
        int touched = 0;
        ReadAhead ahead =
                scratch.readAhead(
                        weights.bits() == 4
                                ? ReadAhead.Reader.FOUR_BIT_GROUPS
                                : ReadAhead.Reader.EIGHT_BIT_GROUPS);
        boolean far = ahead.begin();
        int bytes = weights.bytesPerPanel();
        for (int panel = from; panel < to; panel++) {
            int codes = weights.codes(panel, 0);
            WeightOnlyProducts form = forms.of(far && panel + 1 < weights.panels());
            touched |=
                    weights.bits() == 4
                            ? form.multiplyPairs(stream, codes, bytes, x, starts, totals, sums)
                            : form.multiplyBytes(stream, codes, bytes, x, starts, totals, sums);
            store(operands, sums, panel);
        }
        ahead.end((long) (to - from) * bytes);
        scratch.keep(touched);
    }

    private void store(Operands operands, float[] sums, int panel) {
        Grouped weights = (Grouped) operands.weights;
        loops.toNumbers(weights.bits(), weights.stream(), weights.units(panel), sums);
        int first = panel * width;
        int real = Math.min(weights.outputs() - first, width);
        System.arraycopy(sums, 0, operands.y, first, real);
    }

    /** Fills a panel of floats, which is some vectors of one of these panels. */
    private void unpack(
            Operands operands, int floatPanel, int first, int steps, float[] target, int at) {
        Grouped weights = (Grouped) operands.weights;
        int firstOutput = floatPanel * floats.panelOutputs();
        int lanes = width / WeightOnlyProducts.VECTORS;
        int stride = floats.panelOutputs();
        int[] starts = weights.groupStarts();
        for (int column = 0; column < stride; column += lanes) {
            int output = firstOutput + column;
            int panel = output / width;
            if (panel >= weights.panels()) {
                return; // columns behind the last output are never stored
            }
            int group = weights.groupOf(first);
            for (int i = first; i < first + steps; group++) {
                int end = Math.min(first + steps, starts[group + 1]);
                int before = (i - starts[group]) * weights.bytesPerInput();
                loops.unpack(
                        weights.bits(),
                        weights.stream(),
                        weights.codes(panel, group) + before,
                        weights.zeros(panel, group),
                        end - i,
                        output % width / lanes,
                        weights.units(panel),
                        target,
                        at + (i - first) * stride + column,
                        stride);
                i = end;
            }
        }
    }
}
