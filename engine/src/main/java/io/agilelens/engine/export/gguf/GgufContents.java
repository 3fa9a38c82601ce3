package io.agilelens.engine.export.gguf;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.gguf.GgufFileWriter;
import io.agilelens.engine.model.Architecture;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Norm;
import io.agilelens.engine.model.RotaryEmbedding;
import io.agilelens.engine.model.TensorNames;
import io.agilelens.engine.model.TensorNames.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a GGUF file of a model holds, as llama.cpp wants it: keys, tensor names, and rows in another
 * order where its arithmetic asks for that. Rotary pairs of LLaMA's queries and keys stand side by
 * side there, BLOOM's query, key and value rows part by part. llama.cpp has no OPT; its keys and
 * names are this program's own ({@code docs/formats.md}).
 */
public final class GgufContents {
    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";
    private static final int PARTS = 3;

    /** What tensors of a decoder layer are called, after {@code blk.N.}. */
    private static final Map<LinearRole, String> LINEARS =
            Map.of(
                    LinearRole.QUERY, "attn_q",
                    LinearRole.KEY, "attn_k",
                    LinearRole.VALUE, "attn_v",
                    LinearRole.ATTENTION_OUTPUT, "attn_output",
                    LinearRole.GATE, "ffn_gate",
                    LinearRole.UP, "ffn_up",
                    LinearRole.DOWN, "ffn_down");

    private final ModelConfig config;
    private final TensorNames names;
    private final boolean ownHead;
    private final Predicate<String> present;
    private final String architecture;
    private final List<GgufEntry> entries = new ArrayList<>();

    private GgufContents(Model model, boolean ownHead, Predicate<String> present) {
        this.config = model.config();
        this.names = config.architecture().names();
        this.ownHead = ownHead;
        this.present = present;
        String type = model.checkpoint().config().path("model_type").asString("");
        // Qwen2's rotary pairs stand half a head apart in llama.cpp too.
        this.architecture = type.equals("qwen2") ? type : config.architecture().modelType();
    }

    /**
     * @param ownHead whether the head is another tensor than the embedding
     * @param present whether there is a tensor of a name with the usual prefix
     * @throws UserException if llama.cpp has no arithmetic for the model
     */
    public static GgufContents of(Model model, boolean ownHead, Predicate<String> present) {
        GgufContents contents = new GgufContents(model, ownHead, present);
        if (contents.config.norm().placement() == Norm.Placement.BEFORE_RESIDUAL_TOO) {
            throw new UserException(
                    "apply_residual_connection_post_layernorm is true: llama.cpp has no such BLOOM,"
                            + " so GGUF cannot hold it: use --format native");
        }
        contents.list();
        return contents;
    }

    public List<GgufEntry> entries() {
        return List.copyOf(entries);
    }

    /** The value of {@code general.architecture}. */
    public String architecture() {
        return architecture;
    }

    // ---- tensors

    private void list() {
        both(names.of(Part.EMBEDDING), "token_embd");
        if (names.has(Part.EMBEDDING_NORM)) {
            both(names.of(Part.EMBEDDING_NORM), "token_embd_norm");
        }
        if (names.has(Part.POSITIONS)) {
            both(names.of(Part.POSITIONS), "position_embd");
        }
        if (config.hasProjections()) {
            both(names.of(Part.INPUT_PROJECTION), "project_in");
            both(names.of(Part.OUTPUT_PROJECTION), "project_out");
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            list(layer);
        }
        both(names.of(Part.FINAL_NORM), "output_norm");
        if (ownHead) {
            add(TensorNames.HEAD + WEIGHT, "output.weight", TensorNames.HEAD + WEIGHT, null, false);
        } else if (architecture.equals("bloom")) {
            // llama.cpp does not open a BLOOM without a head of its own.
            add(
                    names.of(Part.EMBEDDING) + WEIGHT,
                    "output.weight",
                    TensorNames.HEAD + WEIGHT,
                    null,
                    false);
        }
    }

    private void list(int layer) {
        String to = "blk." + layer + ".";
        both(names.of(layer, Part.ATTENTION_NORM), to + "attn_norm");
        both(names.of(layer, Part.MLP_NORM), to + "ffn_norm");
        Optional<String> fused = names.fused(layer);
        if (fused.isPresent()) {
            linear(fused.get(), to + "attn_qkv", byPart());
        }
        for (LinearRole role : config.roles()) {
            boolean apart =
                    role != LinearRole.QUERY && role != LinearRole.KEY && role != LinearRole.VALUE;
            if (fused.isEmpty() || apart) {
                linear(names.of(layer, role), to + LINEARS.get(role), rows(role));
            }
        }
    }

    private int[] rows(LinearRole role) {
        if (!architecture.equals("llama")) {
            return null;
        }
        return switch (role) {
            case QUERY -> adjacent(config.heads());
            case KEY -> adjacent(config.keyValueHeads());
            default -> null;
        };
    }

    private void linear(String from, String to, int[] rows) {
        add(from + WEIGHT, to + WEIGHT, from + WEIGHT, rows, true);
        if (present.test(from + BIAS)) {
            add(from + BIAS, to + BIAS, from + BIAS, rows, false);
        }
    }

    /** Weight and bias of what is no linear of a layer, as far as there are any. */
    private void both(String from, String to) {
        for (String part : new String[] {WEIGHT, BIAS}) {
            if (present.test(from + part)) {
                add(from + part, to + part, from + part, null, false);
            }
        }
    }

    private void add(String source, String name, String again, int[] rows, boolean linear) {
        entries.add(new GgufEntry(name, source, again, rows, linear));
    }

    /** Half-split rows of every head as adjacent pairs. */
    private int[] adjacent(int heads) {
        int half = config.headDimension() / 2;
        int[] rows = new int[heads * config.headDimension()];
        int at = 0;
        for (int head = 0; head < heads; head++) {
            for (int i = 0; i < half; i++) {
                rows[at++] = head * config.headDimension() + i;
                rows[at++] = head * config.headDimension() + half + i;
            }
        }
        return rows;
    }

    /** Rows {@code [heads, 3, headDimension]} as {@code [3, heads, headDimension]}. */
    private int[] byPart() {
        int dimension = config.headDimension();
        int[] rows = new int[PARTS * config.heads() * dimension];
        int at = 0;
        for (int part = 0; part < PARTS; part++) {
            for (int head = 0; head < config.heads(); head++) {
                for (int i = 0; i < dimension; i++) {
                    rows[at++] = (head * PARTS + part) * dimension + i;
                }
            }
        }
        return rows;
    }

    // ---- keys

    /** Writes the keys of the architecture. */
    public void describe(GgufFileWriter writer) {
        writer.whole(key("context_length"), config.contextLength())
                .whole(key("embedding_length"), config.hiddenSize())
                .whole(key("block_count"), config.layers())
                .whole(key("feed_forward_length"), config.feedForwardSize())
                .whole(key("attention.head_count"), config.heads())
                .whole(key("attention.head_count_kv"), config.keyValueHeads());
        switch (config.architecture()) {
            case LLAMA -> describeLlama(writer);
            case BLOOM -> writer.real(key("attention.layer_norm_epsilon"), config.norm().epsilon());
            case OPT -> describeOpt(writer);
        }
    }

    private void describeLlama(GgufFileWriter writer) {
        RotaryEmbedding rotary = (RotaryEmbedding) config.positions();
        writer.real(key("attention.layer_norm_rms_epsilon"), config.norm().epsilon())
                .whole(key("rope.dimension_count"), config.headDimension())
                .real(key("rope.freq_base"), rotary.theta())
                .whole(key("vocab_size"), config.vocabularySize());
        if (config.headDimension() * config.heads() != config.hiddenSize()) {
            writer.whole(key("attention.key_length"), config.headDimension())
                    .whole(key("attention.value_length"), config.headDimension());
        }
        if (rotary.scaling() instanceof RotaryEmbedding.Linear(double factor)) {
            writer.text(key("rope.scaling.type"), "linear")
                    .real(key("rope.scaling.factor"), factor);
        }
    }

    private void describeOpt(GgufFileWriter writer) {
        writer.real(key("attention.layer_norm_epsilon"), config.norm().epsilon())
                .whole(key("word_embedding_length"), config.embeddingSize())
                .text(key("activation"), "relu")
                .flag(key("layer_norm_before"), config.norm().placement() == Norm.Placement.BEFORE)
                .flag(
                        key("remove_final_layer_norm"),
                        config.norm().placement() == Norm.Placement.BEFORE && !config.finalNorm());
    }

    private String key(String name) {
        return architecture + "." + name;
    }

    /** What every rotary frequency is divided by, where that is a tensor of the file. */
    public Optional<float[]> rotaryDivisors() {
        if (!(config.positions() instanceof RotaryEmbedding rotary)) {
            return Optional.empty();
        }
        return switch (rotary.scaling()) {
            case RotaryEmbedding.Llama3 _ -> {
                float[] plain =
                        new RotaryEmbedding(rotary.theta(), new RotaryEmbedding.Unscaled())
                                .frequencies(config.headDimension(), 1);
                float[] stretched = rotary.frequencies(config.headDimension(), 1);
                float[] divisors = new float[plain.length];
                for (int i = 0; i < divisors.length; i++) {
                    divisors[i] = plain[i] / stretched[i];
                }
                yield Optional.of(divisors);
            }
            case RotaryEmbedding.Divisors(List<Float> list) -> {
                float[] divisors = new float[list.size()];
                for (int i = 0; i < divisors.length; i++) {
                    divisors[i] = list.get(i);
                }
                yield Optional.of(divisors);
            }
            case RotaryEmbedding.Unscaled _, RotaryEmbedding.Linear _, RotaryEmbedding.Dynamic _ ->
                    Optional.empty();
        };
    }

    /** What a model does and a file cannot say, a line each. */
    public static List<String> losses(ModelConfig config) {
        List<String> lost = new ArrayList<>();
        if (config.architecture() == Architecture.OPT) {
            lost.add(
                    "llama.cpp and its kin: they have no OPT, so that only this program runs the"
                            + " file");
        }
        if (config.positions() instanceof RotaryEmbedding rotary
                && rotary.scaling() instanceof RotaryEmbedding.Dynamic dynamic) {
            lost.add(
                    "dynamic rope_scaling: beyond %d tokens frequencies stay as they are"
                            .formatted(dynamic.originalContext()));
        }
        return lost;
    }
}
