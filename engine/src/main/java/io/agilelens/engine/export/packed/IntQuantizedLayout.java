package io.agilelens.engine.export.packed;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.quant.AffineQuantizer;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.tensor.DType;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * compressed-tensors, {@code int-quantized}: {@code X.weight} I8 {@code [outputs, inputs]}, {@code
 * X.weight_scale} {@code [outputs, groups]}, where weights are not symmetric {@code
 * X.weight_zero_point} I8 {@code [outputs, groups]}; where activations are quantized with fixed
 * scales {@code X.input_scale} {@code [1]} and, not symmetric, {@code X.input_zero_point} I8 {@code
 * [1]}. Source: {@code naive_quantized.py} and {@code quant_args.py}.
 *
 * @param scaleType the model's own type
 * @param activations how inputs of linears are quantized, or null
 */
public record IntQuantizedLayout(DType scaleType, ActivationScheme activations)
        implements PackedLayout {

    @Override
    public void require(QuantizedModule module) {
        PackQuantizedLayout.requireWholeGroups(module, "int-quantized");
        if (!module.grouping().natural()) {
            throw new UserException(
                    "compressed-tensors (int-quantized) cannot hold %s: weights.gptq.act_order has put its inputs into groups in another order: switch that off, or use --layout pack-quantized"
                            .formatted(module.name()));
        }
    }

    @Override
    public QuantizedWeight stored(QuantizedModule module) {
        return StoredScales.rounded(module.name(), module.weight(), scaleType);
    }

    @Override
    public void add(SafetensorsWriter writer, QuantizedModule module) {
        String name = module.name();
        int groups = module.grouping().count();
        writer.add(
                name + ".weight",
                DType.I8,
                new long[] {module.outputs(), module.inputs()},
                channel -> {
                    QuantizedWeight weight = module.weight();
                    byte[] signed = weight.codes().clone();
                    for (int i = 0; i < signed.length; i++) {
                        signed[i] = signed(signed[i] & 0xFF, weight.bits());
                    }
                    Words.write(channel, signed);
                });
        PackQuantizedLayout.addScales(writer, module, groups, scaleType, this);
        if (!module.isSymmetric()) {
            writer.add(
                    name + ".weight_zero_point",
                    DType.I8,
                    new long[] {module.outputs(), groups},
                    channel -> {
                        QuantizedWeight weight = module.weight();
                        byte[] points = new byte[weight.zeros().length];
                        for (int i = 0; i < points.length; i++) {
                            points[i] = signed(weight.zeros()[i], weight.bits());
                        }
                        Words.write(channel, points);
                    });
        }
        if (activations != null && !activations.dynamic()) {
            addInput(writer, name, activations.of(module));
        }
    }

    private void addInput(SafetensorsWriter writer, String name, AffineQuantizer input) {
        if (scaleType.round(input.scale()) == 0
                || !Float.isFinite(scaleType.round(input.scale()))) {
            throw new UserException(
                    "what %s reads has the scale %s, which %s cannot hold: use activations.granularity token"
                            .formatted(name, input.scale(), scaleType));
        }
        writer.add(name + ".input_scale", scaleType, new long[] {1}, new float[] {input.scale()});
        if (!activations.symmetric()) {
            writer.add(
                    name + ".input_zero_point",
                    DType.I8,
                    new long[] {1},
                    channel -> Words.write(channel, new byte[] {signed(input)}));
        }
    }

    private static byte signed(AffineQuantizer input) {
        return input.range().signed()
                ? (byte) input.zero()
                : signed(input.zero(), input.range().bits());
    }

    private static byte signed(int code, int bits) {
        return (byte) (code - (1 << bits - 1));
    }

    @Override
    public Optional<DType> biasType() {
        return Optional.empty();
    }

    @Override
    public ObjectNode settings(List<QuantizedModule> modules, List<String> plain) {
        return CompressedSettings.of("int-quantized", modules, plain, activations);
    }
}
