package io.agilelens.engine.search;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.evaluate.generate.PassBenchmark;
import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.MemoryEstimate;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.PassSize;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;

/**
 * Does the runs of a plan one after the other, with the model of the last one kept open for the
 * next. For one thread at a time.
 */
public final class SweepWorker implements AutoCloseable {
    /** Tokens decoded behind the prompt whose speed is measured. */
    private static final int DECODED = 8;

    private static final int LONGEST_PROMPT = 128;

    private final SweepPlan plan;
    private int subject = -1;
    private Model model;
    private RecipeEvaluator evaluator;

    public SweepWorker(SweepPlan plan) {
        this.plan = plan;
    }

    /**
     * Does one run. What goes wrong with it stands in its row.
     *
     * @throws CancellationException if cancelled
     */
    public SweepRow run(int index, Progress progress, Cancellation cancellation) {
        SweepPlan.Run run = plan.runs().get(index);
        SweepSubject on = plan.subjects().get(run.subject());
        Optional<RunFigures> figures = Optional.empty();
        Optional<String> error = Optional.empty();
        try {
            figures = Optional.of(measure(run, on, progress, cancellation));
        } catch (CancellationException cancelled) {
            throw cancelled;
        } catch (UserException refusal) {
            error = Optional.of(refusal.getMessage());
        } catch (OutOfMemoryError exhausted) {
            // The rows before and after need not share the fate of this one.
            close();
            error =
                    Optional.of(
                            "out of memory: give Java more with AGILELENS_OPTS=-Xmx…, or leave"
                                    + " this run out");
        } catch (RuntimeException fault) {
            close();
            error = Optional.of("a fault of the program: " + fault);
        }
        return new SweepRow(
                index, on.model(), on.text().source(), run.name(), run.recipe(), figures, error);
    }

    private RunFigures measure(
            SweepPlan.Run run, SweepSubject on, Progress progress, Cancellation cancellation) {
        if (subject != run.subject()) {
            open(run.subject(), on, progress, cancellation);
        }
        Trial trial = evaluator.evaluate(run.recipe(), on.text(), progress, cancellation);
        return RunFigures.of(
                trial.perplexity(),
                trial.size(),
                plan.timed()
                        ? OptionalDouble.of(prefillSpeed(trial, cancellation))
                        : OptionalDouble.empty());
    }

    private double prefillSpeed(Trial trial, Cancellation cancellation) {
        int context = trial.tuned().model().config().contextLength();
        int prompt = Math.max(1, Math.min(LONGEST_PROMPT, context - DECODED));
        var contender =
                new PassBenchmark.Contender(
                        trial.tuned().decoder(), trial.tuned().recipe().pruning().pruner());
        return new PassBenchmark(prompt, DECODED).measure(contender, cancellation).prefillSpeed();
    }

    private void open(int index, SweepSubject on, Progress progress, Cancellation cancellation) {
        close();
        Model opened = Model.open(ModelReference.parse(on.path()).open());
        try {
            evaluator = evaluator(opened, on, progress, cancellation);
            model = opened;
            subject = index;
        } catch (RuntimeException | Error failure) {
            opened.close();
            throw failure;
        }
    }

    private static RecipeEvaluator evaluator(
            Model opened, SweepSubject on, Progress progress, Cancellation cancellation) {
        Kernels kernels = KernelProvider.current().kernels();
        PassSize pass = PassSize.window(on.text().length());
        FloatNumerics floats =
                new FloatNumerics(
                        opened,
                        kernels,
                        MemoryEstimate.fitting(opened, pass).placement(),
                        progress,
                        cancellation);
        return new RecipeEvaluator(
                new Decoder(opened, kernels, floats),
                new RecipeFitter(opened, kernels, floats, on.calibration()));
    }

    @Override
    public void close() {
        if (model != null) {
            model.close();
        }
        model = null;
        evaluator = null;
        subject = -1;
    }
}
