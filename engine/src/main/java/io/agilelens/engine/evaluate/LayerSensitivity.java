package io.agilelens.engine.evaluate;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What each layer, or each site of each layer, costs by itself, with the parameters that were
 * fitted to the whole recipe. Tokens are not pruned: pruning has its share in the {@link
 * ErrorBudget}.
 *
 * @param whole everything quantized, nothing pruned
 * @param parts by layer, and within a layer in the order of {@link Site} if asked by site
 */
public record LayerSensitivity(FloatComparison whole, List<Part> parts) {

    public LayerSensitivity {
        parts = List.copyOf(parts);
    }

    /**
     * @param layer from 0
     * @param site empty for the layer as a whole; a weight counts to the site that its linear reads
     * @param alone only this is quantized, everything else float
     * @param without only this is float, everything else quantized
     */
    public record Part(
            int layer, Optional<Site> site, FloatComparison alone, FloatComparison without) {}

    /** Quantizes each layer by itself, and leaves out each by itself. */
    public static LayerSensitivity ofLayers(
            TunedModel tuned,
            FloatReference reference,
            Progress progress,
            Cancellation cancellation) {
        List<Candidate> candidates = new ArrayList<>();
        int layers = reference.decoder().model().config().layers();
        for (int layer = 0; layer < layers; layer++) {
            candidates.add(
                    new Candidate(layer, Optional.empty(), tuned.decoder(), reference.decoder()));
        }
        return measure(candidates, tuned, reference, progress, cancellation);
    }

    /**
     * The same for each site of each layer at which something happens.
     *
     * @param tuned simulated: integer linears cannot do without their site's codes
     */
    public static LayerSensitivity ofSites(
            TunedModel tuned,
            FloatReference reference,
            Progress progress,
            Cancellation cancellation) {
        if (tuned.recipe().execution() != Execution.SIMULATED) {
            throw new IllegalArgumentException("sites can be told apart in simulation only");
        }
        Numerics floats = FoldedFloats.decoder(tuned, reference.decoder()).numerics();
        List<Candidate> candidates = new ArrayList<>();
        for (int layer = 0; layer < tuned.plan().layers().size(); layer++) {
            for (Site site : Site.values()) {
                if (tuned.plan().layers().get(layer).touches(site)) {
                    candidates.add(
                            new Candidate(
                                    layer,
                                    Optional.of(site),
                                    PartialNumerics.only(tuned, floats, site),
                                    PartialNumerics.allBut(tuned, floats, site)));
                }
            }
        }
        return measure(candidates, tuned, reference, progress, cancellation);
    }

    /**
     * @param alone runs the layer when only this is quantized
     * @param without runs the layer when only this is float
     */
    private record Candidate(int layer, Optional<Site> site, Decoder alone, Decoder without) {}

    private static LayerSensitivity measure(
            List<Candidate> candidates,
            TunedModel tuned,
            FloatReference reference,
            Progress progress,
            Cancellation cancellation) {
        FloatComparison.Tally whole = new FloatComparison.Tally();
        List<FloatComparison.Tally> alone = new ArrayList<>();
        List<FloatComparison.Tally> without = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            alone.add(new FloatComparison.Tally());
            without.add(new FloatComparison.Tally());
        }
        Decoder floats = reference.decoder();
        int layers = floats.model().config().layers();
        for (int w = 0; w < reference.windows(); w++) {
            FloatReference.Window window = reference.window(w, cancellation);
            Runner runner = new Runner(window, floats, layers, cancellation);
            // What enters each layer in the float and in the tuned pass is carried along, so that
            // no layer before a candidate's is run again for it.
            Matrix floatStream = floats.embed(window.ids());
            Matrix tunedStream = floatStream;
            int next = 0;
            for (int layer = 0; layer < layers; layer++) {
                String step =
                        "layer sensitivity, window %d of %d, layer"
                                .formatted(w + 1, reference.windows());
                progress.report(step, layer, layers);
                for (; next < candidates.size() && candidates.get(next).layer() == layer; next++) {
                    Candidate candidate = candidates.get(next);
                    alone.get(next)
                            .add(
                                    window.loss(),
                                    runner.finish(layer, floatStream, candidate.alone(), floats));
                    without.get(next)
                            .add(
                                    window.loss(),
                                    runner.finish(
                                            layer,
                                            tunedStream,
                                            candidate.without(),
                                            tuned.decoder()));
                }
                floatStream = runner.layer(floats, layer, floatStream);
                tunedStream = runner.layer(tuned.decoder(), layer, tunedStream);
            }
            whole.add(window.loss(), runner.score(tunedStream));
        }
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            parts.add(
                    new Part(
                            candidates.get(i).layer(),
                            candidates.get(i).site(),
                            alone.get(i).result(),
                            without.get(i).result()));
        }
        return new LayerSensitivity(whole.result(), parts);
    }

    /** Runs what is left of a window. */
    private record Runner(
            FloatReference.Window window, Decoder floats, int layers, Cancellation cancellation) {

        /** Runs one layer with one decoder and those behind it with another. */
        WindowLoss finish(int layer, Matrix stream, Decoder first, Decoder rest) {
            Matrix residual = layer(first, layer, stream);
            for (int l = layer + 1; l < layers; l++) {
                residual = layer(rest, l, residual);
            }
            return score(residual);
        }

        Matrix layer(Decoder decoder, int layer, Matrix stream) {
            cancellation.check();
            return decoder.mlp(layer, decoder.attention(layer, stream, Probe.NONE), Probe.NONE);
        }

        WindowLoss score(Matrix residual) {
            int[] positions = new int[residual.rows()];
            for (int t = 0; t < positions.length; t++) {
                positions[t] = t;
            }
            return PerplexityEvaluator.against(floats, floats, TokenPruner.NONE)
                    .score(
                            window.ids(),
                            window.first(),
                            new Decoder.Pass(floats.finish(residual), positions),
                            window.hidden(),
                            cancellation);
        }
    }
}
