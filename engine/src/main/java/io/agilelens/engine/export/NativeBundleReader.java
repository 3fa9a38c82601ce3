package io.agilelens.engine.export;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.HuggingFaceFolder;
import io.agilelens.engine.format.JsonFiles;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Architecture;
import io.agilelens.engine.model.CacheFormat;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.HalfCacheFormat;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TensorNames;
import io.agilelens.engine.model.WeightPlacement;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.quant.ActivationQuantizer;
import io.agilelens.engine.quant.AffineQuantizer;
import io.agilelens.engine.quant.CacheQuantizer;
import io.agilelens.engine.quant.ChannelwiseQuantizer;
import io.agilelens.engine.quant.IntegerRange;
import io.agilelens.engine.quant.Log2Quantizer;
import io.agilelens.engine.quant.QuantizationPlan;
import io.agilelens.engine.quant.QuantizedNumerics;
import io.agilelens.engine.quant.QuantizedTensor;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.quant.SoftmaxQuantizer;
import io.agilelens.engine.quant.TokenwiseQuantizer;
import io.agilelens.engine.quant.TripQuantizer;
import io.agilelens.engine.quant.UnitQuantizer;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Opens what {@link NativeBundle} wrote, believing nothing in it unchecked. */
public final class NativeBundleReader {
    private static final long LARGEST_MANIFEST = 16L << 20;
    private static final int LARGEST_EXPONENT = 8;

    /** More than any model has; each costs memory before it is compared with the model. */
    private static final int MOST_LAYERS = 4096;

    private final Path folder;
    private final Checkpoint files;
    private final JsonNode manifest;
    private final TensorNames names;
    private final List<Tensor> floats = new ArrayList<>();
    private final Map<String, Boolean> used = new HashMap<>();

    private NativeBundleReader(Path folder, Checkpoint files) {
        this.folder = folder;
        this.files = files;
        this.names = Architecture.of(files).names();
        this.manifest =
                JsonFiles.readObject(folder.resolve(BundleLayout.MANIFEST), LARGEST_MANIFEST);
    }

    /**
     * An opened bundle.
     *
     * @param model the model, quantized weights dequantized
     * @param recipe what it was tuned with
     * @param plan every parameter that was fitted
     * @param manifest its {@code bundle.json}
     * @param stored the tensors as they are stored
     */
    public record Bundle(
            Model model,
            Recipe recipe,
            QuantizationPlan plan,
            JsonNode manifest,
            List<Tensor> stored)
            implements AutoCloseable {

        /**
         * Makes it run as it was tuned.
         *
         * @param precision how the float weights are kept in memory
         */
        public TunedModel run(
                Kernels kernels,
                WeightPrecision precision,
                Progress progress,
                Cancellation cancellation) {
            Numerics numerics;
            try {
                numerics =
                        new QuantizedNumerics(
                                model,
                                kernels,
                                FloatNumerics.whenAsked(
                                        model, kernels, WeightPlacement.inMemory(precision)),
                                plan,
                                recipe.execution(),
                                progress,
                                cancellation);
            } catch (UserException refusal) {
                throw refusal.in(Printable.of(model.checkpoint().source()));
            }
            List<Map<Site, io.agilelens.engine.quant.TripFit>> noFits = new ArrayList<>();
            plan.layers().forEach(_ -> noFits.add(Map.of()));
            return new TunedModel(recipe, plan, noFits, new Decoder(model, kernels, numerics));
        }

        @Override
        public void close() {
            model.close();
        }
    }

    /**
     * @throws UserException if it is damaged, or of a newer version
     */
    public static Bundle open(Path folder) {
        Checkpoint files = HuggingFaceFolder.open(folder);
        try {
            return new NativeBundleReader(folder, files).read();
        } catch (RuntimeException | Error failure) {
            files.close();
            throw failure;
        }
    }

    private Bundle read() {
        int version = manifest.path("version").asInt(0);
        if (!manifest.path("format").asString("").equals(BundleLayout.FORMAT)
                || version < BundleLayout.VERSION
                || version > BundleLayout.LATEST_VERSION) {
            throw new UserException(
                    "%s says format %s, version %s: this program reads %s, versions %d to %d; get a newer program"
                            .formatted(
                                    Printable.of(folder.resolve(BundleLayout.MANIFEST)),
                                    Printable.of(manifest.path("format")),
                                    Printable.of(manifest.path("version")),
                                    BundleLayout.FORMAT,
                                    BundleLayout.VERSION,
                                    BundleLayout.LATEST_VERSION));
        }
        Recipe recipe = RecipeJson.read(folder.resolve(BundleLayout.RECIPE));
        QuantizationPlan plan = plan();
        Model model = model(plan);
        try {
            requireLayers(recipe, model.config().layers());
            requireFit(plan, model.config());
        } catch (RuntimeException | Error failure) {
            model.close();
            throw failure;
        }
        return new Bundle(model, recipe, plan, manifest, files.tensors());
    }

    private void requireLayers(Recipe recipe, int layers) {
        try {
            recipe.requireLayers(layers);
        } catch (UserException refusal) {
            throw refusal.in(Printable.of(folder.resolve(BundleLayout.RECIPE)));
        }
    }

    private QuantizationPlan plan() {
        if (manifest.path("layers").size() > MOST_LAYERS) {
            throw damaged(
                    "%s with %d layers"
                            .formatted(BundleLayout.MANIFEST, manifest.path("layers").size()),
                    "at most " + MOST_LAYERS);
        }
        List<QuantizationPlan.Layer> layers = new ArrayList<>();
        for (JsonNode entry : manifest.path("layers")) {
            int layer = layers.size();
            Map<LinearRole, QuantizedWeight> weights = new EnumMap<>(LinearRole.class);
            for (LinearRole role : names.linears().keySet()) {
                JsonNode weight = entry.path("weights").path(names.linear(role));
                if (weight.isObject()) {
                    weights.put(role, weight(names.of(layer, role), bits(weight)));
                }
            }
            Map<Site, ActivationQuantizer> activations = new EnumMap<>(Site.class);
            Map<Site, ActivationQuantizer> marked = new EnumMap<>(Site.class);
            for (Site site : Site.values()) {
                JsonNode activation = entry.path("activations").path(site.name());
                if (activation.isObject()) {
                    String name = BundleLayout.site(names, layer, site);
                    activations.put(site, activation(name, activation));
                    JsonNode coarse = activation.path("marked");
                    if (coarse.isObject()) {
                        marked.put(site, activation(name + BundleLayout.MARKED, coarse));
                    }
                }
            }
            layers.add(
                    new QuantizationPlan.Layer(
                            weights, activations, marked, softmax(entry.path("softmax"))));
        }
        JsonNode head = manifest.path("head");
        return new QuantizationPlan(
                layers,
                head.isObject()
                        ? Optional.of(weight(TensorNames.HEAD, bits(head)))
                        : Optional.empty(),
                cache(manifest.path("cache")));
    }

    private int bits(JsonNode node) {
        int bits = node.path("bits").asInt(0);
        if (bits < 2 || bits > 8) {
            throw damaged(
                    "%s with bits %s"
                            .formatted(BundleLayout.MANIFEST, Printable.of(node.path("bits"))),
                    "2…8");
        }
        return bits;
    }

    private QuantizedWeight weight(String name, int bits) {
        DenseTensor codes = tensor(name + BundleLayout.CODES, DType.U8, 2);
        int[] groupOf = groupOf(name, codes.shape()[1] * 8 / bits);
        int inputs = groupOf.length;
        int groups = 1 + Arrays.stream(groupOf).max().orElseThrow();
        int outputs = (int) codes.shape()[0];
        int rowBytes = CodePacking.rowBytes(inputs, bits);
        long[] perGroup = {outputs, groups};
        requireShape(codes, outputs, rowBytes);
        DenseTensor scales = tensor(name + BundleLayout.SCALES, DType.F32, 2);
        requireShape(scales, perGroup);
        DenseTensor zeros = tensor(name + BundleLayout.ZEROS, DType.U8, 2);
        requireShape(zeros, perGroup);
        float[] scaleValues = scales.toFloats();
        for (float scale : scaleValues) {
            requireScale(name + BundleLayout.SCALES, scale);
        }
        byte[] zeroBytes = zeros.data().toBytes();
        int[] zeroValues = new int[zeroBytes.length];
        for (int i = 0; i < zeroValues.length; i++) {
            zeroValues[i] = zeroBytes[i] & 0xFF;
            if (zeroValues[i] >= 1 << bits) {
                throw damaged(
                        "%s holds %d".formatted(name + BundleLayout.ZEROS, zeroValues[i]),
                        "0…%d".formatted((1 << bits) - 1));
            }
        }
        return new QuantizedWeight(
                outputs,
                inputs,
                bits,
                groupOf,
                CodePacking.unpack(codes.data().toBytes(), outputs, inputs, bits),
                scaleValues,
                zeroValues);
    }

    /**
     * The group of each input: runs by where they start, groups in any order input by input.
     *
     * @param most inputs that the codes may be of
     */
    private int[] groupOf(String name, long most) {
        if (files.find(name + BundleLayout.GROUP_INDEX).isEmpty()) {
            int[] starts = integers(name + BundleLayout.GROUPS);
            requireStarts(name, starts, most);
            return QuantizedWeight.groupOf(starts);
        }
        int[] groupOf = integers(name + BundleLayout.GROUP_INDEX);
        BitSet used = new BitSet();
        for (int group : groupOf) {
            if (group < 0 || group >= groupOf.length) {
                throw damaged(
                        "%s holds %d".formatted(name + BundleLayout.GROUP_INDEX, group),
                        "0…%d".formatted(groupOf.length - 1));
            }
            used.set(group);
        }
        if (groupOf.length == 0 || used.nextClearBit(0) < used.length()) {
            throw damaged(name + BundleLayout.GROUP_INDEX, "an input of every group");
        }
        return groupOf;
    }

    private void requireStarts(String name, int[] groups, long most) {
        boolean ascending = groups.length >= 2 && groups[0] == 0;
        for (int g = 1; ascending && g < groups.length; g++) {
            ascending = groups[g] > groups[g - 1];
        }
        if (!ascending || groups[groups.length - 1] > most) {
            throw damaged(
                    name + BundleLayout.GROUPS, "ascending numbers from 0 to at most " + most);
        }
    }

    private ActivationQuantizer activation(String name, JsonNode node) {
        IntegerRange range = new IntegerRange(bits(node), node.path("signed").asBoolean(true));
        String method = node.path("method").asString("");
        switch (method) {
            case BundleManifest.TRIP -> {
                float base = scale(name, scales(name), 0);
                return new TripQuantizer(
                        base, zero(name, zeros(name), 0, range), exponents(name), range);
            }
            case BundleManifest.UNIFORM -> {
                float[] scales = scales(name);
                int[] zeros = zeros(name);
                List<AffineQuantizer> parameters = new ArrayList<>();
                for (int i = 0; i < scales.length; i++) {
                    parameters.add(
                            new AffineQuantizer(
                                    scale(name, scales, i), zero(name, zeros, i, range), range));
                }
                int width = node.path("channels").asInt(0);
                if (scales.length == 0 || width < 1) {
                    throw damaged(name + BundleLayout.SCALES, "at least one scale and channel");
                }
                return new ChannelwiseQuantizer(parameters, width);
            }
            case BundleManifest.TOKEN -> {
                return new TokenwiseQuantizer(range);
            }
            case BundleManifest.TRIP_TOKEN -> {
                return new TokenwiseQuantizer(range, exponents(name));
            }
            default ->
                    throw damaged(
                            "%s has method '%s'".formatted(name, Printable.of(method)),
                            "trip, trip-token, uniform or token");
        }
    }

    private int[] exponents(String name) {
        int[] exponents = integers(name + BundleLayout.EXPONENTS);
        for (int exponent : exponents) {
            if (exponent < 0 || exponent > LARGEST_EXPONENT) {
                throw damaged(
                        "%s holds %d".formatted(name + BundleLayout.EXPONENTS, exponent),
                        "0…" + LARGEST_EXPONENT);
            }
        }
        return exponents;
    }

    private Optional<CacheFormat> cache(JsonNode node) {
        if (!node.isObject()) {
            return Optional.empty();
        }
        if (node.path("bits").asInt(0) == BundleLayout.HALF_BITS) {
            return Optional.of(new HalfCacheFormat(node.path("width").asInt(0)));
        }
        return Optional.of(
                new CacheQuantizer(
                        bits(node),
                        node.path("head_dimension").asInt(0),
                        node.path("heads").asInt(0)));
    }

    private float[] scales(String name) {
        return tensor(name + BundleLayout.SCALES, DType.F32, 1).toFloats();
    }

    private int[] zeros(String name) {
        return integers(name + BundleLayout.ZEROS);
    }

    private float scale(String name, float[] scales, int index) {
        if (index >= scales.length) {
            throw damaged(name + BundleLayout.SCALES, "a scale");
        }
        requireScale(name + BundleLayout.SCALES, scales[index]);
        return scales[index];
    }

    private void requireScale(String name, float scale) {
        if (!(scale > 0) || Float.isInfinite(scale)) {
            throw damaged("%s holds %s".formatted(name, scale), "a positive number");
        }
    }

    private int zero(String name, int[] zeros, int index, IntegerRange range) {
        if (index >= zeros.length
                || zeros[index] < range.minimum()
                || zeros[index] > range.maximum()) {
            throw damaged(
                    name + BundleLayout.ZEROS, "%d…%d".formatted(range.minimum(), range.maximum()));
        }
        return zeros[index];
    }

    private Optional<SoftmaxQuantizer> softmax(JsonNode node) {
        if (!node.isObject()) {
            return Optional.empty();
        }
        String method = node.path("method").asString("");
        return Optional.of(
                switch (method) {
                    case BundleManifest.LOG2 -> new Log2Quantizer(bits(node));
                    case BundleManifest.UNIFORM -> new UnitQuantizer(bits(node));
                    default ->
                            throw damaged(
                                    "%s with softmax method '%s'"
                                            .formatted(BundleLayout.MANIFEST, Printable.of(method)),
                                    "log2 or uniform");
                });
    }

    private int[] integers(String name) {
        return tensor(name, DType.I32, 1).data().toIntegers();
    }

    private DenseTensor tensor(String name, DType dtype, int dimensions) {
        Tensor tensor =
                files.find(name).orElseThrow(() -> damaged("tensor " + name, "such a tensor"));
        if (tensor instanceof DenseTensor dense
                && dense.dtype() == dtype
                && dense.shape().length == dimensions) {
            used.put(name, true);
            return dense;
        }
        throw damaged(
                "tensor %s of type %s".formatted(name, tensor.storage()),
                "%s with %d dimensions".formatted(dtype, dimensions));
    }

    private void requireShape(Tensor tensor, long... shape) {
        if (!Arrays.equals(tensor.shape(), shape)) {
            throw damaged(
                    "tensor %s of shape %s"
                            .formatted(tensor.name(), Arrays.toString(tensor.shape())),
                    Arrays.toString(shape));
        }
    }

    private UserException damaged(String what, String expected) {
        return new UserException(
                "%s is damaged: %s where %s belongs; quantize the model again"
                        .formatted(Printable.of(folder), Printable.of(what), expected));
    }

    private Model model(QuantizationPlan plan) {
        for (int layer = 0; layer < plan.layers().size(); layer++) {
            int of = layer;
            plan.layers()
                    .get(layer)
                    .weights()
                    .forEach(
                            (role, weight) ->
                                    floats.add(
                                            new QuantizedTensor(
                                                    names.of(of, role) + ".weight", weight)));
        }
        if (!manifest.path("head").path("tied").asBoolean(false)) {
            plan.head()
                    .ifPresent(
                            head ->
                                    floats.add(
                                            new QuantizedTensor(
                                                    TensorNames.HEAD + ".weight", head)));
        }
        for (Tensor tensor : files.tensors()) {
            if (!used.containsKey(tensor.name())) {
                floats.add(tensor);
            }
        }
        ObjectNode config = (ObjectNode) files.config().deepCopy();
        config.remove(BundleLayout.QUANTIZATION_CONFIG);
        return Model.open(new BundleCheckpoint(files, config, floats));
    }

    private void requireFit(QuantizationPlan plan, ModelConfig config) {
        if (plan.layers().size() != config.layers()) {
            throw damaged(
                    "%s with %d layers".formatted(BundleLayout.MANIFEST, plan.layers().size()),
                    "%d as in config.json".formatted(config.layers()));
        }
        for (QuantizationPlan.Layer layer : plan.layers()) {
            layer.activations().forEach((site, quantizer) -> requireFit(site, quantizer, config));
            layer.markedActivations()
                    .forEach(
                            (site, quantizer) -> {
                                requireFit(site, quantizer, config);
                                requireSameFactors(site, layer.activations().get(site), quantizer);
                            });
        }
        plan.head().ifPresent(head -> requireFit(head, config));
        plan.cache().ifPresent(cache -> requireFit(cache, config));
    }

    private void requireFit(QuantizedWeight head, ModelConfig config) {
        if (head.outputs() != config.vocabularySize() || head.inputs() != config.embeddingSize()) {
            throw damaged(
                    "a head of %d tokens and %d channels".formatted(head.outputs(), head.inputs()),
                    "%d and %d".formatted(config.vocabularySize(), config.embeddingSize()));
        }
    }

    /** The factors are folded into weights, of which there is one set. */
    private void requireSameFactors(
            Site site, ActivationQuantizer quantizer, ActivationQuantizer marked) {
        if (!java.util.Arrays.equals(factors(quantizer), factors(marked))) {
            throw damaged(
                    "a quantizer of marked tokens at %s with factors of its own".formatted(site),
                    "those of the site");
        }
    }

    private static int[] factors(ActivationQuantizer quantizer) {
        return switch (quantizer) {
            case TripQuantizer trip -> trip.exponents();
            case TokenwiseQuantizer tokenwise -> tokenwise.exponents();
            case ChannelwiseQuantizer _ -> new int[0];
        };
    }

    private void requireFit(CacheFormat cache, ModelConfig config) {
        if (cache instanceof CacheQuantizer quantizer
                && (quantizer.headDimension() != config.headDimension()
                        || quantizer.heads() != config.keyValueHeads())) {
            throw damaged(
                    "a cache of %d heads of %d"
                            .formatted(quantizer.heads(), quantizer.headDimension()),
                    "%d heads of %d".formatted(config.keyValueHeads(), config.headDimension()));
        }
        if (cache instanceof HalfCacheFormat half && half.width() != config.keyValueWidth()) {
            throw damaged(
                    "a cache of %d numbers a token".formatted(half.width()),
                    Integer.toString(config.keyValueWidth()));
        }
    }

    private void requireFit(Site site, ActivationQuantizer quantizer, ModelConfig config) {
        long channels =
                switch (quantizer) {
                    case TripQuantizer trip -> trip.channels();
                    case ChannelwiseQuantizer uniform ->
                            (long) uniform.parameters().size() * uniform.width();
                    case TokenwiseQuantizer tokenwise ->
                            tokenwise.exponents().length == 0
                                    ? config.channels(site)
                                    : tokenwise.exponents().length;
                };
        if (site == Site.SOFTMAX || channels != config.channels(site)) {
            throw damaged(
                    "a quantizer of %d channels at %s".formatted(channels, site),
                    Integer.toString(config.channels(site)));
        }
    }
}
