package io.agilelens.engine.export;

import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.format.HuggingFaceFolder;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A LLaMA checkpoint of real shapes with random F16 weights, for measuring speed where the numbers
 * do not matter. Weights are drawn like those of an untrained model, so that activations keep their
 * size from layer to layer and logits are sane. They go to the disk as they are drawn: a model may
 * be larger than the memory.
 *
 * @param shape what to write
 * @param seed the same seed gives the same files
 */
public record RandomCheckpoint(Shape shape, long seed) {
    private static final int CHUNK_VALUES = 1 << 16;
    private static final int CONTEXT = 2048;

    /**
     * Sizes of a decoder.
     *
     * @param vocabulary at least {@link ByteTokenizer#SMALLEST_VOCABULARY}
     * @param tiedHead whether the output head is the embedding
     */
    public record Shape(
            int hidden,
            int layers,
            int heads,
            int keyValueHeads,
            int feedForward,
            int vocabulary,
            int context,
            boolean tiedHead) {

        /** 110 million weights, as llama2.c's largest story model has them. */
        public static final Shape SIZE_110M =
                new Shape(768, 12, 12, 12, 2048, 32_000, CONTEXT, true);

        /** 1.1 billion weights, as TinyLlama has them. */
        public static final Shape SIZE_1_1B =
                new Shape(2048, 22, 32, 4, 5632, 32_000, CONTEXT, false);

        int keyValueWidth() {
            return hidden / heads * keyValueHeads;
        }

        /** All weights; a tied head counts once. */
        public long parameters() {
            long attention = 2L * hidden * hidden + 2L * hidden * keyValueWidth();
            long layer = attention + 3L * hidden * feedForward + 2L * hidden;
            long tables = (tiedHead ? 1L : 2L) * vocabulary * hidden;
            return layers * layer + tables + hidden;
        }
    }

    /**
     * Writes the folder.
     *
     * @param replace whether what stands there may be replaced
     * @throws io.agilelens.engine.UserException if it stands there and may not, or cannot be
     *     written
     */
    public void write(Path folder, boolean replace, Progress progress, Cancellation cancellation) {
        AtomicFiles.writeFolder(
                folder,
                replace,
                place -> {
                    Files.writeString(
                            place.resolve(HuggingFaceFolder.CONFIG), config().toPrettyString());
                    Files.writeString(
                            place.resolve("tokenizer.json"),
                            ByteTokenizer.json(shape.vocabulary()).toString());
                    new Tensors(progress, cancellation)
                            .declare()
                            .write(place.resolve(HuggingFaceFolder.WEIGHTS));
                });
    }

    private ObjectNode config() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("model_type", "llama")
                .put("vocab_size", shape.vocabulary())
                .put("hidden_size", shape.hidden())
                .put("intermediate_size", shape.feedForward())
                .put("num_hidden_layers", shape.layers())
                .put("num_attention_heads", shape.heads())
                .put("num_key_value_heads", shape.keyValueHeads())
                .put("hidden_act", "silu")
                .put("max_position_embeddings", shape.context())
                .put("rms_norm_eps", 1e-5)
                .put("rope_theta", 10000.0)
                .put("tie_word_embeddings", shape.tiedHead())
                .put("torch_dtype", "float16")
                .put("bos_token_id", ByteTokenizer.START)
                .put("eos_token_id", ByteTokenizer.END);
    }

    /** Declares all tensors; each is drawn when its turn to be written comes. */
    private final class Tensors {
        private final SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
        private final Progress progress;
        private final Cancellation cancellation;
        private long written;

        Tensors(Progress progress, Cancellation cancellation) {
            this.progress = progress;
            this.cancellation = cancellation;
        }

        SafetensorsWriter declare() {
            int hidden = shape.hidden();
            int keyValues = shape.keyValueWidth();
            int feedForward = shape.feedForward();
            // What a layer adds to the residual stream shrinks with depth, as in trained models.
            double outward = 1 / Math.sqrt(2.0 * shape.layers());
            matrix("model.embed_tokens.weight", shape.vocabulary(), hidden, 1);
            for (int layer = 0; layer < shape.layers(); layer++) {
                String prefix = "model.layers." + layer + ".";
                norm(prefix + "input_layernorm.weight");
                matrix(prefix + "self_attn.q_proj.weight", hidden, hidden, 1);
                matrix(prefix + "self_attn.k_proj.weight", keyValues, hidden, 1);
                matrix(prefix + "self_attn.v_proj.weight", keyValues, hidden, 1);
                matrix(prefix + "self_attn.o_proj.weight", hidden, hidden, outward);
                norm(prefix + "post_attention_layernorm.weight");
                matrix(prefix + "mlp.gate_proj.weight", feedForward, hidden, 1);
                matrix(prefix + "mlp.up_proj.weight", feedForward, hidden, 1);
                matrix(prefix + "mlp.down_proj.weight", hidden, feedForward, outward);
            }
            norm("model.norm.weight");
            if (!shape.tiedHead()) {
                matrix("lm_head.weight", shape.vocabulary(), hidden, 1);
            }
            return writer;
        }

        /** Standard deviation {@code gain / √columns}. */
        private void matrix(String name, int rows, int columns, double gain) {
            float deviation = (float) (gain / Math.sqrt(columns));
            writer.add(
                    name,
                    DType.F16,
                    new long[] {rows, columns},
                    channel -> {
                        var random = new SplittableRandom(seed * 31 + name.hashCode());
                        draw(channel, (long) rows * columns, random, deviation);
                    });
        }

        private void norm(String name) {
            float[] ones = new float[shape.hidden()];
            Arrays.fill(ones, 1);
            writer.add(name, DType.F16, new long[] {ones.length}, ones);
        }

        private void draw(
                WritableByteChannel channel, long count, SplittableRandom random, float deviation)
                throws IOException {
            ByteBuffer chunk =
                    ByteBuffer.allocate(CHUNK_VALUES * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (long done = 0; done < count; done += CHUNK_VALUES) {
                cancellation.check();
                progress.report("writing weights", written, shape.parameters());
                int size = (int) Math.min(CHUNK_VALUES, count - done);
                chunk.clear();
                for (int i = 0; i < size; i++) {
                    chunk.putShort(Float.floatToFloat16(deviation * bell(random.nextLong())));
                }
                chunk.flip();
                while (chunk.hasRemaining()) {
                    channel.write(chunk);
                }
                written += size;
            }
        }
    }

    /**
     * Close to a standard normal number, at most 3.5 in magnitude: the sum of four uniform ones,
     * which is far quicker than an exact draw and makes a gigabyte of weights bearable.
     */
    private static float bell(long bits) {
        long sum =
                (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
        return (sum - 2 * 65_535) * (float) (Math.sqrt(3) / 65_536);
    }
}
