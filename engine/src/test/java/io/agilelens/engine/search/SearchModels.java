package io.agilelens.engine.search;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.TextReader;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.Model;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Tiny models and texts for sweeps and searches. */
final class SearchModels {
    private SearchModels() {}

    static Path write(Path folder) {
        return TinyModels.write(folder, TinyModels.Dimensions.small());
    }

    static Model open(Path folder) {
        return Model.open(Checkpoints.open(write(folder)));
    }

    static RecipeEvaluator evaluator(Model model) {
        return evaluator(model, new Calibration("random", List.of(ids(1, 40), ids(2, 40))));
    }

    static RecipeEvaluator evaluator(Model model, Calibration calibration) {
        Kernels kernels = KernelProvider.current().kernels();
        FloatNumerics floats = FloatDecoders.numerics(model, kernels);
        return new RecipeEvaluator(
                new Decoder(model, kernels, floats),
                new RecipeFitter(model, kernels, floats, calibration));
    }

    static TokenWindows text(long seed) {
        return new TokenWindows(
                "random " + seed, Protocol.GPTQ, List.of(ids(seed, 48), ids(seed + 1, 48)), 48);
    }

    private static int[] ids(long seed, int count) {
        Random random = new Random(seed);
        return IntStream.range(0, count).map(_ -> random.nextInt(256)).toArray();
    }

    /** Texts for grids, whatever they are called. */
    static TextReader words(String name, boolean calibrating) {
        String words = (calibrating ? "in the inn " : "the thin hen then " + name + " ").repeat(40);
        return TextReader.of(
                calibrating ? "calibration" : "words " + name,
                new ByteArrayInputStream(words.getBytes(StandardCharsets.UTF_8)));
    }
}
