package io.agilelens.engine.export;

import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.model.WeightPrecision;

/**
 * What is exported.
 *
 * @param calibration what the recipe's parameters were fitted on, or null if nothing was
 * @param precision in which the tuned model keeps its float weights in memory
 * @param text ids to compare logits on, at least one; read only
 */
public record ExportSource(
        TunedModel tuned, Calibration calibration, WeightPrecision precision, int[] text) {}
