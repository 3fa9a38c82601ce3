package io.agilelens.engine.evaluate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.HeapRoom;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;

/**
 * The float model on some windows, which tuned models are held against. What it leaves of a window
 * is kept while there is room, and computed again otherwise. Not safe for threads.
 */
public final class FloatReference {
    /** Share of the free heap that what is kept may take. */
    private static final int SHARE = 4;

    private final Decoder decoder;
    private final TokenWindows text;
    private final Window[] kept;

    /**
     * A window as the float model sees it.
     *
     * @param ids the tokens; read only
     * @param first first position that counts
     * @param hidden what the head reads, {@code [tokens, embedding]}
     * @param loss losses of the predictions
     */
    public record Window(int[] ids, int first, Matrix hidden, WindowLoss loss) {}

    public FloatReference(Decoder decoder, TokenWindows text) {
        this.decoder = decoder;
        this.text = text;
        long bytes = 4L * text.length() * (decoder.model().config().embeddingSize() + 4L);
        long room = HeapRoom.now(0).free() / SHARE;
        this.kept = new Window[(int) Math.min(text.windows().size(), room / bytes)];
    }

    public Decoder decoder() {
        return decoder;
    }

    public TokenWindows text() {
        return text;
    }

    public int windows() {
        return text.windows().size();
    }

    /**
     * @throws UserException if the model predicts NaN or infinity
     */
    public Window window(int index, Cancellation cancellation) {
        if (index < kept.length && kept[index] != null) {
            return kept[index];
        }
        int[] ids = text.windows().get(index);
        int first = text.firstScored(index);
        Decoder.Pass pass = decoder.run(ids, cancellation);
        WindowLoss loss =
                PerplexityEvaluator.of(decoder, TokenPruner.NONE)
                        .score(ids, first, pass, cancellation);
        Window window = new Window(ids, first, pass.hidden(), loss);
        if (index < kept.length) {
            kept[index] = window;
        }
        return window;
    }

    /** Hears the losses of each window. */
    @FunctionalInterface
    public interface Listener {

        /**
         * @param window index of the window
         * @param floats as the float model sees it
         * @param loss the tuned model's losses
         */
        void compared(int window, Window floats, WindowLoss loss);
    }

    /**
     * Holds a tuned model against the float model on all windows.
     *
     * @param name what is evaluated, for the progress
     */
    public FloatComparison compare(
            String name,
            Decoder tuned,
            TokenPruner pruner,
            Progress progress,
            Cancellation cancellation) {
        return compare(name, tuned, pruner, (_, _, _) -> {}, progress, cancellation);
    }

    /** As above, telling the losses of each window. */
    public FloatComparison compare(
            String name,
            Decoder tuned,
            TokenPruner pruner,
            Listener listener,
            Progress progress,
            Cancellation cancellation) {
        PerplexityEvaluator evaluator = PerplexityEvaluator.against(decoder, tuned, pruner);
        FloatComparison.Tally tally = new FloatComparison.Tally();
        for (int w = 0; w < windows(); w++) {
            progress.report(name, w, windows());
            Window window = window(w, cancellation);
            WindowLoss loss =
                    evaluator.score(
                            window.ids(),
                            window.first(),
                            Probe.NONE,
                            window.hidden(),
                            cancellation);
            tally.add(window.loss(), loss);
            listener.compared(w, window, loss);
        }
        progress.report(name, windows(), windows());
        return tally.result();
    }
}
