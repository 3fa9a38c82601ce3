package io.agilelens.engine.export.packed;

import io.agilelens.engine.UserException;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.tensor.DType;

/** Scales as a file stores them, which is in fewer bits than they were computed in. */
public final class StoredScales {
    private StoredScales() {}

    /**
     * A weight whose scales are rounded to the nearest number of the stored type.
     *
     * @param module for messages
     * @throws UserException if a scale becomes infinite, or becomes 0 while its weights are not
     */
    public static QuantizedWeight rounded(String module, QuantizedWeight weight, DType dtype) {
        float[] scales = new float[weight.scales().length];
        for (int i = 0; i < scales.length; i++) {
            float scale = weight.scales()[i];
            scales[i] = dtype.round(scale);
            if (!Float.isFinite(scales[i])) {
                throw refuse(module, scale, "large", dtype);
            }
            if (scales[i] == 0 && scale != 0 && !isZero(weight, i)) {
                throw refuse(module, scale, "small", dtype);
            }
        }
        return new QuantizedWeight(
                weight.outputs(),
                weight.inputs(),
                weight.bits(),
                weight.groupOf(),
                weight.codes(),
                scales,
                weight.zeros());
    }

    private static UserException refuse(String module, float scale, String how, DType dtype) {
        return new UserException(
                "%s has the scale %s, which is too %s for %s, the type this format stores scales in: use --format native, which keeps them in F32"
                        .formatted(module, scale, how, dtype));
    }

    /** Whether all weights of an output and group are zero, whatever their scale. */
    private static boolean isZero(QuantizedWeight weight, int parameter) {
        int output = parameter / weight.groups();
        int group = parameter % weight.groups();
        for (int c = 0; c < weight.inputs(); c++) {
            if (weight.groupOf()[c] == group
                    && weight.code(output, c) != weight.zeros()[parameter]) {
                return false;
            }
        }
        return true;
    }
}
