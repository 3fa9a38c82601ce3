package io.agilelens.engine.model;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the tensors of an architecture are called, after Hugging Face's modelling code. Checkpoints
 * saved from the bare model lack the outer prefix or part of it; all spellings are read, the names
 * given here have the usual prefix.
 *
 * @param prefixes outer prefixes, the usual one first
 * @param layers what a decoder layer's names start with behind the prefix, {@code %d} being its
 *     number from 0
 * @param parts names without {@code .weight} and {@code .bias}, of those parts that there are
 * @param linears names of the linear layers inside a decoder layer
 * @param fusedProjections the linear that holds query, key and value at once: its rows are {@code
 *     [heads, 3, headDimension]}
 */
public record TensorNames(
        List<String> prefixes,
        String layers,
        Map<Part, String> parts,
        Map<LinearRole, String> linears,
        Optional<String> fusedProjections) {

    public TensorNames {
        parts = Map.copyOf(parts);
        linears = Collections.unmodifiableMap(new EnumMap<>(linears));
    }

    /** Parts of a decoder other than the linear layers and the output head. */
    public enum Part {
        EMBEDDING,
        POSITIONS,
        EMBEDDING_NORM,
        INPUT_PROJECTION,
        OUTPUT_PROJECTION,
        /** Inside a layer. */
        ATTENTION_NORM,
        /** Inside a layer. */
        MLP_NORM,
        /** Inside a layer; of checkpoints with AWQ's scales folded in. */
        HIDDEN_DIVISORS,
        FINAL_NORM
    }

    /** The output head where it is no other tensor's twin; it stands outside the prefix. */
    public static final String HEAD = "lm_head";

    static final TensorNames LLAMA =
            new TensorNames(
                    List.of("model.", ""),
                    "layers.%d.",
                    Map.of(
                            Part.EMBEDDING, "embed_tokens",
                            Part.ATTENTION_NORM, "input_layernorm",
                            Part.MLP_NORM, "post_attention_layernorm",
                            Part.FINAL_NORM, "norm"),
                    Map.of(
                            LinearRole.QUERY, "self_attn.q_proj",
                            LinearRole.KEY, "self_attn.k_proj",
                            LinearRole.VALUE, "self_attn.v_proj",
                            LinearRole.ATTENTION_OUTPUT, "self_attn.o_proj",
                            LinearRole.GATE, "mlp.gate_proj",
                            LinearRole.UP, "mlp.up_proj",
                            LinearRole.DOWN, "mlp.down_proj"),
                    Optional.empty());

    static final TensorNames OPT =
            new TensorNames(
                    List.of("model.decoder.", "decoder.", ""),
                    "layers.%d.",
                    Map.of(
                            Part.EMBEDDING, "embed_tokens",
                            Part.POSITIONS, "embed_positions",
                            Part.INPUT_PROJECTION, "project_in",
                            Part.OUTPUT_PROJECTION, "project_out",
                            Part.ATTENTION_NORM, "self_attn_layer_norm",
                            Part.MLP_NORM, "final_layer_norm",
                            Part.FINAL_NORM, "final_layer_norm",
                            Part.HIDDEN_DIVISORS, "gelu_impl"),
                    Map.of(
                            LinearRole.QUERY, "self_attn.q_proj",
                            LinearRole.KEY, "self_attn.k_proj",
                            LinearRole.VALUE, "self_attn.v_proj",
                            LinearRole.ATTENTION_OUTPUT, "self_attn.out_proj",
                            LinearRole.UP, "fc1",
                            LinearRole.DOWN, "fc2"),
                    Optional.empty());

    /** Query, key and value have names of their own in native bundles only. */
    static final TensorNames BLOOM =
            new TensorNames(
                    List.of("transformer.", ""),
                    "h.%d.",
                    Map.of(
                            Part.EMBEDDING, "word_embeddings",
                            Part.EMBEDDING_NORM, "word_embeddings_layernorm",
                            Part.ATTENTION_NORM, "input_layernorm",
                            Part.MLP_NORM, "post_attention_layernorm",
                            Part.HIDDEN_DIVISORS, "mlp.gelu_impl",
                            Part.FINAL_NORM, "ln_f"),
                    Map.of(
                            LinearRole.QUERY, "self_attention.query",
                            LinearRole.KEY, "self_attention.key",
                            LinearRole.VALUE, "self_attention.value",
                            LinearRole.ATTENTION_OUTPUT, "self_attention.dense",
                            LinearRole.UP, "mlp.dense_h_to_4h",
                            LinearRole.DOWN, "mlp.dense_4h_to_h"),
                    Optional.of("self_attention.query_key_value"));

    /** Whether there is such a part. */
    public boolean has(Part part) {
        return parts.containsKey(part);
    }

    /** A part outside the layers, without {@code .weight} or {@code .bias}, as all of these. */
    public String of(Part part) {
        return prefixes.getFirst() + parts.get(part);
    }

    /** A part of a layer. */
    public String of(int layer, Part part) {
        return layerPrefix(layer) + parts.get(part);
    }

    /** A linear of a layer. */
    public String of(int layer, LinearRole role) {
        return layerPrefix(layer) + linears.get(role);
    }

    /** The linear of a layer that holds query, key and value at once, if there is one. */
    public Optional<String> fused(int layer) {
        return fusedProjections.map(name -> layerPrefix(layer) + name);
    }

    /**
     * The whole name of the tensor {@code [feedForward]} that the activated hidden layer is divided
     * by, where there may be one: AutoAWQ's for BLOOM, whose GELU takes no scale in.
     */
    public Optional<String> hiddenDivisors(int layer) {
        return has(Part.HIDDEN_DIVISORS)
                ? Optional.of(of(layer, Part.HIDDEN_DIVISORS) + ".scales")
                : Optional.empty();
    }

    /** A linear's name inside its layer, such as {@code self_attn.q_proj}. */
    public String linear(LinearRole role) {
        return linears.get(role);
    }

    /** What the names of a layer start with, the usual prefix included. */
    public String layerPrefix(int layer) {
        return prefixes.getFirst() + layers.formatted(layer);
    }

    /** A linear layer's place: the decoder layer and the site that it reads. */
    public record Place(int layer, Site site) {}

    /**
     * Where the tensor of a linear layer acts.
     *
     * @param name with any of the usual prefixes
     * @param layers of the model
     * @return empty for tensors that belong to no linear layer of the decoder
     */
    public Optional<Place> placeOf(String name, int layers) {
        for (int layer = 0; layer < layers; layer++) {
            for (LinearRole role : linears.keySet()) {
                String linear = of(layer, role);
                if (spellings(linear).anyMatch(spelling -> name.startsWith(spelling + "."))) {
                    return Optional.of(new Place(layer, role.input()));
                }
            }
            Optional<String> fused = fused(layer);
            if (fused.isPresent()
                    && spellings(fused.get())
                            .anyMatch(spelling -> name.startsWith(spelling + "."))) {
                return Optional.of(new Place(layer, Site.ATTN_INPUT));
            }
        }
        return Optional.empty();
    }

    /** A name with each of the prefixes, the usual one first. */
    Stream<String> spellings(String name) {
        String bare = name.substring(prefixes.getFirst().length());
        return prefixes.stream().map(prefix -> prefix + bare);
    }
}
