package io.agilelens.views.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class TensorNamesTest {

    @Test
    void layerAndProjectionStay() {
        assertEquals(
                List.of("…12.self_attn.q_proj.weight", "…12…q_proj.weight", "…12…q_proj…"),
                TensorNames.shorter("model.layers.12.self_attn.q_proj.weight"));
        assertEquals(
                List.of("…0.attn_q.weight", "…0.attn_q…"),
                TensorNames.shorter("blk.0.attn_q.weight"));
        assertEquals(
                List.of("…0.self_attention.dense.bias", "…0…dense.bias", "…0…dense…"),
                TensorNames.shorter("h.0.self_attention.dense.bias"));
    }

    @Test
    void namesWithoutALayerKeepTheirEnd() {
        assertEquals(
                List.of("…embed_tokens.weight", "…embed_tokens…"),
                TensorNames.shorter("model.embed_tokens.weight"));
        assertEquals(List.of("norm…"), TensorNames.shorter("norm.weight"));
        assertEquals(List.of(), TensorNames.shorter("freqs"));
        assertEquals(List.of("…3.weight"), TensorNames.shorter("h.3.weight"));
        assertEquals(List.of(), TensorNames.shorter("layers.3"));
    }
}
