package io.agilelens.engine.hostile;

import static io.agilelens.engine.hostile.Build.CONFIG;
import static io.agilelens.engine.hostile.Build.INDEX;
import static io.agilelens.engine.hostile.Build.WEIGHTS;
import static io.agilelens.engine.hostile.Build.link;
import static io.agilelens.engine.hostile.Build.llamaWith;
import static io.agilelens.engine.hostile.Build.longText;
import static io.agilelens.engine.hostile.Build.pipe;
import static io.agilelens.engine.hostile.Build.with;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.evaluate.TensorStatistics;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.SafetensorsFile;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.fuzz.Fields;
import io.agilelens.engine.fuzz.SeedModels;
import io.agilelens.engine.fuzz.Visit;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.StoredBytes;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Model folders: what is in them, their configuration, their index of shards. */
final class FolderCases {
    private static final String FIRST_SHARD = "model-00001-of-00002.safetensors";

    private final List<HostileCase> cases = new ArrayList<>();

    static List<HostileCase> folders() {
        FolderCases all = new FolderCases();
        all.contents();
        return all.cases;
    }

    static List<HostileCase> configs() {
        FolderCases all = new FolderCases();
        all.configTexts();
        all.configValues();
        return all.cases;
    }

    static List<HostileCase> shards() {
        FolderCases all = new FolderCases();
        all.indexes();
        return all.cases;
    }

    private void refused(String name, HostileCase.Builder builder) {
        cases.add(HostileCase.refused(name, "", Visit::anything, builder));
    }

    private void contents() {
        refused("an empty folder", folder -> {});
        cases.add(HostileCase.refused("no such folder", "nowhere", Visit::anything, folder -> {}));
        refused(
                "only a pickle",
                folder -> {
                    Files.writeString(folder.resolve(CONFIG), "{}");
                    Files.writeString(folder.resolve("pytorch_model.bin"), "");
                });
        refused(
                "a file whose name has a line break",
                folder -> Files.writeString(folder.resolve("a\nb\u001B[31m"), ""));
        cases.add(
                HostileCase.refused(
                        "a folder whose name has a line break",
                        "we\nird\u001B[31m",
                        Visit::anything,
                        folder -> Files.createDirectory(folder.resolve("we\nird\u001B[31m"))));
        cases.add(
                HostileCase.refused(
                        "a file of an unknown kind",
                        "notes.txt",
                        Visit::anything,
                        folder -> Files.writeString(folder.resolve("notes.txt"), "hello")));
        cases.add(
                HostileCase.refused(
                        "a pipe given as a model",
                        "pipe",
                        Visit::anything,
                        folder -> pipe(folder.resolve("pipe"))));
        refused("no configuration", seedWithout(CONFIG));
        refused("a folder called config.json", place(CONFIG, Files::createDirectory));
        refused("config.json a pipe that nobody writes into", place(CONFIG, Build::pipe));
        refused("config.json an endless device", linked(CONFIG, "/dev/zero"));
        refused("config.json a link to itself", linked(CONFIG, CONFIG));
        refused("model.safetensors a pipe that nobody writes into", place(WEIGHTS, Build::pipe));
        refused("a folder called model.safetensors", place(WEIGHTS, Files::createDirectory));
        cases.add(
                HostileCase.opening(
                        "weights that are NaN and infinite, which are counted",
                        "",
                        FolderCases::countNotFinite,
                        FolderCases::notFinite));
        refused("a tensor of 2^31 elements", FolderCases::enormous);
        refused(
                "weights of another model",
                folder -> {
                    SeedModels.llama().writeTo(folder);
                    Files.delete(folder.resolve(WEIGHTS));
                    TinyModels.weights(TinyModels.Dimensions.small())
                            .write(folder.resolve(WEIGHTS));
                });
        refused(
                "weights stored as integers",
                folder -> {
                    SeedModels.llama().writeTo(folder);
                    Files.delete(folder.resolve(WEIGHTS));
                    new SafetensorsWriter()
                            .add(
                                    "model.embed_tokens.weight",
                                    DType.I8,
                                    new long[] {TinyModels.SMALLEST_VOCABULARY, 8},
                                    StoredBytes.of(new byte[TinyModels.SMALLEST_VOCABULARY * 8]))
                            .write(folder.resolve(WEIGHTS));
                });
    }

    /** Makes something odd where a file should be. */
    @FunctionalInterface
    private interface Oddity {
        void make(Path place) throws IOException;
    }

    private static HostileCase.Builder place(String file, Oddity oddity) {
        return folder -> {
            SeedModels.llama().writeTo(folder);
            Files.delete(folder.resolve(file));
            oddity.make(folder.resolve(file));
        };
    }

    private static HostileCase.Builder linked(String file, String target) {
        return place(file, link -> link(link, Path.of(target)));
    }

    private static HostileCase.Builder seedWithout(String file) {
        return place(file, nothing -> {});
    }

    /** The last three weights of the file. */
    private static void notFinite(Path folder) throws IOException {
        SeedModels.llama().writeTo(folder);
        Path file = folder.resolve(WEIGHTS);
        byte[] bytes = Files.readAllBytes(file);
        byte[] odd =
                new Fields()
                        .floats(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY)
                        .toBytes();
        System.arraycopy(odd, 0, bytes, bytes.length - odd.length, odd.length);
        Files.write(file, bytes);
    }

    private static void countNotFinite(Path folder) {
        Visit.anything(folder);
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            long counted =
                    checkpoint.tensors().stream()
                            .mapToLong(tensor -> TensorStatistics.of(tensor).unusable())
                            .sum();
            if (counted != 3) {
                throw new AssertionError("counted " + counted + " of 3");
            }
        }
    }

    /** A file of 4 GiB that takes no room on the disk. */
    private static void enormous(Path folder) throws IOException {
        int hidden = 32;
        long rows = 1L << 26;
        SeedModels.llama().writeTo(folder);
        change(folder, config -> config.put("vocab_size", rows).put("hidden_size", hidden));
        String header =
                "{\"model.embed_tokens.weight\":{\"dtype\":\"F16\",\"shape\":[%d,%d],\"data_offsets\":[0,%d]}}"
                        .formatted(rows, hidden, 2 * rows * hidden);
        byte[] start = Build.safetensors(header, 0);
        try (RandomAccessFile file = new RandomAccessFile(folder.resolve(WEIGHTS).toFile(), "rw")) {
            file.setLength(0);
            file.write(start);
            file.setLength(start.length + 2 * rows * hidden);
        }
    }

    private static void change(Path folder, UnaryOperator<ObjectNode> change) throws IOException {
        byte[] json = Files.readAllBytes(folder.resolve(CONFIG));
        ObjectNode root = (ObjectNode) JsonMapper.shared().readTree(json);
        Files.writeString(folder.resolve(CONFIG), change.apply(root).toString());
    }

    private void configTexts() {
        refused("no bytes", llamaWith(CONFIG, ""));
        refused("cut in the middle", llamaWith(CONFIG, "{'model_type':'lla"));
        refused("no object", llamaWith(CONFIG, "[]"));
        refused("something behind the object", llamaWith(CONFIG, "{} {}"));
        refused("a key twice", llamaWith(CONFIG, "{'model_type':'llama','model_type':'opt'}"));
        refused("zero bytes", llamaWith(CONFIG, "\0\0\0\0"));
        refused("nested a million deep", llamaWith(CONFIG, "{'a':" + "[".repeat(1_000_000)));
        refused(
                "a number of a million digits",
                llamaWith(CONFIG, "{'a':" + "9".repeat(1_000_000) + "}"));
        refused("larger than allowed", llamaWith(CONFIG, "{'a':'" + "x".repeat(4 << 20) + "'}"));
        refused(
                "three hundred thousand keys",
                folder -> {
                    SeedModels.llama().writeTo(folder);
                    longText(folder.resolve(CONFIG), "{", 300_000, i -> Build.key(i) + ":0", "}");
                });
        refused(
                "a million empty arrays",
                folder -> {
                    SeedModels.llama().writeTo(folder);
                    longText(folder.resolve(CONFIG), "{\"a\":[", 1_000_000, i -> "[]", "]}");
                });
    }

    private void value(String key, String value) {
        refused(key + " " + shown(value), llamaWith(CONFIG, json(key, value)));
    }

    private static String shown(String value) {
        return value.length() > 60 ? "a text of a million letters" : "`" + value + "`";
    }

    private static UnaryOperator<ObjectNode> json(String key, String value) {
        return config -> config.set(key, JsonMapper.shared().readTree(value));
    }

    private void configValues() {
        refused(
                "an unknown model type",
                llamaWith(CONFIG, json("model_type", "\"a\\nb\\u001b[31m\"")));
        refused("no model type", llamaWith(CONFIG, config -> config.remove(List.of("model_type"))));
        value("model_type", "\"" + "x".repeat(1_000_000) + "\"");
        value("hidden_size", "0");
        value("hidden_size", "-8");
        value("hidden_size", "2147483647");
        value("hidden_size", "9223372036854775808");
        value("hidden_size", "8.5");
        value("hidden_size", "\"8\"");
        value("num_attention_heads", "3");
        value("num_key_value_heads", "0");
        value("num_hidden_layers", "2147483647");
        value("num_hidden_layers", "2");
        value("vocab_size", "2147483647");
        value("intermediate_size", "1e400");
        value("rms_norm_eps", "-1");
        value("rms_norm_eps", "1e400");
        value("rope_theta", "0");
        value("rope_theta", "1e400");
        value("rope_scaling", "{\"type\":\"yarn\",\"factor\":2}");
        value("rope_scaling", "{\"type\":\"linear\",\"factor\":0}");
        value("rope_scaling", "{\"rope_type\":\"llama3\",\"factor\":8}");
        value("hidden_act", "\"gelu\"");
        value("tie_word_embeddings", "1");
        refused("heads so many and wide that the product is 0 in 32 bits", FolderCases::noWidth);
    }

    /** 4 · 2^30 wraps to nothing, and tensors of no elements have room in any file. */
    private static void noWidth(Path folder) throws IOException {
        SeedModels.llama().writeTo(folder);
        change(
                folder,
                config ->
                        config.put("num_attention_heads", 4)
                                .put("num_key_value_heads", 4)
                                .put("head_dim", 1 << 30));
        Path file = folder.resolve(WEIGHTS);
        SafetensorsWriter narrow = new SafetensorsWriter();
        try (SafetensorsFile sound = SafetensorsFile.open(file)) {
            for (Tensor tensor : sound.tensors()) {
                String name = tensor.name();
                if (name.contains("o_proj")) {
                    narrow.add(name, DType.F32, new long[] {8, 0}, new float[0]);
                } else if (name.contains("self_attn")) {
                    narrow.add(name, DType.F32, new long[] {0, 8}, new float[0]);
                } else {
                    narrow.add(tensor);
                }
            }
            narrow.write(folder.resolve("narrow"));
        }
        Files.move(folder.resolve("narrow"), file, StandardCopyOption.REPLACE_EXISTING);
    }

    private void index(String name, String weightMap) {
        refused(name, with(SeedModels.sharded(), INDEX, "{'weight_map':" + weightMap + "}"));
    }

    private void indexes() {
        refused("no weight map", with(SeedModels.sharded(), INDEX, "{}"));
        index("an empty weight map", "{}");
        index("a weight map that is a list", "[]");
        index("a shard that is no text", "{'a':1}");
        index("a tensor twice", "{'a':'" + FIRST_SHARD + "','a':'" + FIRST_SHARD + "'}");
        index("a shard that is missing", "{'a':'gone.safetensors'}");
        index("a shard outside the folder", "{'a':'../outside.safetensors'}");
        index("a shard at an absolute path", "{'a':'/etc/passwd'}");
        index("a shard in a round-about way", "{'a':'x/../../outside.safetensors'}");
        index("a shard with a backslash", "{'a':'..\\\\outside.safetensors'}");
        index("a shard with a zero byte", "{'a':'a\\u0000b'}");
        index("a shard whose name is empty", "{'a':''}");
        index("a shard that is the folder", "{'a':'.'}");
        index("a tensor that is in no shard", "{'nowhere':'" + FIRST_SHARD + "'}");
        refused(
                "a shard that is a link out of the folder",
                folder -> {
                    SeedModels.sharded().writeTo(folder);
                    Path outside = folder.resolveSibling("outside.safetensors");
                    Files.move(folder.resolve(FIRST_SHARD), outside);
                    link(folder.resolve(FIRST_SHARD), outside);
                });
        refused(
                "a shard that is a link to itself",
                folder -> {
                    SeedModels.sharded().writeTo(folder);
                    link(folder.resolve(FIRST_SHARD), Path.of(FIRST_SHARD));
                });
        refused(
                "a shard that is a pipe",
                folder -> {
                    SeedModels.sharded().writeTo(folder);
                    pipe(folder.resolve(FIRST_SHARD));
                });
        refused(
                "a shard that is no safetensors file",
                with(SeedModels.sharded(), FIRST_SHARD, "nothing but text"));
        refused(
                "an index of two million tensors",
                folder -> {
                    SeedModels.sharded().writeTo(folder);
                    longText(
                            folder.resolve(INDEX),
                            "{\"weight_map\":{",
                            2_100_000,
                            i -> Build.key(i) + ":\"s\"",
                            "}}");
                });
        refused(
                "an index of 64 MB and more",
                folder -> {
                    SeedModels.sharded().writeTo(folder);
                    try (RandomAccessFile file =
                            new RandomAccessFile(folder.resolve(INDEX).toFile(), "rw")) {
                        file.setLength((64L << 20) + 1);
                    }
                });
    }
}
