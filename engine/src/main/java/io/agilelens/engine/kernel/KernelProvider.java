package io.agilelens.engine.kernel;

import io.agilelens.engine.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;

/**
 * Finds the kernels of this JVM, once: vector code as wide as the processor likes, or scalar code
 * where something stands in the way. Asked by {@value #PROPERTY} for certain kernels, it gives
 * those or fails; on its own it falls back and keeps the reason.
 */
public final class KernelProvider {

    /**
     * System property that asks for certain kernels: {@code auto} (the default), {@code scalar},
     * {@code vector}, {@code 128}, {@code 256} or {@code 512}.
     */
    public static final String PROPERTY = "agilelens.kernels";

    private static KernelChoice current;

    private static final Map<Integer, KernelTuning> TUNINGS = new ConcurrentHashMap<>();

    private static volatile IntFunction<KernelTuning> firstTunings =
            bits -> KernelTuning.expected(bits, "");

    private KernelProvider() {}

    /**
     * The kernels that the program uses, with the reason for them.
     *
     * @throws UserException if {@value #PROPERTY} asks for what this JVM does not have
     */
    public static synchronized KernelChoice current() {
        if (current == null) {
            current = choose(System.getProperty(PROPERTY), Machine.SUPPORT);
        }
        return current;
    }

    /**
     * Kernels of a given width on the shared workers, beside those in use.
     *
     * @param bits one of {@link #availableBits()}
     * @throws UserException if this JVM does not have them
     */
    public static Kernels of(int bits) {
        return of(bits, Workers.shared());
    }

    /**
     * Kernels of a given width on certain workers. Scalar kernels use the calling thread only.
     *
     * @param bits one of {@link #availableBits()}
     * @throws UserException if this JVM does not have them
     */
    public static Kernels of(int bits, Workers workers) {
        if (bits == 0) {
            return new ScalarKernels();
        }
        requireAvailable(bits);
        return new VectorKernels(bits, workers);
    }

    /**
     * Has weights packed from now on as a measurement on this machine says.
     *
     * @param bits width of the kernels that were measured
     */
    public static void use(int bits, KernelTuning tuning) {
        TUNINGS.put(bits, tuning);
    }

    /**
     * Says where to look for earlier measurements on this machine, or for what it is expected to
     * do, once a width is first needed.
     */
    public static void lookUpTunings(IntFunction<KernelTuning> tunings) {
        firstTunings = tunings;
    }

    /** What kernels of a width go by. */
    public static KernelTuning tuning(int bits) {
        return TUNINGS.computeIfAbsent(bits, firstTunings::apply);
    }

    static PeakLoops peakLoops(int bits) {
        if (bits == 0) {
            return new ScalarPeakLoops();
        }
        requireAvailable(bits);
        return WidthTemplate.instantiate(PeakLoops.class, PeakLoopsTemplate.class, bits);
    }

    private static void requireAvailable(int bits) {
        if (!availableBits().contains(bits)) {
            throw new UserException(
                    "There are no kernels of %d bits%s: choose one of %s"
                            .formatted(bits, because(Machine.SUPPORT), availableBits()));
        }
    }

    /** Widths that {@link #of(int)} serves, ascending; 0 is scalar code. */
    public static List<Integer> availableBits() {
        List<Integer> bits = new ArrayList<>(Machine.SUPPORT.widths());
        bits.addFirst(0);
        return List.copyOf(bits);
    }

    /**
     * What to use.
     *
     * @param wanted value of {@value #PROPERTY}, or null
     */
    static KernelChoice choose(String wanted, VectorSupport support) {
        return switch (wanted == null ? "auto" : wanted) {
            case "auto" ->
                    support.obstacle() == null
                            ? vector(support.widestBits(), "the widest vectors here", support)
                            : scalar("Scalar code, because " + support.obstacle(), support);
            case "scalar" -> scalar("Scalar code, as " + option(wanted) + " asks", support);
            case "vector" -> forced(support.widestBits(), wanted, support);
            case "128", "256", "512" -> forced(Integer.parseInt(wanted), wanted, support);
            default ->
                    throw new UserException(
                            option(wanted)
                                    + " names no kernels: give auto, scalar, vector, 128, 256 or"
                                    + " 512");
        };
    }

    private static KernelChoice forced(int bits, String wanted, VectorSupport support) {
        if (!support.widths().contains(bits)) {
            throw new UserException(
                    "%s cannot be had%s; or give one of %s"
                            .formatted(option(wanted), because(support), names(support)));
        }
        return vector(bits, "as " + option(wanted) + " asks", support);
    }

    private static KernelChoice vector(int bits, String why, VectorSupport support) {
        Kernels kernels = new VectorKernels(bits, Workers.shared());
        String species = "%d bits, %d floats".formatted(bits, bits / Float.SIZE);
        String reason = "Vectors of %d bits, %s".formatted(bits, why);
        return new KernelChoice(kernels, species, reason, names(support));
    }

    private static KernelChoice scalar(String reason, VectorSupport support) {
        return new KernelChoice(new ScalarKernels(), "none", reason, names(support));
    }

    private static List<String> names(VectorSupport support) {
        List<String> names = new ArrayList<>();
        names.add("scalar");
        support.widths().forEach(bits -> names.add(bits.toString()));
        return names;
    }

    private static String because(VectorSupport support) {
        return support.obstacle() == null
                ? ", because vectors here have at most " + support.widestBits() + " bits"
                : ", because " + support.obstacle();
    }

    private static String option(String wanted) {
        return "-D" + PROPERTY + "=" + wanted;
    }

    private static final class Machine {
        static final VectorSupport SUPPORT = VectorSupport.probe();
    }
}
