package io.agilelens.engine.export;

import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.format.HuggingFaceFolder;
import io.agilelens.engine.format.ModelFolder;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.model.Architecture;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.TensorNames;
import io.agilelens.engine.model.TensorNames.Part;
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
import java.util.Optional;
import java.util.SplittableRandom;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A checkpoint of real shapes with random F16 weights, for measuring speed where the numbers do not
 * matter. Weights are drawn like those of an untrained model, so that activations keep their size
 * from layer to layer and logits are sane. They go to the disk as they are drawn: a model may be
 * larger than the memory.
 *
 * @param architecture what it is; OPT and BLOOM have as many key heads as query heads and a tied
 *     head, BLOOM's MLP is four times as wide as its residual stream
 * @param shape how large it is
 * @param seed the same seed gives the same files
 */
public record RandomCheckpoint(Architecture architecture, Shape shape, long seed) {
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
    }

    private boolean isLlama() {
        return architecture == Architecture.LLAMA;
    }

    private boolean tiedHead() {
        return !isLlama() || shape.tiedHead();
    }

    private int keyValueWidth() {
        return isLlama() ? shape.hidden() / shape.heads() * shape.keyValueHeads() : shape.hidden();
    }

    private int feedForward() {
        return architecture == Architecture.BLOOM ? 4 * shape.hidden() : shape.feedForward();
    }

    /** All weights; a tied head counts once. */
    public long parameters() {
        Tensors tensors = new Tensors(Progress.NONE, Cancellation.never());
        tensors.declare();
        return tensors.declared;
    }

    /**
     * Writes the folder.
     *
     * @param replace whether what stands there may be replaced
     * @throws io.agilelens.engine.UserException if it stands there and may not, or cannot be
     *     written
     */
    public void write(Path folder, boolean replace, Progress progress, Cancellation cancellation) {
        if (replace) {
            ModelFolder.requireReplaceable(folder, Optional.empty());
        }
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
        ObjectNode config =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("model_type", architecture.modelType())
                        .put("vocab_size", shape.vocabulary())
                        .put("hidden_size", shape.hidden());
        switch (architecture) {
            case LLAMA ->
                    config.put("intermediate_size", shape.feedForward())
                            .put("num_hidden_layers", shape.layers())
                            .put("num_attention_heads", shape.heads())
                            .put("num_key_value_heads", shape.keyValueHeads())
                            .put("hidden_act", "silu")
                            .put("max_position_embeddings", shape.context())
                            .put("rms_norm_eps", 1e-5)
                            .put("rope_theta", 10000.0);
            case OPT ->
                    config.put("ffn_dim", shape.feedForward())
                            .put("num_hidden_layers", shape.layers())
                            .put("num_attention_heads", shape.heads())
                            .put("activation_function", "relu")
                            .put("max_position_embeddings", shape.context());
            case BLOOM ->
                    config.put("n_layer", shape.layers())
                            .put("n_head", shape.heads())
                            .put("seq_length", shape.context())
                            .put("layer_norm_epsilon", 1e-5);
        }
        return config.put("tie_word_embeddings", tiedHead())
                .put("torch_dtype", "float16")
                .put("bos_token_id", ByteTokenizer.START)
                .put("eos_token_id", ByteTokenizer.END);
    }

    /** Declares all tensors; each is drawn when its turn to be written comes. */
    private final class Tensors {
        private final SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
        private final Progress progress;
        private final Cancellation cancellation;
        private final TensorNames names = architecture.names();
        private long declared;
        private long written;

        Tensors(Progress progress, Cancellation cancellation) {
            this.progress = progress;
            this.cancellation = cancellation;
        }

        SafetensorsWriter declare() {
            int hidden = shape.hidden();
            // What a layer adds to the residual stream shrinks with depth, as in trained models.
            double outward = 1 / Math.sqrt(2.0 * shape.layers());
            matrix(names.of(Part.EMBEDDING), shape.vocabulary(), hidden, 1);
            if (names.has(Part.POSITIONS)) {
                matrix(names.of(Part.POSITIONS), shape.context() + 2, hidden, 1);
            }
            if (names.has(Part.EMBEDDING_NORM)) {
                norm(names.of(Part.EMBEDDING_NORM));
            }
            for (int layer = 0; layer < shape.layers(); layer++) {
                norm(names.of(layer, Part.ATTENTION_NORM));
                projections(layer);
                linear(names.of(layer, LinearRole.ATTENTION_OUTPUT), hidden, hidden, outward);
                norm(names.of(layer, Part.MLP_NORM));
                if (isLlama()) {
                    linear(names.of(layer, LinearRole.GATE), feedForward(), hidden, 1);
                }
                linear(names.of(layer, LinearRole.UP), feedForward(), hidden, 1);
                linear(names.of(layer, LinearRole.DOWN), hidden, feedForward(), outward);
            }
            norm(names.of(Part.FINAL_NORM));
            if (!tiedHead()) {
                matrix(TensorNames.HEAD, shape.vocabulary(), hidden, 1);
            }
            return writer;
        }

        private void projections(int layer) {
            int hidden = shape.hidden();
            if (names.fused(layer).isPresent()) {
                linear(names.fused(layer).get(), hidden + 2 * keyValueWidth(), hidden, 1);
            } else {
                linear(names.of(layer, LinearRole.QUERY), hidden, hidden, 1);
                linear(names.of(layer, LinearRole.KEY), keyValueWidth(), hidden, 1);
                linear(names.of(layer, LinearRole.VALUE), keyValueWidth(), hidden, 1);
            }
        }

        private void linear(String name, int rows, int columns, double gain) {
            matrix(name, rows, columns, gain);
            if (!isLlama()) {
                vector(name + ".bias", rows, 0);
            }
        }

        /** Standard deviation {@code gain / √columns}. */
        private void matrix(String name, int rows, int columns, double gain) {
            float deviation = (float) (gain / Math.sqrt(columns));
            String full = name + ".weight";
            declared += (long) rows * columns;
            writer.add(
                    full,
                    DType.F16,
                    new long[] {rows, columns},
                    channel -> {
                        var random = new SplittableRandom(seed * 31 + full.hashCode());
                        draw(channel, (long) rows * columns, random, deviation);
                    });
        }

        private void norm(String name) {
            vector(name + ".weight", shape.hidden(), 1);
            if (!isLlama()) {
                vector(name + ".bias", shape.hidden(), 0);
            }
        }

        private void vector(String name, int length, float value) {
            float[] values = new float[length];
            Arrays.fill(values, value);
            declared += length;
            writer.add(name, DType.F16, new long[] {length}, values);
        }

        private void draw(
                WritableByteChannel channel, long count, SplittableRandom random, float deviation)
                throws IOException {
            ByteBuffer chunk =
                    ByteBuffer.allocate(CHUNK_VALUES * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (long done = 0; done < count; done += CHUNK_VALUES) {
                cancellation.check();
                progress.report("writing weights", written, declared);
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
