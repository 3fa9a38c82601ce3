package io.agilelens.engine.format.gguf;

import io.agilelens.engine.format.Printable;
import io.agilelens.engine.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * LLaMA, and Qwen 2, which is LLaMA with biases on query, key and value.
 *
 * <p>Converters reorder LLaMA's query and key rows inside every head for rotary embedding of
 * adjacent pairs: row {@code 2i} of a head of the file is row {@code i}, row {@code 2i + 1} is row
 * {@code i + d/2}. That is undone here. Qwen 2 keeps the half-split order.
 */
final class LlamaMapping extends ArchitectureMapping {
    private static final String ROTARY_DIVISORS = "rope_freqs.weight";
    private static final List<String> ATTENTION = List.of("q", "k", "v", "output");
    private static final List<String> MLP = List.of("gate", "up", "down");

    private final boolean permuted;
    private int hidden;
    private int heads;
    private int keyValueHeads;
    private int headDimension;
    private int feedForward;

    LlamaMapping(String architecture, boolean permuted, Metadata metadata, TensorTable tensors) {
        super(architecture, metadata, tensors);
        this.permuted = permuted;
    }

    @Override
    void map() {
        refuseOtherArithmetic();
        refuseUnless(0, "attention.max_alibi_bias", "LLaMA has rotary embedding, not ALiBi");
        refuseSlidingWindow();
        // Old files name the order of query and key rows, which is always that of adjacent pairs.
        key("tensor_data_layout");
        int layers = layers();
        hidden = count("embedding_length");
        feedForward = count("feed_forward_length");
        heads = count("attention.head_count");
        keyValueHeads = count("attention.head_count_kv", heads);
        headDimension = headDimension();
        config.put("model_type", "llama")
                .put("hidden_act", "silu")
                .put("num_hidden_layers", layers)
                .put("hidden_size", hidden)
                .put("intermediate_size", feedForward)
                .put("num_attention_heads", heads)
                .put("num_key_value_heads", keyValueHeads)
                .put("head_dim", headDimension)
                .put("max_position_embeddings", contextLength())
                .put("rms_norm_eps", epsilon("attention.layer_norm_rms_epsilon"))
                .put("rope_theta", metadata.real(key("rope.freq_base"), 10000));
        putScaling();
        putTokenIds();
        takeTensors(layers);
    }

    private int headDimension() {
        if (!metadata.has(key("attention.key_length")) && hidden % heads != 0) {
            throw metadata.refuse(
                    key("embedding_length"),
                    "without %s it must be a multiple of %d heads"
                            .formatted(key("attention.key_length"), heads));
        }
        int dimension = count("attention.key_length", Math.max(1, hidden / heads));
        refuseUnless(
                dimension,
                "attention.value_length",
                "heads of %d need values of that length".formatted(dimension));
        refuseUnless(
                dimension,
                "rope.dimension_count",
                "rotary embedding of a part of the head's %d elements is not supported"
                        .formatted(dimension));
        return dimension;
    }

    private void putScaling() {
        String type = metadata.text(key("rope.scaling.type"), "none");
        double older = metadata.real(key("rope.scale_linear"), 1);
        double factor = metadata.real(key("rope.scaling.factor"), older);
        refuseUnless(1, "rope.scaling.attn_factor", "scaled attention is not supported");
        key("rope.scaling.original_context_length");
        key("rope.scaling.finetuned");
        if (!type.equals("none") && !type.equals("linear")) {
            throw metadata.refuse(key("rope.scaling.type"), "only none and linear are supported");
        }
        boolean linear = factor != 1 && (type.equals("linear") || older != 1);
        if (tensors.has(ROTARY_DIVISORS)) {
            if (linear) {
                throw metadata.refuse(
                        key("rope.scaling.type"),
                        "together with the tensor '%s' it is not supported"
                                .formatted(ROTARY_DIVISORS));
            }
            putDivisors();
        } else if (linear) {
            config.putObject("rope_scaling").put("rope_type", "linear").put("factor", factor);
        }
    }

    /** LLaMA 3's stretched frequencies stand in the file as one divisor a frequency. */
    private void putDivisors() {
        long[] shape = tensors.shape(ROTARY_DIVISORS);
        Tensor divisors = tensors.withdraw(ROTARY_DIVISORS);
        if (shape.length != 1 || shape[0] != headDimension / 2 || !divisors.isFloat()) {
            throw Cursor.damaged(
                    metadata.path(),
                    "tensor '%s' should hold %d divisors, one for each rotary frequency"
                            .formatted(ROTARY_DIVISORS, headDimension / 2));
        }
        ObjectNode scaling =
                config.putObject("rope_scaling").put("rope_type", "agilelens-divisors");
        ArrayNode list = scaling.putArray("divisors");
        for (float divisor : divisors.toFloats()) {
            if (!(divisor > 0) || Float.isInfinite(divisor)) {
                throw Cursor.damaged(
                        metadata.path(),
                        "tensor '%s' holds the divisor %s, which is no positive number"
                                .formatted(ROTARY_DIVISORS, Printable.of(divisor)));
            }
            list.add(divisor);
        }
    }

    private void takeTensors(int layers) {
        int[] queryRows = permuted ? halfSplit(heads, "attn_q") : null;
        int[] keyRows = permuted ? halfSplit(keyValueHeads, "attn_k") : null;
        boolean attentionBias = anyBias("attn_", ATTENTION, layers);
        boolean mlpBias = anyBias("ffn_", MLP, layers);
        takeEmbedding("model.embed_tokens.weight");
        for (int layer = 0; layer < layers; layer++) {
            String from = "blk." + layer + ".";
            String to = "model.layers." + layer + ".";
            tensors.take(from + "attn_norm.weight", to + "input_layernorm.weight");
            takeProjection(from + "attn_q", to + "self_attn.q_proj", queryRows);
            takeProjection(from + "attn_k", to + "self_attn.k_proj", keyRows);
            takeProjection(from + "attn_v", to + "self_attn.v_proj", null);
            takeProjection(from + "attn_output", to + "self_attn.o_proj", null);
            tensors.take(from + "ffn_norm.weight", to + "post_attention_layernorm.weight");
            takeProjection(from + "ffn_gate", to + "mlp.gate_proj", null);
            takeProjection(from + "ffn_up", to + "mlp.up_proj", null);
            takeProjection(from + "ffn_down", to + "mlp.down_proj", null);
            // Frequencies that old converters wrote down; they follow from the base.
            tensors.ignore(from + "attn_rot_embd.weight");
            if (attentionBias) {
                fillBias(to + "self_attn.q_proj", heads * headDimension);
                fillBias(to + "self_attn.k_proj", keyValueHeads * headDimension);
                fillBias(to + "self_attn.v_proj", keyValueHeads * headDimension);
                fillBias(to + "self_attn.o_proj", hidden);
            }
            if (mlpBias) {
                fillBias(to + "mlp.gate_proj", feedForward);
                fillBias(to + "mlp.up_proj", feedForward);
                fillBias(to + "mlp.down_proj", hidden);
            }
        }
        tensors.take("output_norm.weight", "model.norm.weight");
        takeHead();
        config.put("attention_bias", attentionBias).put("mlp_bias", mlpBias);
    }

    private boolean anyBias(String prefix, List<String> names, int layers) {
        for (int layer = 0; layer < layers; layer++) {
            for (String name : names) {
                if (tensors.has("blk." + layer + "." + prefix + name + ".bias")) {
                    return true;
                }
            }
        }
        return false;
    }

    private void takeProjection(String from, String to, int[] rows) {
        if (rows == null) {
            tensors.take(from + ".weight", to + ".weight");
            tensors.takeIfThere(from + ".bias", to + ".bias");
        } else {
            tensors.takeRows(from + ".weight", to + ".weight", rows);
            if (tensors.has(from + ".bias")) {
                tensors.takeRows(from + ".bias", to + ".bias", rows);
            }
        }
    }

    private void fillBias(String projection, int size) {
        if (!tensors.isTaken(projection + ".bias")) {
            addZeros(projection + ".bias", size);
        }
    }

    /** The rows of the file, of adjacent pairs, in half-split order. */
    private int[] halfSplit(int headCount, String projection) {
        // Nothing is made of the announced size before the file has shown a tensor of it.
        String name = "blk.0." + projection + ".weight";
        long[] shape = tensors.shape(name);
        if (shape.length != 2
                || shape[0] != (long) headCount * headDimension
                || shape[1] != hidden
                || shape[0] > Integer.MAX_VALUE) {
            throw Cursor.damaged(
                    metadata.path(),
                    "tensor '%s' has shape %s where the metadata asks for [%d, %d]"
                            .formatted(
                                    name,
                                    Arrays.toString(shape),
                                    (long) headCount * headDimension,
                                    hidden));
        }
        int half = headDimension / 2;
        int[] rows = new int[headCount * headDimension];
        for (int head = 0; head < headCount; head++) {
            int start = head * headDimension;
            for (int i = 0; i < half; i++) {
                rows[start + i] = start + 2 * i;
                rows[start + half + i] = start + 2 * i + 1;
            }
        }
        return rows;
    }
}
