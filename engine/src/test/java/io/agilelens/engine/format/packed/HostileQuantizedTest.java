package io.agilelens.engine.format.packed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.SafetensorsFile;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Settings and parts that do not fit each other, or that are not read, end in one line. */
class HostileQuantizedTest {
    private static final String DAMAGED =
            ": the weights are damaged or the quantization settings are another model's; get both"
                    + " again";
    private static final String FLOAT_ONE = "; open the float checkpoint it was made from";

    @TempDir private Path folder;

    private final Random random = new Random(2);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"quant_method": "bitsandbytes", "load_in_4bit": true} | quant_method is bitsandbytes, which is not read: awq, gptq and compressed-tensors are
                    {"quant_method": "fbgemm_fp8"}   | quant_method is fbgemm_fp8, which is not read: awq, gptq and compressed-tensors are
                    {"quant_method": "quanto"}       | quant_method is quanto, which is not read: awq, gptq and compressed-tensors are
                    {"quant_method": "hqq"}          | quant_method is hqq, which is not read: awq, gptq and compressed-tensors are
                    {"quant_method": "exl2"}         | quant_method is exl2, which is not read: awq, gptq and compressed-tensors are
                    {"quant_method": "line\\nbreak"} | quant_method is line\\u000Abreak, which is not read: awq, gptq and compressed-tensors are
                    {"load_in_8bit": true}           | quant_method is missing, which is not read: awq, gptq and compressed-tensors are
                    {"quant_method": "awq", "version": "gemv"} | version is gemv, which is not read: of AWQ's layouts only gemm is
                    {"quant_method": "awq", "version": "gemv_fast"} | version is gemv_fast, which is not read: of AWQ's layouts only gemm is
                    {"quant_method": "awq", "version": "marlin"} | version is marlin, which is not read: of AWQ's layouts only gemm is
                    {"quant_method": "awq", "version": "exllama"} | version is exllama, which is not read: of AWQ's layouts only gemm is
                    {"quant_method": "awq", "bits": 3} | bits is 3, which is not read: AWQ's gemm layout has 4 bits
                    {"quant_method": "gptq", "bits": 5} | bits is 5, which is not read: 2, 3, 4 and 8 are
                    {"quant_method": "gptq", "bits": 4, "checkpoint_format": "marlin"} | checkpoint_format is marlin, which is not read: of GPTQ's layouts gptq and gptq_v2 are
                    {"quant_method": "gptq", "bits": 4, "format": "bitblas"} | format is bitblas, which is not read: of GPTQ's layouts gptq and gptq_v2 are
                    {"quant_method": "gptq", "bits": 4, "is_marlin_format": true} | is_marlin_format is true, which is not read: of GPTQ's layouts gptq and gptq_v2 are
                    {"quant_method": "gptq", "bits": 4, "pack_dtype": "int16"} | pack_dtype is int16, which is not read: words must be int32
                    {"quant_method": "compressed-tensors", "format": "marlin-24", "config_groups": {"a": {"weights": {}}}} | format is marlin-24, which is not read: pack-quantized, int-quantized and float-quantized are
                    {"quant_method": "compressed-tensors", "format": "nvfp4-pack-quantized", "config_groups": {"a": {"weights": {}}}} | format is nvfp4-pack-quantized, which is not read: pack-quantized, int-quantized and float-quantized are
                    {"quant_method": "compressed-tensors", "format": "pack-quantized", "config_groups": {"a": {"weights": {"num_bits": 9}}}} | config_groups a weights num_bits is 9, which is not read: 1 to 8 are
                    {"quant_method": "compressed-tensors", "format": "pack-quantized", "config_groups": {"a": {"weights": {"type": "float"}}}} | config_groups a weights type is float, which is not read: in this format it must be int
                    {"quant_method": "compressed-tensors", "format": "int-quantized", "config_groups": {"a": {"weights": {"strategy": "block"}}}} | config_groups a weights strategy is block, which is not read: tensor, channel and group are
                    {"quant_method": "compressed-tensors", "sparsity_config": {"format": "sparse-24-bitmask"}} | sparsity_config format is sparse-24-bitmask, which is not read: weights must not be stored sparsely
                    {"quant_method": "compressed-tensors", "transform_config": {"u": 1}} | transform_config is {"u":1}, which is not read: weights must not be rotated
                    """)
    void refusesByName(String settings, String line) throws IOException {
        assertLine(
                settings,
                file("config.json") + ": quantization_config " + line + FLOAT_ONE,
                writer());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    7 | quantization_config is 7: an object belongs there
                    "awq" | quantization_config is awq: an object belongs there
                    {"quant_method": 7} | quantization_config quant_method is 7: a text belongs there
                    {"quant_method": "awq", "bits": "four"} | quantization_config bits is four: a whole number belongs there
                    {"quant_method": "awq", "bits": 4.5} | quantization_config bits is 4.5: a whole number belongs there
                    {"quant_method": "awq", "group_size": 0} | quantization_config group_size is 0: it must be −1 or at least 1
                    {"quant_method": "awq", "group_size": 99999999999} | quantization_config group_size is 99999999999: a whole number belongs there
                    {"quant_method": "gptq"} | quantization_config bits is missing: 2, 3, 4 or 8 belongs there
                    {"quant_method": "gptq", "bits": 4, "sym": 1} | quantization_config sym is 1: true or false belongs there
                    {"quant_method": "gptq", "bits": 4, "dynamic": []} | quantization_config dynamic is []: an object belongs there
                    {"quant_method": "gptq", "bits": 4, "dynamic": {"+:a": 1}} | quantization_config dynamic +:a is 1: an object belongs there
                    {"quant_method": "gptq", "bits": 4, "dynamic": {"-:(?!a)": {}}} | quantization_config dynamic -:(?!a): the pattern '(?!a)' cannot be read, using (?…), of which only (?:…) is known; open the float checkpoint instead
                    {"quant_method": "compressed-tensors"} | quantization_config config_groups is missing: an object belongs there
                    {"quant_method": "compressed-tensors", "config_groups": {}} | quantization_config config_groups is {}: it must say how weights are quantized
                    {"quant_method": "compressed-tensors", "config_groups": {"a": {"weights": {}}}} | quantization_config config_groups a targets is missing: a list belongs there
                    {"quant_method": "compressed-tensors", "config_groups": {"a": {"weights": {"strategy": "group"}}}} | quantization_config config_groups a weights group_size is missing: groups need a size of at least 1
                    """)
    void refusesNonsense(String settings, String line) throws IOException {
        assertLine(settings, file("config.json") + ": " + line, writer());
    }

    @Test
    void refusesPackedWeightsThatNothingExplains() throws IOException {
        SafetensorsWriter writer = writer();
        random(4).awq(writer, "x");
        assertLine(
                "null",
                folder
                        + ": tensor 'x.qweight' is quantized, but neither quantization_config in"
                        + " config.json nor quantize_config.json says how; copy that file from"
                        + " where the model came from",
                writer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    qzeros | missing | tensor 'x.qzeros' is missing
                    scales | missing | tensor 'x.scales' is missing
                    qweight | missing | tensor 'x.qzeros' belongs to no linear that is quantized
                    scales | I32 3,16 | tensor 'x.scales' is I32 of shape [3, 16] where BF16 or F16 or F32 belongs
                    scales | F16 3,16 | tensor 'x.scales' is F16 of shape [3, 16] where shape [2, 16] belongs
                    scales | F16 16,2 | tensor 'x.scales' is F16 of shape [16, 2] where shape [2, 16] belongs
                    qzeros | I32 2,3 | tensor 'x.qzeros' is I32 of shape [2, 3] where shape [2, 2] belongs
                    qzeros | F32 2,2 | tensor 'x.qzeros' is F32 of shape [2, 2] where I32 belongs
                    qweight | I32 64 | tensor 'x.qweight' is I32 of shape [64] where 2 dimensions of at least 1 belongs
                    qweight | I32 0,2 | tensor 'x.qweight' is I32 of shape [0, 2] where 2 dimensions of at least 1 belongs
                    qweight | I16 32,2 | tensor 'x.qweight' is I16 of shape [32, 2] where I32 belongs
                    qweight | I32 40,2 | tensor 'x.qweight' has 40 inputs, which groups of 16 do not divide
                    weight | F16 16,32 | the linear 'x' is stored twice, as qweight and as weight
                    gelu_impl.scales | F16 4 | tensor 'x.gelu_impl.scales' is F16 of shape [4] where a number for each input of 'x.dense_4h_to_h.weight' belongs
                    y.scales | F16 4 | tensor 'x.y.scales' belongs to no linear that is quantized
                    """)
    void refusesBrokenAwq(String part, String change, String line) throws IOException {
        SafetensorsWriter good = new SafetensorsWriter();
        random(4).awq(good, "x");
        assertLine(
                "{\"quant_method\": \"awq\", \"group_size\": 16}",
                folder + ": " + line + DAMAGED,
                changed(good, "x." + part, change));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    g_idx | missing | tensor 'x.g_idx' is missing, without which desc_act cannot be undone
                    g_idx | I64 32 | tensor 'x.g_idx' is I64 of shape [32] where I32 belongs
                    g_idx | I32 31 | tensor 'x.g_idx' is I32 of shape [31] where shape [32] belongs
                    g_idx | range  | tensor 'x.g_idx' has 2 at 5 where a group from 0 to 1 belongs
                    qzeros | missing | tensor 'x.qzeros' is missing
                    qzeros | I32 2,4 | tensor 'x.qzeros' is I32 of shape [2, 4] where shape [2, 2] belongs
                    scales | F16 1,16 | tensor 'x.scales' is F16 of shape [1, 16] where shape [2, 16] belongs
                    qweight | I32 3,16 | tensor 'x.scales' is F16 of shape [2, 16] where shape [3, 16] belongs
                    """)
    void refusesBrokenGptq(String part, String change, String line) throws IOException {
        SafetensorsWriter good = new SafetensorsWriter();
        random(4).gptq(good, "x", 1, true, true);
        String group = change.equals("I32 3,16") ? "8" : "16";
        assertLine(
                "{\"quant_method\": \"gptq\", \"bits\": 4, \"desc_act\": true, \"group_size\": %s}"
                        .formatted(group),
                folder + ": " + line + DAMAGED,
                changed(good, "x." + part, change));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    weight_shape | missing | tensor 'x.weight_shape' is missing
                    weight_shape | F32 2 | tensor 'x.weight_shape' is F32 of shape [2] where I32 or I64 belongs
                    weight_shape | I64 2 | tensor 'x.weight_packed' is I32 of shape [16, 4] where what 'x' packs into words of 8 codes, with weight_shape [0, 0], belongs
                    weight_packed | I32 16,5 | tensor 'x.weight_packed' is I32 of shape [16, 5] where what 'x' packs into words of 8 codes, with weight_shape [16, 32], belongs
                    weight_packed | missing | tensor 'x.weight_packed' is missing
                    weight_scale | F16 16,1 | tensor 'x.weight_scale' is F16 of shape [16, 1] where shape [16, 2] belongs
                    weight_zero_point | I32 16,2 | tensor 'x.weight_zero_point' is I32 of shape [16, 2] where shape [2, 2] belongs
                    weight_zero_point | missing | tensor 'x.weight_zero_point' is missing
                    """)
    void refusesBrokenPackQuantized(String part, String change, String line) throws IOException {
        SafetensorsWriter good = new SafetensorsWriter();
        random(4).packQuantized(good, "x", "group", true, false, DType.F16);
        assertLine(
                QuantizedTensorsTest.compressed(
                        "pack-quantized",
                        QuantizedTensorsTest.group(
                                "\"Linear\"",
                                "{\"num_bits\": 4, \"symmetric\": false, \"group_size\": 16}")),
                folder + ": " + line + DAMAGED,
                changed(good, "x." + part, change));
    }

    @Test
    void refusesALinearThatNoGroupIsFor() throws IOException {
        SafetensorsWriter writer = writer();
        random(4).packQuantized(writer, "x", "group", true, false, DType.F16);
        assertLine(
                QuantizedTensorsTest.compressed(
                        "pack-quantized",
                        QuantizedTensorsTest.group("\"re:y\", \"z\"", "{\"num_bits\": 4}")),
                folder
                        + ": the linear 'x' is quantized although no config_groups has it as a"
                        + " target"
                        + DAMAGED,
                writer);
    }

    @Test
    void refusesALinearThatItsOwnRulesCallPlain() throws IOException {
        SafetensorsWriter writer = writer();
        random(4).gptq(writer, "x", 1, true, true);
        assertLine(
                "{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 16, \"dynamic\":"
                        + " {\"-:x\": {}}}",
                folder
                        + ": the linear 'x' is quantized although the rule '-:x' says that it is"
                        + " not"
                        + DAMAGED,
                writer);
    }

    @Test
    void refusesThreeBitsInRowsThatDoNotHoldThem() throws IOException {
        SafetensorsWriter writer = writer();
        random(4).gptq(writer, "x", 1, true, true);
        assertLine(
                "{\"quant_method\": \"gptq\", \"bits\": 3, \"group_size\": 16}",
                folder
                        + ": tensor 'x.qweight' is I32 of shape [4, 16] where a multiple of 3 rows"
                        + " for 3 bits belongs"
                        + DAMAGED,
                writer);
    }

    /** Names, types, shapes and settings changed at random: it opens and reads, or says why not. */
    @ParameterizedTest
    @EnumSource
    void survivesRandomDamage(PackedModels.Kind kind) throws IOException {
        Path packed = PackedModels.write(folder, kind);
        byte[] settings = Files.readAllBytes(packed.resolve("config.json"));
        byte[] weights = Files.readAllBytes(packed.resolve("model.safetensors"));
        int header = 8 + (weights[0] & 0xFF | (weights[1] & 0xFF) << 8);
        assertTimeout(
                Duration.ofSeconds(120),
                () -> {
                    int refused = 0;
                    for (int i = 0; i < 400; i++) {
                        byte[] badSettings = settings.clone();
                        byte[] badWeights = weights.clone();
                        if (i % 2 == 0) {
                            badSettings[random.nextInt(settings.length)] = sign();
                        } else {
                            // The same letters elsewhere keep much of the header legal.
                            int from = 8 + random.nextInt(header - 8);
                            badWeights[from] = sign();
                        }
                        Files.delete(packed.resolve("config.json"));
                        Files.delete(packed.resolve("model.safetensors"));
                        Files.write(packed.resolve("config.json"), badSettings);
                        Files.write(packed.resolve("model.safetensors"), badWeights);
                        refused += isRefused(packed, badSettings) ? 1 : 0;
                    }
                    assertTrue(refused > 50, "only " + refused + " were refused");
                });
    }

    private byte sign() {
        return (byte) "{}[]\",:0123456789-aeqsw_.IF".charAt(random.nextInt(27));
    }

    private static boolean isRefused(Path packed, byte[] settings) {
        try (Checkpoint open = Checkpoints.open(packed)) {
            for (Tensor tensor : open.tensors()) {
                if (tensor.isFloat()) {
                    assertEquals(tensor.elements(), tensor.toFloats().length);
                }
            }
            return false;
        } catch (UserException refusal) {
            assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
            return true;
        } catch (RuntimeException | Error unexpected) {
            return fail("with " + new String(settings), unexpected);
        }
    }

    private Packer random(int bits) {
        return Packer.random(bits, 16, 32, 16, Packer.Order.SHUFFLED, random);
    }

    private static SafetensorsWriter writer() {
        return new SafetensorsWriter().add("plain", DType.F32, new long[] {1}, new float[1]);
    }

    /** The same tensors, but one of them missing, of another type or shape, or added. */
    private SafetensorsWriter changed(SafetensorsWriter good, String name, String change)
            throws IOException {
        Path file = folder.resolve("good.safetensors");
        good.write(file);
        SafetensorsWriter writer = new SafetensorsWriter();
        SafetensorsFile read = SafetensorsFile.open(file);
        for (Tensor tensor : read.tensors()) {
            if (!tensor.name().equals(name)) {
                writer.add(tensor);
            }
        }
        if (change.equals("range")) {
            DenseTensor index = (DenseTensor) read.find(name).orElseThrow();
            int[] values = index.data().toIntegers();
            values[5] = 2;
            Packer.integers(writer, name, values, values.length);
        } else if (!change.equals("missing")) {
            String[] parts = change.split("[ ,]");
            DType dtype = DType.valueOf(parts[0]);
            long[] shape = Arrays.stream(parts).skip(1).mapToLong(Long::parseLong).toArray();
            long elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            Packer.bytes(writer, name, dtype, new byte[(int) elements * dtype.bytes()], shape);
        }
        return writer;
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private void assertLine(String settings, String line, SafetensorsWriter writer)
            throws IOException {
        Files.writeString(file("config.json"), "{\"quantization_config\": %s}".formatted(settings));
        writer.write(file("model.safetensors"));
        UserException refused =
                assertThrows(UserException.class, () -> Checkpoints.open(folder).close());
        assertEquals(line, refused.getMessage());
        assertFalse(Set.of("\n", "\r").stream().anyMatch(refused.getMessage()::contains));
    }
}
