package io.agilelens.engine.export.gguf;

/**
 * A tensor of a GGUF file.
 *
 * @param name in the file
 * @param source the tensor that it is made from, with its architecture's usual prefix
 * @param again what this program's reader calls it
 * @param rows which of the source's rows stand where, or null for all in their order
 * @param linear whether it is the weight of a linear in a layer
 */
public record GgufEntry(String name, String source, String again, int[] rows, boolean linear) {}
