package io.agilelens.engine.format.gguf;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.StoredBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Translates one architecture of GGUF into the configuration keys and tensor names of Hugging Face
 * checkpoints. A metadata key that would change the arithmetic in a way the engine does not know is
 * refused by name; a key nobody knows becomes a warning.
 */
abstract class ArchitectureMapping {
    /** The most channels, heads or layers that are believed. */
    private static final long MOST = 1 << 20;

    private static final long MOST_LAYERS = 1 << 14;
    private static final long MOST_TOKENS = 1 << 24;
    private static final String EMBEDDING = "token_embd.weight";
    private static final String HEAD = "output.weight";
    private static final String PLAIN = "only plain decoders are supported";
    private static final long LONGEST_CONTEXT = Integer.MAX_VALUE;

    final Metadata metadata;
    final TensorTable tensors;
    final ObjectNode config = JsonMapper.shared().createObjectNode();

    private final String architecture;
    private final Set<String> known = new HashSet<>();

    ArchitectureMapping(String architecture, Metadata metadata, TensorTable tensors) {
        this.architecture = architecture;
        this.metadata = metadata;
        this.tensors = tensors;
    }

    /**
     * The mapping of a file.
     *
     * @throws UserException if its architecture is not known
     */
    static ArchitectureMapping of(Metadata metadata, TensorTable tensors) {
        String architecture = metadata.text("general.architecture");
        return switch (architecture) {
            case "llama" -> new LlamaMapping(architecture, true, metadata, tensors);
            case "qwen2" -> new LlamaMapping(architecture, false, metadata, tensors);
            case "bloom" -> new BloomMapping(architecture, metadata, tensors);
            case "opt" -> new OptMapping(architecture, metadata, tensors);
            default ->
                    throw metadata.refuse(
                            "general.architecture",
                            "this architecture is not known; known are llama, qwen2, bloom and"
                                    + " opt");
        };
    }

    /** Fills {@link #config} and takes the tensors. */
    abstract void map();

    String architecture() {
        return architecture;
    }

    /** A key of this architecture, remembered as understood. */
    String key(String name) {
        String key = architecture + "." + name;
        known.add(key);
        return key;
    }

    int count(String name) {
        return (int) metadata.whole(key(name), 1, MOST);
    }

    int count(String name, int absent) {
        return (int) metadata.whole(key(name), 1, MOST, absent);
    }

    int layers() {
        return (int) metadata.whole(key("block_count"), 1, MOST_LAYERS);
    }

    /** Takes the token embedding and puts its rows down as the size of the vocabulary. */
    void takeEmbedding(String newName) {
        // The tensor is the truth; writers that padded it left the key as it was.
        key("vocab_size");
        long[] shape = tensors.shape(EMBEDDING);
        if (shape.length != 2 || shape[0] > MOST_TOKENS) {
            throw Cursor.damaged(
                    metadata.path(),
                    "tensor '%s' has shape %s where a row for each of at most %d tokens belongs"
                            .formatted(EMBEDDING, Arrays.toString(shape), MOST_TOKENS));
        }
        tensors.take(EMBEDDING, newName);
        config.put("vocab_size", (int) shape[0]);
    }

    /** Takes the output head, or notes that it is the token embedding. */
    void takeHead() {
        config.put("tie_word_embeddings", !tensors.has(HEAD));
        tensors.takeIfThere(HEAD, "lm_head.weight");
    }

    int contextLength() {
        return (int) metadata.whole(key("context_length"), 1, LONGEST_CONTEXT);
    }

    double epsilon(String name) {
        double epsilon = metadata.real(key(name));
        if (epsilon < 0 || epsilon > 1) {
            throw metadata.refuse(key(name), "it must lie in 0…1");
        }
        return epsilon;
    }

    /** Refuses a key unless it is missing or has the value that changes nothing. */
    void refuseUnless(double harmless, String name, String remedy) {
        String key = key(name);
        if (metadata.has(key) && metadata.real(key) != harmless) {
            throw metadata.refuse(key, remedy);
        }
    }

    /** Refuses a factor unless it is missing, zero (which stands for missing) or one. */
    private void refuseFactor(String name) {
        String key = key(name);
        if (metadata.has(key) && metadata.real(key) != 0 && metadata.real(key) != 1) {
            throw metadata.refuse(key, PLAIN);
        }
    }

    /** Refuses a flag unless it is missing or has the value that changes nothing. */
    void refuseUnless(boolean harmless, String name, String remedy) {
        String key = key(name);
        if (metadata.flag(key, harmless) != harmless) {
            throw metadata.refuse(key, remedy);
        }
    }

    /** What every architecture here has in common: no experts, no caps, no clamps. */
    void refuseOtherArithmetic() {
        refuseUnless(0, "expert_count", "mixtures of experts are not supported");
        refuseUnless(0, "expert_used_count", "mixtures of experts are not supported");
        refuseFactor("logit_scale");
        refuseFactor("residual_scale");
        refuseFactor("embedding_scale");
        refuseUnless(0, "attn_logit_softcapping", PLAIN);
        refuseUnless(0, "final_logit_softcapping", PLAIN);
        refuseUnless(0, "attention.clamp_kqv", PLAIN);
        refuseUnless(0, "attention.scale", PLAIN);
        refuseUnless(true, "attention.causal", "only causal attention is supported");
        refuseUnless(false, "use_parallel_residual", PLAIN);
        refuseUnless(false, "swin_norm", PLAIN);
    }

    /** Refuses a sliding window that a full context would notice. */
    void refuseSlidingWindow() {
        String key = key("attention.sliding_window");
        if (metadata.has(key)
                && metadata.whole(key, 0, Long.MAX_VALUE) != 0
                && metadata.whole(key, 0, Long.MAX_VALUE) < contextLength()) {
            throw metadata.refuse(
                    key,
                    "windows shorter than the context of %d are not supported"
                            .formatted(contextLength()));
        }
    }

    /** Token ids of the tokenizer that configurations repeat. */
    void putTokenIds() {
        putTokenId("bos");
        putTokenId("eos");
    }

    private void putTokenId(String token) {
        String key = "tokenizer.ggml." + token + "_token_id";
        if (metadata.has(key)) {
            config.put(token + "_token_id", (int) metadata.whole(key, 0, Integer.MAX_VALUE));
        }
    }

    /** A vector of zeros, for a bias that the file leaves out. */
    void addZeros(String name, int size) {
        tensors.add(
                new DenseTensor(
                        name,
                        DType.F32,
                        new long[] {size},
                        StoredBytes.of(new byte[size * Float.BYTES])));
    }

    /** What is worth telling about keys that were not understood. */
    List<String> unknownKeys() {
        List<String> warnings = new ArrayList<>();
        for (String key : metadata.keys()) {
            if (key.startsWith(architecture + ".") && !known.contains(key)) {
                warnings.add(
                        "the metadata key '%s' is not known and was not used"
                                .formatted(Printable.of(key)));
            }
        }
        return warnings;
    }
}
