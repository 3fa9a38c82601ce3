package io.agilelens.engine.fuzz;

import io.agilelens.engine.TinyModels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A GGUF file written by hand, field by field, from the format's description. */
public final class GgufBytes {
    /** Value types of keys. */
    public static final int U32 = 4;

    public static final int F32_VALUE = 6;
    public static final int BOOL = 7;
    public static final int STRING = 8;
    public static final int ARRAY = 9;

    /** Types of tensors. */
    public static final int F32 = 0;

    public static final int F16 = 1;
    public static final int Q4_0 = 2;
    public static final int Q8_0 = 8;

    private static final int ALIGNMENT = 32;

    private final List<Fields> keys = new ArrayList<>();
    private final List<Planned> tensors = new ArrayList<>();
    private final Random random = new Random(11);

    private record Planned(String name, long[] dimensions, int type, byte[] data) {}

    /** A LLaMA of one layer that every reader of GGUF should take. */
    public static Fields tinyLlama() {
        int hidden = 32;
        int feedForward = 32;
        int vocabulary = TinyModels.SMALLEST_VOCABULARY;
        GgufBytes file =
                new GgufBytes()
                        .string("general.architecture", "llama")
                        .number("general.alignment", ALIGNMENT)
                        .number("general.quantization_version", 2)
                        .number("llama.context_length", 64)
                        .number("llama.embedding_length", hidden)
                        .number("llama.block_count", 1)
                        .number("llama.feed_forward_length", feedForward)
                        .number("llama.attention.head_count", 4)
                        .number("llama.attention.head_count_kv", 2)
                        .number("llama.rope.dimension_count", hidden / 4)
                        .real("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                        .real("llama.rope.freq_base", 10000)
                        .string("tokenizer.ggml.model", "gpt2")
                        .string("tokenizer.ggml.pre", "gpt-2")
                        .tokenizer(vocabulary)
                        .number("tokenizer.ggml.bos_token_id", TinyModels.START)
                        .number("tokenizer.ggml.eos_token_id", TinyModels.END)
                        .flag("tokenizer.ggml.add_bos_token", true);
        file.tensor("token_embd.weight", F32, hidden, vocabulary)
                .tensor("blk.0.attn_norm.weight", F32, hidden)
                .tensor("blk.0.attn_q.weight", Q8_0, hidden, hidden)
                .tensor("blk.0.attn_k.weight", F16, hidden, hidden / 2)
                .tensor("blk.0.attn_v.weight", Q4_0, hidden, hidden / 2)
                .tensor("blk.0.attn_output.weight", Q4_0, hidden, hidden)
                .tensor("blk.0.ffn_norm.weight", F32, hidden)
                .tensor("blk.0.ffn_gate.weight", Q8_0, hidden, feedForward)
                .tensor("blk.0.ffn_up.weight", Q8_0, hidden, feedForward)
                .tensor("blk.0.ffn_down.weight", Q8_0, feedForward, hidden)
                .tensor("output_norm.weight", F32, hidden)
                .tensor("output.weight", F16, hidden, vocabulary);
        return file.fields();
    }

    public GgufBytes string(String key, String value) {
        return entry(key, STRING, text(new Fields(), value));
    }

    public GgufBytes number(String key, long value) {
        return entry(key, U32, new Fields().u32(value));
    }

    public GgufBytes real(String key, float value) {
        return entry(key, F32_VALUE, new Fields().f32(value));
    }

    public GgufBytes flag(String key, boolean value) {
        return entry(key, BOOL, new Fields().u8(value ? 1 : 0));
    }

    /** A key with a value of any type, already encoded. */
    public GgufBytes entry(String key, int type, Fields value) {
        Fields entry = text(new Fields(), key).u32(type);
        keys.add(append(entry, value));
        return this;
    }

    private GgufBytes tokenizer(int vocabulary) {
        List<String> pieces = new ArrayList<>(List.of(TinyModels.byteLetters()));
        pieces.addAll(List.of("<s>", "</s>", "th", "the", "Ġthe", "in"));
        Fields tokens = new Fields().u32(STRING).u64(vocabulary);
        Fields types = new Fields().u32(5).u64(vocabulary);
        for (int id = 0; id < vocabulary; id++) {
            text(tokens, pieces.get(id));
            types.u32(id == TinyModels.START || id == TinyModels.END ? 3 : 1);
        }
        Fields merges = new Fields().u32(STRING).u64(4);
        for (String merge : List.of("t h", "th e", "Ġ the", "i n")) {
            text(merges, merge);
        }
        return entry("tokenizer.ggml.tokens", ARRAY, tokens)
                .entry("tokenizer.ggml.token_type", ARRAY, types)
                .entry("tokenizer.ggml.merges", ARRAY, merges);
    }

    /**
     * A tensor of small random values.
     *
     * @param dimensions fastest first
     */
    public GgufBytes tensor(String name, int type, long... dimensions) {
        int elements = 1;
        for (long size : dimensions) {
            elements *= (int) size;
        }
        return tensor(name, type, data(type, elements), dimensions);
    }

    /** A tensor whose bytes need not fit what is said about it. */
    public GgufBytes tensor(String name, int type, byte[] data, long... dimensions) {
        tensors.add(new Planned(name, dimensions, type, data));
        return this;
    }

    private byte[] data(int type, int elements) {
        Fields data = new Fields();
        switch (type) {
            case F32 -> {
                for (int i = 0; i < elements; i++) {
                    data.f32((float) random.nextGaussian() / 8);
                }
            }
            case F16 -> {
                for (int i = 0; i < elements; i++) {
                    half(data, (float) random.nextGaussian() / 8);
                }
            }
            case Q4_0, Q8_0 -> {
                byte[] codes = new byte[type == Q4_0 ? 16 : 32];
                for (int block = 0; block < elements / 32; block++) {
                    half(data, type == Q4_0 ? 1f / 64 : 1f / 1024);
                    random.nextBytes(codes);
                    data.bytes(codes.clone());
                }
            }
            default -> throw new IllegalArgumentException("no data for type " + type);
        }
        return data.toBytes();
    }

    private static void half(Fields data, float value) {
        short half = Float.floatToFloat16(value);
        data.bytes(new byte[] {(byte) half, (byte) (half >> 8)});
    }

    /** The whole file. */
    public Fields fields() {
        Fields file = new Fields().text("GGUF").u32(3).u64(tensors.size()).u64(keys.size());
        keys.forEach(key -> append(file, key));
        long offset = 0;
        for (Planned tensor : tensors) {
            text(file, tensor.name()).u32(tensor.dimensions().length);
            for (long size : tensor.dimensions()) {
                file.u64(size);
            }
            file.u32(tensor.type()).u64(offset);
            offset += padded(tensor.data().length);
        }
        file.pad(ALIGNMENT);
        for (Planned tensor : tensors) {
            file.bytes(tensor.data()).pad(ALIGNMENT);
        }
        return file;
    }

    private static long padded(int bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** A string with its length in front. */
    static Fields text(Fields target, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return target.u64(bytes.length).bytes(bytes);
    }

    private static Fields append(Fields target, Fields more) {
        more.parts().forEach(target::bytes);
        return target;
    }
}
