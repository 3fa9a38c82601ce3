package io.agilelens.engine;

import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.tensor.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * LLaMA checkpoints with random weights and a byte-level tokenizer, for tests that need a model but
 * no sense. The same dimensions and seed always give the same files.
 */
public final class TinyModels {
    /** The id of {@code <s>}. */
    public static final int START = 256;

    /** The id of {@code </s>}. */
    public static final int END = 257;

    /** Byte tokens, the two special tokens and {@link #MERGES}: the smallest vocabulary. */
    public static final int SMALLEST_VOCABULARY;

    private static final String[][] MERGES = {{"t", "h"}, {"th", "e"}, {"Ġ", "the"}, {"i", "n"}};

    static {
        SMALLEST_VOCABULARY = END + 1 + MERGES.length;
    }

    private TinyModels() {}

    /**
     * What a LLaMA needs to know about itself.
     *
     * @param vocabulary at least {@link #SMALLEST_VOCABULARY}
     */
    public record Dimensions(
            int vocabulary,
            int hidden,
            int layers,
            int heads,
            int keyValueHeads,
            int feedForward,
            int context,
            boolean tiedHead,
            DType dtype,
            long seed) {

        /** Two layers of grouped-query attention, 32 wide, untied F32: enough for most tests. */
        public static Dimensions small() {
            return new Dimensions(SMALLEST_VOCABULARY, 32, 2, 4, 2, 48, 128, false, DType.F32, 42);
        }

        public Dimensions withDtype(DType other) {
            return new Dimensions(
                    vocabulary,
                    hidden,
                    layers,
                    heads,
                    keyValueHeads,
                    feedForward,
                    context,
                    tiedHead,
                    other,
                    seed);
        }
    }

    /**
     * Writes a checkpoint: config, weights, tokenizer.
     *
     * @param folder an existing folder
     * @return the folder
     */
    public static Path write(Path folder, Dimensions dimensions) {
        writeText(folder.resolve("config.json"), config(dimensions).toPrettyString());
        writeText(folder.resolve("tokenizer.json"), tokenizer(dimensions.vocabulary()));
        weights(dimensions).write(folder.resolve("model.safetensors"));
        return folder;
    }

    /** The {@code config.json}, to be changed at will. */
    public static ObjectNode config(Dimensions dimensions) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("model_type", "llama")
                .put("vocab_size", dimensions.vocabulary())
                .put("hidden_size", dimensions.hidden())
                .put("intermediate_size", dimensions.feedForward())
                .put("num_hidden_layers", dimensions.layers())
                .put("num_attention_heads", dimensions.heads())
                .put("num_key_value_heads", dimensions.keyValueHeads())
                .put("hidden_act", "silu")
                .put("max_position_embeddings", dimensions.context())
                .put("rms_norm_eps", 1e-5)
                .put("rope_theta", 10000.0)
                .put("tie_word_embeddings", dimensions.tiedHead())
                .put("bos_token_id", START)
                .put("eos_token_id", END);
    }

    /** All tensors, ready to be written. */
    public static SafetensorsWriter weights(Dimensions dimensions) {
        int hidden = dimensions.hidden();
        int keyValues = hidden / dimensions.heads() * dimensions.keyValueHeads();
        int feedForward = dimensions.feedForward();
        Filler filler = new Filler(dimensions.seed(), dimensions.dtype());
        filler.matrix("model.embed_tokens.weight", dimensions.vocabulary(), hidden);
        for (int layer = 0; layer < dimensions.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            filler.norm(prefix + "input_layernorm.weight", hidden);
            filler.matrix(prefix + "self_attn.q_proj.weight", hidden, hidden);
            filler.matrix(prefix + "self_attn.k_proj.weight", keyValues, hidden);
            filler.matrix(prefix + "self_attn.v_proj.weight", keyValues, hidden);
            filler.matrix(prefix + "self_attn.o_proj.weight", hidden, hidden);
            filler.norm(prefix + "post_attention_layernorm.weight", hidden);
            filler.matrix(prefix + "mlp.gate_proj.weight", feedForward, hidden);
            filler.matrix(prefix + "mlp.up_proj.weight", feedForward, hidden);
            filler.matrix(prefix + "mlp.down_proj.weight", hidden, feedForward);
        }
        filler.norm("model.norm.weight", hidden);
        if (!dimensions.tiedHead()) {
            filler.matrix("lm_head.weight", dimensions.vocabulary(), hidden);
        }
        return filler.writer;
    }

    /** Random tensors, scaled so that activations keep their size from layer to layer. */
    static final class Filler {
        final SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
        private final Random random;
        private final DType dtype;

        Filler(long seed, DType dtype) {
            this.random = new Random(seed);
            this.dtype = dtype;
        }

        void matrix(String name, int rows, int columns) {
            float[] values = new float[rows * columns];
            float scale = (float) (1.5 / Math.sqrt(columns));
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian() * scale;
            }
            writer.add(name, dtype, new long[] {rows, columns}, values);
        }

        void bias(String name, int channels) {
            float[] values = new float[channels];
            for (int i = 0; i < channels; i++) {
                values[i] = 0.3f * (float) random.nextGaussian();
            }
            writer.add(name, dtype, new long[] {channels}, values);
        }

        void norm(String name, int channels) {
            float[] values = new float[channels];
            for (int i = 0; i < channels; i++) {
                values[i] = 1 + 0.2f * (float) random.nextGaussian();
            }
            writer.add(name, dtype, new long[] {channels}, values);
        }
    }

    /**
     * A {@code tokenizer.json} of the byte-level BPE kind that puts {@code <s>} in front. Ids below
     * 256 are bytes in the order of {@link #byteLetters()}.
     */
    public static String tokenizer(int vocabulary) {
        if (vocabulary < SMALLEST_VOCABULARY) {
            throw new IllegalArgumentException("the vocabulary needs " + SMALLEST_VOCABULARY);
        }
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (String letter : byteLetters()) {
            ids.put(letter, ids.size());
        }
        ids.put("<s>", START);
        ids.put("</s>", END);
        for (String[] merge : MERGES) {
            ids.put(merge[0] + merge[1], ids.size());
        }
        while (ids.size() < vocabulary) {
            ids.put("<unused" + ids.size() + ">", ids.size());
        }
        ObjectNode root = JsonMapper.shared().createObjectNode().put("version", "1.0");
        root.putNull("truncation");
        root.putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        special(added.addObject(), "<s>", START);
        special(added.addObject(), "</s>", END);
        root.putNull("normalizer");
        byteLevel(root.putObject("pre_tokenizer"));
        ObjectNode template = root.putObject("post_processor").put("type", "TemplateProcessing");
        template.putArray("single").add(part("SpecialToken", "<s>")).add(part("Sequence", "A"));
        template.putArray("pair").add(part("Sequence", "A")).add(part("Sequence", "B"));
        ObjectNode start = template.putObject("special_tokens").putObject("<s>").put("id", "<s>");
        start.putArray("ids").add(START);
        start.putArray("tokens").add("<s>");
        byteLevel(root.putObject("decoder"));
        ObjectNode model = root.putObject("model").put("type", "BPE");
        model.putNull("dropout");
        model.putNull("unk_token");
        model.put("fuse_unk", false).put("byte_fallback", false);
        ObjectNode vocab = model.putObject("vocab");
        ids.forEach(vocab::put);
        ArrayNode merges = model.putArray("merges");
        Arrays.stream(MERGES).forEach(merge -> merges.addArray().add(merge[0]).add(merge[1]));
        return root.toPrettyString();
    }

    private static void special(ObjectNode token, String content, int id) {
        token.put("id", id).put("content", content).put("special", true);
        for (String flag : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
            token.put(flag, false);
        }
    }

    private static ObjectNode part(String kind, String id) {
        ObjectNode part = JsonMapper.shared().createObjectNode();
        part.putObject(kind).put("id", id).put("type_id", 0);
        return part;
    }

    private static void byteLevel(ObjectNode step) {
        step.put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
    }

    /**
     * The 256 characters that stand for bytes in byte-level vocabularies, by byte: printable Latin
     * bytes stand for themselves, the others for U+0100 and up.
     */
    public static String[] byteLetters() {
        String[] letters = new String[256];
        int next = 0x100;
        for (int value = 0; value < letters.length; value++) {
            boolean printable =
                    value >= 0x21 && value <= 0x7E
                            || value >= 0xA1 && value <= 0xAC
                            || value >= 0xAE;
            letters[value] = Character.toString(printable ? value : next++);
        }
        return letters;
    }

    static void writeText(Path file, String text) {
        try {
            Files.write(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
