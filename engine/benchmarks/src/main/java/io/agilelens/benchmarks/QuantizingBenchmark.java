package io.agilelens.benchmarks;

import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.export.RandomCheckpoint;
import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.kernel.BenchmarkOperands;
import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.Architecture;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.SiteTransform;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Turning activations into integer codes, as a model of one layer does it behind its MLP. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class QuantizingBenchmark {
    private static final int CALIBRATION_TOKENS = 32;

    /** Of the recipe: {@code uniform} has a scale for each token. */
    @Param({"uniform-8", "trip-8", "trip-4"})
    public String activations;

    /** Width of the MLP. */
    @Param({"2048", "5632"})
    public int channels;

    /** Rows. */
    @Param({"1", "128"})
    public int tokens;

    private SiteTransform transform;
    private Matrix x;

    /** Fits a recipe to a random model. */
    @Setup
    public void fit(KernelSetup setup) throws IOException {
        Path folder = Files.createTempDirectory("agilelens-benchmark");
        try {
            fit(setup, folder.resolve("model"));
        } finally {
            delete(folder);
        }
        x = new Matrix(tokens, channels, new BenchmarkOperands().floats(tokens * channels));
    }

    private void fit(KernelSetup setup, Path folder) {
        var shape = new RandomCheckpoint.Shape(64, 1, 1, 1, channels, 300, 64, true);
        new RandomCheckpoint(Architecture.LLAMA, shape, 1)
                .write(folder, false, Progress.NONE, Cancellation.never());
        try (Model model = Model.open(ModelReference.parse(folder.toString()).open())) {
            FloatNumerics floats =
                    new FloatNumerics(
                            model,
                            setup.kernels(),
                            WeightPrecision.FP32,
                            Progress.NONE,
                            Cancellation.never());
            int[] ids = new SplittableRandom(1).ints(CALIBRATION_TOKENS, 0, 300).toArray();
            transform =
                    new RecipeFitter(
                                    model,
                                    setup.kernels(),
                                    floats,
                                    new Calibration("random ids", List.of(ids)))
                            .fit(
                                    RecipeJson.parse(recipe(), "activations"),
                                    Progress.NONE,
                                    Cancellation.never())
                            .decoder()
                            .numerics()
                            .site(0, Site.MLP_HIDDEN);
        }
    }

    private String recipe() {
        String[] parts = activations.split("-", -1);
        return """
        {"weights": {"method": "rtn", "bits": 4, "group": 32},
         "activations": {"method": "%s", "bits": %s, "granularity": "%s"},
         "execution": "executed"}
        """
                .formatted(parts[0], parts[1], parts[0].equals("trip") ? "tensor" : "token");
    }

    private static void delete(Path folder) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(folder)) {
            deepestFirst = files.toList().reversed();
        }
        for (Path file : deepestFirst) {
            Files.delete(file);
        }
    }

    /** Its codes are a new array, so this one allocates. */
    @Benchmark
    public Activation codes() {
        return transform.apply(x);
    }
}
