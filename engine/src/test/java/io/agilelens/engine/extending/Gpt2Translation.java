package io.agilelens.engine.extending;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.CheckpointView;
import io.agilelens.engine.format.FamilyTranslation;
import io.agilelens.engine.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * GPT-2 as the OPT that it is but for names, layout and activation: norms before the blocks,
 * learned positions, biases everywhere. Its linears are stored {@code [inputs, outputs]}, query,
 * key and value beside each other in one; OPT's table of positions has two rows more, for padding.
 */
public final class Gpt2Translation implements FamilyTranslation {
    private static final int PADDING_ROWS = 2;

    @Override
    public Set<String> modelTypes() {
        return Set.of("gpt2");
    }

    @Override
    public Checkpoint translate(Checkpoint checkpoint) {
        JsonNode config = checkpoint.config();
        if (config.path("scale_attn_by_inverse_layer_idx").asBoolean(false)) {
            throw new UserException(
                    "config key scale_attn_by_inverse_layer_idx is true: only GPT-2 without it is"
                            + " known");
        }
        int hidden = config.get("n_embd").asInt();
        List<Tensor> tensors = new ArrayList<>();
        for (Tensor tensor : checkpoint.tensors()) {
            add(tensor, hidden, tensors);
        }
        return new CheckpointView(checkpoint, asOpt(config, hidden), tensors) {};
    }

    private static ObjectNode asOpt(JsonNode config, int hidden) {
        int inner = config.path("n_inner").isNumber() ? config.get("n_inner").asInt() : 4 * hidden;
        return JsonNodeFactory.instance
                .objectNode()
                .put("model_type", "opt")
                .put("num_hidden_layers", config.get("n_layer").asInt())
                .put("hidden_size", hidden)
                .put("num_attention_heads", config.get("n_head").asInt())
                .put("ffn_dim", inner)
                .put("vocab_size", config.get("vocab_size").asInt())
                .put("max_position_embeddings", config.get("n_positions").asInt())
                .put("activation_function", "gelu_new")
                .put("tie_word_embeddings", true);
    }

    private static void add(Tensor tensor, int hidden, List<Tensor> tensors) {
        String name = tensor.name().replaceFirst("^transformer\\.", "");
        String[] parts = name.split("\\.", 3);
        switch (parts[0]) {
            case "wte" ->
                    tensors.add(RearrangedTensor.renamed(tensor, "decoder.embed_tokens.weight"));
            case "wpe" ->
                    tensors.add(
                            RearrangedTensor.below(
                                    tensor, "decoder.embed_positions.weight", PADDING_ROWS));
            case "ln_f" ->
                    tensors.add(
                            RearrangedTensor.renamed(
                                    tensor, "decoder.final_layer_norm." + parts[1]));
            case "h" ->
                    addOfLayer(
                            tensor, "decoder.layers." + parts[1] + ".", parts[2], hidden, tensors);
            // Masks that older files carry along.
            default -> {}
        }
    }

    private static void addOfLayer(
            Tensor tensor, String layer, String part, int hidden, List<Tensor> tensors) {
        int dot = part.lastIndexOf('.');
        String kind = part.substring(dot + 1);
        switch (part.substring(0, dot)) {
            case "ln_1" ->
                    tensors.add(
                            RearrangedTensor.renamed(
                                    tensor, layer + "self_attn_layer_norm." + kind));
            case "ln_2" ->
                    tensors.add(
                            RearrangedTensor.renamed(tensor, layer + "final_layer_norm." + kind));
            case "attn.c_attn" -> {
                String[] roles = {"q_proj", "k_proj", "v_proj"};
                for (int i = 0; i < roles.length; i++) {
                    tensors.add(
                            RearrangedTensor.columns(
                                    tensor,
                                    layer + "self_attn." + roles[i] + "." + kind,
                                    i * hidden,
                                    hidden));
                }
            }
            case "attn.c_proj" ->
                    tensors.add(
                            RearrangedTensor.columns(tensor, layer + "self_attn.out_proj." + kind));
            case "mlp.c_fc" -> tensors.add(RearrangedTensor.columns(tensor, layer + "fc1." + kind));
            case "mlp.c_proj" ->
                    tensors.add(RearrangedTensor.columns(tensor, layer + "fc2." + kind));
            default -> {}
        }
    }
}
