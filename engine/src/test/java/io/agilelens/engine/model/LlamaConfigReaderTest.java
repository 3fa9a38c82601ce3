package io.agilelens.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a LLaMA {@code config.json} means, what is assumed where it is silent, what is refused. */
class LlamaConfigReaderTest {

    @Test
    void assumesWhatTheFormatDoes() {
        ObjectNode json =
                (ObjectNode)
                        JsonMapper.shared()
                                .readTree(
                                        """
                                        {"model_type": "llama", "hidden_size": 64,
                                         "intermediate_size": 100, "num_hidden_layers": 3,
                                         "num_attention_heads": 8, "vocab_size": 50,
                                         "rope_scaling": null, "num_key_value_heads": null,
                                         "some_key_of_tomorrow": {"a": 1}}
                                        """);
        ModelConfig config = read(json);
        assertEquals(8, config.keyValueHeads());
        assertEquals(8, config.headDimension());
        assertEquals(1e-6f, config.norm().epsilon());
        assertEquals(10000, rotary(config).theta());
        assertInstanceOf(RotaryEmbedding.Unscaled.class, rotary(config).scaling());
        assertEquals(2048, config.contextLength());
        assertFalse(config.tiedHead());
        assertEquals(Set.of(), config.biased());
        assertEquals(Architecture.LLAMA, config.architecture());
    }

    @Test
    void readsHeadDimensionsThatDoNotFillTheHiddenSize() {
        ModelConfig config = read(config().put("head_dim", 6));
        assertEquals(6, config.headDimension());
        assertEquals(24, config.queryWidth());
        assertEquals(12, config.keyValueWidth());
        assertEquals(24, config.channels(Site.ATTN_OUTPUT));
        assertEquals(32, config.channels(Site.ATTN_INPUT));
    }

    @Test
    void readsRotaryScalingInOldAndNewSpelling() {
        ObjectNode older = config();
        older.putObject("rope_scaling").put("type", "linear").put("factor", 4.0);
        assertEquals(new RotaryEmbedding.Linear(4), rotary(read(older)).scaling());
        ObjectNode newer = config();
        newer.putObject("rope_parameters")
                .put("rope_type", "llama3")
                .put("rope_theta", 500000.0)
                .put("factor", 8.0)
                .put("low_freq_factor", 1.0)
                .put("high_freq_factor", 4.0)
                .put("original_max_position_embeddings", 64);
        RotaryEmbedding rotary = rotary(read(newer));
        assertEquals(500000, rotary.theta());
        assertEquals(new RotaryEmbedding.Llama3(8, 1, 4, 64), rotary.scaling());
    }

    @Test
    void stretchesLongWavesOnly() {
        RotaryEmbedding plain = new RotaryEmbedding(10000, new RotaryEmbedding.Unscaled());
        RotaryEmbedding linear = new RotaryEmbedding(10000, new RotaryEmbedding.Linear(4));
        RotaryEmbedding llama3 =
                new RotaryEmbedding(10000, new RotaryEmbedding.Llama3(8, 1, 4, 64));
        float[] before = plain.frequencies(16, 512);
        float[] divided = linear.frequencies(16, 512);
        float[] stretched = llama3.frequencies(16, 512);
        for (int i = 0; i < 8; i++) {
            assertEquals(before[i] / 4, divided[i], before[i] * 1e-6);
            double wavelength = 2 * Math.PI / before[i];
            if (wavelength < 16) {
                assertEquals(before[i], stretched[i]);
            } else if (wavelength > 64) {
                assertEquals(before[i] / 8, stretched[i], before[i] * 1e-6);
            } else {
                double s = (64 / wavelength - 1) / 3;
                assertEquals(
                        (1 - s) * before[i] / 8 + s * before[i], stretched[i], before[i] * 1e-6);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    hidden_size | null | config key hidden_size is null: a whole number of at least 1
                    hidden_size | "32" | config key hidden_size is "32"
                    hidden_size | 0 | config key hidden_size is 0
                    hidden_size | 32.5 | config key hidden_size is 32.5
                    hidden_size | 9999999999 | config key hidden_size is 9999999999
                    hidden_size | 34 | config key hidden_size is 34: it must be a multiple of num_attention_heads 4
                    num_hidden_layers | -1 | config key num_hidden_layers is -1
                    vocab_size | true | config key vocab_size is true
                    num_key_value_heads | 3 | config key num_key_value_heads is 3: it must divide num_attention_heads 4
                    head_dim | 7 | config key head_dim is 7: rotary embedding needs it even
                    hidden_act | "gelu" | config key hidden_act is gelu: only silu
                    rms_norm_eps | -1 | config key rms_norm_eps is -1.0: it must lie in 0…1
                    rms_norm_eps | "small" | config key rms_norm_eps is "small": a number
                    rope_theta | 0 | config key rope_theta is 0.0: it must be positive
                    tie_word_embeddings | "no" | config key tie_word_embeddings is "no": true or false
                    rope_scaling | {"rope_type": "yarn"} | config key rope_scaling type is yarn: known are default, linear, dynamic, llama3
                    rope_scaling | {"type": "linear"} | rope_scaling factor
                    rope_scaling | {"type": "linear", "factor": -2} | rope_scaling factor is -2
                    """)
    void refusesWhatWouldChangeTheNumbers(String key, String value, String expected) {
        ObjectNode json = config();
        json.set(key, JsonMapper.shared().readTree(value));
        UserException refused = assertThrows(UserException.class, () -> read(json));
        assertTrue(refused.getMessage().contains(expected), refused.getMessage());
        assertTrue(refused.getMessage().startsWith("somewhere: "), refused.getMessage());
        assertFalse(refused.getMessage().contains("\n"), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hidden_size",
                "intermediate_size",
                "num_hidden_layers",
                "num_attention_heads",
                "vocab_size"
            })
    void namesWhatIsMissing(String key) {
        ObjectNode json = config();
        json.remove(key);
        UserException refused = assertThrows(UserException.class, () -> read(json));
        assertEquals(
                "somewhere: config key %s is missing: a whole number of at least 1 belongs there"
                        .formatted(key),
                refused.getMessage());
    }

    @Test
    void refusesOtherArchitecturesAndClosesTheCheckpoint() {
        var unknown = new ConfiguredCheckpoint(config().put("model_type", "mamba"));
        assertEquals(
                "somewhere: model_type \"mamba\" is not known: this version opens \"llama\","
                        + " \"mistral\", \"qwen2\", \"opt\", \"bloom\"",
                assertThrows(UserException.class, () -> Model.open(unknown)).getMessage());
        assertTrue(unknown.isClosed());
        ObjectNode json = config();
        json.remove("model_type");
        var silent = new ConfiguredCheckpoint(json);
        assertEquals(
                "somewhere: config.json has no model_type: it should say \"llama\", \"mistral\","
                        + " \"qwen2\", \"opt\", \"bloom\"",
                assertThrows(UserException.class, () -> Model.open(silent)).getMessage());
        assertTrue(silent.isClosed());
    }

    private static ObjectNode config() {
        return TinyModels.config(TinyModels.Dimensions.small());
    }

    private static RotaryEmbedding rotary(ModelConfig config) {
        return (RotaryEmbedding) config.positions();
    }

    private static ModelConfig read(JsonNode config) {
        return ConfigReader.read(new ConfiguredCheckpoint(config));
    }
}
