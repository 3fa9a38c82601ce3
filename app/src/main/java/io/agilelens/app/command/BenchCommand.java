package io.agilelens.app.command;

import io.agilelens.app.bench.BenchFile;
import io.agilelens.app.command.BenchContenders.Contender;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.recipe.PruningRecipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** How fast this machine is with this model. */
@Command(
        name = "bench",
        description = {
            "Prefill and decode tokens/s by precision, where the time goes, and latencies of the"
                    + " matrix products, beside the machine's own peak.",
            "With --compare, what differs between two saved runs."
        })
public final class BenchCommand extends EngineCommand {

    /** Outputs and inputs of the linears of a model with a billion weights. */
    private static final int[][] LARGE_SHAPES = {{2048, 2048}, {2048, 5632}};

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "MODEL",
            description = "As for the other commands; not with --compare.")
    private String model;

    @Mixin private RecipeOption recipeOption;
    @Mixin private PassOptions passes;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that compute; without it one for each processor.")
    private Integer threads;

    @Option(
            names = "--no-kernels",
            description = "Leave out the single products, which take a minute or two.")
    private boolean withoutKernels;

    @Option(names = "--save", paramLabel = "FILE", description = "Also keep the result as a file.")
    private Path save;

    @Option(names = "--replace", description = "Replace the file of --save if it exists.")
    private boolean replace;

    @Option(
            names = "--compare",
            arity = "2",
            paramLabel = "FILE",
            description =
                    "Measure nothing; set two saved runs side by side, the second one's figures"
                            + " relative to the first one's, also scaled by what each machine"
                            + " could do when it ran.")
    private List<Path> compare;

    @Override
    int run(TerminalProgress progress) {
        if (compare != null) {
            requireNothingToMeasure();
            BenchComparison comparison =
                    BenchComparison.of(
                            BenchFile.read(compare.get(0)), BenchFile.read(compare.get(1)));
            print(progress, comparison.toJson(), comparison.toText());
            return 0;
        }
        if (model == null) {
            throw new ParameterException(
                    spec.commandLine(), "no MODEL: give one, or --compare with two saved runs");
        }
        requirePositive("--threads", threads);
        passes.check(this);
        requireFreeTarget();
        setThreads();
        try (OpenModel open = OpenModel.open(ModelReference.parse(model), this::tell)) {
            passes.requireContext(open.config());
            ObjectNode result = measure(open, progress);
            if (save != null) {
                String text = result.toPrettyString();
                AtomicFiles.writeFile(save, replace, place -> Files.writeString(place, text));
            }
            print(progress, result, BenchText.of(result));
        }
        return 0;
    }

    private ObjectNode measure(OpenModel open, TerminalProgress progress) {
        if (!withoutKernels) {
            MeasuredKernels.measureOnce(progress, cancellation);
        }
        boolean small = open.config().hiddenSize() < LARGE_SHAPES[0][0];
        return new BenchRun(passes.benchmark(), progress, cancellation)
                .of(
                        open,
                        contenders(open, progress),
                        !withoutKernels,
                        small ? LARGE_SHAPES : new int[0][]);
    }

    /** What is to be measured: the rows, or the floats and the recipe that was given. */
    private List<Contender> contenders(OpenModel open, TerminalProgress progress) {
        BenchContenders contenders =
                new BenchContenders(open, passes.group(), progress, cancellation);
        if (open.bundle().isPresent()) {
            passes.requireUsualRows("a native bundle has a row of its own");
            return List.of(contenders.of(open.tune(recipeOption, progress, cancellation)));
        }
        PruningRecipe pruning = passes.pruning(open.config());
        List<Contender> made = new ArrayList<>();
        if (recipeOption.isGiven()) {
            passes.requireUsualRows("--recipe is measured beside fp32 and fp16");
            made.add(contenders.of(BenchRow.FP32, pruning));
            made.add(contenders.of(BenchRow.FP16, pruning));
            made.add(contenders.of(recipeOption.recipe(open.config().layers())));
            return made;
        }
        passes.rows().forEach(row -> made.add(contenders.of(row, pruning)));
        return made;
    }

    private void requireNothingToMeasure() {
        if (model != null || save != null || recipeOption.isGiven()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--compare measures nothing: leave MODEL, --recipe and --save out");
        }
    }

    private void requireFreeTarget() {
        if (save != null && Files.exists(save) && !replace) {
            throw new UserException(
                    "--save %s exists: give --replace to replace it, or another name"
                            .formatted(Printable.of(save)));
        }
    }

    /** The number of threads is settled when the first of them is needed. */
    private void setThreads() {
        if (threads == null) {
            return;
        }
        System.setProperty(Workers.PROPERTY, threads.toString());
        if (Workers.shared().threads() != threads) {
            throw new UserException(
                    "--threads %d comes too late, %d threads run already: start the program anew"
                            .formatted(threads, Workers.shared().threads()));
        }
    }
}
