package io.agilelens.engine.model;

/**
 * The length beyond which a model's arithmetic would be another one than this decoder's.
 *
 * @param tokens longest sequence
 * @param key of the configuration that says so
 */
public record SequenceLimit(int tokens, String key) {}
