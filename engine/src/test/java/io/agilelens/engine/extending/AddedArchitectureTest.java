package io.agilelens.engine.extending;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.WeightPlacement;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.Matrix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An architecture added as docs/extending.md says, against GPT-2 in plain loops. */
class AddedArchitectureTest {
    private static final int HIDDEN = 8;
    private static final int HEADS = 2;
    private static final int LAYERS = 2;
    private static final int INNER = 4 * HIDDEN;
    private static final int VOCABULARY = 30;
    private static final int POSITIONS = 16;
    private static final int[] IDS = {3, 17, 29, 0, 11, 3};

    @TempDir Path folder;
    private final Map<String, float[]> values = new LinkedHashMap<>();
    private final Map<String, long[]> shapes = new LinkedHashMap<>();

    @Test
    void aTranslatedFamilyComputesWhatItsOwnCodeDoes() throws IOException {
        Path path = write("");
        try (Checkpoint checkpoint = Checkpoints.open(path)) {
            Model model = Model.open(checkpoint);
            assertEquals("OPT", model.config().architecture().title());
            Kernels kernels = KernelProvider.current().kernels();
            Decoder decoder =
                    new Decoder(
                            model,
                            kernels,
                            FloatNumerics.whenAsked(
                                    model, kernels, WeightPlacement.inMemory(model.precision())));
            Matrix hidden = decoder.run(IDS, Cancellation.never()).hidden();
            Matrix logits = decoder.logits(hidden, 0, IDS.length);
            assertArrayEquals(expected(), logits.data(), 2e-4f);
        }
    }

    @Test
    void whatItDoesNotKnowIsRefusedByItsKey() throws IOException {
        Path path = write(", \"scale_attn_by_inverse_layer_idx\": true");
        UserException refused = assertThrows(UserException.class, () -> Checkpoints.open(path));
        assertTrue(refused.getMessage().contains("scale_attn_by_inverse_layer_idx"));
    }

    private Path write(String more) throws IOException {
        Random random = new Random(5);
        tensor(random, "wte.weight", VOCABULARY, HIDDEN);
        tensor(random, "wpe.weight", POSITIONS, HIDDEN);
        for (int layer = 0; layer < LAYERS; layer++) {
            String h = "h." + layer + ".";
            tensor(random, h + "ln_1.weight", HIDDEN);
            tensor(random, h + "ln_1.bias", HIDDEN);
            tensor(random, h + "attn.c_attn.weight", HIDDEN, 3 * HIDDEN);
            tensor(random, h + "attn.c_attn.bias", 3 * HIDDEN);
            tensor(random, h + "attn.c_proj.weight", HIDDEN, HIDDEN);
            tensor(random, h + "attn.c_proj.bias", HIDDEN);
            tensor(random, h + "ln_2.weight", HIDDEN);
            tensor(random, h + "ln_2.bias", HIDDEN);
            tensor(random, h + "mlp.c_fc.weight", HIDDEN, INNER);
            tensor(random, h + "mlp.c_fc.bias", INNER);
            tensor(random, h + "mlp.c_proj.weight", INNER, HIDDEN);
            tensor(random, h + "mlp.c_proj.bias", HIDDEN);
        }
        tensor(random, "ln_f.weight", HIDDEN);
        tensor(random, "ln_f.bias", HIDDEN);
        Path path = Files.createDirectory(folder.resolve("gpt2"));
        Files.writeString(
                path.resolve("config.json"),
                """
                {"model_type": "gpt2", "n_embd": %d, "n_head": %d, "n_layer": %d,
                 "n_positions": %d, "vocab_size": %d, "activation_function": "gelu_new"%s}
                """
                        .formatted(HIDDEN, HEADS, LAYERS, POSITIONS, VOCABULARY, more));
        SafetensorsWriter writer = new SafetensorsWriter();
        values.forEach(
                (name, data) ->
                        writer.add(
                                "transformer." + name,
                                DType.F32,
                                shapes.get(name),
                                channel -> {
                                    ByteBuffer bytes =
                                            ByteBuffer.allocate(4 * data.length)
                                                    .order(ByteOrder.LITTLE_ENDIAN);
                                    bytes.asFloatBuffer().put(data);
                                    channel.write(bytes);
                                }));
        writer.write(path.resolve("model.safetensors"));
        return path;
    }

    private void tensor(Random random, String name, long... shape) {
        int count = 1;
        for (long size : shape) {
            count *= (int) size;
        }
        float[] data = new float[count];
        for (int i = 0; i < count; i++) {
            data[i] = (float) random.nextGaussian() * 0.3f;
        }
        values.put(name, data);
        shapes.put(name, shape);
    }

    /** Logits of GPT-2 as its paper and configuration say, {@code [tokens, vocabulary]}. */
    private float[] expected() {
        double[][] x = new double[IDS.length][HIDDEN];
        for (int t = 0; t < IDS.length; t++) {
            for (int c = 0; c < HIDDEN; c++) {
                x[t][c] =
                        values.get("wte.weight")[IDS[t] * HIDDEN + c]
                                + values.get("wpe.weight")[t * HIDDEN + c];
            }
        }
        for (int layer = 0; layer < LAYERS; layer++) {
            String h = "h." + layer + ".";
            double[][] qkv = linear(norm(x, h + "ln_1"), h + "attn.c_attn");
            add(x, linear(attend(qkv), h + "attn.c_proj"));
            double[][] up = linear(norm(x, h + "ln_2"), h + "mlp.c_fc");
            for (double[] row : up) {
                for (int c = 0; c < row.length; c++) {
                    double v = row[c];
                    row[c] =
                            0.5
                                    * v
                                    * (1
                                            + Math.tanh(
                                                    Math.sqrt(2 / Math.PI)
                                                            * (v + 0.044715 * v * v * v)));
                }
            }
            add(x, linear(up, h + "mlp.c_proj"));
        }
        double[][] last = norm(x, "ln_f");
        float[] logits = new float[IDS.length * VOCABULARY];
        for (int t = 0; t < IDS.length; t++) {
            for (int v = 0; v < VOCABULARY; v++) {
                double sum = 0;
                for (int c = 0; c < HIDDEN; c++) {
                    sum += last[t][c] * values.get("wte.weight")[v * HIDDEN + c];
                }
                logits[t * VOCABULARY + v] = (float) sum;
            }
        }
        return logits;
    }

    private static void add(double[][] x, double[][] change) {
        for (int t = 0; t < x.length; t++) {
            for (int c = 0; c < x[t].length; c++) {
                x[t][c] += change[t][c];
            }
        }
    }

    private static double[][] attend(double[][] qkv) {
        int width = HIDDEN / HEADS;
        double[][] out = new double[qkv.length][HIDDEN];
        for (int head = 0; head < HEADS; head++) {
            for (int t = 0; t < qkv.length; t++) {
                double[] weights = new double[t + 1];
                double total = 0;
                for (int s = 0; s <= t; s++) {
                    double score = 0;
                    for (int c = head * width; c < (head + 1) * width; c++) {
                        score += qkv[t][c] * qkv[s][HIDDEN + c];
                    }
                    weights[s] = Math.exp(score / Math.sqrt(width));
                    total += weights[s];
                }
                for (int s = 0; s <= t; s++) {
                    for (int c = head * width; c < (head + 1) * width; c++) {
                        out[t][c] += weights[s] / total * qkv[s][2 * HIDDEN + c];
                    }
                }
            }
        }
        return out;
    }

    private double[][] norm(double[][] x, String name) {
        float[] weight = values.get(name + ".weight");
        float[] bias = values.get(name + ".bias");
        double[][] out = new double[x.length][HIDDEN];
        for (int t = 0; t < x.length; t++) {
            double mean = 0;
            for (double v : x[t]) {
                mean += v / HIDDEN;
            }
            double variance = 0;
            for (double v : x[t]) {
                variance += (v - mean) * (v - mean) / HIDDEN;
            }
            for (int c = 0; c < HIDDEN; c++) {
                out[t][c] = (x[t][c] - mean) / Math.sqrt(variance + 1e-5) * weight[c] + bias[c];
            }
        }
        return out;
    }

    /** The weight is {@code [inputs, outputs]}. */
    private double[][] linear(double[][] x, String name) {
        float[] weight = values.get(name + ".weight");
        float[] bias = values.get(name + ".bias");
        double[][] out = new double[x.length][bias.length];
        for (int t = 0; t < x.length; t++) {
            for (int o = 0; o < bias.length; o++) {
                double sum = bias[o];
                for (int i = 0; i < x[t].length; i++) {
                    sum += x[t][i] * weight[i * bias.length + o];
                }
                out[t][o] = sum;
            }
        }
        return out;
    }
}
