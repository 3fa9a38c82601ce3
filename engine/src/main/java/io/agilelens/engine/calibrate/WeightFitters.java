package io.agilelens.engine.calibrate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** All methods for the weights of one model, each with what it keeps for the next recipe. */
final class WeightFitters implements WeightFitter {
    private final Model model;
    private final WeightFitter roundToNearest;
    private final AwqFitter awq;

    /**
     * @param floats the model's float arithmetic
     * @param work where finished layers are kept, if anywhere
     */
    WeightFitters(
            Model model,
            Kernels kernels,
            Numerics floats,
            Calibration calibration,
            Optional<WorkFolder> work) {
        this.model = model;
        this.roundToNearest = new RoundToNearestFitter(model, floats);
        this.awq = new AwqFitter(model, kernels, floats, calibration, work);
    }

    @Override
    public FittedWeights fit(Recipe recipe, Progress progress, Cancellation cancellation) {
        Set<WeightMethod> methods = methods(recipe);
        if (methods.contains(WeightMethod.GPTQ)) {
            throw new UserException("weights.method gptq is not in this version: use rtn or none");
        }
        return (methods.contains(WeightMethod.AWQ) ? awq : roundToNearest)
                .fit(recipe, progress, cancellation);
    }

    /** Methods in force at any place. */
    private Set<WeightMethod> methods(Recipe recipe) {
        Set<WeightMethod> methods = EnumSet.noneOf(WeightMethod.class);
        for (int layer = 0; layer < model.config().layers(); layer++) {
            for (LinearRole role : model.config().roles()) {
                methods.add(recipe.weightsAt(layer, role.input()).method());
            }
        }
        return methods;
    }

    /** Forgets the finished layers that were kept for a recipe. */
    void forgetWork(Recipe recipe) {
        awq.store(recipe).clear();
    }
}
