package io.agilelens.engine.evaluate.conformance;

/** How a case ended. */
public enum Outcome {
    PASS,
    FAIL,
    /** Not checked: this version does not know what the case is about. */
    UNSUPPORTED
}
