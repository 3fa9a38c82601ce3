package io.agilelens.engine.kernel;

import java.util.List;

/**
 * The kernels in use and why.
 *
 * @param kernels what to compute with
 * @param species the vector shape for a person to read, such as {@code "256 bits, 8 floats"}, or
 *     {@code "none"}
 * @param reason one sentence: why these kernels and, after a fall-back, what would mend it
 * @param alternatives the values of {@value KernelProvider#PROPERTY} that this JVM serves
 */
public record KernelChoice(
        Kernels kernels, String species, String reason, List<String> alternatives) {

    public KernelChoice {
        alternatives = List.copyOf(alternatives);
    }
}
