package io.agilelens.engine.recipe;

import java.util.List;

/** All knobs of a recipe. */
public final class Knobs {

    public static final Knob WEIGHT_BITS =
            new Knob(
                    "weights.bits",
                    "Weight bits",
                    "bits",
                    2,
                    8,
                    1,
                    "Bits of a weight's code; each bit fewer halves the number of levels.");
    public static final Knob WEIGHT_GROUP =
            new Knob(
                    "weights.group",
                    "Group size",
                    "channels",
                    1,
                    1 << 20,
                    1,
                    "Input channels that share a scale; smaller groups follow the weights more"
                            + " closely and cost more bytes.");
    public static final Knob HEAD_BITS =
            new Knob(
                    "head.bits",
                    "Head bits",
                    "bits",
                    2,
                    8,
                    1,
                    "Bits of a code of the output head, which decoding reads whole for every"
                            + " token.");
    public static final Knob HEAD_GROUP =
            new Knob(
                    "head.group",
                    "Head group size",
                    "channels",
                    1,
                    1 << 20,
                    1,
                    "Input channels of the output head that share a scale.");
    public static final Knob ACTIVATION_BITS =
            new Knob(
                    "activations.bits",
                    "Activation bits",
                    "bits",
                    2,
                    8,
                    1,
                    "Bits of an activation's code at the inputs of the linear layers.");
    public static final Knob MAX_EXPONENT =
            new Knob(
                    "activations.max_exponent",
                    "TRIP K",
                    "",
                    0,
                    8,
                    1,
                    "Largest power of two by which TRIP may coarsen a channel's step: the finest"
                            + " step is 2^K times finer than the tensor's.");
    public static final Knob SOFTMAX_BITS =
            new Knob(
                    "softmax.bits",
                    "Softmax bits",
                    "bits",
                    2,
                    8,
                    1,
                    "Bits of an attention probability's code; with Log2, b bits reach down to"
                            + " 2^-(2^b − 1).");
    public static final Knob BETA =
            new Knob(
                    "pruning.beta",
                    "Prune ratio β",
                    "",
                    0,
                    0.95,
                    0.05,
                    "Share of the tokens that is gone after the last pruned layer.");

    public static final Knob GPTQ_DAMPING =
            new Knob(
                    "weights.gptq.damping",
                    "GPTQ damping",
                    "",
                    1e-6,
                    1,
                    0.01,
                    "Share of the Hessian's mean diagonal that is added to its diagonal; more is"
                            + " steadier and trusts the calibration text less.");
    public static final Knob GPTQ_BLOCK =
            new Knob(
                    "weights.gptq.block",
                    "GPTQ block",
                    "channels",
                    1,
                    1 << 20,
                    1,
                    "Input channels quantized before their errors reach the rest of the weight.");
    public static final Knob SMOOTHING_ALPHA =
            new Knob(
                    "smoothing.alpha",
                    "Smoothing α",
                    "",
                    0,
                    1,
                    0.05,
                    "How much of the activations' range moves into the weights before quantizing.");
    public static final Knob CACHE_BITS =
            new Knob(
                    "cache.bits",
                    "Cache bits",
                    "bits",
                    2,
                    8,
                    1,
                    "Bits of a cached key's or value's code; each token and head has its own"
                            + " scale.");
    public static final Knob LOWER_BITS =
            new Knob(
                    "pruning.bits",
                    "Bits of unimportant tokens",
                    "bits",
                    2,
                    8,
                    1,
                    "Activation bits of the least important tokens where they are kept instead of"
                            + " pruned.");

    /** Every knob, in the order in which a recipe lists them. */
    public static final List<Knob> ALL =
            List.of(
                    WEIGHT_BITS,
                    WEIGHT_GROUP,
                    GPTQ_DAMPING,
                    GPTQ_BLOCK,
                    HEAD_BITS,
                    HEAD_GROUP,
                    SMOOTHING_ALPHA,
                    ACTIVATION_BITS,
                    MAX_EXPONENT,
                    SOFTMAX_BITS,
                    CACHE_BITS,
                    BETA,
                    LOWER_BITS);

    private Knobs() {}
}
