package io.agilelens.engine.evaluate.conformance;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.task.Cancellation;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Takes the cases of one folder; whatever goes wrong in one becomes its failure, not the run's. */
final class CaseSink {
    private final String folder;
    private final Consumer<CaseResult> listener;
    private final Cancellation cancellation;

    CaseSink(String folder, Consumer<CaseResult> listener, Cancellation cancellation) {
        this.folder = folder;
        this.listener = listener;
        this.cancellation = cancellation;
    }

    /** A sink for a part of the folder. */
    CaseSink part(String name) {
        return new CaseSink(folder + "/" + name, listener, cancellation);
    }

    /** Runs a check and reports it. */
    void check(String what, Supplier<Measurement> check) {
        attempt(
                what,
                () -> {
                    Measurement found = check.get();
                    Outcome outcome = found.passes() ? Outcome.PASS : Outcome.FAIL;
                    report(what, outcome, found.error(), found.tolerance(), found.note());
                });
    }

    /** Does work that several checks need; if it cannot be done, that is one failed case. */
    void attempt(String what, Runnable work) {
        cancellation.check();
        try {
            work.run();
        } catch (CancellationException cancelled) {
            throw cancelled;
        } catch (UnsupportedModelException unsupported) {
            unsupported(what, unsupported.getMessage());
        } catch (UserException failure) {
            fail(what, failure.getMessage());
        } catch (RuntimeException failure) {
            fail(what, failure.toString());
        }
    }

    void fail(String what, String note) {
        report(what, Outcome.FAIL, Double.NaN, Double.NaN, note);
    }

    void unsupported(String what, String reason) {
        report(what, Outcome.UNSUPPORTED, Double.NaN, Double.NaN, reason);
    }

    private void report(String what, Outcome outcome, double error, double tolerance, String note) {
        String name = what.isEmpty() ? folder : folder + " " + what;
        listener.accept(new CaseResult(name, outcome, error, tolerance, Printable.of(note)));
    }
}
