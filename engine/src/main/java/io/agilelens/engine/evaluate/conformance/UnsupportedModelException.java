package io.agilelens.engine.evaluate.conformance;

/** A model of the kit is of an architecture that this version does not open. */
final class UnsupportedModelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnsupportedModelException(String message) {
        super(message);
    }
}
