package io.agilelens.views.workbench;

import io.agilelens.engine.kernel.Quartiles;
import java.util.List;
import java.util.Optional;

/**
 * What another run measured of products and whole passes of a model of the same shapes, perhaps on
 * another machine.
 *
 * @param name of the file, for people to read
 * @param words which model it was, and which machine
 */
public record SavedMeasurement(
        String name, String words, List<Product> products, List<Pass> passes) {

    /**
     * One product: {@code m} tokens times a weight of {@code n} outputs and {@code k} inputs.
     *
     * @param arithmetic as kernels are called
     * @param microseconds its time
     */
    public record Product(String arithmetic, int m, int n, int k, Quartiles microseconds) {}

    /**
     * Passes in one arithmetic.
     *
     * @param arithmetic such as {@code w4a8-trip}, in lower case
     * @param decode of single tokens behind a prompt rather than of the prompt
     * @param prompt tokens of the prompt
     * @param speed tokens a second
     */
    public record Pass(String arithmetic, boolean decode, int prompt, Quartiles speed) {}

    public SavedMeasurement {
        products = List.copyOf(products);
        passes = List.copyOf(passes);
    }

    /** How long a product took, if it was measured. */
    public Optional<Quartiles> microseconds(String arithmetic, int m, int n, int k) {
        return products.stream()
                .filter(each -> each.arithmetic().equals(arithmetic))
                .filter(each -> each.m() == m && each.n() == n && each.k() == k)
                .findFirst()
                .map(Product::microseconds);
    }

    /** How fast passes were behind a prompt of so many tokens, if that was measured. */
    public Optional<Quartiles> speed(String arithmetic, boolean decode, int prompt) {
        return passes.stream()
                .filter(each -> each.arithmetic().equalsIgnoreCase(arithmetic))
                .filter(each -> each.decode() == decode && each.prompt() == prompt)
                .findFirst()
                .map(Pass::speed);
    }
}
