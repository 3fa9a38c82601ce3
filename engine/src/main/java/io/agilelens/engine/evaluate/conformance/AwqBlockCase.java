package io.agilelens.engine.evaluate.conformance;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.AwqLayer;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Folding;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.TensorNames;
import io.agilelens.engine.quant.AwqQuantizer;
import io.agilelens.engine.quant.AwqScales;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.quant.OutputError;
import io.agilelens.engine.quant.QuantizationPlan;
import io.agilelens.engine.quant.QuantizedNumerics;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.recipe.AwqRecipe;
import io.agilelens.engine.recipe.GptqRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import io.agilelens.engine.tensor.Matrix;
import io.agilelens.engine.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** AWQ on one decoder layer: searches, scales, thresholds, what the layer becomes and gives. */
final class AwqBlockCase {
    private static final String FINAL = "final_";

    private final KitFolder folder;
    private final KitModels models;
    private final CaseSink sink;
    private final Decoder decoder;
    private final ModelConfig config;
    private final TensorNames names;
    private final int layer;
    private final List<Matrix> entering;

    private AwqBlockCase(KitFolder folder, KitModels models, CaseSink sink) {
        this.folder = folder;
        this.models = models;
        this.sink = sink;
        this.decoder = models.decoder(folder);
        this.config = decoder.model().config();
        this.names = config.architecture().names();
        this.layer = folder.manifest().path("layer_0based").asInt();
        this.entering = sequences("x");
    }

    static void check(KitFolder folder, KitModels models, CaseSink sink) {
        new AwqBlockCase(folder, models, sink).check();
    }

    private void check() {
        AwqLayer.Fit fit = fit(AwqRecipe.DEFAULT);
        for (JsonNode group : folder.manifest().path("groups")) {
            group(group, fit);
        }
        fit.thresholds()
                .forEach(
                        (role, thresholds) ->
                                AwqFamily.checkEqual(
                                        folder,
                                        "clip_" + array(names.linear(role)),
                                        "clip",
                                        AwqFamily.EQUAL,
                                        thresholds,
                                        sink));
        Model folded = fold(fit);
        finals(fit, folded);
        JsonNode errors = folder.manifest().path("output_mse");
        double allowed = Tolerance.number(folder.tolerance(), "y_awq_mse_rel");
        AwqFamily.checkError(errors, "awq", error(outputs(fit, folded), fit), allowed, sink);
        if (folder.has("y_awq")) {
            sink.check(
                    "y_awq",
                    () ->
                            Measurement.relative(
                                    error(sequences("y_awq"), fit),
                                    error(outputs(fit, folded), fit),
                                    allowed));
        }
        AwqLayer.Fit plain = fit(new AwqRecipe(false, false));
        AwqFamily.checkError(
                errors,
                "round_to_nearest",
                error(outputs(plain, decoder.model()), plain),
                allowed,
                sink);
    }

    private AwqLayer.Fit fit(AwqRecipe settings) {
        AwqQuantizer quantizer = AwqFamily.quantizer(folder);
        WeightRecipe weights =
                new WeightRecipe(
                        WeightMethod.AWQ,
                        quantizer.bits(),
                        quantizer.groupSize(),
                        quantizer.symmetric(),
                        GptqRecipe.DEFAULT,
                        settings);
        return AwqLayer.fit(
                decoder,
                layer,
                Recipe.FLOAT.withWeights(weights),
                entering,
                _ -> {},
                models.cancellation());
    }

    /** An array {@code [sequences, tokens, hidden]} as a matrix a sequence. */
    private List<Matrix> sequences(String array) {
        int[] shape = folder.shape(array);
        float[] values = folder.floats(array);
        List<Matrix> sequences = new ArrayList<>();
        for (int s = 0; s < shape[0]; s++) {
            Matrix sequence = Matrix.zeros(shape[1], shape[2]);
            int size = shape[1] * shape[2];
            System.arraycopy(values, s * size, sequence.data(), 0, size);
            sequences.add(sequence);
        }
        return sequences;
    }

    private void group(JsonNode group, AwqLayer.Fit fit) {
        String name = "groups[%d]".formatted(group.path("index").asInt());
        Optional<LinearRole> role = role(group.path("layers").path(0).asString(""));
        AwqScales search = role.map(of -> fit.searches().get(of.input())).orElse(null);
        if (search == null) {
            sink.fail(name, "no scales were searched for " + group.path("layers"));
            return;
        }
        AwqFamily.checkSearch(folder, group, search, name, sink);
        String array = "scales_" + group.path("index").asInt();
        sink.check(
                array,
                () ->
                        Measurement.relative(
                                folder.floats(array),
                                search.scales(),
                                Tolerance.number(folder.tolerance(), "scales_rel")));
    }

    private Optional<LinearRole> role(String name) {
        if (names.fusedProjections().filter(name::equals).isPresent()) {
            return Optional.of(LinearRole.QUERY);
        }
        return config.roles().stream().filter(role -> names.linear(role).equals(name)).findFirst();
    }

    private Model fold(AwqLayer.Fit fit) {
        return decoder.model().fold(Folding.ofLayer(config.layers(), layer, fit.scales()));
    }

    /** Weights, biases and norms as they end up, by what the kit calls their arrays. */
    private void finals(AwqLayer.Fit fit, Model folded) {
        Map<String, float[]> found = new HashMap<>();
        String prefix = names.layerPrefix(layer);
        String bare = prefix.substring(names.prefixes().getFirst().length());
        for (Tensor tensor : folded.checkpoint().tensors()) {
            for (String start : List.of(prefix, bare)) {
                if (tensor.name().startsWith(start)) {
                    found.put(
                            FINAL + array(tensor.name().substring(start.length())),
                            tensor.toFloats());
                }
            }
        }
        fit.weights()
                .forEach(
                        (role, weight) ->
                                found.put(FINAL + array(names.linear(role)), weight.dequantize()));
        names.fusedProjections()
                .ifPresent(fused -> found.put(FINAL + array(fused), fused(fit.weights())));
        for (String array : folder.arrays()) {
            if (array.startsWith(FINAL)) {
                if (found.containsKey(array)) {
                    AwqFamily.checkEqual(folder, array, "final weights", 0, found.get(array), sink);
                } else {
                    sink.fail(array, "the layer has no such tensor");
                }
            }
        }
    }

    /** Query, key and value rows as the fused projection has them. */
    private float[] fused(Map<LinearRole, QuantizedWeight> weights) {
        List<LinearRole> parts = List.of(LinearRole.QUERY, LinearRole.KEY, LinearRole.VALUE);
        int run = config.headDimension() * config.hiddenSize();
        float[] fused = new float[parts.size() * config.heads() * run];
        for (LinearRole part : parts) {
            float[] values = weights.get(part).dequantize();
            for (int head = 0; head < config.heads(); head++) {
                System.arraycopy(
                        values,
                        head * run,
                        fused,
                        (head * parts.size() + parts.indexOf(part)) * run,
                        run);
            }
        }
        return fused;
    }

    private static String array(String name) {
        return name.replace('.', '_');
    }

    /** What leaves the layer with its weights quantized. */
    private List<Matrix> outputs(AwqLayer.Fit fit, Model folded) {
        List<QuantizationPlan.Layer> layers = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            layers.add(
                    new QuantizationPlan.Layer(
                            i == layer ? fit.weights() : Map.of(), Map.of(), Optional.empty()));
        }
        Decoder quantized =
                new Decoder(
                        folded,
                        models.kernels(),
                        new QuantizedNumerics(
                                folded,
                                models.kernels(),
                                decoder.numerics(),
                                new QuantizationPlan(layers),
                                Execution.SIMULATED,
                                models.progress(),
                                models.cancellation()));
        return entering.stream()
                .map(
                        x ->
                                quantized.mlp(
                                        layer,
                                        quantized.attention(layer, x, Probe.NONE),
                                        Probe.NONE))
                .toList();
    }

    /** Mean squared difference from what the layer gives unquantized. */
    private double error(List<Matrix> outputs, AwqLayer.Fit fit) {
        if (outputs.size() != fit.leaving().size()) {
            throw new UserException("y_awq has another number of sequences than x");
        }
        double sum = 0;
        long count = 0;
        for (int s = 0; s < outputs.size(); s++) {
            Matrix expected = fit.leaving().get(s);
            sum += OutputError.sumOfSquares(outputs.get(s), expected);
            count += (long) expected.rows() * expected.columns();
        }
        return sum / count;
    }
}
