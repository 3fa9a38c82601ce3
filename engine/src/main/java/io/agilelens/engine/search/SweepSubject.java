package io.agilelens.engine.search;

import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.evaluate.TokenWindows;

/**
 * A model and a text that recipes are measured on.
 *
 * @param model as a person names it
 * @param path where its files are, for whoever runs it
 * @param text cut for this model
 * @param calibration cut for this model
 */
public record SweepSubject(String model, String path, TokenWindows text, Calibration calibration) {}
