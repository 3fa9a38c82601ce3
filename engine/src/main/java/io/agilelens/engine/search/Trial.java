package io.agilelens.engine.search;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.WeightSize;

/**
 * A recipe that was fitted and measured.
 *
 * @param tuned the fitted model
 * @param perplexity over the windows it was measured on, compared with the float model
 * @param size of its linears' weights
 */
public record Trial(TunedModel tuned, Perplexity perplexity, WeightSize size) {}
