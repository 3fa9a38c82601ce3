package io.agilelens.views.recipe;

import io.agilelens.engine.recipe.Knob;
import io.agilelens.engine.recipe.Recipe;

/** Reads and turns any knob of a recipe, the same way for sliders and for the palette. */
final class KnobTurns {
    private final RecipeViewModel viewModel;

    KnobTurns(RecipeViewModel viewModel) {
        this.viewModel = viewModel;
    }

    /** Where a knob stands in a recipe. */
    static double value(Recipe recipe, Knob knob) {
        return switch (knob.key()) {
            case "weights.bits" -> recipe.weights().bits();
            case "weights.group" -> recipe.weights().group();
            case "weights.gptq.damping" -> recipe.weights().gptq().damping();
            case "weights.gptq.block" -> recipe.weights().gptq().block();
            case "head.bits" -> recipe.head().bits();
            case "head.group" -> recipe.head().group();
            case "smoothing.alpha" -> recipe.smoothing().alpha();
            case "activations.bits" -> recipe.activations().bits();
            case "activations.max_exponent" -> recipe.activations().maxExponent();
            case "softmax.bits" -> recipe.softmax().bits();
            case "cache.bits" -> recipe.cache().bits();
            case "pruning.beta" -> recipe.pruning().beta();
            case "pruning.bits" -> recipe.pruning().lowerBits();
            default -> throw new IllegalArgumentException(knob.key() + " is no knob of a recipe");
        };
    }

    /** Turns a knob of the recipe in force; one step of its history. */
    void turn(Knob knob, double value) {
        switch (knob.key()) {
            case "weights.bits" -> viewModel.setWeightBits((int) value);
            case "weights.group" -> viewModel.setWeightGroup((int) value);
            case "weights.gptq.damping" -> viewModel.setGptqDamping(value);
            case "weights.gptq.block" -> viewModel.setGptqBlock((int) value);
            case "head.bits" -> viewModel.setHeadBits((int) value);
            case "head.group" -> viewModel.setHeadGroup((int) value);
            case "smoothing.alpha" -> viewModel.setSmoothingAlpha(value);
            case "activations.bits" -> viewModel.setActivationBits((int) value);
            case "activations.max_exponent" -> viewModel.setMaxExponent((int) value);
            case "softmax.bits" -> viewModel.setSoftmaxBits((int) value);
            case "cache.bits" -> viewModel.setCacheBits((int) value);
            case "pruning.beta" -> viewModel.setBeta(value);
            case "pruning.bits" -> viewModel.setLowerBits((int) value);
            default -> throw new IllegalArgumentException(knob.key() + " is no knob of a recipe");
        }
    }
}
