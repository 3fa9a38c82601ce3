package io.agilelens.views.workbench;

import io.agilelens.engine.recipe.Recipe;

/**
 * What was found out about a recipe.
 *
 * @param recipe in force when it was asked
 * @param windows windows that it is over
 * @param length tokens a window
 */
public record Study<T>(Recipe recipe, int windows, int length, T result) {}
