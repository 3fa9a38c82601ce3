package io.agilelens.views.workbench;

import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.model.ModelConfig;

/**
 * How a text is cut for evaluation.
 *
 * @param length tokens a window, at most the model's context
 * @param count at most so many windows
 */
public record EvaluationWindows(Protocol protocol, int length, int count) {
    private static final int USUAL_LENGTH = 512;
    private static final int USUAL_COUNT = 8;

    /** What a model is evaluated with unless somebody chooses otherwise. */
    public static EvaluationWindows usual(ModelConfig config) {
        return new EvaluationWindows(
                Protocol.GPTQ, Math.min(USUAL_LENGTH, config.contextLength()), USUAL_COUNT);
    }

    /** How a text was cut. */
    public static EvaluationWindows of(TokenWindows text) {
        return new EvaluationWindows(text.protocol(), text.length(), text.windows().size());
    }
}
