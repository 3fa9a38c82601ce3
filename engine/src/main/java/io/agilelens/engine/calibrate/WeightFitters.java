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
    private final GptqFitter gptq;
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
        this.gptq = new GptqFitter(model, kernels, floats, calibration, work);
        this.awq = new AwqFitter(model, kernels, floats, calibration, work);
    }

    @Override
    public FittedWeights fit(Recipe recipe, Progress progress, Cancellation cancellation) {
        Set<WeightMethod> methods = methods(recipe);
        boolean searched = methods.contains(WeightMethod.AWQ);
        boolean compensated = methods.contains(WeightMethod.GPTQ);
        if (searched && compensated) {
            throw new UserException(
                    "overrides.weights.method: gptq and awq cannot stand in one recipe, for AWQ"
                            + " scales what GPTQ would calibrate on: use one of them beside rtn and"
                            + " none");
        }
        WeightFitter fitter = searched ? awq : compensated ? gptq : roundToNearest;
        return fitter.fit(recipe, progress, cancellation);
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
        gptq.store(recipe).clear();
    }
}
