package io.agilelens.app.live;

import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.PerplexityEvaluator;
import io.agilelens.engine.evaluate.PerplexityTally;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.evaluate.WindowLoss;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;

/** What the float model makes of a text, each window once, in their order. For one thread. */
final class FloatWindows {
    private final Decoder floats;
    private final TokenWindows text;
    private final PerplexityTally tally;
    private final List<Matrix> hidden = new ArrayList<>();
    private final List<WindowLoss> losses = new ArrayList<>();
    private final List<Perplexity> results = new ArrayList<>();

    FloatWindows(Decoder floats, TokenWindows text) {
        this.floats = floats;
        this.text = text;
        this.tally = new PerplexityTally(text);
    }

    TokenWindows text() {
        return text;
    }

    /** Runs windows up to this one. */
    void require(int window, Cancellation cancellation) {
        while (hidden.size() <= window) {
            int next = hidden.size();
            score(next, floats.run(text.windows().get(next), cancellation), cancellation);
        }
    }

    /** The losses of a window that the float model has run; they are kept if its turn has come. */
    WindowLoss score(int window, Decoder.Pass pass, Cancellation cancellation) {
        WindowLoss loss =
                PerplexityEvaluator.of(floats, TokenPruner.NONE)
                        .score(
                                text.windows().get(window),
                                text.firstScored(window),
                                pass,
                                cancellation);
        if (window == hidden.size()) {
            tally.add(loss);
            hidden.add(pass.hidden());
            losses.add(loss);
            results.add(tally.result());
        }
        return loss;
    }

    /** Whether a window was run. */
    boolean knows(int window) {
        return window < hidden.size();
    }

    /** What the head reads, {@code [tokens, hidden]}, of a window that was run. */
    Matrix hidden(int window) {
        return hidden.get(window);
    }

    WindowLoss loss(int window) {
        return losses.get(window);
    }

    /** The perplexity over the windows up to one that was run. */
    Perplexity perplexity(int window) {
        return results.get(window);
    }
}
