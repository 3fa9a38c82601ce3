package io.agilelens.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.UserException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Configurations of all architectures. */
class ConfigReaderTest {
    private static final Set<LinearRole> UNGATED =
            EnumSet.complementOf(EnumSet.of(LinearRole.GATE));

    @Test
    void readsOptWithNormsBefore() {
        ModelConfig config = read(TinyFamily.OPT.config());
        assertEquals(Architecture.OPT, config.architecture());
        assertEquals(List.copyOf(UNGATED), config.roles());
        assertEquals(UNGATED, config.biased());
        assertEquals(new LearnedPositions(2, 160), config.positions());
        assertEquals(160, config.limit().orElseThrow().tokens());
        assertEquals(new Norm(Norm.Kind.LAYER, 1e-5f, true, Norm.Placement.BEFORE), config.norm());
        assertEquals(FeedForward.RELU, config.feedForward());
        assertTrue(config.finalNorm());
        assertFalse(config.embeddingNorm());
        assertFalse(config.hasProjections());
        assertTrue(config.tiedHead());
    }

    @Test
    void readsOptWithNormsAfter() {
        ModelConfig config = read(TinyFamily.OPT_POST.config());
        assertEquals(Norm.Placement.AFTER, config.norm().placement());
        assertFalse(config.finalNorm());
        assertEquals(20, config.embeddingSize());
        assertTrue(config.hasProjections());
    }

    @Test
    void readsOptsFlags() {
        ObjectNode json = TinyFamily.OPT.config();
        json.remove(List.of("do_layer_norm_before", "word_embed_proj_dim", "activation_function"));
        ModelConfig usual = read(json);
        assertEquals(read(TinyFamily.OPT.config()), usual);
        json.put("enable_bias", false)
                .put("layer_norm_elementwise_affine", false)
                .put("_remove_final_layer_norm", true)
                .put("tie_word_embeddings", false);
        ModelConfig bare = read(json);
        assertEquals(Set.of(), bare.biased());
        assertFalse(bare.norm().affine());
        assertFalse(bare.finalNorm());
        assertFalse(bare.tiedHead());
    }

    @Test
    void readsBloomInBothSpellings() {
        ModelConfig config = read(TinyFamily.BLOOM.config());
        assertEquals(Architecture.BLOOM, config.architecture());
        assertEquals(new Alibi(), config.positions());
        assertEquals(4 * 36, config.feedForwardSize());
        assertEquals(UNGATED, config.biased());
        assertEquals(FeedForward.GELU_TANH, config.feedForward());
        assertTrue(config.embeddingNorm());
        assertTrue(config.tiedHead());
        assertEquals(Optional.empty(), config.limit());
        ObjectNode other = TinyFamily.BLOOM.config();
        other.remove(List.of("hidden_size", "n_layer", "n_head", "layer_norm_epsilon"));
        other.put("n_embed", 36).put("num_hidden_layers", 4).put("num_attention_heads", 6);
        assertEquals(config, read(other));
        assertEquals(
                Norm.Placement.BEFORE_RESIDUAL_TOO,
                read(TinyFamily.BLOOM_NORMED_RESIDUAL.config()).norm().placement());
    }

    @Test
    void slopesOfAnyHeadCount() {
        float[] eight = Alibi.slopes(8);
        float[] twelve = Alibi.slopes(12);
        for (int h = 0; h < 8; h++) {
            assertEquals(Math.pow(2, -(h + 1)), eight[h], 1e-9);
            assertEquals(eight[h], twelve[h]);
        }
        for (int r = 0; r < 4; r++) {
            assertEquals(Math.pow(2, -(r + 0.5)), twelve[8 + r], 1e-7);
        }
        assertEquals(Math.pow(2, -8), Alibi.slopes(1)[0], 1e-9);
    }

    @Test
    void qwenHasBiasesOnItsProjectionsOnly() {
        ModelConfig config = read(TinyFamily.QWEN2.config());
        assertEquals(Architecture.LLAMA, config.architecture());
        assertEquals(
                EnumSet.of(LinearRole.QUERY, LinearRole.KEY, LinearRole.VALUE), config.biased());
        assertTrue(config.tiedHead());
        ObjectNode slides = TinyFamily.QWEN2.config().put("sliding_window", 64);
        assertEquals(Optional.empty(), read(slides).limit());
        ModelConfig sliding = read(slides.put("use_sliding_window", true));
        assertEquals(64, sliding.limit().orElseThrow().tokens());
        assertEquals(64, sliding.contextLength());
    }

    @Test
    void llamaHasBiasesWhereTheFlagsSaySo() {
        ObjectNode json = TinyFamily.LLAMA.config().put("mlp_bias", false);
        assertEquals(
                EnumSet.of(
                        LinearRole.QUERY,
                        LinearRole.KEY,
                        LinearRole.VALUE,
                        LinearRole.ATTENTION_OUTPUT),
                read(json.put("attention_bias", true)).biased());
        assertEquals(EnumSet.allOf(LinearRole.class), read(json.put("mlp_bias", true)).biased());
    }

    @Test
    void mistralsWindowLimitsTheSequence() {
        ObjectNode mistral = TinyFamily.MISTRAL.config().put("max_position_embeddings", 32768);
        mistral.remove("sliding_window");
        ModelConfig usual = read(mistral);
        assertEquals(new SequenceLimit(4096, "sliding_window"), usual.limit().orElseThrow());
        assertEquals(4096, usual.contextLength());
        assertEquals(48, usual.queryWidth());
        assertEquals(100, read(mistral.put("sliding_window", 100)).contextLength());
        assertEquals(Optional.empty(), read(mistral.putNull("sliding_window")).limit());
    }

    /** Values as Hugging Face's {@code _compute_dynamic_ntk_parameters} has them. */
    @Test
    void dynamicRopeGrowsItsBaseBehindTheContext() {
        ObjectNode json = TinyFamily.LLAMA.config();
        json.putObject("rope_scaling").put("type", "dynamic").put("factor", 2.0);
        RotaryEmbedding rotary = (RotaryEmbedding) read(json).positions();
        assertEquals(new RotaryEmbedding.Dynamic(2, 160), rotary.scaling());
        RotaryEmbedding plain = new RotaryEmbedding(10000, new RotaryEmbedding.Unscaled());
        for (int length : new int[] {1, 160}) {
            assertEquals(plain.frequencies(6, length)[1], rotary.frequencies(6, length)[1]);
        }
        double grown = 10000 * Math.pow(2.0 * 240 / 160 - 1, 6.0 / 4);
        assertEquals(Math.pow(grown, -2.0 / 6), rotary.frequencies(6, 240)[1], 1e-8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    LLAMA | logit_scale | 0.5 | config key logit_scale is 0.5: it changes the arithmetic
                    LLAMA | attn_logit_softcapping | 50.0 | config key attn_logit_softcapping is 50.0
                    LLAMA | clip_qkv | 8 | config key clip_qkv is 8
                    LLAMA | residual_multiplier | 0.22 | config key residual_multiplier is 0.22
                    LLAMA | query_pre_attn_scalar | 256 | config key query_pre_attn_scalar is 256
                    LLAMA | partial_rotary_factor | 0.5 | config key partial_rotary_factor is 0.5
                    LLAMA | num_local_experts | 8 | config key num_local_experts is 8
                    LLAMA | rope_parameters | {"rope_theta": 5, "partial_rotary_factor": 0.25} | partial_rotary_factor is 0.25
                    LLAMA | rope_parameters | {"full_attention": {"rope_theta": 5}} | parameters by layer type are not known
                    LLAMA | rope_scaling | "linear" | config key rope_scaling is "linear"
                    LLAMA | head_dim | 2000000000 | config key head_dim is 2000000000: no model is as wide
                    LLAMA | rope_scaling | {"type": "longrope"} | config key rope_scaling type is longrope
                    LLAMA | rope_scaling | {"type": "dynamic", "factor": 2, "original_max_position_embeddings": 80} | original_max_position_embeddings is 80
                    LLAMA | layer_types | ["full_attention", "linear_attention"] | config key layer_types is "linear_attention"
                    QWEN2 | num_key_value_heads | 4 | it must divide num_attention_heads 6
                    OPT | activation_function | "gelu" | config key activation_function is gelu: only relu and gelu_new
                    OPT | max_position_embeddings | null | config key max_position_embeddings is null
                    OPT | num_attention_heads | 5 | it must be a multiple of num_attention_heads 5
                    OPT | do_layer_norm_before | 1 | config key do_layer_norm_before is 1: true or false
                    OPT | quantization_config | {"quant_method": "gptq"} | config key quantization_config is gptq
                    BLOOM | n_head | 7 | it must be a multiple of n_head 7
                    BLOOM | hidden_size | 2147483646 | no model is as wide
                    BLOOM | layer_norm_epsilon | 2 | config key layer_norm_epsilon is 2.0
                    """)
    void refusesWhatWouldChangeTheNumbers(
            TinyFamily family, String key, String value, String expected) {
        ObjectNode json = family.config();
        json.set(key, JsonMapper.shared().readTree(value));
        String refused = assertThrows(UserException.class, () -> read(json)).getMessage();
        assertTrue(refused.contains(expected), refused);
        assertTrue(refused.startsWith("somewhere: "), refused);
        assertFalse(refused.contains("\n"), refused);
    }

    @ParameterizedTest
    @CsvSource({
        "logit_scale, 1.0",
        "logit_scale, null",
        "partial_rotary_factor, 1",
        "qk_norm, false",
        "pretraining_tp, 2",
        "attention_dropout, 0.1"
    })
    void ignoresWhatChangesNothing(String key, String value) {
        ObjectNode json = TinyFamily.LLAMA.config();
        json.set(key, JsonMapper.shared().readTree(value));
        assertEquals(read(TinyFamily.LLAMA.config()), read(json));
    }

    @ParameterizedTest
    @EnumSource(TinyFamily.class)
    void mutilatedConfigsGiveOneLineOrAConfig(TinyFamily family) {
        Random random = new Random(6);
        String[] values = {
            "null",
            "-1",
            "0",
            "1e400",
            "\"x\"",
            "[]",
            "{}",
            "true",
            "3.5",
            "{\"type\": 3}",
            "{\"rope_type\": \"llama3\", \"factor\": []}",
            "{\"rope_type\": \"dynamic\", \"factor\": 1e300}",
            "2147483647",
            "2147483648"
        };
        List<String> keys = List.copyOf(family.config().propertyNames());
        for (int trial = 0; trial < 600; trial++) {
            ObjectNode json = family.config();
            String key =
                    random.nextInt(6) == 0 ? "rope_scaling" : keys.get(random.nextInt(keys.size()));
            json.set(key, JsonMapper.shared().readTree(values[random.nextInt(values.length)]));
            try {
                assertTrue(read(json).headDimension() >= 1);
            } catch (UserException refused) {
                assertFalse(refused.getMessage().contains("\n"));
            }
        }
    }

    private static ModelConfig read(ObjectNode config) {
        return ConfigReader.read(new ConfiguredCheckpoint(config));
    }
}
