package io.agilelens.engine.evaluate;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.WeightPlacement;

/**
 * The float model whose activations a tuned model's can be held against site by site: where scales
 * were folded into norms and linears, activations between them are scaled though the function is
 * the same.
 */
final class FoldedFloats {

    private FoldedFloats() {}

    /**
     * @param baseline runs the float model as its checkpoint says
     * @return the same, unless the tuned model's scales were folded
     */
    static Decoder decoder(TunedModel tuned, Decoder baseline) {
        Model model = tuned.model();
        if (model == baseline.model()) {
            return baseline;
        }
        WeightPlacement placement =
                baseline.numerics() instanceof FloatNumerics floats
                        ? floats.placement()
                        : WeightPlacement.inMemory(model.precision());
        return new Decoder(
                model, tuned.kernels(), FloatNumerics.whenAsked(model, tuned.kernels(), placement));
    }
}
