package io.agilelens.views.workbench;

import io.agilelens.engine.evaluate.LocalErrors.LocalError;

/**
 * What the layers that a change of the recipe reaches make of it by themselves.
 *
 * @param worst the error of the layer that errs most, of those measured
 * @param measured layers measured so far
 * @param changed layers that the change reaches
 */
public record ChangedLayers(LocalError worst, int measured, int changed) {}
