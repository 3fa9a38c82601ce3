package io.agilelens.engine.kernel;

import java.util.function.Supplier;

/**
 * Linear layers with 8-bit and 4-bit weights and integer activations: several tokens as their
 * {@link Multiplier} says, one token with the codes as they are packed.
 */
final class IntegerMultiplication {

    private final int width;
    private final IntegerPacking packing;
    private final SingleMultiplication singles;
    private final ShortMultiplication shorts;
    private final PairMultiplication pairs;
    private final TripleMultiplication triples;
    private final ByteVectorMultiplication byteVectors;
    private final ShortLaneMultiplication shortLanes;

    /**
     * @param floats of the same products
     * @param tuning asked whenever weights are packed
     */
    IntegerMultiplication(
            int bits,
            FloatProducts.Forms products,
            FloatMultiplication floats,
            DoubleProducts doubles,
            ReadAhead.Forms<WeightOnlyProducts> codes,
            Supplier<KernelTuning> tuning,
            Workers workers) {
        int panelOutputs = products.usual().panelOutputs();
        width = 2 * panelOutputs;
        var unpacking =
                WidthTemplate.instantiate(
                        IntegerUnpacking.class, IntegerUnpackingTemplate.class, bits);
        var segmentSums =
                WidthTemplate.instantiate(SegmentSums.class, SegmentSumsTemplate.class, bits);
        var shortProducts =
                WidthTemplate.instantiate(ShortProducts.class, ShortProductsTemplate.class, bits);
        ReadAhead.Forms<ShortLaneProducts> shortLaneProducts =
                ReadAhead.Forms.of(ShortLaneProducts.class, ShortLaneProductsTemplate.class, bits);
        packing = new IntegerPacking(panelOutputs, tuning, workers);
        singles = new SingleMultiplication(floats, unpacking);
        shorts = new ShortMultiplication(shortProducts, unpacking, segmentSums, workers);
        pairs = new PairMultiplication(products.compact(), unpacking, segmentSums, workers);
        triples = new TripleMultiplication(doubles, unpacking, segmentSums, workers);
        byteVectors = new ByteVectorMultiplication(codes, unpacking, workers);
        shortLanes = new ShortLaneMultiplication(shortLaneProducts, workers);
    }

    record Int8(IntegerPanels panels) implements Int8Weights {
        @Override
        public int outputs() {
            return panels.outputs();
        }

        @Override
        public int inputs() {
            return panels.inputs();
        }

        @Override
        public long bytes() {
            return panels.bytes();
        }
    }

    record Int4(IntegerPanels panels) implements Int4Weights {
        @Override
        public int outputs() {
            return panels.outputs();
        }

        @Override
        public int inputs() {
            return panels.inputs();
        }

        @Override
        public long bytes() {
            return panels.bytes();
        }
    }

    Int8 packInt8(
            byte[] values,
            int outputs,
            int inputs,
            float[] scales,
            byte[] zeroPoints,
            int[] runStarts,
            int[] runGroups,
            int[] runShifts) {
        return new Int8(
                packing.int8(
                        values,
                        outputs,
                        inputs,
                        scales,
                        zeroPoints,
                        runStarts,
                        runGroups,
                        runShifts));
    }

    Int4 packInt4(
            byte[] values,
            int outputs,
            int inputs,
            float[] scales,
            byte[] zeroPoints,
            int[] runStarts,
            int[] runGroups,
            int[] runShifts,
            int activationBits) {
        return new Int4(
                packing.int4(
                        values,
                        outputs,
                        inputs,
                        scales,
                        zeroPoints,
                        runStarts,
                        runGroups,
                        runShifts,
                        activationBits));
    }

    void multiply(byte[] x, int tokens, IntegerPanels weights, float[] y) {
        PackingChecks.requireWidth(weights.width(), width);
        if (tokens == 1) {
            if (weights.bits() == 4) {
                shortLanes.multiply(x, weights, y);
            } else {
                byteVectors.multiply(x, weights, y);
            }
            return;
        }
        switch (weights.multiplier()) {
            case SINGLE -> singles.multiply(x, tokens, weights, y);
            case SHORT -> shorts.multiply(x, tokens, weights, y);
            case PAIR -> pairs.multiply(x, tokens, weights, y);
            case TRIPLE -> triples.multiply(x, tokens, weights, y);
        }
    }
}
