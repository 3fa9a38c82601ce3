package io.agilelens.engine.format.gguf;

import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.JsonFiles;
import io.agilelens.engine.format.TokenizerSource;
import io.agilelens.engine.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Turns a Hugging Face checkpoint into a GGUF file as llama.cpp's converter does: names, row
 * orders, rotary divisors, tokenizer tables. Matrices get the encoding asked for where their rows
 * are whole blocks and F16 otherwise; vectors stay F32.
 */
final class GgufExport {
    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;
    private static final int BYTE = 6;

    private final Checkpoint checkpoint;
    private final JsonNode config;
    private final Encoding encoding;
    private final boolean twin;
    private final GgufWriter writer = new GgufWriter();

    private GgufExport(Checkpoint checkpoint, Encoding encoding, boolean twin) {
        this.checkpoint = checkpoint;
        this.config = checkpoint.config();
        this.encoding = encoding;
        this.twin = twin;
    }

    /**
     * @param pre the name of the pre-tokenizer, where the tokenizer is byte-level
     */
    static GgufWriter llama(Checkpoint checkpoint, Encoding encoding, String pre) {
        return llama(checkpoint, encoding, pre, false);
    }

    /** As {@link #llama}, but in F32 with the values that ggml makes of the encoded ones. */
    static GgufWriter llamaTwin(Checkpoint checkpoint, Encoding encoding, String pre) {
        return llama(checkpoint, encoding, pre, true);
    }

    private static GgufWriter llama(
            Checkpoint checkpoint, Encoding encoding, String pre, boolean twin) {
        GgufExport export = new GgufExport(checkpoint, encoding, twin);
        export.llama();
        export.tokenizer(pre, export.rows("model.embed_tokens.weight"));
        return export.writer;
    }

    static GgufWriter bloom(Checkpoint checkpoint, Encoding encoding) {
        GgufExport export = new GgufExport(checkpoint, encoding, false);
        export.bloom();
        export.tokenizer("bloom", export.rows(export.bloomPrefix() + "word_embeddings.weight"));
        return export.writer;
    }

    static GgufWriter opt(Checkpoint checkpoint, Encoding encoding) {
        GgufExport export = new GgufExport(checkpoint, encoding, false);
        export.opt();
        export.tokenizer("gpt-2", export.rows(export.optPrefix() + "embed_tokens.weight"));
        return export.writer;
    }

    private void llama() {
        int heads = config.path("num_attention_heads").intValue();
        int keyValueHeads = config.path("num_key_value_heads").asInt(heads);
        int hidden = config.path("hidden_size").intValue();
        int layers = config.path("num_hidden_layers").intValue();
        int headDimension = config.path("head_dim").asInt(hidden / heads);
        writer.text("general.architecture", "llama")
                .text("general.name", "test")
                .whole("general.file_type", 0)
                .whole("general.quantization_version", 2)
                .whole("llama.context_length", config.path("max_position_embeddings").intValue())
                .whole("llama.embedding_length", hidden)
                .whole("llama.block_count", layers)
                .whole("llama.feed_forward_length", config.path("intermediate_size").intValue())
                .whole("llama.rope.dimension_count", headDimension)
                .whole("llama.attention.head_count", heads)
                .whole("llama.attention.head_count_kv", keyValueHeads)
                .real(
                        "llama.attention.layer_norm_rms_epsilon",
                        config.path("rms_norm_eps").doubleValue())
                .real("llama.rope.freq_base", config.path("rope_theta").asDouble(10000))
                .whole("llama.vocab_size", rows("model.embed_tokens.weight"));
        JsonNode scaling = config.path("rope_scaling");
        if (scaling.path("rope_type").asString("").equals("llama3")) {
            float[] divisors = llama3Divisors(scaling, headDimension);
            add("rope_freqs.weight", new long[] {divisors.length}, divisors);
        }
        copy("model.embed_tokens.weight", "token_embd.weight");
        for (int layer = 0; layer < layers; layer++) {
            String from = "model.layers." + layer + ".";
            String to = "blk." + layer + ".";
            copy(from + "input_layernorm.weight", to + "attn_norm.weight");
            copyRotary(from + "self_attn.q_proj", to + "attn_q", heads);
            copyRotary(from + "self_attn.k_proj", to + "attn_k", keyValueHeads);
            copyLinear(from + "self_attn.v_proj", to + "attn_v");
            copyLinear(from + "self_attn.o_proj", to + "attn_output");
            copy(from + "post_attention_layernorm.weight", to + "ffn_norm.weight");
            copyLinear(from + "mlp.gate_proj", to + "ffn_gate");
            copyLinear(from + "mlp.up_proj", to + "ffn_up");
            copyLinear(from + "mlp.down_proj", to + "ffn_down");
        }
        copy("model.norm.weight", "output_norm.weight");
        if (!config.path("tie_word_embeddings").asBoolean(false)) {
            copy("lm_head.weight", "output.weight");
        }
    }

    private void bloom() {
        int heads = config.has("n_head") ? config.path("n_head").intValue() : 0;
        int hidden =
                config.has("hidden_size")
                        ? config.path("hidden_size").intValue()
                        : config.path("n_embed").intValue();
        int layers = config.path("n_layer").intValue();
        writer.text("general.architecture", "bloom")
                .text("general.name", "test")
                .whole("general.file_type", 0)
                .whole("general.quantization_version", 2)
                .whole("bloom.context_length", config.path("seq_length").asInt(hidden))
                .whole("bloom.embedding_length", hidden)
                .whole("bloom.feed_forward_length", 4L * hidden)
                .whole("bloom.block_count", layers)
                .whole("bloom.attention.head_count", heads)
                .whole("bloom.attention.head_count_kv", heads)
                .real(
                        "bloom.attention.layer_norm_epsilon",
                        config.path("layer_norm_epsilon").doubleValue());
        String root = bloomPrefix();
        copyBoth(root + "word_embeddings_layernorm", "token_embd_norm");
        copy(root + "word_embeddings.weight", "token_embd.weight");
        for (int layer = 0; layer < layers; layer++) {
            String from = root + "h." + layer + ".";
            String to = "blk." + layer + ".";
            copyBoth(from + "input_layernorm", to + "attn_norm");
            for (String part : List.of(".weight", ".bias")) {
                copyRows(
                        from + "self_attention.query_key_value" + part,
                        to + "attn_qkv" + part,
                        byPart(heads, hidden / heads));
            }
            copyBoth(from + "self_attention.dense", to + "attn_output");
            copyBoth(from + "post_attention_layernorm", to + "ffn_norm");
            copyBoth(from + "mlp.dense_h_to_4h", to + "ffn_up");
            copyBoth(from + "mlp.dense_4h_to_h", to + "ffn_down");
        }
        copyBoth(root + "ln_f", "output_norm");
        // llama.cpp does not open a BLOOM without a head of its own, so the converter repeats it.
        copy(root + "word_embeddings.weight", "output.weight");
    }

    private void opt() {
        int hidden = config.path("hidden_size").intValue();
        int layers = config.path("num_hidden_layers").intValue();
        writer.text("general.architecture", "opt")
                .whole("opt.context_length", config.path("max_position_embeddings").intValue())
                .whole("opt.embedding_length", hidden)
                .whole("opt.word_embedding_length", config.path("word_embed_proj_dim").intValue())
                .whole("opt.feed_forward_length", config.path("ffn_dim").intValue())
                .whole("opt.block_count", layers)
                .whole("opt.attention.head_count", config.path("num_attention_heads").intValue())
                .real("opt.attention.layer_norm_epsilon", 1e-5)
                .text("opt.activation", config.path("activation_function").stringValue())
                .flag("opt.layer_norm_before", config.path("do_layer_norm_before").asBoolean(true))
                .flag(
                        "opt.remove_final_layer_norm",
                        config.path("_remove_final_layer_norm").asBoolean(false));
        String root = optPrefix();
        copy(root + "embed_tokens.weight", "token_embd.weight");
        copy(root + "embed_positions.weight", "position_embd.weight");
        copyIfThere(root + "project_in.weight", "project_in.weight");
        copyIfThere(root + "project_out.weight", "project_out.weight");
        for (int layer = 0; layer < layers; layer++) {
            String from = root + "layers." + layer + ".";
            String to = "blk." + layer + ".";
            copyBoth(from + "self_attn.q_proj", to + "attn_q");
            copyBoth(from + "self_attn.k_proj", to + "attn_k");
            copyBoth(from + "self_attn.v_proj", to + "attn_v");
            copyBoth(from + "self_attn.out_proj", to + "attn_output");
            copyBoth(from + "self_attn_layer_norm", to + "attn_norm");
            copyBoth(from + "fc1", to + "ffn_up");
            copyBoth(from + "fc2", to + "ffn_down");
            copyBoth(from + "final_layer_norm", to + "ffn_norm");
        }
        copyIfThere(root + "final_layer_norm.weight", "output_norm.weight");
        copyIfThere(root + "final_layer_norm.bias", "output_norm.bias");
    }

    private String bloomPrefix() {
        return prefix("transformer.", "word_embeddings.weight");
    }

    private String optPrefix() {
        return checkpoint.find("model.decoder.embed_tokens.weight").isPresent()
                ? "model.decoder."
                : prefix("decoder.", "embed_tokens.weight");
    }

    private String prefix(String prefix, String name) {
        return checkpoint.find(prefix + name).isPresent() ? prefix : "";
    }

    private int rows(String name) {
        return (int) tensor(name).shape()[0];
    }

    private Tensor tensor(String name) {
        return checkpoint.find(name).orElseThrow();
    }

    private void copyIfThere(String from, String to) {
        if (checkpoint.find(from).isPresent()) {
            copy(from, to);
        }
    }

    private void copyLinear(String from, String to) {
        copy(from + ".weight", to + ".weight");
        copyIfThere(from + ".bias", to + ".bias");
    }

    private void copyBoth(String from, String to) {
        copy(from + ".weight", to + ".weight");
        copy(from + ".bias", to + ".bias");
    }

    private void copy(String from, String to) {
        Tensor tensor = tensor(from);
        add(to, tensor.shape(), tensor.toFloats());
    }

    private void copyRotary(String from, String to, int heads) {
        int headDimension = rows(from + ".weight") / heads;
        copyRows(from + ".weight", to + ".weight", adjacent(heads, headDimension));
        if (checkpoint.find(from + ".bias").isPresent()) {
            copyRows(from + ".bias", to + ".bias", adjacent(heads, headDimension));
        }
    }

    private void copyRows(String from, String to, List<Integer> order) {
        Tensor tensor = tensor(from);
        float[] values = tensor.toFloats();
        int length = values.length / order.size();
        float[] reordered = new float[values.length];
        for (int row = 0; row < order.size(); row++) {
            System.arraycopy(values, order.get(row) * length, reordered, row * length, length);
        }
        add(to, tensor.shape(), reordered);
    }

    private void add(String name, long[] shape, float[] values) {
        int columns = (int) shape[shape.length - 1];
        Encoding used =
                shape.length == 1 ? Encoding.F32 : encoding.fits(columns) ? encoding : Encoding.F16;
        byte[] encoded = used.encode(values, columns);
        if (twin) {
            float[] decoded = used.decode(encoded, values.length);
            writer.add(name, Encoding.F32.code(), shape, Encoding.F32.encode(decoded, columns));
        } else {
            writer.add(name, used.code(), shape, encoded);
        }
    }

    /** Half-split rows of every head as adjacent pairs: view [heads, 2, d/2], axes swapped. */
    private static List<Integer> adjacent(int heads, int headDimension) {
        List<Integer> order = new ArrayList<>();
        for (int head = 0; head < heads; head++) {
            for (int i = 0; i < headDimension / 2; i++) {
                for (int half = 0; half < 2; half++) {
                    order.add((head * 2 + half) * (headDimension / 2) + i);
                }
            }
        }
        return order;
    }

    /** Rows [heads, 3, d] as [3, heads, d]. */
    private static List<Integer> byPart(int heads, int headDimension) {
        List<Integer> order = new ArrayList<>();
        for (int part = 0; part < 3; part++) {
            for (int head = 0; head < heads; head++) {
                for (int i = 0; i < headDimension; i++) {
                    order.add((head * 3 + part) * headDimension + i);
                }
            }
        }
        return order;
    }

    private float[] llama3Divisors(JsonNode scaling, int headDimension) {
        double theta = config.path("rope_theta").doubleValue();
        double factor = scaling.path("factor").doubleValue();
        double low = scaling.path("low_freq_factor").doubleValue();
        double high = scaling.path("high_freq_factor").doubleValue();
        double original = scaling.path("original_max_position_embeddings").doubleValue();
        float[] divisors = new float[headDimension / 2];
        for (int i = 0; i < divisors.length; i++) {
            double wavelength = 2 * Math.PI * Math.pow(theta, 2.0 * i / headDimension);
            double smooth = (original / wavelength - low) / (high - low);
            divisors[i] =
                    (float)
                            (wavelength < original / high
                                    ? 1
                                    : wavelength > original / low
                                            ? factor
                                            : 1 / ((1 - smooth) / factor + smooth));
        }
        return divisors;
    }

    /**
     * Writes the tables of the checkpoint's tokenizer.
     *
     * @param size rows of the embedding, which llama.cpp wants to have a token each
     */
    private void tokenizer(String pre, int size) {
        TokenizerSource source = checkpoint.tokenizer();
        JsonNode root = JsonFiles.parseObject(source.json(), source.place());
        boolean sentencePiece = root.path("model").path("byte_fallback").asBoolean(false);
        String[] pieces = new String[size];
        int[] types = new int[size];
        Arrays.fill(types, NORMAL);
        root.path("model")
                .path("vocab")
                .properties()
                .forEach(entry -> pieces[entry.getValue().intValue()] = entry.getKey());
        for (JsonNode added : root.path("added_tokens")) {
            int id = added.path("id").intValue();
            pieces[id] = added.path("content").stringValue();
            types[id] = added.path("special").booleanValue() ? CONTROL : USER_DEFINED;
        }
        for (int id = 0; id < size; id++) {
            if (pieces[id] == null) {
                pieces[id] = "[PAD%d]".formatted(id);
                types[id] = UNUSED;
            } else if (sentencePiece && pieces[id].matches("<0x[0-9A-F]{2}>")) {
                types[id] = BYTE;
            } else if (sentencePiece && pieces[id].equals("<unk>")) {
                types[id] = UNKNOWN;
            }
        }
        List<String> merges = merges(root);
        writer.text(GgufTokenizer.MODEL, sentencePiece ? "llama" : "gpt2");
        if (!sentencePiece) {
            writer.text(GgufTokenizer.PRE, pre).texts("tokenizer.ggml.merges", merges);
        }
        writer.texts("tokenizer.ggml.tokens", Arrays.asList(pieces))
                .wholes("tokenizer.ggml.token_type", types);
        if (sentencePiece) {
            writer.reals("tokenizer.ggml.scores", scores(pieces, merges));
        }
        putId("bos", "bos_token_id");
        putId("eos", "eos_token_id");
        if (sentencePiece) {
            writer.whole("tokenizer.ggml.unknown_token_id", Arrays.asList(pieces).indexOf("<unk>"));
        }
        writer.flag(
                "tokenizer.ggml.add_bos_token",
                root.path("post_processor").toString().contains("TemplateProcessing"));
    }

    private void putId(String name, String key) {
        if (config.has(key)) {
            writer.whole("tokenizer.ggml." + name + "_token_id", config.path(key).intValue());
        }
    }

    private static List<String> merges(JsonNode root) {
        List<String> merges = new ArrayList<>();
        for (JsonNode merge : root.path("model").path("merges")) {
            merges.add(
                    merge.isString()
                            ? merge.stringValue()
                            : merge.get(0).stringValue() + " " + merge.get(1).stringValue());
        }
        return merges;
    }

    /** What is merged first has the highest score. */
    private static float[] scores(String[] pieces, List<String> merges) {
        Map<String, Integer> ranks = new HashMap<>();
        for (String merge : merges) {
            ranks.putIfAbsent(merge.replace(" ", ""), ranks.size());
        }
        float[] scores = new float[pieces.length];
        for (int id = 0; id < pieces.length; id++) {
            scores[id] = -ranks.getOrDefault(pieces[id], merges.size());
        }
        return scores;
    }

    /** What {@code llama-gguf-split} would make of a model: its tensors dealt out to files. */
    static List<GgufWriter> split(GgufWriter whole, int count) {
        List<GgufWriter> parts = whole.split(count);
        for (int number = 0; number < count; number++) {
            parts.get(number).whole("split.no", number).whole("split.count", count);
        }
        return parts;
    }
}
