package io.agilelens.app;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.PerplexityEvaluator;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.format.TextReader;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What GPTQ is for, on models that learned something. */
class GptqOnSamplesTest {
    private static final Kernels KERNELS = KernelProvider.current().kernels();

    /** Nearer to the float model on a text that it was not calibrated on. */
    @ParameterizedTest
    @ValueSource(strings = {"llama-tiny", "opt-tiny", "bloom-tiny"})
    void staysCloserToTheFloatModelThanRoundToNearest(String sample) {
        try (Model model = Model.open(ModelReference.parse("sample:" + sample).open())) {
            var floats =
                    new FloatNumerics(
                            model,
                            KERNELS,
                            WeightPrecision.FP32,
                            Progress.NONE,
                            Cancellation.never());
            Calibration calibration =
                    new Calibration("orchard", windows(model, SampleTexts.ORCHARD, 512, 8));
            RecipeFitter fitter = new RecipeFitter(model, KERNELS, floats, calibration);
            Decoder exact = new Decoder(model, KERNELS, floats);
            for (int group : new int[] {-1, 32}) {
                Perplexity rounded = evaluate(model, exact, fitter, "rtn", group);
                Perplexity fitted = evaluate(model, exact, fitter, "gptq", group);
                assertTrue(
                        fitted.divergence() < 0.85 * rounded.divergence(),
                        "group %d: KL %s instead of %s"
                                .formatted(group, fitted.divergence(), rounded.divergence()));
                if (group == -1) {
                    assertTrue(
                            fitted.nll() < rounded.nll(),
                            "%s nats instead of %s".formatted(fitted.nll(), rounded.nll()));
                }
            }
        }
    }

    private static Perplexity evaluate(
            Model model, Decoder exact, RecipeFitter fitter, String method, int group) {
        Recipe recipe =
                RecipeJson.parse(
                        "{\"weights\":{\"method\":\"%s\",\"bits\":4,\"group\":%d}}"
                                .formatted(method, group),
                        "test");
        TunedModel tuned = fitter.fit(recipe, Progress.NONE, Cancellation.never());
        try (TextReader text = SampleTexts.LIGHTHOUSE.open()) {
            TokenWindows windows =
                    TokenWindows.of(
                            text.source(), text, model.tokenizer(), Protocol.GPTQ, 512, 1000);
            return PerplexityEvaluator.against(exact, tuned.decoder(), TokenPruner.NONE)
                    .evaluate(windows, _ -> {}, Progress.NONE, Cancellation.never());
        }
    }

    private static List<int[]> windows(Model model, SampleTexts text, int length, int most) {
        try (TextReader reader = text.open()) {
            return TokenWindows.of(
                            reader.source(), reader, model.tokenizer(), Protocol.GPTQ, length, most)
                    .windows();
        }
    }
}
