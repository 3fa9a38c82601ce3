package io.agilelens.app.live;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.export.ExportFormat;
import io.agilelens.engine.export.ExportSource;
import io.agilelens.engine.export.Exporter;
import io.agilelens.engine.kernel.KernelBenchmark;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.MachineMeter;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.Preset;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.search.Budget;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.workbench.ChangedLayers;
import io.agilelens.views.workbench.Quality;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.WindowComparison;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long it takes from a cancellation until the cores are free: everything that takes long is
 * cancelled at random moments. What still runs after 50 ms is named. A measurement that asks for a
 * quiet machine, run by {@code ./mvnw test -pl app -am -Dtest=CancellingTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dagilelens.bench=true
 * -Dagilelens.bench.model=sample:llama-tiny}; {@code -Dagilelens.bench.only=live} is of the works
 * whose names contain that.
 */
@EnabledIfSystemProperty(named = "agilelens.bench", matches = "true")
class CancellingTest {
    private static final int ROUNDS = Integer.getInteger("agilelens.bench.rounds", 10);

    /** How far into the work it is cancelled at most; large models take longer to get anywhere. */
    private static final int LONGEST_DELAY_MILLIS =
            Integer.getInteger("agilelens.bench.delay", 3000);

    private static final long TOO_LONG_NANOS = 50_000_000;

    private final Random random = new Random(1);

    @TempDir private Path folder;

    /** Something that takes long. */
    private interface Work {
        void run(Cancellation cancellation) throws IOException;
    }

    @Test
    void measures() throws Exception {
        String reference = System.getProperty("agilelens.bench.model", "sample:llama-tiny");
        String only = System.getProperty("agilelens.bench.only", "");
        try (ModelSession session =
                ModelSession.open(reference, Progress.NONE, Cancellation.never())) {
            System.out.printf("%s, %d rounds, milliseconds%n", reference, ROUNDS);
            System.out.printf("%-24s %9s %9s%n", "cancelled", "median", "worst");
            for (Map.Entry<String, Work> work : works(reference, session).entrySet()) {
                if (work.getKey().contains(only)) {
                    measure(work.getKey(), work.getValue());
                }
            }
        }
    }

    private Map<String, Work> works(String reference, ModelSession session) {
        Map<String, Work> works = new LinkedHashMap<>();
        works.put(
                "opening",
                cancellation -> ModelSession.open(reference, Progress.NONE, cancellation).close());
        for (Execution execution : Execution.values()) {
            works.put(
                    "live, " + execution.name().toLowerCase(Locale.ROOT),
                    cancellation -> live(session, execution, cancellation));
        }
        for (String preset : List.of("GPTQ-W4", "AWQ-W4A16", "SmoothQuant-W8A8")) {
            works.put(
                    preset,
                    cancellation ->
                            fitter(session)
                                    .fit(preset(session, preset), Progress.NONE, cancellation));
        }
        works.put(
                "study",
                cancellation ->
                        QualityStudies.of(session, preset(session, "W4A8 TRIP"), Optional.empty())
                                .run(QualityStudy.BUDGET, Progress.NONE, cancellation));
        works.put(
                "search",
                cancellation ->
                        new BoardSearch(
                                        session,
                                        preset(session, "RTN-W4"),
                                        new Budget(Budget.Kind.BITS, 4))
                                .run(_ -> {}, Progress.NONE, cancellation));
        works.put("export", cancellation -> export(session, cancellation));
        works.put("kernels", CancellingTest::kernels);
        return works;
    }

    private static RecipeFitter fitter(ModelSession session) {
        Calibration calibration = session.fitter().calibration();
        return new RecipeFitter(
                session.opened().model(),
                session.opened().baseline().kernels(),
                session.opened().baseline().numerics(),
                calibration);
    }

    private static void live(ModelSession session, Execution execution, Cancellation cancellation) {
        LiveWork work = new LiveWork(session.opened(), fitter(session), new Deaf());
        Recipe recipe = preset(session, "W4A8 TRIP").withExecution(execution);
        LiveLoop.Wish wish = new LiveLoop.Wish(recipe, 0, 0);
        while (!work.isDone(wish, 1)) {
            work.step(wish, 1, Runnable::run, cancellation);
        }
    }

    private void export(ModelSession session, Cancellation cancellation) throws IOException {
        int[] ids = session.opened().text().windows().getFirst();
        TunedModel tuned =
                fitter(session).fit(preset(session, "RTN-W4"), Progress.NONE, cancellation);
        Exporter.write(
                new ExportSource(
                        tuned,
                        session.fitter().calibration(),
                        session.opened().model().precision(),
                        Arrays.copyOf(ids, 128)),
                new ExportFormat.Native(),
                folder.resolve("export"),
                true,
                Progress.NONE,
                cancellation);
    }

    private static void kernels(Cancellation cancellation) {
        Workers workers = Workers.shared();
        int bits = Collections.max(KernelProvider.availableBits());
        MachineMeter meter = new MachineMeter(bits, workers);
        meter.peak(Progress.NONE, cancellation);
        KernelBenchmark.measure(
                KernelProvider.of(bits, workers),
                meter,
                List.of(new KernelBenchmark.Shape(128, 768, 2048)),
                Progress.NONE,
                cancellation);
    }

    private void measure(String name, Work work) throws InterruptedException {
        int delay = Math.min(LONGEST_DELAY_MILLIS, duration(work));
        double[] millis = new double[ROUNDS];
        StringBuilder late = new StringBuilder();
        for (int round = 0; round < ROUNDS; round++) {
            Cancellation cancellation = new Cancellation();
            Thread thread = start(work, cancellation);
            Thread.sleep(random.nextInt(Math.max(1, delay)));
            cancellation.cancel();
            long start = System.nanoTime();
            thread.join(TOO_LONG_NANOS / 1_000_000);
            if (thread.isAlive()) {
                late.append(where(thread));
                thread.join();
            }
            millis[round] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(millis);
        System.out.printf(
                "%-24s %9.1f %9.1f%n%s", name, millis[ROUNDS / 2], millis[ROUNDS - 1], late);
    }

    /** How long the work takes, at most as long as a round waits. */
    private int duration(Work work) throws InterruptedException {
        Cancellation cancellation = new Cancellation();
        long start = System.nanoTime();
        Thread thread = start(work, cancellation);
        thread.join(LONGEST_DELAY_MILLIS);
        int millis = (int) ((System.nanoTime() - start) / 1_000_000);
        cancellation.cancel();
        thread.join();
        return millis;
    }

    private Thread start(Work work, Cancellation cancellation) {
        return Thread.ofPlatform()
                .name("cancelled")
                .start(
                        () -> {
                            try {
                                cancellation.during(
                                        () -> {
                                            work.run(cancellation);
                                            return null;
                                        });
                            } catch (CancellationException asked) {
                                // What this is about.
                            } catch (IOException | UserException failure) {
                                throw new IllegalStateException(failure);
                            }
                            assertFalse(Thread.currentThread().isInterrupted());
                        });
    }

    private static String where(Thread thread) {
        StringBuilder text = new StringBuilder();
        int frames = 0;
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getClassName().startsWith("io.agilelens") && frames++ < 4) {
                text.append(frames == 1 ? "    still in " : " < ")
                        .append(frame.getFileName().replace(".java", ""))
                        .append('.')
                        .append(frame.getMethodName())
                        .append(':')
                        .append(frame.getLineNumber());
            }
        }
        return text.append(System.lineSeparator()).toString();
    }

    private static Recipe preset(ModelSession session, String name) {
        return session.opened().presets().stream()
                .filter(preset -> preset.name().equals(name))
                .map(Preset::recipe)
                .findFirst()
                .orElseThrow();
    }

    /** Hears nothing. */
    private static final class Deaf implements LiveLoop.Listener {
        @Override
        public void erred(ChangedLayers layers) {}

        @Override
        public void compared(WindowComparison comparison) {}

        @Override
        public void evaluated(Quality quality, TunedModel tuned, double tokensPerSecond) {}

        @Override
        public void progressed(String step, long done, long total) {}

        @Override
        public void idle() {}

        @Override
        public void failed(UserException reason) {}

        @Override
        public void broke(Throwable failure) {}
    }
}
