package io.agilelens.trainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model as Hugging Face's libraries lay it out: {@code config.json}, {@code
 * generation_config.json}, {@code model.safetensors} in F16, {@code tokenizer.json} and {@code
 * tokenizer_config.json}.
 */
final class ModelFolder {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path folder;

    ModelFolder(Path folder) {
        this.folder = folder;
    }

    Path path() {
        return folder;
    }

    /** The name of the folder, which is the model's. */
    String name() {
        return folder.toAbsolutePath().normalize().getFileName().toString();
    }

    /** Writes all files but the card. */
    void write(DecoderShape shape, BytePairEncoding encoding, float[] flat) throws IOException {
        Files.createDirectories(folder);
        ObjectNode config = config(shape);
        json("config.json", config);
        json("generation_config.json", generationConfig(config));
        json("tokenizer.json", tokenizer(encoding));
        json("tokenizer_config.json", tokenizerConfig(shape));
        Map<String, Safetensors.Entry> tensors = new LinkedHashMap<>();
        for (WeightLayout.NamedTensor tensor : new WeightLayout(shape).tensors()) {
            float[] values =
                    Arrays.copyOfRange(flat, tensor.offset(), tensor.offset() + tensor.size());
            tensors.put(tensor.name(), new Safetensors.Entry(tensor.shape(), values));
        }
        Safetensors.write(
                weightsFile(), tensors, Safetensors.ElementType.F16, Map.of("format", "pt"));
    }

    /** Reads architecture and dimensions back from {@code config.json}. */
    DecoderShape readShape() throws IOException {
        JsonNode config = JSON.readTree(folder.resolve("config.json"));
        return Architecture.of(config.get("model_type").asString()).readConfig(config);
    }

    /** Reads the weights back into a flat vector. */
    float[] readWeights() throws IOException {
        WeightLayout layout = new WeightLayout(readShape());
        Map<String, Safetensors.Entry> tensors = Safetensors.read(weightsFile()).tensors();
        float[] flat = new float[layout.size()];
        for (WeightLayout.NamedTensor tensor : layout.tensors()) {
            Safetensors.Entry entry = tensors.remove(tensor.name());
            if (entry == null || !entry.shape().equals(tensor.shape())) {
                throw new IllegalStateException(
                        "%s: tensor '%s' is missing or not %s"
                                .formatted(weightsFile(), tensor.name(), tensor.shape()));
            }
            System.arraycopy(entry.values(), 0, flat, tensor.offset(), tensor.size());
        }
        if (!tensors.isEmpty()) {
            throw new IllegalStateException(
                    weightsFile() + ": unexpected tensors " + tensors.keySet());
        }
        return flat;
    }

    /** Reads the encoding back from {@code tokenizer.json}. */
    BytePairEncoding readEncoding() throws IOException {
        JsonNode model = JSON.readTree(tokenizerFile()).get("model");
        JsonNode vocabulary = model.get("vocab");
        List<BytePairEncoding.Merge> merges =
                model.get("merges")
                        .valueStream()
                        .map(
                                pair ->
                                        new BytePairEncoding.Merge(
                                                vocabulary.get(pair.get(0).asString()).asInt(),
                                                vocabulary.get(pair.get(1).asString()).asInt()))
                        .toList();
        return new BytePairEncoding(readShape().architecture().tokenizer(), merges);
    }

    Path tokenizerFile() {
        return folder.resolve("tokenizer.json");
    }

    Path cardFile() {
        return folder.resolve("README.md");
    }

    Path weightsFile() {
        return folder.resolve("model.safetensors");
    }

    private void json(String name, ObjectNode content) throws IOException {
        Files.writeString(folder.resolve(name), JSON.writeValueAsString(content) + "\n");
    }

    private static ObjectNode config(DecoderShape shape) {
        Architecture architecture = shape.architecture();
        ObjectNode config = JSON.createObjectNode();
        config.putArray("architectures").add(architecture.className());
        config.put("model_type", architecture.modelType());
        architecture.writeConfig(shape, config);
        config.put("torch_dtype", "float16");
        return config;
    }

    private static ObjectNode generationConfig(ObjectNode modelConfig) {
        ObjectNode config = JSON.createObjectNode();
        for (String token : List.of("bos_token_id", "eos_token_id", "pad_token_id")) {
            if (modelConfig.has(token)) {
                config.set(token, modelConfig.get(token));
            }
        }
        config.put("do_sample", true);
        config.put("temperature", Sampler.TEMPERATURE);
        config.put("top_k", Sampler.TOP_K);
        return config;
    }

    private static ObjectNode tokenizerConfig(DecoderShape shape) {
        Architecture architecture = shape.architecture();
        ObjectNode config = JSON.createObjectNode();
        config.put("add_bos_token", architecture.tokenizer().start().isPresent());
        config.put("add_eos_token", false);
        config.put("add_prefix_space", false);
        architecture.writeTokenRoles(config);
        config.put("clean_up_tokenization_spaces", false);
        config.put("model_max_length", shape.context());
        config.put("tokenizer_class", "PreTrainedTokenizerFast");
        return config;
    }

    private static ObjectNode tokenizer(BytePairEncoding encoding) {
        TokenizerConvention convention = encoding.convention();
        ObjectNode tokenizer = JSON.createObjectNode();
        tokenizer.put("version", "1.0");
        tokenizer.putNull("truncation");
        tokenizer.putNull("padding");
        ArrayNode added = tokenizer.putArray("added_tokens");
        for (String special : convention.specialTokens()) {
            added.add(addedToken(convention.id(special), special));
        }
        tokenizer.putNull("normalizer");
        tokenizer.set("pre_tokenizer", preTokenizer(convention.preTokenization()));
        tokenizer.set(
                "post_processor",
                convention.start().isPresent() ? startTokenFirst(convention) : byteLevel(false));
        tokenizer.set("decoder", byteLevel(true));
        ObjectNode model = tokenizer.putObject("model");
        model.put("type", "BPE");
        model.putNull("dropout");
        model.putNull("unk_token");
        model.putNull("continuing_subword_prefix");
        model.putNull("end_of_word_suffix");
        model.put("fuse_unk", false);
        model.put("byte_fallback", false);
        model.put("ignore_merges", false);
        ObjectNode vocabulary = model.putObject("vocab");
        List<String> tokens = encoding.vocabulary();
        for (int id = 0; id < tokens.size(); id++) {
            vocabulary.put(tokens.get(id), id);
        }
        ArrayNode merges = model.putArray("merges");
        for (BytePairEncoding.Merge merge : encoding.merges()) {
            merges.addArray().add(tokens.get(merge.left())).add(tokens.get(merge.right()));
        }
        return tokenizer;
    }

    private static ObjectNode addedToken(int id, String content) {
        ObjectNode token = JSON.createObjectNode();
        token.put("id", id);
        token.put("content", content);
        token.put("single_word", false);
        token.put("lstrip", false);
        token.put("rstrip", false);
        token.put("normalized", false);
        token.put("special", true);
        return token;
    }

    private static ObjectNode preTokenizer(PreTokenization preTokenization) {
        return switch (preTokenization) {
            case GPT2 -> byteLevel(true);
            case BLOOM -> {
                ObjectNode split = JSON.createObjectNode();
                split.put("type", "Split");
                split.putObject("pattern").put("Regex", PreTokenization.BLOOM_PUBLISHED);
                split.put("behavior", "Isolated");
                split.put("invert", false);
                ObjectNode sequence = JSON.createObjectNode();
                sequence.put("type", "Sequence");
                sequence.putArray("pretokenizers").add(split).add(byteLevel(false));
                yield sequence;
            }
        };
    }

    /**
     * The step that writes bytes as characters.
     *
     * @param gpt2Pieces whether it also cuts the text by GPT-2's rule
     */
    private static ObjectNode byteLevel(boolean gpt2Pieces) {
        ObjectNode byteLevel = JSON.createObjectNode();
        byteLevel.put("type", "ByteLevel");
        byteLevel.put("add_prefix_space", false);
        byteLevel.put("trim_offsets", true);
        byteLevel.put("use_regex", gpt2Pieces);
        return byteLevel;
    }

    private static ObjectNode startTokenFirst(TokenizerConvention convention) {
        String start = convention.startToken();
        ObjectNode template = JSON.createObjectNode();
        template.put("type", "TemplateProcessing");
        ArrayNode single = template.putArray("single");
        single.add(templatePart("SpecialToken", start, 0));
        single.add(templatePart("Sequence", "A", 0));
        ArrayNode pair = template.putArray("pair");
        pair.add(templatePart("SpecialToken", start, 0));
        pair.add(templatePart("Sequence", "A", 0));
        if (convention.startBeforeSecond()) {
            pair.add(templatePart("SpecialToken", start, 0));
        }
        pair.add(templatePart("Sequence", "B", 1));
        ObjectNode described = template.putObject("special_tokens").putObject(start);
        described.put("id", start);
        described.putArray("ids").add(convention.id(start));
        described.putArray("tokens").add(start);
        return template;
    }

    private static ObjectNode templatePart(String kind, String id, int typeId) {
        ObjectNode part = JSON.createObjectNode();
        part.putObject(kind).put("id", id).put("type_id", typeId);
        return part;
    }
}
