package io.agilelens.engine.hostile;

import static io.agilelens.engine.hostile.Build.CONFIG;

import io.agilelens.engine.format.SafetensorsFile;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.fuzz.Fields;
import io.agilelens.engine.fuzz.FolderImage;
import io.agilelens.engine.fuzz.SeedModels;
import io.agilelens.engine.fuzz.Visit;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.StoredBytes;
import io.agilelens.engine.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Checkpoints of packed integers: AutoAWQ, GPTQ, compressed-tensors. */
final class PackedCases {
    private static final String WEIGHTS = "model.safetensors";

    private final FolderImage image;
    private final List<HostileCase> cases = new ArrayList<>();

    private PackedCases(FolderImage image) {
        this.image = image;
    }

    static List<HostileCase> awq() {
        PackedCases all = new PackedCases(SeedModels.awq());
        all.setting("bits 3", "bits", "3");
        all.setting("bits 2^40", "bits", "1099511627776");
        all.setting("group size 0", "group_size", "0");
        all.setting("group size 7", "group_size", "7");
        all.setting("another version", "version", "\"gemv_fast\"");
        all.setting("an unknown method", "quant_method", "\"a\\nb\"");
        all.tensors("qweight", "scales");
        return all.cases;
    }

    static List<HostileCase> gptq() {
        PackedCases all = new PackedCases(SeedModels.gptq());
        all.setting("bits 5", "bits", "5");
        all.setting("bits as text", "bits", "\"4\"");
        all.setting("group size −2", "group_size", "-2");
        all.setting("an unknown layout", "checkpoint_format", "\"planar\"");
        all.tensors("qweight", "scales");
        all.tensor(
                "a group that there is none of",
                "g_idx",
                tensor -> integers(tensor.name(), tensor.shape(), 77));
        return all.cases;
    }

    static List<HostileCase> compressedTensors() {
        PackedCases all = new PackedCases(SeedModels.compressedTensors());
        all.setting("another format", "format", "\"marlin-24\"");
        all.setting("no groups of settings", "config_groups", "{}");
        all.setting("groups that are a list", "config_groups", "[]");
        all.tensors("weight_packed", "weight_scale");
        all.tensor("no original shape", "weight_shape", tensor -> null);
        return all.cases;
    }

    private void refused(String name, HostileCase.Builder builder) {
        cases.add(HostileCase.refused(name, "", Visit::anything, builder));
    }

    private void setting(String name, String key, String value) {
        refused(
                name,
                folder -> {
                    image.writeTo(folder);
                    String text = new String(image.files().get(CONFIG), StandardCharsets.UTF_8);
                    ObjectNode root = (ObjectNode) JsonMapper.shared().readTree(text);
                    ((ObjectNode) root.path("quantization_config"))
                            .set(key, JsonMapper.shared().readTree(value));
                    Files.writeString(folder.resolve(CONFIG), root.toString());
                    Files.deleteIfExists(folder.resolve("quantize_config.json"));
                });
    }

    /** Puts something else in place of a tensor; null leaves it out. */
    private void tensor(String name, String part, UnaryOperator<DenseTensor> change) {
        refused(
                name,
                folder -> {
                    image.writeTo(folder);
                    Path file = folder.resolve(WEIGHTS);
                    SafetensorsWriter changed = new SafetensorsWriter();
                    try (SafetensorsFile sound = SafetensorsFile.open(file)) {
                        for (Tensor tensor : sound.tensors()) {
                            boolean hit = tensor.name().endsWith("k_proj." + part);
                            DenseTensor written = (DenseTensor) tensor;
                            written = hit ? change.apply(written) : written;
                            if (written != null) {
                                changed.add(written);
                            }
                        }
                        changed.write(folder.resolve("changed"));
                    }
                    Files.move(
                            folder.resolve("changed"), file, StandardCopyOption.REPLACE_EXISTING);
                });
    }

    private void tensors(String codes, String scales) {
        tensor("codes missing", codes, tensor -> null);
        tensor("scales missing", scales, tensor -> null);
        tensor(
                "codes of another shape",
                codes,
                tensor -> {
                    long[] shape = {tensor.shape()[1], tensor.shape()[0]};
                    return integers(tensor.name(), shape, 0);
                });
        tensor("codes of no rows", codes, tensor -> integers(tensor.name(), new long[] {0, 4}, 0));
        tensor(
                "codes of one dimension",
                codes,
                tensor -> integers(tensor.name(), new long[] {8}, 0));
        tensor(
                "codes that are floats",
                codes,
                tensor -> new DenseTensor(tensor.name(), DType.F32, tensor.shape(), tensor.data()));
        tensor(
                "scales of another shape",
                scales,
                tensor ->
                        new DenseTensor(
                                tensor.name(),
                                DType.F16,
                                new long[] {1},
                                StoredBytes.of(new byte[2])));
        tensor(
                "scales that are integers",
                scales,
                tensor -> integers(tensor.name(), tensor.shape(), 0));
    }

    private static DenseTensor integers(String name, long[] shape, int value) {
        Fields content = new Fields();
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        for (long i = 0; i < count; i++) {
            content.u32(value);
        }
        return new DenseTensor(name, DType.I32, shape, StoredBytes.of(content.toBytes()));
    }
}
