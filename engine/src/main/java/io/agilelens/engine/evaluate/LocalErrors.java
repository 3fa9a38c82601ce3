package io.agilelens.engine.evaluate;

import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How much single layers of a tuned model err, each by itself: it reads what the layer of the float
 * model reads, so that errors of earlier layers have no part in it. That takes one layer on a few
 * tokens and is known long before what the whole model makes of it. For one thread.
 */
public final class LocalErrors {
    private final Decoder floats;
    private final int[] ids;

    /** The float model's residual stream in front of each layer and behind the last. */
    private final List<Matrix> stream = new ArrayList<>();

    /**
     * The error of one layer.
     *
     * @param tokens that it was measured on
     * @param signalToNoise of what the layer adds to the residual stream, against the float layer,
     *     in decibels; infinite if it is the same
     */
    public record LocalError(int layer, int tokens, double signalToNoise) {}

    /**
     * @param ids a text's first tokens
     * @param tokens how many of them are enough
     */
    public LocalErrors(Decoder floats, int[] ids, int tokens) {
        this.floats = floats;
        this.ids = Arrays.copyOf(ids, Math.min(tokens, ids.length));
    }

    /** The error of a layer; nothing is pruned there. */
    public LocalError of(Decoder tuned, int layer, Cancellation cancellation) {
        if (stream.isEmpty()) {
            stream.add(floats.embed(ids));
        }
        while (stream.size() < layer + 2) {
            cancellation.check();
            stream.add(step(floats, stream.size() - 1, stream.getLast()));
        }
        cancellation.check();
        Matrix entering = stream.get(layer);
        Matrix expected = stream.get(layer + 1);
        Matrix left = step(tuned, layer, entering);
        double signal = 0;
        double noise = 0;
        int count = entering.rows() * entering.columns();
        for (int i = 0; i < count; i++) {
            double added = expected.data()[i] - entering.data()[i];
            double error = left.data()[i] - expected.data()[i];
            signal += added * added;
            noise += error * error;
        }
        return new LocalError(layer, ids.length, SignalToNoise.decibels(signal, noise));
    }

    private static Matrix step(Decoder decoder, int layer, Matrix entering) {
        return decoder.mlp(layer, decoder.attention(layer, entering, Probe.NONE), Probe.NONE);
    }
}
