package io.agilelens.engine.format.packed;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.CheckpointView;
import io.agilelens.engine.format.JsonFiles;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A safetensors folder whose linears are quantized, seen as one of plain weights: {@code X.qweight}
 * and its like are gone, and in their place stands {@code X.weight} {@code [outputs, inputs]},
 * decoded when it is read. All other tensors are as they were. The configuration no longer says
 * that anything is quantized, so that nothing above needs to know.
 *
 * <p>Read are AWQ (gemm), GPTQ (version 1 and 2) and compressed-tensors (pack-quantized,
 * int-quantized, float-quantized). Names, types and shapes of all parts are checked on opening;
 * codes and scales are not read before they are asked for.
 */
public final class QuantizedCheckpoint extends CheckpointView {
    private static final String CONFIG = "config.json";
    private static final String SETTINGS = "quantization_config";
    private static final String OLDER_SETTINGS = "compression_config";
    private static final String GPTQ_FILE = "quantize_config.json";
    private static final String AWQ_FILE = "quant_config.json";
    private static final long LARGEST_SETTINGS = 4L << 20;

    /** What this program's own bundles call themselves; they have a reader of their own. */
    private static final String NATIVE = "agilelens-native";

    /** Where AWQ leaves what BLOOM's GELU is divided by, and the linear that takes it in. */
    private static final String GELU_SCALES = ".gelu_impl.scales";

    private static final String AFTER_GELU = ".dense_4h_to_h.weight";

    /** Parts of packed linears, which must not be left over. */
    private static final Set<String> PARTS =
            Set.of(
                    "qweight",
                    "qzeros",
                    "g_idx",
                    "scales",
                    "weight_packed",
                    "weight_scale",
                    "weight_zero_point",
                    "weight_shape",
                    "weight_g_idx",
                    "weight_scale_inv",
                    "weight_global_scale");

    /** What belongs to quantized activations, keys and values. */
    private static final Set<String> ACTIVATION_PARTS =
            Set.of(
                    "input_scale",
                    "input_zero_point",
                    "input_global_scale",
                    "output_scale",
                    "output_zero_point",
                    "k_scale",
                    "k_zero_point",
                    "v_scale",
                    "v_zero_point",
                    "q_scale");

    private final String format;
    private final List<String> warnings;

    private QuantizedCheckpoint(
            Checkpoint folder,
            JsonNode config,
            Map<String, Tensor> tensors,
            String format,
            List<String> warnings) {
        super(folder, config, List.copyOf(tensors.values()));
        this.format = format;
        this.warnings = warnings;
    }

    /**
     * The folder itself if nothing in it is quantized, otherwise what its weights stand for. Takes
     * ownership: the folder is closed with what is returned, or at once if this fails.
     *
     * @throws UserException if it is quantized in a way that is not read, or a part is missing or
     *     does not fit the others
     */
    public static Checkpoint decode(Checkpoint folder) {
        try {
            Optional<Settings> settings = settings(folder);
            if (settings.isEmpty()) {
                refuseUnexplained(folder);
                return folder;
            }
            String method = settings.get().lowerCase("quant_method", "");
            return method.equals(NATIVE) ? folder : decode(folder, settings.get(), method);
        } catch (RuntimeException | Error failure) {
            folder.close();
            throw failure;
        }
    }

    /** What says how the weights are quantized: part of the configuration, or a file beside it. */
    private static Optional<Settings> settings(Checkpoint folder) {
        Path config = folder.source().resolve(CONFIG);
        for (String key : new String[] {SETTINGS, OLDER_SETTINGS}) {
            JsonNode value = folder.config().path(key);
            if (value.isObject() && !value.isEmpty()) {
                return Optional.of(completed(folder, new Settings(config, key + " ", value)));
            }
            if (!value.isMissingNode() && !value.isNull() && !value.isObject()) {
                throw new Settings(config, "", folder.config())
                        .wrong(key, "an object belongs there");
            }
        }
        return packedTensor(folder).isEmpty()
                ? Optional.empty()
                : file(folder, GPTQ_FILE, "gptq").or(() -> file(folder, AWQ_FILE, "awq"));
    }

    private static Optional<Settings> file(Checkpoint folder, String name, String method) {
        Path path = folder.source().resolve(name);
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        ObjectNode values = (ObjectNode) JsonFiles.readObject(path, LARGEST_SETTINGS);
        if (!values.has("quant_method")) {
            values.put("quant_method", method);
        }
        return Optional.of(new Settings(path, "", values));
    }

    /** The layout's version may stand only in the file that GPTQ's own tools write. */
    private static Settings completed(Checkpoint folder, Settings settings) {
        if (!settings.lowerCase("quant_method", "").equals("gptq")
                || settings.has("checkpoint_format")
                || settings.has("format")) {
            return settings;
        }
        Optional<Settings> beside = file(folder, GPTQ_FILE, "gptq");
        for (String key : new String[] {"checkpoint_format", "format"}) {
            if (beside.isPresent() && beside.get().has(key)) {
                ObjectNode values = (ObjectNode) settings.values().deepCopy();
                values.put("checkpoint_format", beside.get().text(key, ""));
                return new Settings(settings.file(), settings.place(), values);
            }
        }
        return settings;
    }

    /** Some tensor that holds codes, going by its name. */
    private static Optional<Tensor> packedTensor(Checkpoint folder) {
        return folder.tensors().stream()
                .filter(
                        tensor ->
                                tensor.name().endsWith(".qweight")
                                        || tensor.name().endsWith(".weight_packed"))
                .findFirst();
    }

    /** Packed weights of which nothing says how they are packed. */
    private static void refuseUnexplained(Checkpoint folder) {
        packedTensor(folder)
                .ifPresent(
                        tensor -> {
                            throw new UserException(
                                    "%s: tensor '%s' is quantized, but neither %s in %s nor %s says how; copy that file from where the model came from"
                                            .formatted(
                                                    Printable.of(folder.source()),
                                                    Printable.of(tensor.name()),
                                                    SETTINGS,
                                                    CONFIG,
                                                    GPTQ_FILE));
                        });
    }

    private static Checkpoint decode(Checkpoint folder, Settings settings, String name) {
        Parts parts = new Parts(folder);
        List<String> warnings = new ArrayList<>(folder.warnings());
        Method method =
                switch (name) {
                    case "awq" -> new Awq(settings, parts);
                    case "gptq" -> new Gptq(settings, parts, warnings);
                    case "compressed-tensors" -> new CompressedTensors(settings, parts, warnings);
                    default ->
                            throw settings.unknown(
                                    "quant_method", "awq, gptq and compressed-tensors are");
                };
        Map<String, Tensor> decoded = new LinkedHashMap<>();
        Set<Integer> bits = new TreeSet<>();
        for (Tensor tensor : parts.all()) {
            String module = module(tensor.name(), method);
            if (module != null && !decoded.containsKey(module + ".weight")) {
                Method.Packed packed = method.unpack(module);
                bits.add(packed.bits());
                decoded.put(packed.tensor().name(), packed.tensor());
                parts.use(tensor.name());
            }
        }
        if (decoded.isEmpty()) {
            warnings.add(
                    "%s says %s, but no weight is quantized: they are read as they are"
                            .formatted(settings.where("quant_method"), method.name()));
        }
        Map<String, Tensor> tensors = arrange(parts, method, decoded, warnings);
        ObjectNode config = (ObjectNode) folder.config().deepCopy();
        config.remove(List.of(SETTINGS, OLDER_SETTINGS));
        String format = folder.format();
        if (!decoded.isEmpty()) {
            String widths = bits.stream().map(String::valueOf).collect(Collectors.joining("/"));
            format += ", %s %s-bit".formatted(method.name(), widths);
        }
        return new QuantizedCheckpoint(folder, config, tensors, format, List.copyOf(warnings));
    }

    /** The linear whose codes, or whose only sign of being quantized, this tensor is. */
    private static String module(String name, Method method) {
        for (String suffix : method.suffixes()) {
            if (name.endsWith(suffix) && name.length() > suffix.length()) {
                return name.substring(0, name.length() - suffix.length());
            }
        }
        return null;
    }

    /** Puts decoded weights where their codes stood, and sees to it that no part is left over. */
    private static Map<String, Tensor> arrange(
            Parts parts, Method method, Map<String, Tensor> decoded, List<String> warnings) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<String, DenseTensor> divisors = new LinkedHashMap<>();
        int activationParts = 0;
        for (Tensor tensor : parts.all()) {
            String name = tensor.name();
            String last = name.substring(name.lastIndexOf('.') + 1);
            if (parts.isUsed(name)) {
                String module = module(name, method);
                Tensor weight = decoded.get(module == null ? name : module + ".weight");
                if (weight != null) {
                    tensors.putIfAbsent(weight.name(), weight);
                }
            } else if (name.endsWith(GELU_SCALES)) {
                DenseTensor divisor = parts.matrix(name, Parts.FLOATS, 1);
                tensors.put(name, divisor);
                divisors.put(
                        name.substring(0, name.length() - GELU_SCALES.length()) + AFTER_GELU,
                        divisor);
            } else if (ACTIVATION_PARTS.contains(last)) {
                activationParts++;
            } else if (PARTS.contains(last)) {
                throw parts.damaged(
                        "tensor '%s' belongs to no linear that is quantized"
                                .formatted(Printable.of(name)));
            } else {
                tensors.put(name, tensor);
            }
        }
        if (activationParts > 0) {
            warnings.add(
                    "%d tensors with scales or zero points of activations are left out: activations are not quantized as they say"
                            .formatted(activationParts));
        }
        divisors.forEach((name, divisor) -> requireInputs(parts, tensors.get(name), name, divisor));
        return tensors;
    }

    /** The model divides by them before the linear reads its input. */
    private static void requireInputs(
            Parts parts, Tensor weight, String name, DenseTensor divisor) {
        if (weight == null
                || weight.shape().length != 2
                || weight.shape()[1] != divisor.elements()
                || !weight.isFloat()) {
            throw parts.wrong(
                    divisor, "a number for each input of '%s'".formatted(Printable.of(name)));
        }
    }

    @Override
    public String format() {
        return format;
    }

    @Override
    public List<String> warnings() {
        return warnings;
    }
}
