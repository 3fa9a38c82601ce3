package io.agilelens.engine.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.Golden;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Perplexities of the published setups on the trained tiny LLaMA. */
class PerplexityGoldenTest {
    private static final String RTN = "\"weights\":{\"method\":\"rtn\",\"bits\":4,\"group\":32}";
    private static final String LOG2 = "\"softmax\":{\"method\":\"log2\",\"bits\":4}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    fp                   | {} | 1e-4
                    w4_rtn_g32           | {RTN} | 1e-3
                    a8_published_default | {"activations":{"method":"uniform","granularity":"channel"},LOG2} | 1e-2
                    trip_a8_K3           | {"activations":{"method":"trip","bits":8},LOG2} | 1e-2
                    trip_a4_K3           | {"activations":{"method":"trip","bits":4},LOG2} | 1e-2
                    prune_beta50_l45     | {"pruning":{"beta":0.5,"layers":[3,4]}} | 2e-3
                    """)
    void matchesThePublishedSetups(String variant, String json, double tolerance) {
        Golden golden = Golden.open("ppl");
        Recipe recipe = RecipeJson.parse(json.replace("RTN", RTN).replace("LOG2", LOG2), variant);
        try (Model model = Model.open(Checkpoints.open(Golden.model("stories260k")))) {
            Kernels kernels = KernelProvider.current().kernels();
            var floats = FloatDecoders.numerics(model, kernels);
            int[] calibration = golden.ints("calib_ids");
            List<int[]> windows =
                    List.of(0, 1, 2, 3).stream()
                            .map(i -> Arrays.copyOfRange(calibration, i * 512, (i + 1) * 512))
                            .toList();
            TunedModel tuned =
                    new RecipeFitter(model, kernels, floats, new Calibration("kit", windows))
                            .fit(recipe, Progress.NONE, Cancellation.never());
            TokenWindows text =
                    TokenWindows.of("stories", golden.ints("stories_ids"), Protocol.GPTQ, 512, 5);
            Perplexity perplexity =
                    PerplexityEvaluator.of(tuned.decoder(), recipe.pruning().pruner())
                            .evaluate(text, _ -> {}, Progress.NONE, Cancellation.never());
            var expected =
                    variant.equals("fp")
                            ? golden.manifest().at("/texts/stories/A/perplexity")
                            : golden.manifest().at("/quantized/" + variant + "/stories/perplexity");
            assertEquals(
                    expected.doubleValue(),
                    perplexity.perToken(),
                    tolerance * expected.doubleValue());
        }
    }
}
