package io.agilelens.app.command;

import io.agilelens.app.KeptProperties;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.UserCache;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.KernelTuner;
import io.agilelens.engine.kernel.KernelTuning;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;

/**
 * Keeps in the user's cache which kernels were faster on this processor and Java. What cannot be
 * read, or was measured elsewhere or of other kernels, counts as not measured: the kernels then go
 * by expectation.
 */
public final class MeasuredKernels {
    private static final String PROCESSOR = "processor";
    private static final String JAVA = "java";
    private static final String GENERATION = "generation";
    private static final String SHORT_FROM_EIGHT = "short.from.eight.";
    private static final String SHORT_FROM_FOUR = "short.from.four.";
    private static final String TRIPLE_FROM = "triple.from.";
    private static final String NEVER = "never";

    private final KeptProperties file;

    /**
     * @param file which need not be there
     */
    MeasuredKernels(Path file) {
        this.file = new KeptProperties(file, "Made by agilelens bench; may be deleted");
    }

    /** What was measured for kernels of a width, or what such a processor is expected to do. */
    public static KernelTuning keptOrExpected(int bits) {
        return kept(bits).orElseGet(() -> KernelTuning.expected(bits, Processor.name()));
    }

    private static Optional<KernelTuning> kept(int bits) {
        return inCache().flatMap(cache -> cache.tuning(bits));
    }

    /** Measures what was not measured yet, keeps it and has the kernels in use go by it. */
    static void measureOnce(Progress progress, Cancellation cancellation) {
        int bits = KernelProvider.current().kernels().vectorBits();
        if (bits == 0 || kept(bits).isPresent()) {
            return;
        }
        KernelTuning tuning =
                new KernelTuner(bits, Workers.shared()).measure(progress, cancellation);
        KernelProvider.use(bits, tuning);
        inCache().ifPresent(cache -> cache.keep(bits, tuning));
    }

    /** Forgets what was measured, so that {@code bench} measures anew. */
    public static void forget() {
        inCache().ifPresent(cache -> cache.file.write(new Properties()));
    }

    /** Nothing where there is no cache, without which everything works. */
    private static Optional<MeasuredKernels> inCache() {
        try {
            Path folder = UserCache.folder("kernels");
            return Optional.of(new MeasuredKernels(folder.resolve("measured.properties")));
        } catch (UserException noCache) {
            return Optional.empty();
        }
    }

    Optional<KernelTuning> tuning(int bits) {
        Properties kept = file.read();
        OptionalInt shortFromEight = length(kept, SHORT_FROM_EIGHT + bits);
        OptionalInt shortFromFour = length(kept, SHORT_FROM_FOUR + bits);
        OptionalInt tripleFrom = length(kept, TRIPLE_FROM + bits);
        if (shortFromEight.isEmpty()
                || shortFromFour.isEmpty()
                || tripleFrom.isEmpty()
                || !isOfHere(kept)) {
            return Optional.empty();
        }
        return Optional.of(
                new KernelTuning(
                        shortFromEight.getAsInt(),
                        shortFromFour.getAsInt(),
                        tripleFrom.getAsInt()));
    }

    /** A number of inputs, if one is kept. */
    private static OptionalInt length(Properties kept, String key) {
        String value = kept.getProperty(key, "");
        if (value.equals(NEVER)) {
            return OptionalInt.of(KernelTuning.NEVER);
        }
        return value.matches("\\d{1,9}")
                ? OptionalInt.of(Integer.parseInt(value))
                : OptionalInt.empty();
    }

    private static void putLength(Properties kept, String key, int length) {
        kept.setProperty(key, length == KernelTuning.NEVER ? NEVER : String.valueOf(length));
    }

    /** Adds to what is kept of this processor and Java; a cache that cannot be written is left. */
    void keep(int bits, KernelTuning tuning) {
        Properties kept = file.read();
        if (!isOfHere(kept)) {
            kept.clear();
        }
        kept.setProperty(PROCESSOR, Processor.name());
        kept.setProperty(JAVA, Processor.virtualMachine());
        kept.setProperty(GENERATION, String.valueOf(KernelTuning.GENERATION));
        putLength(kept, SHORT_FROM_EIGHT + bits, tuning.shortFromEight());
        putLength(kept, SHORT_FROM_FOUR + bits, tuning.shortFromFour());
        putLength(kept, TRIPLE_FROM + bits, tuning.tripleFrom());
        file.write(kept);
    }

    private static boolean isOfHere(Properties kept) {
        return Processor.name().equals(kept.getProperty(PROCESSOR))
                && Processor.virtualMachine().equals(kept.getProperty(JAVA))
                && String.valueOf(KernelTuning.GENERATION).equals(kept.getProperty(GENERATION));
    }
}
