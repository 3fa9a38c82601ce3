package io.agilelens.engine.format.packed;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A tiny model twice: with packed linears, and with the floats that these stand for. */
public final class PackedModels {
    private static final int GROUP = 16;

    /** Linears of decoder layers. */
    private static final Pattern LINEAR =
            Pattern.compile(
                    ".*\\.(\\w+_proj|fc\\d|query_key_value|dense|dense_h_to_4h|dense_4h_to_h)\\.weight");

    /** The layouts of other tools. */
    public enum Kind {
        AWQ(
                "{\"quant_method\": \"awq\", \"bits\": 4, \"group_size\": 16, \"version\":"
                        + " \"gemm\"}",
                "AWQ 4-bit"),
        GPTQ(
                "{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 16, \"desc_act\": true,"
                        + " \"sym\": false}",
                "GPTQ 4-bit"),
        GPTQ_8(
                "{\"quant_method\": \"gptq\", \"bits\": 8, \"group_size\": 16,"
                        + " \"checkpoint_format\": \"gptq_v2\"}",
                "GPTQ 8-bit"),
        PACK_QUANTIZED(
                QuantizedTensorsTest.compressed(
                        "pack-quantized",
                        QuantizedTensorsTest.group(
                                "\"Linear\"",
                                "{\"num_bits\": 5, \"symmetric\": false, \"strategy\": \"group\","
                                        + " \"group_size\": 16}")),
                "compressed-tensors 5-bit"),
        INT_QUANTIZED(
                QuantizedTensorsTest.compressed(
                        "int-quantized",
                        QuantizedTensorsTest.group(
                                "\"re:.*(_proj|fc\\\\d|query_key_value|dense.*)\"",
                                "{\"num_bits\": 8, \"strategy\": \"channel\"}")),
                "compressed-tensors 8-bit");

        private final String settings;
        private final String storage;

        Kind(String settings, String storage) {
            this.settings = settings;
            this.storage = storage;
        }

        /** What the checkpoint's format ends in. */
        public String storage() {
            return storage;
        }
    }

    private PackedModels() {}

    /**
     * Writes both.
     *
     * @param folder receives the folders {@code float} and {@code packed}
     * @return the packed one
     */
    public static Path write(Path folder, Kind kind) throws IOException {
        return write(
                folder, kind, source -> TinyModels.write(source, TinyModels.Dimensions.small()));
    }

    /**
     * @param model writes a float checkpoint into a folder
     */
    public static Path write(Path folder, Kind kind, Consumer<Path> model) throws IOException {
        Path source = Files.createDirectory(folder.resolve("source"));
        Path packed = Files.createDirectory(folder.resolve("packed"));
        Path plain = Files.createDirectory(folder.resolve("float"));
        model.accept(source);
        SafetensorsWriter packedWriter = new SafetensorsWriter();
        SafetensorsWriter plainWriter = new SafetensorsWriter();
        Random random = new Random(7);
        try (Checkpoint open = Checkpoints.open(source)) {
            for (Tensor tensor : open.tensors()) {
                if (LINEAR.matcher(tensor.name()).matches()) {
                    Packer linear =
                            linear(
                                    packedWriter,
                                    kind,
                                    tensor.name().replace(".weight", ""),
                                    (int) tensor.shape()[0],
                                    (int) tensor.shape()[1],
                                    random);
                    plainWriter.add(tensor.name(), DType.F32, tensor.shape(), linear.values());
                } else {
                    packedWriter.add(tensor);
                    plainWriter.add(tensor);
                }
            }
            packedWriter.write(packed.resolve("model.safetensors"));
            plainWriter.write(plain.resolve("model.safetensors"));
        }
        for (Path target : new Path[] {packed, plain}) {
            Files.copy(source.resolve("tokenizer.json"), target.resolve("tokenizer.json"));
            ObjectNode config =
                    (ObjectNode)
                            JsonMapper.shared()
                                    .readTree(Files.readString(source.resolve("config.json")));
            if (target.equals(packed)) {
                config.set("quantization_config", JsonMapper.shared().readTree(kind.settings));
            }
            Files.writeString(target.resolve("config.json"), config.toPrettyString());
        }
        return packed;
    }

    private static Packer linear(
            SafetensorsWriter writer,
            Kind kind,
            String module,
            int outputs,
            int inputs,
            Random random) {
        Packer.Order natural = Packer.Order.NATURAL;
        switch (kind) {
            case AWQ -> {
                Packer linear = Packer.random(4, outputs, inputs, GROUP, natural, random);
                linear.awq(writer, module);
                return linear;
            }
            case GPTQ -> {
                Packer linear =
                        Packer.random(4, outputs, inputs, GROUP, Packer.Order.SHUFFLED, random);
                linear.gptq(writer, module, 1, true, true);
                return linear;
            }
            case GPTQ_8 -> {
                Packer linear = Packer.random(8, outputs, inputs, GROUP, natural, random);
                linear.gptq(writer, module, 2, true, false);
                return linear;
            }
            case PACK_QUANTIZED -> {
                Packer linear = Packer.random(5, outputs, inputs, GROUP, natural, random);
                linear.packQuantized(writer, module, "group", true, false, DType.F16);
                return linear;
            }
            case INT_QUANTIZED -> {
                Packer linear =
                        Packer.random(8, outputs, inputs, -1, natural, random)
                                .withCoarseScales()
                                .symmetric();
                linear.intQuantized(writer, module, "channel", false);
                return linear;
            }
        }
        throw new IllegalStateException();
    }
}
