package io.agilelens.engine.format.packed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.SafetensorsFile;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every layout, packed by the test, comes back as exactly the floats it stands for. */
class QuantizedTensorsTest {
    @TempDir private Path folder;

    private final Random random = new Random(11);
    private final SafetensorsWriter writer = new SafetensorsWriter();

    @ParameterizedTest
    @CsvSource({"8,4,-1", "40,96,32", "8,1,1", "48,100,20", "4096,64,64", "136,3000,1000"})
    void awq(int outputs, int inputs, int group) throws IOException {
        Packer packed = Packer.random(4, outputs, inputs, group, Packer.Order.NATURAL, random);
        packed.awq(writer, "a.b");
        plain("a.b.bias", "c.weight");
        try (Checkpoint open =
                open(
                        """
                        {"quant_method": "awq", "bits": 4, "group_size": %d, "zero_point": true,
                         "version": "GEMM", "modules_to_not_convert": ["c"]}
                        """
                                .formatted(group))) {
            assertValues(packed, open, "a.b.weight");
            assertEquals("safetensors folder, AWQ 4-bit", open.format());
            assertFalse(open.config().has("quantization_config"));
            assertEquals("kept", open.config().path("other").stringValue());
            assertEquals(
                    List.of("a.b.bias", "a.b.weight", "c.weight"),
                    open.tensors().stream().map(Tensor::name).sorted().toList());
            Tensor weight = open.find("a.b.weight").orElseThrow();
            boolean single = group == -1 || group == inputs;
            assertEquals(
                    "AWQ 4-bit, " + (single ? "a group an output" : "groups of " + group),
                    weight.storage());
            int groups = single ? 1 : inputs / group;
            assertEquals(
                    inputs * outputs / 2 + groups * outputs / 2 + groups * outputs * 2,
                    weight.bytes());
            assertTrue(open.warnings().isEmpty());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2,16,16,16,1,NATURAL",
        "2,48,64,-1,2,NATURAL",
        "2,32,80,16,1,SHUFFLED",
        "3,32,32,-1,1,NATURAL",
        "3,96,160,32,2,SHUFFLED",
        "3,64,96,20,1,SHUFFLED",
        "4,8,8,8,1,NATURAL",
        "4,40,104,24,1,SHUFFLED",
        "4,24,1000,128,2,NATURAL",
        "4,9000,64,32,1,NATURAL",
        "8,4,4,-1,1,NATURAL",
        "8,44,52,16,2,SHUFFLED",
        "8,12,36,7,1,SHUFFLED"
    })
    void gptq(int bits, int outputs, int inputs, int group, int version, Packer.Order order)
            throws IOException {
        Packer packed = Packer.random(bits, outputs, inputs, group, order, random);
        packed.gptq(writer, "x", version, true, true);
        try (Checkpoint open =
                open(
                        """
                        {"quant_method": "gptq", "bits": %d, "group_size": %d, "desc_act": %b,
                         "sym": false, "checkpoint_format": "%s"}
                        """
                                .formatted(
                                        bits,
                                        group,
                                        order == Packer.Order.SHUFFLED,
                                        version == 1 ? "gptq" : "gptq_v2"))) {
            assertValues(packed, open, "x.weight");
            assertEquals("safetensors folder, GPTQ %d-bit".formatted(bits), open.format());
        }
    }

    /** A zero point of 0 is stored as 2^b − 1 and must neither become 2^b nor touch others. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 8})
    void zeroPointsOfVersionOneWrap(int bits) throws IOException {
        Packer drawn = Packer.random(bits, 32, 32, -1, Packer.Order.NATURAL, random);
        for (int[] zeros : drawn.zeros()) {
            zeros[0] = random.nextBoolean() ? 0 : (1 << bits) - 1;
        }
        drawn.gptq(writer, "x", 1, true, true);
        try (Checkpoint open = open("{\"quant_method\": \"gptq\", \"bits\": %d}".formatted(bits))) {
            assertValues(drawn, open, "x.weight");
        }
    }

    @Test
    void gptqWithoutOrderIsNatural() throws IOException {
        Packer packed = Packer.random(4, 16, 64, 16, Packer.Order.NATURAL, random);
        packed.gptq(writer, "absent", 1, true, false);
        packed.gptq(writer, "zeros", 1, true, false);
        Packer.integers(writer, "zeros.g_idx", new int[64], 64);
        try (Checkpoint open =
                open("{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 16}")) {
            assertValues(packed, open, "absent.weight");
            assertValues(packed, open, "zeros.weight");
        }
    }

    @Test
    void symmetricGptqNeedsNoZeroPoints() throws IOException {
        Packer packed = Packer.random(3, 20, 32, 16, Packer.Order.NATURAL, random).symmetric();
        packed.gptq(writer, "x", 1, false, false);
        try (Checkpoint open =
                open(
                        "{\"quant_method\": \"gptq\", \"bits\": 3, \"group_size\": 16,"
                                + " \"sym\": true}")) {
            assertValues(packed, open, "x.weight");
        }
    }

    @Test
    void symmetricGptqShowsWhichVersionItReallyIs() throws IOException {
        Packer packed = Packer.random(4, 16, 32, 16, Packer.Order.NATURAL, random).symmetric();
        packed.gptq(writer, "x", 2, true, true);
        packed.gptq(writer, "y", 2, true, true);
        packed.gptq(writer, "z", 1, true, true);
        try (Checkpoint open =
                open(
                        "{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 16,"
                                + " \"sym\": true, \"checkpoint_format\": \"gptq\"}")) {
            assertValues(packed, open, "x.weight");
            assertValues(packed, open, "y.weight");
            assertValues(packed, open, "z.weight");
            assertEquals(1, open.warnings().size(), open.warnings().toString());
            assertTrue(open.warnings().getFirst().contains("zero points are stored as gptq_v2"));
        }
    }

    @Test
    void gptqRulesPickModules() throws IOException {
        Packer four = Packer.random(4, 32, 64, 32, Packer.Order.NATURAL, random);
        Packer eight = Packer.random(8, 32, 64, 16, Packer.Order.NATURAL, random);
        Packer three = Packer.random(3, 32, 64, 32, Packer.Order.NATURAL, random);
        four.gptq(writer, "model.layers.0.up", 1, true, true);
        eight.gptq(writer, "model.layers.18.gate", 1, true, true);
        three.gptq(writer, "model.layers.19.up", 1, true, true);
        plain("model.layers.0.down.weight");
        try (Checkpoint open =
                open(
                        """
                        {"quant_method": "gptq", "bits": 4, "group_size": 32, "dynamic": {
                          "-:.*down": {},
                          "+:.*\\\\.18\\\\..*gate.*": {"bits": 8, "group_size": 16},
                          ".*\\\\.(?:1[89]|2\\\\d)\\\\.": {"bits": 3}}}
                        """)) {
            assertValues(four, open, "model.layers.0.up.weight");
            assertValues(eight, open, "model.layers.18.gate.weight");
            assertValues(three, open, "model.layers.19.up.weight");
            assertEquals("safetensors folder, GPTQ 3/4/8-bit", open.format());
            assertEquals("F32", open.find("model.layers.0.down.weight").orElseThrow().storage());
        }
    }

    @ParameterizedTest
    @CsvSource({"quantize_config.json,gptq", "quant_config.json,awq"})
    void settingsMayStandInAFileOfTheirOwn(String file, String method) throws IOException {
        Packer packed = Packer.random(4, 16, 32, 16, Packer.Order.NATURAL, random);
        if (method.equals("gptq")) {
            packed.gptq(writer, "x", 1, true, true);
        } else {
            packed.awq(writer, "x");
        }
        Files.writeString(
                folder.resolve(file),
                method.equals("gptq")
                        ? "{\"bits\": 4, \"group_size\": 16, \"damp_percent\": 0.01}"
                        : "{\"w_bit\": 4, \"q_group_size\": 16, \"version\": \"GEMM\"}");
        try (Checkpoint open = open("null")) {
            assertValues(packed, open, "x.weight");
        }
    }

    @Test
    void theVersionOfGptqMayStandBesideTheConfiguration() throws IOException {
        Packer packed = Packer.random(4, 16, 32, 16, Packer.Order.NATURAL, random);
        packed.gptq(writer, "x", 2, true, true);
        Files.writeString(
                folder.resolve("quantize_config.json"), "{\"checkpoint_format\": \"gptq_v2\"}");
        try (Checkpoint open =
                open("{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 16}")) {
            assertValues(packed, open, "x.weight");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1,5,33,8,NATURAL,F16",
        "2,7,16,-1,NATURAL,F16",
        "3,11,25,10,SHUFFLED,F32",
        "4,13,40,16,NATURAL,F16",
        "4,9,64,16,SHUFFLED,F16",
        "5,6,13,-1,NATURAL,F32",
        "6,12,11,4,NATURAL,F16",
        "7,5,9,3,SHUFFLED,F16",
        "8,10,30,7,NATURAL,F16",
        "8,3,70000,-1,NATURAL,F32"
    })
    void packQuantized(
            int bits, int outputs, int inputs, int group, Packer.Order order, DType scales)
            throws IOException {
        Packer asymmetric = Packer.random(bits, outputs, inputs, group, order, random);
        Packer symmetric = asymmetric.symmetric();
        boolean shuffled = order == Packer.Order.SHUFFLED;
        String strategy = group == -1 ? "channel" : "group";
        asymmetric.packQuantized(writer, "model.a", strategy, true, shuffled, scales);
        symmetric.packQuantized(writer, "model.s", strategy, false, shuffled, scales);
        String weights =
                "{\"num_bits\": %d, \"type\": \"int\", \"symmetric\": %b, \"strategy\": \"%s\","
                        + " \"group_size\": %d}";
        try (Checkpoint open =
                open(
                        compressed(
                                "pack-quantized",
                                group(
                                        "\"re:.*\\\\.a$\"",
                                        weights.formatted(bits, false, strategy, group)),
                                group(
                                        "\"Linear\"",
                                        weights.formatted(bits, true, strategy, group))))) {
            assertValues(asymmetric, open, "model.a.weight");
            assertValues(symmetric, open, "model.s.weight");
            assertEquals(
                    "safetensors folder, compressed-tensors %d-bit".formatted(bits), open.format());
            assertEquals(2, open.tensors().size());
        }
    }

    @Test
    void oneScaleForAWholePackedTensor() throws IOException {
        Packer packed =
                Packer.random(4, 6, 19, -1, Packer.Order.NATURAL, random).withOneScale(0.25f, 8);
        packed.packQuantized(writer, "x", "tensor", false, false, DType.BF16);
        try (Checkpoint open =
                open(
                        compressed(
                                "pack-quantized",
                                group(
                                        "\"Linear\"",
                                        "{\"num_bits\": 4, \"strategy\": \"tensor\"}")))) {
            assertValues(packed, open, "x.weight");
        }
    }

    @Test
    void anOrderThatWasNeverChosenIsNatural() throws IOException {
        Packer packed = Packer.random(4, 6, 32, 8, Packer.Order.NATURAL, random).symmetric();
        packed.packQuantized(writer, "x", "group", false, false, DType.F16);
        int[] none = new int[32];
        Arrays.fill(none, -1);
        Packer.integers(writer, "x.weight_g_idx", none, 32);
        try (Checkpoint open =
                open(
                        compressed(
                                "pack-quantized",
                                group("\"Linear\"", "{\"num_bits\": 4, \"group_size\": 8}")))) {
            assertValues(packed, open, "x.weight");
        }
    }

    @Test
    void intQuantizedInSeveralGroups() throws IOException {
        Packer channel =
                Packer.random(8, 7, 30, -1, Packer.Order.NATURAL, random)
                        .withCoarseScales()
                        .symmetric();
        Packer points = Packer.random(8, 5, 24, 8, Packer.Order.NATURAL, random).withCoarseScales();
        Packer whole =
                Packer.random(4, 5, 9, -1, Packer.Order.NATURAL, random).withOneScale(0.5f, 11);
        channel.intQuantized(writer, "up", "channel", false);
        points.intQuantized(writer, "down", "group", true);
        whole.intQuantized(writer, "gate", "tensor", true);
        plain("lm_head.weight");
        writer.add("up.input_scale", DType.F32, new long[] {1}, new float[] {1});
        try (Checkpoint open =
                open(
                        compressed(
                                "int-quantized",
                                group(
                                        "\"Linear\"",
                                        "{\"num_bits\": 8, \"strategy\": \"channel\"},"
                                                + " \"input_activations\": {\"num_bits\": 8}"),
                                group(
                                        "\"down\"",
                                        "{\"num_bits\": 8, \"symmetric\": false, \"strategy\":"
                                                + " \"group\", \"group_size\": 8}"),
                                group(
                                        "\"re:g.te\"",
                                        "{\"num_bits\": 4, \"symmetric\": false, \"strategy\":"
                                                + " \"tensor\"}")))) {
            assertValues(channel, open, "up.weight");
            assertValues(points, open, "down.weight");
            assertValues(whole, open, "gate.weight");
            assertEquals("F32", open.find("lm_head.weight").orElseThrow().storage());
            assertEquals(4, open.tensors().size());
            assertEquals("safetensors folder, compressed-tensors 4/8-bit", open.format());
            assertEquals(2, open.warnings().size(), open.warnings().toString());
            assertTrue(open.warnings().getFirst().contains("is not applied"));
            assertTrue(open.warnings().getLast().contains("1 tensors with scales or zero points"));
        }
    }

    @Test
    void floatQuantized() throws IOException {
        byte[] codes = new byte[6 * 43];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) i;
        }
        Packer.bytes(writer, "x.weight", DType.F8_E4M3, codes, 6, 43);
        float[] scales = {0.5f, 0.25f, 3, 1, 2, 0.125f};
        writer.add("x.weight_scale", DType.BF16, new long[] {6, 1}, scales);
        try (Checkpoint open =
                open(
                        compressed(
                                "float-quantized",
                                group(
                                        "\"Linear\"",
                                        "{\"num_bits\": 8, \"type\": \"float\", \"strategy\":"
                                                + " \"channel\"}")))) {
            float[] values = open.find("x.weight").orElseThrow().toFloats();
            float[] table = DType.F8_E4M3.eightBitValues();
            for (int i = 0; i < values.length; i++) {
                assertEquals(table[codes[i] & 0xFF] * scales[i / 43], values[i]);
            }
        }
    }

    @Test
    void aFormatForEachGroup() throws IOException {
        Packer packed = Packer.random(4, 16, 32, 16, Packer.Order.NATURAL, random).symmetric();
        Packer bytes =
                Packer.random(8, 6, 10, -1, Packer.Order.NATURAL, random)
                        .withCoarseScales()
                        .symmetric();
        packed.packQuantized(writer, "a", "group", false, false, DType.F16);
        bytes.intQuantized(writer, "b", "channel", false);
        String first =
                "{\"format\": \"pack-quantized\", \"targets\": [\"a\"], \"weights\": {\"num_bits\":"
                        + " 4, \"group_size\": 16}}";
        String second =
                "{\"format\": \"int-quantized\", \"targets\": [\"re:b\"], \"weights\":"
                        + " {\"num_bits\": 8, \"strategy\": \"channel\"}}";
        try (Checkpoint open = open(compressed("mixed-precision", first, second))) {
            assertValues(packed, open, "a.weight");
            assertValues(bytes, open, "b.weight");
        }
    }

    @Test
    void theOlderNameOfTheSettings() throws IOException {
        Packer packed = Packer.random(4, 16, 32, 16, Packer.Order.NATURAL, random).symmetric();
        packed.packQuantized(writer, "a", "group", false, false, DType.F16);
        String settings =
                compressed(
                        "pack-quantized",
                        group("\"Linear\"", "{\"num_bits\": 4, \"group_size\": 16}"));
        try (Checkpoint open = open("null, \"compression_config\": " + settings)) {
            assertValues(packed, open, "a.weight");
            assertFalse(open.config().has("compression_config"));
        }
    }

    /** Shards are cut by size, with no regard for what belongs together. */
    @Test
    void partsInDifferentShards() throws IOException {
        Packer packed = Packer.random(4, 16, 32, 16, Packer.Order.NATURAL, random);
        packed.gptq(writer, "x", 1, true, true);
        writer.write(folder.resolve("all.safetensors"));
        StringBuilder index = new StringBuilder();
        try (SafetensorsFile all = SafetensorsFile.open(folder.resolve("all.safetensors"))) {
            for (Tensor tensor : all.tensors()) {
                String shard = tensor.name() + ".safetensors";
                new SafetensorsWriter().add(tensor).write(folder.resolve(shard));
                index.append(index.isEmpty() ? "" : ", ")
                        .append("\"%s\": \"%s\"".formatted(tensor.name(), shard));
            }
        }
        Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {%s}}".formatted(index));
        Files.writeString(
                folder.resolve("config.json"),
                "{\"quantization_config\": {\"quant_method\": \"gptq\", \"bits\": 4,"
                        + " \"group_size\": 16}}");
        try (Checkpoint open = Checkpoints.open(folder)) {
            assertValues(packed, open, "x.weight");
            assertEquals("safetensors folder, 4 shards, GPTQ 4-bit", open.format());
        }
    }

    /** The model divides by BLOOM's extra scales; the weight stays what its codes say. */
    @Test
    void scalesBehindGeluStayBesideTheWeight() throws IOException {
        Packer packed = Packer.random(4, 16, 32, 16, Packer.Order.NATURAL, random);
        packed.awq(writer, "h.0.mlp.dense_4h_to_h");
        float[] divisors = new float[32];
        for (int i = 0; i < divisors.length; i++) {
            divisors[i] = 1 + i / 4f;
        }
        writer.add("h.0.mlp.gelu_impl.scales", DType.F16, new long[] {32}, divisors);
        try (Checkpoint open =
                open("{\"quant_method\": \"awq\", \"bits\": 4, \"group_size\": 16}")) {
            assertEquals(2, open.tensors().size());
            assertValues(packed, open, "h.0.mlp.dense_4h_to_h.weight");
            assertRanges(divisors, open.find("h.0.mlp.gelu_impl.scales").orElseThrow());
        }
    }

    @Test
    void settingsWithoutPackedWeightsAreOnlyTold() throws IOException {
        plain("x.weight");
        try (Checkpoint open = open("{\"quant_method\": \"gptq\", \"bits\": 4}")) {
            assertEquals(1, open.tensors().size());
            assertTrue(open.warnings().getFirst().contains("no weight is quantized"));
        }
    }

    private void assertValues(Packer packed, Checkpoint open, String name) {
        Tensor tensor = open.find(name).orElseThrow();
        assertEquals(packed.outputs(), tensor.shape()[0]);
        assertEquals(packed.inputs(), tensor.shape()[1]);
        assertRanges(packed.values(), tensor);
    }

    /** All values, and ranges that begin and end anywhere. */
    private void assertRanges(float[] expected, Tensor tensor) {
        assertTrue(Arrays.equals(expected, tensor.toFloats()), tensor.name());
        for (int i = 0; i < 50; i++) {
            int first = random.nextInt(expected.length);
            int count = random.nextInt(expected.length - first + 1);
            count = i % 2 == 0 ? Math.min(count, 40) : count;
            float[] target = new float[count + 7];
            tensor.widen(first, target, 3, count);
            assertTrue(
                    Arrays.equals(expected, first, first + count, target, 3, 3 + count),
                    () -> tensor.name() + " from " + first);
            assertEquals(0, target[2]);
            assertEquals(0, target[count + 3]);
        }
    }

    private void plain(String... names) {
        for (String name : names) {
            writer.add(name, DType.F32, new long[] {1}, new float[] {1});
        }
    }

    static String group(String targets, String weights) {
        return "{\"targets\": [%s], \"weights\": %s}".formatted(targets, weights);
    }

    static String compressed(String format, String... groups) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < groups.length; i++) {
            text.append(i == 0 ? "" : ", ").append("\"group_%d\": ".formatted(i)).append(groups[i]);
        }
        return "{\"quant_method\": \"compressed-tensors\", \"format\": \"%s\", \"config_groups\": {%s}, \"ignore\": [\"lm_head\"]}"
                .formatted(format, text);
    }

    private Checkpoint open(String settings) throws IOException {
        Files.writeString(
                folder.resolve("config.json"),
                "{\"other\": \"kept\", \"quantization_config\": %s}".formatted(settings));
        writer.write(folder.resolve("model.safetensors"));
        return Checkpoints.open(folder);
    }
}
