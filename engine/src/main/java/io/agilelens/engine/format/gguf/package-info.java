/**
 * Reads GGUF, the single-file format of ggml and llama.cpp: a header with typed metadata, a table
 * of tensors, and their data, all little-endian. Facts are from {@code docs/gguf.md} of ggml. A
 * file is believed only after every number in it was compared with what is there.
 */
package io.agilelens.engine.format.gguf;
