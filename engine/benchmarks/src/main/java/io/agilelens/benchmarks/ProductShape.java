package io.agilelens.benchmarks;

/**
 * A linear layer.
 *
 * @param outputs of its weight
 * @param inputs of its weight
 */
record ProductShape(int outputs, int inputs) {

    /**
     * @param text {@code OUTPUTSxINPUTS}
     */
    static ProductShape parse(String text) {
        String[] parts = text.split("x", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException(
                    "the shape '%s' is not OUTPUTSxINPUTS, such as 2048x768".formatted(text));
        }
        return new ProductShape(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }

    int weights() {
        return Math.multiplyExact(outputs, inputs);
    }
}
