package io.agilelens.trainer;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What sets one family of decoders apart from another: its tensors, the pieces of its forward pass,
 * its configuration and its tokenizer. Everything else, from the corpus to the card, is shared.
 */
sealed interface Architecture permits Llama, Opt, Bloom {
    /** Guards the root in every normalization, whatever its kind. */
    double NORM_EPSILON = 1e-5;

    /** All of them, in the order in which they are shipped. */
    List<Architecture> ALL = List.of(new Llama(), new Opt(), new Bloom());

    /**
     * Finds an architecture by its model type.
     *
     * @throws IllegalArgumentException if there is none
     */
    static Architecture of(String modelType) {
        return ALL.stream()
                .filter(architecture -> architecture.modelType().equals(modelType))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "'%s' is none of %s"
                                                .formatted(
                                                        modelType,
                                                        ALL.stream()
                                                                .map(Architecture::modelType)
                                                                .toList())));
    }

    /** The name in {@code config.json}, such as {@code llama}. */
    String modelType();

    /** The name for a reader, with its article, such as {@code An OPT}. */
    String title();

    /** The class of Hugging Face's library that runs it. */
    String className();

    /** The dimensions of the shipped sample. */
    DecoderShape sampleShape();

    /** How it cuts a text into tokens and which special tokens it has. */
    TokenizerConvention tokenizer();

    /**
     * Gives fresh weights a start that random ones would take long to find.
     *
     * @param layout where each tensor lies
     * @param flat the weights, changed in place
     */
    default void headStart(DecoderShape shape, WeightLayout layout, float[] flat) {}

    /** What all names of tensors begin with. */
    String prefix();

    /** What the names of a layer's tensors go on with, before the number of the layer. */
    String layerPrefix();

    /** The blocks that make the first residual stream; the first is the tied embedding. */
    List<Block> embedding(DecoderShape shape);

    /** The blocks of a layer's attention, as {@code attend} takes them. */
    List<Block> attention(DecoderShape shape);

    /** The blocks of a layer's feed-forward half, as {@code feed_forward} takes them. */
    List<Block> feedForward(DecoderShape shape);

    /** The blocks of the last normalization. */
    List<Block> finalNorm(DecoderShape shape);

    /** Whether training asks for an attention sink; see {@link Decoder.Objective}. */
    boolean asksForSink();

    /** The files of TorchScript that complete {@code decoder.torchscript}. */
    List<String> scripts();

    /** The constants that attention takes beside its weights, for some number of tokens. */
    List<Table> tables(DecoderShape shape, int tokens);

    /** Writes what {@code config.json} says beside class and model type. */
    void writeConfig(DecoderShape shape, ObjectNode config);

    /** Reads the dimensions back from {@code config.json}. */
    DecoderShape readConfig(JsonNode config);

    /** Writes which of the special tokens plays which part in {@code tokenizer_config.json}. */
    void writeTokenRoles(ObjectNode config);

    /** What the card says of the dimensions, after the name of the class. */
    String description(DecoderShape shape);

    /**
     * An array of constants.
     *
     * @param values its elements, row by row; not copied
     * @param shape its dimensions
     */
    record Table(float[] values, long... shape) {}
}
