package io.agilelens.engine.model;

/** How float weights are kept in memory. */
public enum WeightPrecision {
    /** 4 bytes a weight. */
    FP32,
    /** 2 bytes a weight, widened while multiplying; exact for checkpoints stored as F16. */
    FP16
}
