package io.agilelens.app.command;

import io.agilelens.engine.evaluate.WindowLoss;
import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A table of losses, a line a predicted token: where it stands, what it is, what each model's
 * prediction of it cost. Comma-separated with a line of names.
 */
final class TokenLosses {
    private static final String NAMES =
            "window,position,id,token,loss,loss_all,float_loss,kl,same_most_likely";

    private final Tokenizer tokenizer;
    private final Writer target;

    private TokenLosses(Tokenizer tokenizer, Writer target) {
        this.tokenizer = tokenizer;
        this.target = target;
    }

    /**
     * Writes a file while the losses come, and moves it into place once all have.
     *
     * @param evaluation adds the losses of window after window
     */
    static void write(
            Path file, boolean replace, Tokenizer tokenizer, Consumer<TokenLosses> evaluation) {
        AtomicFiles.writeFile(
                file,
                replace,
                place -> {
                    try (Writer writer = Files.newBufferedWriter(place, StandardCharsets.UTF_8)) {
                        writer.write(NAMES + "\n");
                        evaluation.accept(new TokenLosses(tokenizer, writer));
                    } catch (UncheckedIOException failure) {
                        throw failure.getCause();
                    }
                });
    }

    /**
     * @param loss of the window
     * @param floats the float model's, null if it was not run
     */
    void add(int window, int[] ids, WindowLoss loss, WindowLoss floats) {
        try {
            for (int t = 0; t + 1 < ids.length; t++) {
                if (Float.isNaN(loss.carried()[t])) {
                    continue;
                }
                boolean compared = !Float.isNaN(loss.divergence()[t]);
                target.write(
                        "%d,%d,%d,%s,%s,%s,%s,%s,%s\n"
                                .formatted(
                                        window,
                                        t + 1,
                                        ids[t + 1],
                                        quoted(tokenizer.piece(ids[t + 1])),
                                        number(loss.kept()[t]),
                                        number(loss.carried()[t]),
                                        floats == null ? "" : number(floats.kept()[t]),
                                        number(loss.divergence()[t]),
                                        compared ? loss.agreed()[t] : ""));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String number(float value) {
        return Float.isNaN(value) ? "" : Float.toString(value);
    }

    private static String quoted(String piece) {
        return '"' + piece.replace("\"", "\"\"") + '"';
    }
}
