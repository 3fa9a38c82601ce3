package io.agilelens.app.command;

import io.agilelens.engine.UserException;
import io.agilelens.engine.export.NativeBundleReader;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.tensor.Tensor;
import io.agilelens.engine.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a model is, before it is run. */
@Command(
        name = "info",
        description =
                "Architecture, shapes, dtypes, parameters, bytes, memory estimate, tokenizer,"
                        + " warnings.")
public final class InfoCommand extends EngineCommand {
    @Mixin private ModelOption modelOption;

    @Option(names = "--tensors", description = "List every tensor.")
    private boolean listTensors;

    @Override
    int run(TerminalProgress progress) {
        try (OpenModel open = modelOption.open()) {
            Model model = open.model();
            List<Tensor> tensors =
                    open.bundle()
                            .map(NativeBundleReader.Bundle::stored)
                            .orElseGet(() -> model.checkpoint().tensors());
            List<String> warnings = new ArrayList<>(model.checkpoint().warnings());
            ObjectNode result = describe(open, tensors);
            result.set("tokenizer", tokenizer(model, warnings));
            ArrayNode listed = result.putArray("warnings");
            warnings.forEach(listed::add);
            if (listTensors) {
                addTensors(result, tensors);
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
        result.set("memory_estimate", MemoryEstimate.of(open).toJson());
        return result;
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

    private static void addTensors(ObjectNode result, List<Tensor> tensors) {
        ArrayNode list = result.putArray("tensors");
        for (Tensor tensor : tensors) {
            ObjectNode entry =
                    list.addObject().put("name", tensor.name()).put("dtype", tensor.storage());
            ArrayNode shape = entry.putArray("shape");
            Arrays.stream(tensor.shape()).forEach(shape::add);
            entry.put("bytes", tensor.bytes());
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
                "about %s to run at full context (estimate: weights %s, key/value cache %s, activations %s)"
                        .formatted(
                                Sizes.bytes(memory.path("total_bytes").asLong()),
                                Sizes.bytes(memory.path("weight_bytes").asLong()),
                                Sizes.bytes(memory.path("cache_bytes").asLong()),
                                Sizes.bytes(memory.path("activation_bytes").asLong())));
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
                                        "%-48s %-5s %-16s %s%n"
                                                .formatted(
                                                        tensor.path("name").asString(),
                                                        tensor.path("dtype").asString(),
                                                        tensor.path("shape"),
                                                        Sizes.bytes(
                                                                tensor.path("bytes").asLong()))));
        return text.toString();
    }

    private static String dtypes(ObjectNode info) {
        List<String> parts = new ArrayList<>();
        info.path("elements_by_dtype").properties().forEach(entry -> parts.add(entry.getKey()));
        return String.join(", ", parts);
    }

    private static void line(StringBuilder text, String key, String value) {
        text.append("%-13s %s%n".formatted(key, value));
    }

    /**
     * What running the model takes.
     *
     * @param weightBytes linears as they are packed, and norms
     * @param cacheBytes keys and values of a full context
     * @param activationBytes what one pass over a full context holds at once
     */
    record MemoryEstimate(long weightBytes, long cacheBytes, long activationBytes) {

        static MemoryEstimate of(OpenModel open) {
            ModelConfig config = open.config();
            int width =
                    switch (open.precision()) {
                        case FP32 -> Float.BYTES;
                        case FP16 -> Short.BYTES;
                    };
            long linears = (long) config.vocabularySize() * config.embeddingSize();
            for (LinearRole role : config.roles()) {
                linears += (long) config.layers() * role.outputs(config) * role.inputs(config);
            }
            long norms = (2L * config.layers() + 1) * config.hiddenSize();
            long context = config.contextLength();
            long cache = 2L * config.layers() * config.keyValueWidth() * context * Float.BYTES;
            long channels =
                    4L * config.hiddenSize()
                            + 2L * config.queryWidth()
                            + 2L * config.keyValueWidth()
                            + 2L * config.feedForwardSize();
            return new MemoryEstimate(
                    linears * width + norms * Float.BYTES, cache, context * channels * Float.BYTES);
        }

        ObjectNode toJson() {
            return object().put("weight_bytes", weightBytes)
                    .put("cache_bytes", cacheBytes)
                    .put("activation_bytes", activationBytes)
                    .put("total_bytes", weightBytes + cacheBytes + activationBytes)
                    .put("kind", "estimate");
        }
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
