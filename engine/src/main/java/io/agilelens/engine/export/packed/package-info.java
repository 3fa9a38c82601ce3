/** Writers of the quantized safetensors layouts of other tools. */
package io.agilelens.engine.export.packed;
