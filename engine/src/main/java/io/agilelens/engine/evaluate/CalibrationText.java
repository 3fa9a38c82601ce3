package io.agilelens.engine.evaluate;

import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.format.TextReader;
import io.agilelens.engine.model.Model;

/** How a text becomes what recipes are fitted on: as perplexity windows are cut, but only a few. */
public final class CalibrationText {
    private static final int WINDOW = 512;
    private static final int WINDOWS = 8;

    private CalibrationText() {}

    /**
     * @param text read as far as needed; not closed
     * @throws io.agilelens.engine.UserException if the text fills no window or cannot be read
     */
    public static Calibration of(TextReader text, Model model) {
        TokenWindows windows =
                TokenWindows.of(
                        text.source(),
                        text,
                        model.tokenizer(),
                        Protocol.GPTQ,
                        Math.min(WINDOW, model.config().contextLength()),
                        WINDOWS);
        return new Calibration(text.source(), windows.windows());
    }
}
