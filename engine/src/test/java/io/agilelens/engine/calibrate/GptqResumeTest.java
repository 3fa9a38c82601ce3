package io.agilelens.engine.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GPTQ in a JVM of its own that is killed in the middle. */
class GptqResumeTest {
    /** Scalar, so that a cold JVM gives the bits of a warm one. */
    private static final Kernels KERNELS = KernelProvider.of(0);

    private static final Recipe RECIPE =
            RecipeJson.parse(
                    "{\"weights\":{\"method\":\"gptq\",\"bits\":4,\"group\":12,\"gptq\":{\"act_order\":true}}}",
                    "test");

    @TempDir private Path folder;
    @TempDir private Path work;

    /** What is killed: says what it does, and waits before the layer at which it is to die. */
    static final class Doomed {
        private Doomed() {}

        public static void main(String[] arguments) {
            String last = "quantizing layer " + arguments[2] + ", MLP_INPUT";
            fit(
                    Path.of(arguments[0]),
                    Optional.of(new WorkFolder(Path.of(arguments[1]))),
                    (step, done, total) -> {
                        System.out.println(step);
                        if (step.equals(last)) {
                            sleep();
                        }
                    });
        }

        private static void sleep() {
            try {
                Thread.sleep(Long.MAX_VALUE);
            } catch (InterruptedException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    @Test
    void aKilledRunGoesOnBehindItsLastFinishedLayer() throws IOException, InterruptedException {
        Path model = TinyFamily.LLAMA.write(folder);
        List<QuantizedWeight> expected = fit(model, Optional.empty(), Progress.NONE);
        for (int layer = 1; layer < TinyFamily.LAYERS; layer++) {
            kill(model, layer);
            List<String> steps = new ArrayList<>();
            List<QuantizedWeight> actual =
                    fit(
                            model,
                            Optional.of(new WorkFolder(work)),
                            (step, done, total) -> steps.add(step));
            assertTrue(steps.contains("running quantized layer " + (layer - 1)), steps.toString());
            assertFalse(
                    steps.stream().anyMatch(step -> step.startsWith("quantizing layer 0,")),
                    steps.toString());
            assertEquals(expected.size(), actual.size());
            for (int i = 0; i < expected.size(); i++) {
                assertArrayEquals(expected.get(i).codes(), actual.get(i).codes());
                assertArrayEquals(expected.get(i).scales(), actual.get(i).scales());
                assertArrayEquals(expected.get(i).zeros(), actual.get(i).zeros());
                assertArrayEquals(expected.get(i).groupOf(), actual.get(i).groupOf());
            }
            new WorkFolder(work).open(key(model)).clear();
            try (var left = Files.list(work)) {
                assertEquals(0, left.count());
            }
        }
    }

    private void kill(Path model, int layer) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-modules",
                                "jdk.incubator.vector",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Doomed.class.getName(),
                                model.toString(),
                                work.toString(),
                                Integer.toString(layer))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try (BufferedReader output = process.inputReader()) {
            String last = "quantizing layer " + layer + ", MLP_INPUT";
            String line = output.readLine();
            while (line != null && !line.equals(last)) {
                line = output.readLine();
            }
            assertEquals(last, line, "the program ended on its own");
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static List<QuantizedWeight> fit(
            Path path, Optional<WorkFolder> place, Progress progress) {
        List<QuantizedWeight> weights = new ArrayList<>();
        try (Model model = Model.open(Checkpoints.open(path))) {
            var floats = FloatDecoders.numerics(model, KERNELS);
            TunedModel tuned =
                    new RecipeFitter(model, KERNELS, floats, calibration(), place)
                            .fit(RECIPE, progress, Cancellation.never());
            for (var layer : tuned.plan().layers()) {
                for (LinearRole role : model.config().roles()) {
                    weights.add(layer.weights().get(role));
                }
            }
        }
        return weights;
    }

    private static String key(Path path) {
        try (Model model = Model.open(Checkpoints.open(path))) {
            return WorkFolder.key(model, KERNELS, RECIPE, calibration());
        }
    }

    private static Calibration calibration() {
        Random random = new Random(7);
        return new Calibration(
                "random ids",
                List.of(random.ints(40, 0, 250).toArray(), random.ints(25, 0, 250).toArray()));
    }
}
