package io.agilelens.app.command;

import io.agilelens.app.bench.BenchFile;
import io.agilelens.app.command.BenchContenders.Contender;
import io.agilelens.engine.UserException;
import io.agilelens.engine.export.RandomCheckpoint;
import io.agilelens.engine.format.Deletion;
import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.model.Architecture;
import io.agilelens.engine.recipe.PruningRecipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes the page about speed. */
@Command(
        name = "performance",
        description = {
            "Measures models of real shapes as bench does and writes the tables of the page about"
                    + " speed: targets, roofline, profiles, other engines.",
            "Takes minutes, on an otherwise quiet machine."
        })
public final class PerformanceCommand extends EngineCommand {
    private static final List<String> SIZES = List.of("110m", "1.1b");

    /** Weights from which on a float32 copy beside the rest would only take memory and time. */
    private static final long LARGE = 500_000_000;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description =
                    "A model to measure; may be repeated. Without it, 110m and 1.1b are"
                            + " synthesized for the time of the run.")
    private List<Path> models = List.of();

    @Option(
            names = "--run",
            paramLabel = "FILE",
            description =
                    "A run that bench --save kept, instead of measuring; may be repeated, a model"
                            + " each.")
    private List<Path> runs = List.of();

    @Mixin private PassOptions passes;

    @Option(
            names = "--llama-cpp",
            paramLabel = "FILE",
            description = "What the measurement of llama.cpp on this machine has kept.")
    private Path llamaCpp;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description =
                    "The page. In one that exists, only what stands between its marks is replaced.")
    private Path out;

    @Override
    int run(TerminalProgress progress) {
        passes.check(this);
        if (!runs.isEmpty() && !models.isEmpty()) {
            throw new UserException("--run is instead of measuring: leave --model out");
        }
        MarkedPage page = MarkedPage.open(out, "Performance");
        Optional<LlamaCppRun> peer = Optional.ofNullable(llamaCpp).map(LlamaCppRun::read);
        List<BenchFile> measured =
                runs.isEmpty() ? measureAll(progress) : runs.stream().map(BenchFile::read).toList();
        List<PerformanceRun> figures = measured.stream().map(PerformanceRun::new).toList();
        page.write(PerformancePage.of(figures, peer));
        ObjectNode result = object().put("out", out.toString());
        ArrayNode list = result.putArray("runs");
        measured.forEach(run -> list.add(run.json()));
        print(progress, result, "%s: %d models".formatted(out, measured.size()));
        return 0;
    }

    private List<BenchFile> measureAll(TerminalProgress progress) {
        if (!models.isEmpty()) {
            return models.stream().map(model -> measure(model, progress)).toList();
        }
        List<BenchFile> measured = new ArrayList<>();
        Path folder = temporaryFolder();
        try {
            for (String size : SIZES) {
                Path model = folder.resolve(size);
                new RandomCheckpoint(Architecture.LLAMA, shape(size), 0)
                        .write(model, false, progress, cancellation);
                measured.add(measure(model, progress));
                delete(model);
            }
        } finally {
            delete(folder);
        }
        return measured;
    }

    private BenchFile measure(Path model, TerminalProgress progress) {
        try (OpenModel open = OpenModel.open(ModelReference.parse(model.toString()), this::tell)) {
            passes.requireContext(open.config());
            boolean large = open.model().parameters() >= LARGE;
            ObjectNode result =
                    new BenchRun(passes.benchmark(), progress, cancellation)
                            .of(open, contenders(open, large, progress), true, new int[0][]);
            return new BenchFile(model.toString(), result);
        }
    }

    private List<Contender> contenders(OpenModel open, boolean large, TerminalProgress progress) {
        BenchContenders contenders =
                new BenchContenders(open, passes.group(), progress, cancellation);
        PruningRecipe pruning = passes.pruning(open.config());
        return passes.rows().stream()
                .filter(row -> row != BenchRow.FP32 || !large)
                .map(row -> contenders.of(row, pruning))
                .toList();
    }

    private static RandomCheckpoint.Shape shape(String size) {
        return size.equals("110m")
                ? RandomCheckpoint.Shape.SIZE_110M
                : RandomCheckpoint.Shape.SIZE_1_1B;
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("agilelens-performance");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void delete(Path folder) {
        try {
            Deletion.of(folder);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
