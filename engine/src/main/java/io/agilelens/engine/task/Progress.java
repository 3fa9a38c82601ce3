package io.agilelens.engine.task;

/**
 * Hears how far a long piece of work has come. Called from the working thread, so it must be quick.
 */
@FunctionalInterface
public interface Progress {

    /** Hears nothing. */
    Progress NONE = (step, done, total) -> {};

    /**
     * @param step what is being done now, for a person to read
     * @param done finished units, {@code 0…total}
     * @param total all units, at least 1
     */
    void report(String step, long done, long total);
}
