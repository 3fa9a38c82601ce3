package io.agilelens.engine.search;

/**
 * What may be decided for a {@link Unit}.
 *
 * @param bits of a weight's code
 * @param group input channels that share a scale, −1 for whole rows
 * @param activationBits of an activation's code; 0 where activations are not quantized
 */
public record Choice(int bits, int group, int activationBits) {}
