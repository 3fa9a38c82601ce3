package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.RowSelection;
import io.agilelens.engine.tensor.StoredBytes;
import io.agilelens.engine.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A {@code .bin} of llama2.c, its tensors under the names that Hugging Face gives them. The format
 * stacks the layers' tensors of one kind and pairs neighbouring channels for rotary positions; the
 * rows of query and key projections are therefore shown in another order (METHOD 1.1), and nothing
 * is copied for it.
 */
final class Llama2cFile implements Checkpoint {
    private final MappedFile file;
    private final Llama2cHeader header;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    private Llama2cFile(MappedFile file, Llama2cHeader header) {
        this.file = file;
        this.header = header;
        new Reader().read();
    }

    /**
     * Opens a file if its content is that of llama2.c.
     *
     * @return empty if it is something else
     * @throws UserException if it is one and damaged, or cannot be read
     */
    static Optional<Checkpoint> open(Path path) {
        MappedFile file = MappedFile.open(path, "a model file");
        try {
            Optional<Llama2cHeader> header = Llama2cHeader.read(file);
            if (header.isPresent()) {
                return Optional.of(new Llama2cFile(file, header.get()));
            }
        } catch (RuntimeException | Error failure) {
            file.close();
            throw failure;
        }
        file.close();
        return Optional.empty();
    }

    /** Walks through the file and gives every tensor its name. */
    private final class Reader {
        private final StoredBytes bytes = file.bytes();
        private final int hidden = header.hidden();
        private final int keyValues = header.keyValueWidth();
        private final int feedForward = header.feedForward();
        private final Map<String, Tensor> stored = new LinkedHashMap<>();
        private long position = header.bytes();

        void read() {
            if (header.version() == 0) {
                readLegacy();
            } else {
                readVersioned();
            }
            // In the order of other checkpoints: from the embedding through the layers.
            put("model.embed_tokens.weight");
            for (int layer = 0; layer < header.layers(); layer++) {
                for (String name : LAYER_TENSORS) {
                    put(inLayer(layer, name));
                }
            }
            put("model.norm.weight");
            if (!header.tied()) {
                put("lm_head.weight");
            }
        }

        private void put(String name) {
            tensors.put(name, stored.get(name));
        }

        private void readLegacy() {
            matrix("model.embed_tokens.weight", header.vocabulary(), hidden);
            norms("input_layernorm.weight");
            attention();
            norms("post_attention_layernorm.weight");
            mlp();
            norm("model.norm.weight");
            // Cosines and sines of all positions, which follow from the sizes.
            position += 4L * header.context() * header.headDimension();
            head();
        }

        private void readVersioned() {
            norms("input_layernorm.weight");
            norms("post_attention_layernorm.weight");
            norm("model.norm.weight");
            matrix("model.embed_tokens.weight", header.vocabulary(), hidden);
            attention();
            mlp();
            head();
        }

        private void attention() {
            layers("self_attn.q_proj.weight", hidden, hidden, header.heads());
            layers("self_attn.k_proj.weight", keyValues, hidden, header.keyValueHeads());
            layers("self_attn.v_proj.weight", keyValues, hidden, 0);
            layers("self_attn.o_proj.weight", hidden, hidden, 0);
        }

        private void mlp() {
            layers("mlp.gate_proj.weight", feedForward, hidden, 0);
            layers("mlp.down_proj.weight", hidden, feedForward, 0);
            layers("mlp.up_proj.weight", feedForward, hidden, 0);
        }

        private void head() {
            if (!header.tied()) {
                matrix("lm_head.weight", header.vocabulary(), hidden);
            }
        }

        private void norms(String name) {
            for (int layer = 0; layer < header.layers(); layer++) {
                norm(inLayer(layer, name));
            }
        }

        private void norm(String name) {
            stored.put(name, dense(name, hidden));
        }

        private void matrix(String name, int rows, int columns) {
            stored.put(name, weight(name, rows, columns));
        }

        /**
         * @param heads heads whose rows are to be put in order, or 0
         */
        private void layers(String name, int rows, int columns, int heads) {
            for (int layer = 0; layer < header.layers(); layer++) {
                String full = inLayer(layer, name);
                Tensor tensor = weight(full, rows, columns);
                stored.put(
                        full,
                        heads == 0
                                ? tensor
                                : new RowSelection(full, tensor, halfSplit(heads, rows / heads)));
            }
        }

        private Tensor weight(String name, int rows, int columns) {
            if (header.version() != 2) {
                return dense(name, rows, columns);
            }
            long elements = (long) rows * columns;
            StoredBytes codes = take(elements);
            StoredBytes scales = take(elements / header.group() * Float.BYTES);
            return new GroupedBytes(
                    name, new long[] {rows, columns}, codes, scales, header.group());
        }

        private DenseTensor dense(String name, long... shape) {
            long elements = 1;
            for (long size : shape) {
                elements *= size;
            }
            return new DenseTensor(name, DType.F32, shape, take(elements * Float.BYTES));
        }

        private StoredBytes take(long size) {
            StoredBytes taken = bytes.slice(position, size);
            position += size;
            return taken;
        }
    }

    private static final List<String> LAYER_TENSORS =
            List.of(
                    "input_layernorm.weight",
                    "self_attn.q_proj.weight",
                    "self_attn.k_proj.weight",
                    "self_attn.v_proj.weight",
                    "self_attn.o_proj.weight",
                    "post_attention_layernorm.weight",
                    "mlp.gate_proj.weight",
                    "mlp.up_proj.weight",
                    "mlp.down_proj.weight");

    private static String inLayer(int layer, String name) {
        return "model.layers." + layer + "." + name;
    }

    /** For each row with the halves of a head apart, its row where pairs are neighbours. */
    private static int[] halfSplit(int heads, int dimension) {
        int[] rows = new int[heads * dimension];
        int half = dimension / 2;
        for (int row = 0; row < rows.length; row++) {
            int within = row % dimension;
            rows[row] = row - within + (within < half ? 2 * within : 2 * (within - half) + 1);
        }
        return rows;
    }

    @Override
    public Path source() {
        return file.path();
    }

    @Override
    public String format() {
        return "llama2.c file, version " + header.version();
    }

    @Override
    public JsonNode config() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("model_type", "llama")
                .put("vocab_size", header.vocabulary())
                .put("hidden_size", header.hidden())
                .put("intermediate_size", header.feedForward())
                .put("num_hidden_layers", header.layers())
                .put("num_attention_heads", header.heads())
                .put("num_key_value_heads", header.keyValueHeads())
                .put("hidden_act", "silu")
                .put("max_position_embeddings", header.context())
                .put("rms_norm_eps", 1e-5)
                .put("rope_theta", 10000.0)
                .put("tie_word_embeddings", header.tied())
                .put("bos_token_id", SentencePieceTokenizerJson.START)
                .put("eos_token_id", SentencePieceTokenizerJson.END);
    }

    @Override
    public List<Tensor> tensors() {
        return List.copyOf(tensors.values());
    }

    @Override
    public Optional<Tensor> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    @Override
    public TokenizerSource tokenizer() {
        return Llama2cTokenizer.beside(file.path(), header.vocabulary());
    }

    @Override
    public List<String> warnings() {
        return List.of();
    }

    @Override
    public void close() {
        file.close();
    }
}
