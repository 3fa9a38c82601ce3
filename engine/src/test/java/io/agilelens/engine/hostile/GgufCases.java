package io.agilelens.engine.hostile;

import io.agilelens.engine.fuzz.Fields;
import io.agilelens.engine.fuzz.GgufBytes;
import io.agilelens.engine.fuzz.Visit;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** GGUF files. */
final class GgufCases {
    private static final String FILE = "model.gguf";

    private final List<HostileCase> cases = new ArrayList<>();

    static List<HostileCase> all() {
        GgufCases all = new GgufCases();
        all.heads();
        all.keys();
        all.tensors();
        return all.cases;
    }

    private void refused(String name, Fields content) {
        cases.add(
                HostileCase.refused(
                        name,
                        FILE,
                        Visit::anything,
                        folder -> Files.write(folder.resolve(FILE), content.toBytes())));
    }

    private static Fields head(long tensors, long keys) {
        return new Fields().text("GGUF").u32(3).u64(tensors).u64(keys);
    }

    private void heads() {
        refused("no bytes", new Fields());
        refused("the magic and nothing else", new Fields().text("GGUF"));
        refused("another magic", new Fields().text("GGML").u32(3).u64(0).u64(0));
        refused("version 0", new Fields().text("GGUF").u32(0).u64(0).u64(0));
        refused("version 99", new Fields().text("GGUF").u32(99).u64(0).u64(0));
        refused(
                "the version in big-endian order",
                new Fields().text("GGUF").u32(Integer.reverseBytes(3)).u64(0).u64(0));
        refused("neither keys nor tensors", head(0, 0));
        refused("2^63 tensors", head(Long.MIN_VALUE, 0));
        refused("2^63 keys", head(0, Long.MIN_VALUE));
        refused("2^40 keys in a file of 24 bytes", head(0, 1L << 40));
        byte[] sound = GgufBytes.tinyLlama().toBytes();
        refused(
                "cut in the middle of the keys",
                new Fields().bytes(java.util.Arrays.copyOf(sound, 300)));
        refused(
                "cut in the middle of the data",
                new Fields().bytes(java.util.Arrays.copyOf(sound, sound.length - 1000)));
        cases.add(
                HostileCase.refused(
                        "a terabyte of nothing",
                        FILE,
                        Visit::anything,
                        folder -> {
                            try (RandomAccessFile file =
                                    new RandomAccessFile(folder.resolve(FILE).toFile(), "rw")) {
                                file.write(head(1L << 32, 1L << 32).toBytes());
                                file.setLength(1L << 40);
                            }
                        }));
    }

    private static GgufBytes llama() {
        return new GgufBytes()
                .string("general.architecture", "llama")
                .number("llama.context_length", 8)
                .number("llama.embedding_length", 32)
                .number("llama.block_count", 1)
                .number("llama.feed_forward_length", 32)
                .number("llama.attention.head_count", 4)
                .real("llama.attention.layer_norm_rms_epsilon", 1e-5f);
    }

    private void keys() {
        refused("a key of 2^63 bytes", head(0, 1).u64(Long.MIN_VALUE).text("key"));
        refused("a key of 2^40 bytes", head(0, 1).u64(1L << 40).text("key"));
        refused(
                "a text of 2^63 bytes",
                head(0, 1).u64(1).text("k").u32(GgufBytes.STRING).u64(Long.MIN_VALUE));
        refused("an unknown type of value", head(0, 1).u64(1).text("k").u32(13).u64(0));
        refused(
                "a list of 2^63 numbers",
                head(0, 1)
                        .u64(1)
                        .text("k")
                        .u32(GgufBytes.ARRAY)
                        .u32(GgufBytes.U32)
                        .u64(Long.MIN_VALUE));
        refused(
                "a list of 2^60 texts",
                head(0, 1)
                        .u64(1)
                        .text("k")
                        .u32(GgufBytes.ARRAY)
                        .u32(GgufBytes.STRING)
                        .u64(1L << 60));
        Fields nested = head(0, 1).u64(1).text("k").u32(GgufBytes.ARRAY);
        for (int depth = 0; depth < 100_000; depth++) {
            nested.u32(GgufBytes.ARRAY).u64(1);
        }
        refused("lists nested a hundred thousand deep", nested.u32(GgufBytes.U32).u64(0));
        refused("a key twice", llama().number("llama.block_count", 2).fields());
        refused("no architecture", new GgufBytes().number("llama.block_count", 1).fields());
        refused(
                "an unknown architecture",
                new GgufBytes().string("general.architecture", "a\nb\u001B[31m").fields());
        refused("alignment 0", llama().number("general.alignment", 0).fields());
        refused("alignment 33", llama().number("general.alignment", 33).fields());
        refused("alignment 2^31", llama().number("general.alignment", 1L << 31).fields());
        refused(
                "a number where a text belongs",
                new GgufBytes().number("general.architecture", 7).fields());
    }

    private static Fields tensor(Fields file, String name, long type, long offset, long... sizes) {
        file.u64(name.length()).text(name).u32(sizes.length);
        for (long size : sizes) {
            file.u64(size);
        }
        return file.u32(type).u64(offset);
    }

    private void tensors() {
        refused("a tensor of 2^63 elements", tensor(head(1, 0), "x", 0, 0, Long.MIN_VALUE).pad(32));
        refused(
                "sizes whose product overflows",
                tensor(head(1, 0), "x", 0, 0, 1L << 32, 1L << 32).pad(32));
        refused(
                "a tensor of five dimensions",
                tensor(head(1, 0), "x", 0, 0, 1, 1, 1, 1, 1).pad(32));
        refused("2^32 − 1 dimensions", head(1, 0).u64(1).text("x").u32(-1));
        refused("an unknown type of tensor", tensor(head(1, 0), "x", 99, 0, 32).pad(32));
        refused(
                "a tensor that begins behind the file",
                tensor(head(1, 0), "x", 0, 1L << 40, 32).pad(32));
        refused("a tensor at offset 2^63", tensor(head(1, 0), "x", 0, Long.MIN_VALUE, 32).pad(32));
        refused("a tensor that ends behind the file", tensor(head(1, 0), "x", 0, 0, 1024).pad(32));
        refused(
                "an unaligned tensor",
                tensor(head(1, 0), "x", 0, 4, 8).pad(32).bytes(new byte[64]));
        refused(
                "a tensor twice",
                tensor(tensor(head(2, 0), "x", 0, 0, 8), "x", 0, 32, 8)
                        .pad(32)
                        .bytes(new byte[64]));
        refused(
                "overlapping tensors",
                tensor(tensor(head(2, 0), "x", 0, 0, 16), "y", 0, 32, 16)
                        .pad(32)
                        .bytes(new byte[96]));
        refused(
                "rows that are no whole blocks",
                tensor(head(1, 0), "x", GgufBytes.Q4_0, 0, 33).pad(32).bytes(new byte[64]));
        refused("a model without tensors", llama().fields());
        refused(
                "an embedding of another width",
                llama().tensor("token_embd.weight", GgufBytes.F32, 16, 8).fields());
    }
}
