package io.agilelens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * What a finished model is worth on held-out text. All losses are means over the same tokens, in
 * nats per token.
 *
 * @param predictions number of tokens predicted
 * @param loss of the model, the start token first in every window if there is one
 * @param lossWithoutStart of the model on windows of the bare stream, whose first token is given;
 *     the same as {@code loss} where there is no start token
 * @param unigramLoss of the unigram baseline
 * @param bigramLoss of the bigram baseline
 * @param bitsPerByte {@code loss} per byte of text
 * @param attentionToStart mean probability that positions 1 and on give position 0, {@code
 *     [layer][head]}
 * @param uniformAttention the same mean if attention were spread evenly
 * @param samples what the model writes
 */
record Evaluation(
        int predictions,
        double loss,
        double lossWithoutStart,
        double unigramLoss,
        double bigramLoss,
        double bitsPerByte,
        double[][] attentionToStart,
        double uniformAttention,
        List<String> samples) {

    private static final int BATCH = 8;
    private static final int SINK_WINDOWS = 16;
    private static final int SAMPLE_TOKENS = 96;
    private static final List<String> PROMPTS =
            List.of("The people of", "And the king said", "The whale");

    Evaluation {
        samples = List.copyOf(samples);
    }

    /**
     * Evaluates weights in FP32 arithmetic.
     *
     * @param flat the weights, rounded as they are shipped
     */
    static Evaluation of(
            DecoderShape shape,
            float[] flat,
            BytePairEncoding encoding,
            TokenStream training,
            TokenStream heldOut) {
        int context = shape.context();
        int count = heldOut.windows(context) - 1;
        NgramBaselines baselines = new NgramBaselines(training, shape.vocabulary());
        try (NDManager manager = NDManager.newBaseManager();
                Decoder decoder = new Decoder(manager, shape, Decoder.Precision.FLOAT32)) {
            NDArray weights = manager.create(flat);
            double unigram = 0;
            double bigram = 0;
            long bytes = 0;
            int[][] windows = heldOut.evaluationWindows(context, 0, count);
            for (int[] window : windows) {
                unigram += baselines.unigramLoss(window);
                bigram += baselines.bigramLoss(window);
                for (int i = 1; i < window.length; i++) {
                    bytes += encoding.bytesOf(window[i]);
                }
            }
            int predictions = count * context;
            double loss = meanLoss(decoder, weights, windows);
            boolean hasStart = encoding.convention().start().isPresent();
            int[][] bare = heldOut.bareWindows(context, 0, count);
            return new Evaluation(
                    predictions,
                    loss,
                    hasStart ? meanLoss(decoder, weights, bare) : loss,
                    unigram / predictions,
                    bigram / predictions,
                    loss * predictions / Math.log(2) / bytes,
                    attentionToStart(
                            decoder, weights, heldOut.evaluationWindows(context, 0, SINK_WINDOWS)),
                    uniformAttention(context),
                    samples(new Sampler(decoder, weights, encoding)));
        }
    }

    /**
     * How many times its even share of attention position 0 gets, on the mean of the layers that
     * may have a sink.
     */
    double sinkAgainstEven() {
        return Arrays.stream(attentionToStart)
                        .skip(Decoder.FIRST_SINK_LAYER)
                        .flatMapToDouble(Arrays::stream)
                        .average()
                        .orElseThrow()
                / uniformAttention;
    }

    /** The mean loss over all targets of the windows. */
    static double meanLoss(Decoder decoder, NDArray weights, int[][] windows) {
        double sum = 0;
        for (int first = 0; first < windows.length; first += BATCH) {
            int[][] some =
                    Arrays.copyOfRange(windows, first, Math.min(windows.length, first + BATCH));
            try (NDManager scratch = weights.getManager().newSubManager()) {
                NDArray loss =
                        decoder.objective(
                                        weights,
                                        Batches.inputs(scratch, some),
                                        Batches.targets(scratch, some))
                                .loss();
                sum += some.length * (double) loss.getFloat();
            }
        }
        return sum / windows.length;
    }

    private static double[][] attentionToStart(Decoder decoder, NDArray weights, int[][] windows) {
        float[][][] byPosition;
        try (NDManager scratch = weights.getManager().newSubManager()) {
            byPosition = decoder.attentionToStart(weights, Batches.inputs(scratch, windows));
        }
        double[][] means = new double[byPosition.length][];
        for (int layer = 0; layer < means.length; layer++) {
            means[layer] = new double[byPosition[layer].length];
            for (int head = 0; head < means[layer].length; head++) {
                float[] probabilities = byPosition[layer][head];
                double sum = 0;
                for (int position = 1; position < probabilities.length; position++) {
                    sum += probabilities[position];
                }
                means[layer][head] = sum / (probabilities.length - 1);
            }
        }
        return means;
    }

    private static double uniformAttention(int context) {
        double sum = 0;
        for (int position = 1; position < context; position++) {
            sum += 1.0 / (position + 1);
        }
        return sum / (context - 1);
    }

    private static List<String> samples(Sampler sampler) {
        List<String> samples = new ArrayList<>();
        Random random = new Random(1);
        for (String prompt : PROMPTS) {
            samples.add(sampler.sample(prompt, SAMPLE_TOKENS, random));
        }
        return samples;
    }
}
