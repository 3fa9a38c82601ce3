package io.agilelens.engine.kernel;

import io.agilelens.engine.UserException;
import java.util.List;

/** Finds the kernels of this JVM, once. */
public final class KernelProvider {

    /** System property that asks for certain kernels: {@code auto} or {@code scalar}. */
    public static final String PROPERTY = "agilelens.kernels";

    private KernelProvider() {}

    /**
     * The kernels that the program uses, with the reason for them.
     *
     * @throws UserException if {@value #PROPERTY} asks for what this JVM does not have
     */
    public static KernelChoice current() {
        return Current.CHOICE;
    }

    /**
     * Kernels of a given width, beside those in use.
     *
     * @param bits one of {@link #availableBits()}
     * @throws UserException if this JVM does not have them
     */
    public static Kernels of(int bits) {
        if (bits != 0) {
            throw new UserException(
                    "No vector kernels of " + bits + " bits: choose one of " + availableBits());
        }
        return new ScalarKernels();
    }

    /** Widths that {@link #of(int)} serves, ascending; 0 is scalar code. */
    public static List<Integer> availableBits() {
        return List.of(0);
    }

    private static final class Current {
        static final KernelChoice CHOICE =
                new KernelChoice(of(0), "none", "scalar code, the only kernels here", List.of());
    }
}
