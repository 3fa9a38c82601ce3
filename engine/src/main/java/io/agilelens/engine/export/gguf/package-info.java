/** What a GGUF file of a model holds, and the encoders of its block types. */
package io.agilelens.engine.export.gguf;
