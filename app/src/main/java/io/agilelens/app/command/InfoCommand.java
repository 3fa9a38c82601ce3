package io.agilelens.app.command;

import io.agilelens.engine.UserException;
import io.agilelens.engine.evaluate.TensorStatistics;
import io.agilelens.engine.evaluate.UnusableWeights;
import io.agilelens.engine.export.NativeBundleReader;
import io.agilelens.engine.model.HeapRoom;
import io.agilelens.engine.model.MemoryEstimate;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.PassSize;
import io.agilelens.engine.model.WeightPlacement;
import io.agilelens.engine.tensor.Tensor;
import io.agilelens.engine.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a model is, before it is run. */
@Command(
        name = "info",
        description =
                "Architecture, shapes, dtypes, parameters, bytes, memory estimate, tokenizer,"
                        + " warnings.")
public final class InfoCommand extends EngineCommand {
    /** Bytes of weights that are read in no time. */
    private static final long SMALL_CHECKPOINT = 64L << 20;

    @Mixin private ModelOption modelOption;

    @Option(names = "--tensors", description = "List every tensor.")
    private boolean listTensors;

    @Option(
            names = "--statistics",
            description =
                    "List every tensor with range, mean, deviation and the number of values that"
                            + " are NaN or infinite, which takes reading all of it.")
    private boolean withStatistics;

    @Option(
            names = "--context",
            paramLabel = "N",
            description =
                    "Tokens that the memory estimate is for; without it the model's context, at"
                            + " most 2048.")
    private Integer context;

    @Override
    int run(TerminalProgress progress) {
        requirePositive("--context", context);
        try (OpenModel open = modelOption.open()) {
            Model model = open.model();
            List<Tensor> tensors =
                    open.bundle()
                            .map(NativeBundleReader.Bundle::stored)
                            .orElseGet(() -> model.checkpoint().tensors());
            List<String> warnings = new ArrayList<>(model.checkpoint().warnings());
            ObjectNode result = describe(open, tensors);
            result.set("memory_estimate", memory(open, warnings));
            result.set("tokenizer", tokenizer(model, warnings));
            Map<String, TensorStatistics> statistics = statistics(open, tensors, progress);
            UnusableWeights unusable = UnusableWeights.of(statistics);
            unusable.summary().ifPresent(warnings::add);
            if (!statistics.isEmpty()) {
                result.put("unusable_weights", unusable.count());
            } else {
                result.putNull("unusable_weights");
            }
            ArrayNode listed = result.putArray("warnings");
            warnings.forEach(listed::add);
            if (listTensors || withStatistics) {
                addTensors(result, tensors, statistics);
            }
            print(progress, result, text(result));
        }
        return 0;
    }

    private ObjectNode describe(OpenModel open, List<Tensor> tensors) {
        Model model = open.model();
        ModelConfig config = model.config();
        ObjectNode result =
                Results.of(open)
                        .put("format", model.checkpoint().format())
                        .put("architecture", config.architecture().title())
                        .put("layers", config.layers())
                        .put("hidden_size", config.hiddenSize())
                        .put("heads", config.heads())
                        .put("key_value_heads", config.keyValueHeads())
                        .put("head_dimension", config.headDimension())
                        .put("feed_forward_size", config.feedForwardSize())
                        .put("vocabulary_size", config.vocabularySize())
                        .put("context_length", config.contextLength())
                        .put("tied_head", config.tiedHead())
                        .put("parameters", model.parameters());
        long bytes = 0;
        Map<String, Long> dtypes = new TreeMap<>();
        for (Tensor tensor : tensors) {
            bytes += tensor.bytes();
            dtypes.merge(tensor.storage(), tensor.elements(), Long::sum);
        }
        result.put("bytes", bytes);
        ObjectNode elements = result.putObject("elements_by_dtype");
        dtypes.forEach(elements::put);
        model.planting().ifPresent(planting -> result.put("planting", planting.summary()));
        open.bundle().ifPresent(bundle -> result.put("recipe", bundle.recipe().summary()));
        return result;
    }

    /** What running it takes, in the heap there is. */
    private ObjectNode memory(OpenModel open, List<String> warnings) {
        Model model = open.model();
        PassSize pass = open.pass();
        if (context != null) {
            pass = new PassSize(context, context, Math.min(context, PassSize.EVALUATION_ROWS));
        }
        MemoryEstimate estimate;
        boolean fits = true;
        try {
            estimate = MemoryEstimate.fitting(model, pass);
            String note = estimate.note(model);
            if (!note.isEmpty()) {
                warnings.add(note);
            }
        } catch (UserException tooLarge) {
            warnings.add(tooLarge.getMessage());
            fits = false;
            estimate =
                    MemoryEstimate.of(
                            model,
                            WeightPlacement.streamed(open.precision()),
                            pass,
                            HeapRoom.now(0));
        }
        MemoryEstimate whole =
                MemoryEstimate.of(
                        model, WeightPlacement.inMemory(open.precision()), pass, HeapRoom.now(0));
        return object().put("tokens", pass.tokens())
                .put("weights_in_memory", !estimate.placement().isStreamed(model.config()))
                .put("weight_bytes", estimate.weights())
                .put("cache_bytes", estimate.cache())
                .put("activation_bytes", estimate.activations())
                .put("packing_bytes", estimate.packing())
                .put("program_bytes", estimate.program())
                .put("mapped_bytes", estimate.mapped())
                .put("total_bytes", estimate.heap())
                .put("whole_model_bytes", whole.heap())
                .put("heap_bytes", Runtime.getRuntime().maxMemory())
                .put("fits", fits)
                .put("kind", "estimate");
    }

    private static ObjectNode tokenizer(Model model, List<String> warnings) {
        ObjectNode node = object();
        try {
            Tokenizer tokenizer = model.tokenizer();
            node.put("kind", tokenizer.kind()).put("vocabulary_size", tokenizer.vocabularySize());
            if (tokenizer.startToken().isPresent()) {
                int start = tokenizer.startToken().getAsInt();
                node.put("start_token", start).put("start_piece", tokenizer.piece(start));
            } else {
                node.putNull("start_token");
            }
            if (tokenizer.vocabularySize() > model.config().vocabularySize()) {
                warnings.add(
                        "the tokenizer has %d tokens, the embedding only %d"
                                .formatted(
                                        tokenizer.vocabularySize(),
                                        model.config().vocabularySize()));
            }
            return node;
        } catch (UserException unreadable) {
            // A model without a tokenizer can still be looked at and run on ids.
            warnings.add(unreadable.getMessage());
            return null;
        }
    }

    /** Small checkpoints are always looked into, so that NaN in them does not go unnoticed. */
    private Map<String, TensorStatistics> statistics(
            OpenModel open, List<Tensor> tensors, TerminalProgress progress) {
        long bytes = tensors.stream().mapToLong(Tensor::bytes).sum();
        if (!withStatistics && bytes > SMALL_CHECKPOINT) {
            return Map.of();
        }
        Map<String, TensorStatistics> statistics = new LinkedHashMap<>();
        for (Tensor tensor : tensors) {
            cancellation.check();
            progress.report("reading weights", statistics.size(), tensors.size());
            if (tensor.isFloat()) {
                statistics.put(tensor.name(), TensorStatistics.of(tensor));
            }
        }
        return statistics;
    }

    private static void addTensors(
            ObjectNode result, List<Tensor> tensors, Map<String, TensorStatistics> statistics) {
        ArrayNode list = result.putArray("tensors");
        for (Tensor tensor : tensors) {
            ObjectNode entry =
                    list.addObject().put("name", tensor.name()).put("dtype", tensor.storage());
            ArrayNode shape = entry.putArray("shape");
            Arrays.stream(tensor.shape()).forEach(shape::add);
            entry.put("bytes", tensor.bytes());
            TensorStatistics values = statistics.get(tensor.name());
            if (values != null) {
                put(entry, "minimum", values.minimum());
                put(entry, "maximum", values.maximum());
                put(entry, "mean", values.mean());
                put(entry, "standard_deviation", values.standardDeviation());
                put(entry, "kurtosis", values.kurtosis());
                entry.put("unusable", values.unusable());
            }
        }
    }

    private String text(ObjectNode info) {
        StringBuilder text = new StringBuilder();
        line(text, "model", info.path("model").asString() + ", " + info.path("format").asString());
        line(
                text,
                "architecture",
                "%s, %d layers of %d, %d heads (%d key/value) of %d, MLP %d%s"
                        .formatted(
                                info.path("architecture").asString(),
                                info.path("layers").asInt(),
                                info.path("hidden_size").asInt(),
                                info.path("heads").asInt(),
                                info.path("key_value_heads").asInt(),
                                info.path("head_dimension").asInt(),
                                info.path("feed_forward_size").asInt(),
                                info.path("tied_head").asBoolean() ? ", tied head" : ""));
        line(text, "vocabulary", "%,d".formatted(info.path("vocabulary_size").asInt()));
        line(text, "context", "%,d tokens".formatted(info.path("context_length").asInt()));
        line(text, "parameters", "%,d".formatted(info.path("parameters").asLong()));
        line(text, "weights", Sizes.bytes(info.path("bytes").asLong()) + " of " + dtypes(info));
        if (info.has(Results.PLANTED)) {
            line(text, "planted", info.path("planting").asString());
        }
        if (info.has("recipe")) {
            line(text, "recipe", info.path("recipe").asString());
        }
        ObjectNode memory = (ObjectNode) info.path("memory_estimate");
        line(
                text,
                "memory",
                "about %s of heap for %,d tokens at once (estimate: weights %s%s, key/value cache %s, activations %s, packing %s); %s allowed"
                        .formatted(
                                Sizes.bytes(memory.path("total_bytes").asLong()),
                                memory.path("tokens").asInt(),
                                Sizes.bytes(memory.path("weight_bytes").asLong()),
                                memory.path("weights_in_memory").asBoolean()
                                        ? ""
                                        : ", the others read on each pass",
                                Sizes.bytes(memory.path("cache_bytes").asLong()),
                                Sizes.bytes(memory.path("activation_bytes").asLong()),
                                Sizes.bytes(memory.path("packing_bytes").asLong()),
                                Sizes.bytes(memory.path("heap_bytes").asLong())));
        if (info.path("tokenizer").isObject()) {
            line(
                    text,
                    "tokenizer",
                    "%s, %,d tokens, start token %s"
                            .formatted(
                                    info.path("tokenizer").path("kind").asString(),
                                    info.path("tokenizer").path("vocabulary_size").asInt(),
                                    info.path("tokenizer").path("start_piece").asString("none")));
        }
        info.path("warnings").forEach(warning -> line(text, "warning", warning.asString()));
        info.path("tensors")
                .forEach(
                        tensor ->
                                text.append(
                                        "%-48s %-5s %-16s %s%s%n"
                                                .formatted(
                                                        tensor.path("name").asString(),
                                                        tensor.path("dtype").asString(),
                                                        tensor.path("shape"),
                                                        Sizes.bytes(tensor.path("bytes").asLong()),
                                                        statistics(tensor))));
        return text.toString();
    }

    private static String statistics(JsonNode tensor) {
        if (!tensor.has("unusable")) {
            return "";
        }
        long unusable = tensor.path("unusable").asLong();
        return "  %.4g … %.4g, σ %.4g%s"
                .formatted(
                        tensor.path("minimum").asDouble(Double.NaN),
                        tensor.path("maximum").asDouble(Double.NaN),
                        tensor.path("standard_deviation").asDouble(Double.NaN),
                        unusable == 0 ? "" : ", %,d NaN or infinite".formatted(unusable));
    }

    private static String dtypes(ObjectNode info) {
        List<String> parts = new ArrayList<>();
        info.path("elements_by_dtype").properties().forEach(entry -> parts.add(entry.getKey()));
        return String.join(", ", parts);
    }

    private static void line(StringBuilder text, String key, String value) {
        text.append("%-13s %s%n".formatted(key, value));
    }

    /** Sizes for people. */
    static final class Sizes {
        private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB"};

        private Sizes() {}

        static String bytes(long bytes) {
            double value = bytes;
            int unit = 0;
            while (value >= 1024 && unit < UNITS.length - 1) {
                value /= 1024;
                unit++;
            }
            return unit == 0
                    ? bytes + " bytes"
                    : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
        }
    }
}
