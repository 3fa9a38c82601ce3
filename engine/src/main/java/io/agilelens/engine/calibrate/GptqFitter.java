package io.agilelens.engine.calibrate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatLinear;
import io.agilelens.engine.model.LinearOperator;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.LinearWeight;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.quant.Gptq;
import io.agilelens.engine.quant.Hessian;
import io.agilelens.engine.quant.InverseHessian;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.recipe.GptqRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Quantizes weights by GPTQ, layer after layer: what a layer reads comes from the quantized layers
 * before it. Linears whose recipe says so are rounded to nearest or left alone.
 *
 * <p>The linears that read one site share its Hessian and make a set: query, key and value; the
 * attention output; gate and up; down. One Hessian is in memory at a time. Finished layers go into
 * a {@link BlockStore}, if there is a folder for it; a run that finds them there goes on behind
 * them, with the same result to the bit.
 */
final class GptqFitter implements WeightFitter {
    private final Model model;
    private final Kernels kernels;
    private final Numerics floats;
    private final Calibration calibration;
    private final Optional<WorkFolder> work;

    private List<Finished> latest = List.of();

    /** A layer and what it was made by. */
    private record Finished(
            Map<Site, WeightRecipe> recipes, Map<LinearRole, QuantizedWeight> linears) {}

    /**
     * @param work where finished layers are kept, if they are to be
     */
    GptqFitter(
            Model model,
            Kernels kernels,
            Numerics floats,
            Calibration calibration,
            Optional<WorkFolder> work) {
        this.model = model;
        this.kernels = kernels;
        this.floats = floats;
        this.calibration = calibration;
        this.work = work;
    }

    @Override
    public FittedWeights fit(Recipe recipe, Progress progress, Cancellation cancellation) {
        return new Run(recipe, progress, cancellation).fit();
    }

    /** One recipe's pass through the layers. */
    private final class Run {
        private final Recipe recipe;
        private final Progress progress;
        private final Cancellation cancellation;
        private final int layers;
        private final List<Finished> finished = new ArrayList<>();

        /** What enters the current layer, a matrix a calibration window. */
        private List<Matrix> residuals;

        Run(Recipe recipe, Progress progress, Cancellation cancellation) {
            this.recipe = recipe;
            this.progress = progress;
            this.cancellation = cancellation;
            this.layers = model.config().layers();
        }

        FittedWeights fit() {
            for (Finished layer : latest) {
                if (!layer.recipes().equals(recipes(finished.size()))) {
                    break;
                }
                finished.add(layer);
            }
            latest = List.of();
            try {
                if (finished.size() < layers) {
                    WeightRoom.require(model, recipe, finished.size(), working());
                    BlockStore store = store(recipe);
                    takeStored(store);
                    if (finished.size() < layers) {
                        quantizeRest(store);
                    }
                }
            } finally {
                // Of a run that was cancelled, too.
                latest = List.copyOf(finished);
            }
            return new FittedWeights(
                    model, floats, latest.stream().map(Finished::linears).toList());
        }

        private Map<Site, WeightRecipe> recipes(int layer) {
            Map<Site, WeightRecipe> recipes = new EnumMap<>(Site.class);
            for (LinearRole role : model.config().roles()) {
                recipes.put(role.input(), recipe.weightsAt(layer, role.input()));
            }
            return recipes;
        }

        private void takeStored(BlockStore store) {
            while (finished.size() < layers) {
                int layer = finished.size();
                Optional<Map<LinearRole, QuantizedWeight>> linears =
                        store.read(layer).flatMap(block -> linears(layer, block));
                if (linears.isEmpty()) {
                    if (store.holds(layer)) {
                        report("what was kept of layer %d is damaged, it is done again", layer, 0);
                    }
                    return;
                }
                finished.add(new Finished(recipes(layer), linears.get()));
            }
        }

        /** The linears of a stored block; empty if it is not whole. */
        private Optional<Map<LinearRole, QuantizedWeight>> linears(int layer, Block block) {
            Map<LinearRole, QuantizedWeight> linears = new EnumMap<>(LinearRole.class);
            for (LinearRole role : model.config().roles()) {
                WeightRecipe weights = recipe.weightsAt(layer, role.input());
                if (weights.method() != WeightMethod.NONE) {
                    LinearWeight shape = model.weights().linear(layer, role);
                    Optional<QuantizedWeight> weight =
                            block.weight(
                                    role.name(), shape.outputs(), shape.inputs(), weights.bits());
                    if (weight.isEmpty()) {
                        return Optional.empty();
                    }
                    linears.put(role, weight.get());
                }
            }
            return Optional.of(linears);
        }

        private void quantizeRest(BlockStore store) {
            int stored = finished.size();
            residuals = new ArrayList<>();
            Decoder decoder = new Decoder(model, kernels, floats);
            for (int[] window : calibration.windows()) {
                residuals.add(decoder.embed(window));
            }
            for (int layer = 0; layer < layers; layer++) {
                if (layer < stored) {
                    report("running quantized layer %d", layer, 0);
                    new Layer(layer).rerun(finished.get(layer).linears());
                } else {
                    Map<LinearRole, QuantizedWeight> linears = new Layer(layer).quantize();
                    finished.add(new Finished(recipes(layer), linears));
                    keep(store, layer, linears);
                }
            }
            progress.report("quantizing weights", layers, layers);
        }

        private void keep(BlockStore store, int layer, Map<LinearRole, QuantizedWeight> linears) {
            Block block = Block.EMPTY;
            for (Map.Entry<LinearRole, QuantizedWeight> linear : linears.entrySet()) {
                block = block.with(linear.getKey().name(), linear.getValue());
            }
            store.keep(layer, block, layers, progress);
        }

        private void report(String step, int layer, int set) {
            progress.report(
                    step.formatted(layer),
                    (long) layer * Site.values().length + set,
                    (long) layers * Site.values().length);
        }

        /** The largest Hessian with its factor, a linear in all its forms, and hidden states. */
        private long working() {
            ModelConfig config = model.config();
            long widest = 0;
            long largest = 0;
            long layer = 0;
            for (LinearRole role : config.roles()) {
                long weights = (long) role.outputs(config) * role.inputs(config);
                widest = Math.max(widest, Hessian.bytes(role.inputs(config)));
                largest = Math.max(largest, weights);
                layer += weights;
            }
            long tokens = 0;
            long longest = 0;
            for (int[] window : calibration.windows()) {
                tokens += window.length;
                longest = Math.max(longest, window.length);
            }
            // Streams before, between and behind the halves; remembered outputs of the MLP.
            long states =
                    tokens
                            * (3L * config.hiddenSize() + 2L * config.feedForwardSize())
                            * Float.BYTES;
            long pass =
                    longest
                            * (4L * config.feedForwardSize() + 6L * config.hiddenSize())
                            * Float.BYTES;
            return widest + (4 * largest + layer) * Float.BYTES + states + pass;
        }

        /** One layer on all calibration windows. */
        private final class Layer {
            private final int layer;
            private final Map<LinearRole, LinearOperator> replaced =
                    new EnumMap<>(LinearRole.class);
            private final Decoder decoder;
            private final Map<LinearRole, QuantizedWeight> linears =
                    new EnumMap<>(LinearRole.class);

            Layer(int layer) {
                this.layer = layer;
                this.decoder =
                        new Decoder(model, kernels, new ReplacedLinears(floats, layer, replaced));
            }

            /** Quantizes the layer's linears and moves the residual stream behind it. */
            Map<LinearRole, QuantizedWeight> quantize() {
                if (seesFloats()) {
                    quantizeOnFloats();
                    return linears;
                }
                quantize(Site.ATTN_INPUT, decoder, residuals);
                List<RememberedLinear> projections = remember(Site.ATTN_INPUT);
                quantize(Site.ATTN_OUTPUT, decoder, residuals);
                projections.forEach(RememberedLinear::replay);
                List<Matrix> attended = attended(decoder);
                quantize(Site.MLP_INPUT, decoder, attended);
                List<RememberedLinear> hidden = remember(Site.MLP_INPUT);
                quantize(Site.MLP_HIDDEN, decoder, attended);
                hidden.forEach(RememberedLinear::replay);
                complete(attended);
                return linears;
            }

            private void quantizeOnFloats() {
                Decoder unquantized = new Decoder(model, kernels, floats);
                quantize(Site.ATTN_INPUT, unquantized, residuals);
                quantize(Site.ATTN_OUTPUT, unquantized, residuals);
                List<Matrix> attended = attended(unquantized);
                quantize(Site.MLP_INPUT, unquantized, attended);
                quantize(Site.MLP_HIDDEN, unquantized, attended);
                complete(attended(decoder));
            }

            /**
             * Lets the linears that read a site remember what they give in the next pass, the same
             * half layer being run twice: for the inputs of its last linear, and to its end. They
             * stay so until the layer is done.
             */
            private List<RememberedLinear> remember(Site site) {
                List<RememberedLinear> remembered = new ArrayList<>();
                if (!isQuantized(site == Site.ATTN_INPUT ? Site.ATTN_OUTPUT : Site.MLP_HIDDEN)) {
                    return remembered;
                }
                for (LinearRole role : model.config().roles()) {
                    if (role.input() == site) {
                        RememberedLinear linear =
                                new RememberedLinear(decoder.numerics().linear(layer, role));
                        replaced.put(role, linear);
                        remembered.add(linear);
                    }
                }
                return remembered;
            }

            /** Whether GPTQ needs the inputs of a site. */
            private boolean isQuantized(Site site) {
                return recipe.weightsAt(layer, site).method() == WeightMethod.GPTQ;
            }

            /** Moves the residual stream through a layer that was quantized before. */
            void rerun(Map<LinearRole, QuantizedWeight> quantized) {
                quantized.forEach(this::replace);
                complete(attended(decoder));
            }

            /** From now on a linear computes with what its codes stand for. */
            private void replace(LinearRole role, QuantizedWeight quantized) {
                LinearWeight weight = model.weights().linear(layer, role);
                replaced.put(
                        role,
                        new FloatLinear(
                                kernels,
                                WeightPrecision.FP32,
                                quantized.dequantize(),
                                weight.outputs(),
                                weight.inputs(),
                                weight.biasValues()));
            }

            private boolean seesFloats() {
                return !recipe.weights().gptq().sequential();
            }

            private List<Matrix> attended(Decoder with) {
                report("running quantized layer %d", layer, 0);
                List<Matrix> attended = new ArrayList<>();
                for (Matrix residual : residuals) {
                    cancellation.check();
                    attended.add(with.attention(layer, residual, Probe.NONE));
                }
                return attended;
            }

            /** Runs the MLP, unless nothing reads what the layer gives. */
            private void complete(List<Matrix> attended) {
                if (layer == layers - 1) {
                    return;
                }
                report("running quantized layer %d", layer, 0);
                List<Matrix> left = new ArrayList<>();
                for (Matrix stream : attended) {
                    cancellation.check();
                    left.add(decoder.mlp(layer, stream, Probe.NONE));
                }
                residuals = left;
            }

            /**
             * Quantizes the linears that read a site.
             *
             * @param through what the layer computes with up to there
             * @param entering what enters the half layer that the site is in
             */
            private void quantize(Site site, Decoder through, List<Matrix> entering) {
                cancellation.check();
                WeightRecipe weights = recipe.weightsAt(layer, site);
                if (weights.method() == WeightMethod.NONE) {
                    return;
                }
                report("quantizing layer %d, " + site, layer, site.ordinal());
                Optional<InverseHessian> inverse =
                        weights.method() == WeightMethod.GPTQ
                                ? Optional.of(inverse(site, weights.gptq(), through, entering))
                                : Optional.empty();
                report("quantizing layer %d, " + site + ": rounding", layer, site.ordinal());
                for (LinearRole role : model.config().roles()) {
                    if (role.input() == site) {
                        cancellation.check();
                        LinearWeight weight = model.weights().linear(layer, role);
                        QuantizedWeight quantized =
                                inverse.map(factor -> gptq(weight, weights, factor))
                                        .orElseGet(
                                                () ->
                                                        RoundToNearestFitter.quantize(
                                                                weight, weights));
                        linears.put(role, quantized);
                        replace(role, quantized);
                    }
                }
            }

            private QuantizedWeight gptq(
                    LinearWeight weight, WeightRecipe weights, InverseHessian inverse) {
                Gptq.Settings settings =
                        new Gptq.Settings(
                                weights.bits(),
                                weights.group(),
                                weights.symmetric(),
                                weights.gptq().staticGroups(),
                                weights.gptq().block());
                return new Gptq(kernels, settings, cancellation)
                        .quantize(weight.values(), weight.outputs(), inverse)
                        .weight();
            }

            private InverseHessian inverse(
                    Site site, GptqRecipe settings, Decoder through, List<Matrix> entering) {
                String where =
                        "%s, layer %d, %s"
                                .formatted(Printable.of(model.checkpoint().source()), layer, site);
                Hessian hessian = new Hessian(kernels, model.config().channels(site), cancellation);
                SiteInputs inputs = new SiteInputs(site, where, hessian::add);
                for (Matrix stream : entering) {
                    cancellation.check();
                    inputs.collect(through, layer, stream);
                }
                report("quantizing layer %d, " + site + ": factor", layer, site.ordinal());
                InverseHessian inverse;
                try {
                    inverse =
                            InverseHessian.of(
                                    kernels,
                                    hessian,
                                    settings.damping(),
                                    settings.activationOrder(),
                                    cancellation);
                } catch (UserException refusal) {
                    throw refusal.in(where);
                }
                if (inverse.damping() > settings.damping()) {
                    report(
                            "layer %d, " + site + ": damping raised to " + inverse.damping(),
                            layer,
                            site.ordinal());
                }
                return inverse;
            }
        }
    }

    /** Where the finished layers of a recipe are kept. */
    BlockStore store(Recipe recipe) {
        return work.map(folder -> folder.open(WorkFolder.key(model, kernels, recipe, calibration)))
                .orElse(BlockStore.NONE);
    }
}
