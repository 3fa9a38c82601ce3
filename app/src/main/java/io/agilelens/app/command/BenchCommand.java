package io.agilelens.app.command;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.OperatorProfile;
import io.agilelens.engine.evaluate.generate.PassBenchmark;
import io.agilelens.engine.kernel.KernelBenchmark;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.KernelTiming;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.MachinePeak;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.ActivationRecipe;
import io.agilelens.engine.recipe.Granularity;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SoftmaxMethod;
import io.agilelens.engine.recipe.SoftmaxRecipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** How fast this machine is with this model. */
@Command(
        name = "bench",
        description =
                "Prefill and decode tokens/s by precision, and latencies of the matrix products.")
public final class BenchCommand extends EngineCommand {
    private static final int CALIBRATION_TOKENS = 64;
    private static final double BETA = 0.2;
    private static final int GROUP = 32;

    /** Outputs and inputs of the linears of a model with a billion weights. */
    private static final int[][] LARGE_SHAPES = {{2048, 2048}, {2048, 5632}};

    @Mixin private ModelOption modelOption;
    @Mixin private RecipeOption recipeOption;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that compute; without it one for each processor.")
    private Integer threads;

    @Option(
            names = "--prompt",
            paramLabel = "N",
            description = "Prompt tokens (default ${DEFAULT-VALUE}).")
    private Integer prompt = 128;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            description = "Tokens decoded behind the prompt (default ${DEFAULT-VALUE}).")
    private Integer tokens = 32;

    @Option(
            names = "--no-kernels",
            description = "Leave out the single products, which take a minute or two.")
    private boolean withoutKernels;

    /** A row of the table: arithmetic by the names of the result. */
    private record Setup(String weights, String activations, double beta, TunedModel tuned) {
        String precision() {
            return activations.equals("fp32") ? weights : weights + "/" + activations;
        }
    }

    @Override
    int run(TerminalProgress progress) {
        requirePositive("--threads", threads);
        requirePositive("--prompt", prompt);
        requirePositive("--tokens", tokens);
        setThreads();
        try (OpenModel open = modelOption.open()) {
            requireContext(open.config());
            ObjectNode result = Results.of(open);
            addMachine(result.putObject("machine"), progress);
            ArrayNode prefill = result.putArray("prefill");
            ArrayNode decode = result.putArray("decode");
            ArrayNode operators = JsonNodeFactory.instance.arrayNode();
            new Passes(open, progress, prefill, decode, operators).run();
            ArrayNode kernels = result.putArray("kernels");
            if (!withoutKernels) {
                addKernels(kernels, open.config(), progress);
            }
            result.set("operators", operators);
            print(progress, result, text(result));
        }
        return 0;
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

    private void requireContext(ModelConfig config) {
        if (prompt + tokens > config.contextLength()) {
            throw new UserException(
                    "--prompt %d and --tokens %d exceed the model's context of %d: give fewer"
                            .formatted(prompt, tokens, config.contextLength()));
        }
    }

    private void addMachine(ObjectNode node, TerminalProgress progress) {
        int bits = KernelProvider.current().kernels().vectorBits();
        MachinePeak peak = MachinePeak.measure(bits, Workers.shared(), progress, cancellation);
        node.put("simd_bits", peak.vectorBits())
                .put("simd_reason", KernelProvider.current().reason())
                .put("threads", peak.threads())
                .put(
                        "jit",
                        "%s %s"
                                .formatted(
                                        System.getProperty("java.vm.name"),
                                        System.getProperty("java.vm.version")));
        put(node, "fma_peak_gflops", peak.gigaFlops());
        put(node, "bandwidth_gb_per_s", peak.gigabytesPerSecond());
    }

    /** Runs the model in one arithmetic after the other. */
    private final class Passes {
        private final OpenModel open;
        private final TerminalProgress progress;
        private final ArrayNode prefill;
        private final ArrayNode decode;
        private final ArrayNode operators;

        Passes(
                OpenModel open,
                TerminalProgress progress,
                ArrayNode prefill,
                ArrayNode decode,
                ArrayNode operators) {
            this.open = open;
            this.progress = progress;
            this.prefill = prefill;
            this.decode = decode;
            this.operators = operators;
        }

        void run() {
            if (open.bundle().isPresent()) {
                TunedModel tuned = open.tune(recipeOption, progress, cancellation);
                measure(setup(tuned));
                return;
            }
            measure(floats(WeightPrecision.FP32, "fp32"));
            measure(floats(WeightPrecision.FP16, "fp16"));
            if (recipeOption.isGiven()) {
                measure(setup(fit(recipeOption.recipe(open.config().layers()))));
                return;
            }
            Recipe int8 =
                    Recipe.FLOAT
                            .withWeights(new WeightRecipe(WeightMethod.RTN, 8, GROUP, false))
                            .withActivations(
                                    new ActivationRecipe(
                                            ActivationMethod.UNIFORM, 8, 0, Granularity.TOKEN))
                            .withExecution(Execution.EXECUTED);
            measure(setup(fit(int8)));
            measure(setup(fit(trip(8))));
            measure(setup(fit(trip(4))));
            measure(
                    setup(
                            fit(
                                    trip(4).withPruning(
                                                    PruningRecipe.lastThird(
                                                            BETA, open.config().layers())))));
        }

        private Recipe trip(int bits) {
            return Recipe.FLOAT
                    .withWeights(new WeightRecipe(WeightMethod.RTN, 4, GROUP, false))
                    .withActivations(
                            new ActivationRecipe(
                                    ActivationMethod.TRIP, bits, 3, Granularity.TENSOR))
                    .withSoftmax(new SoftmaxRecipe(SoftmaxMethod.LOG2, 4))
                    .withExecution(Execution.EXECUTED);
        }

        private Setup floats(WeightPrecision precision, String name) {
            Numerics numerics =
                    new FloatNumerics(
                            open.model(), open.kernels(), precision, progress, cancellation);
            TunedModel tuned =
                    new TunedModel(
                            Recipe.FLOAT,
                            new io.agilelens.engine.quant.QuantizationPlan(List.of()),
                            List.of(),
                            new Decoder(open.model(), open.kernels(), numerics));
            return new Setup(name, "fp32", 0, tuned);
        }

        /** Speed does not depend on the values of the parameters, so a short text will do. */
        private TunedModel fit(Recipe recipe) {
            int[] ids =
                    new SplittableRandom(1)
                            .ints(
                                    Math.min(CALIBRATION_TOKENS, open.config().contextLength()),
                                    0,
                                    open.config().vocabularySize())
                            .toArray();
            return new RecipeFitter(
                            open.model(),
                            open.kernels(),
                            open.floats(progress, cancellation),
                            new Calibration("random ids", List.of(ids)))
                    .fit(recipe, progress, cancellation);
        }

        private Setup setup(TunedModel tuned) {
            Recipe recipe = tuned.recipe();
            boolean executed = recipe.execution() == Execution.EXECUTED;
            String weights =
                    recipe.weights().method() == WeightMethod.NONE || !executed
                            ? "fp32"
                            : "int" + recipe.weights().bits();
            String activations =
                    !executed
                            ? "fp32"
                            : switch (recipe.activations().method()) {
                                case NONE -> "fp32";
                                case UNIFORM -> "int" + recipe.activations().bits();
                                case TRIP -> "trip" + recipe.activations().bits();
                            };
            double beta = recipe.pruning().removes() ? recipe.pruning().beta() : 0;
            return new Setup(weights, activations, beta, tuned);
        }

        private void measure(Setup setup) {
            progress.report(
                    "measuring %s weights, %s activations"
                            .formatted(setup.weights(), setup.activations()),
                    prefill.size(),
                    prefill.size() + 1);
            TokenPruner pruner = setup.tuned().recipe().pruning().pruner();
            PassBenchmark.Speeds speeds =
                    PassBenchmark.measure(
                            setup.tuned().decoder(), pruner, prompt, tokens, cancellation);
            add(prefill, setup, speeds.prefill());
            add(decode, setup, speeds.decode());
            addOperators(setup, pruner);
        }

        private void addOperators(Setup setup, TokenPruner pruner) {
            int[] ids =
                    new SplittableRandom(1)
                            .ints(prompt, 0, open.config().vocabularySize())
                            .toArray();
            OperatorProfile profile =
                    OperatorProfile.measure(setup.tuned().decoder(), pruner, ids, cancellation);
            profile.shares()
                    .forEach(
                            (operator, share) -> {
                                ObjectNode row =
                                        operators
                                                .addObject()
                                                .put("precision", setup.precision())
                                                .put("beta", setup.beta())
                                                .put(
                                                        "operator",
                                                        operator.name().toLowerCase(Locale.ROOT));
                                put(row, "share", share);
                            });
        }

        private void add(ArrayNode rows, Setup setup, PassBenchmark.Speed speed) {
            ObjectNode row =
                    rows.addObject()
                            .put("weights", setup.weights())
                            .put("activations", setup.activations())
                            .put("beta", setup.beta())
                            .put("prompt_tokens", prompt);
            put(row, "tokens_per_second", speed.tokensPerSecond());
            put(row, "spread", speed.spread());
        }
    }

    private void addKernels(ArrayNode rows, ModelConfig config, TerminalProgress progress) {
        Set<KernelBenchmark.Shape> shapes = new LinkedHashSet<>();
        for (int m : new int[] {1, prompt}) {
            for (LinearRole role : List.of(LinearRole.QUERY, LinearRole.UP, LinearRole.DOWN)) {
                shapes.add(new KernelBenchmark.Shape(m, role.outputs(config), role.inputs(config)));
            }
            for (int[] shape : LARGE_SHAPES) {
                shapes.add(new KernelBenchmark.Shape(m, shape[0], shape[1]));
            }
        }
        Kernels kernels = KernelProvider.current().kernels();
        List<KernelTiming> timings =
                KernelBenchmark.measure(kernels, new ArrayList<>(shapes), progress, cancellation);
        double reference = Double.NaN;
        for (KernelTiming timing : timings) {
            if (timing.name().equals("FP32")) {
                reference = timing.medianMicroseconds();
            }
            ObjectNode row = rows.addObject().put("name", timing.name());
            row.putArray("shape").add(timing.m()).add(timing.n()).add(timing.k());
            put(row, "microseconds", timing.medianMicroseconds());
            put(row, "spread", timing.spreadMicroseconds());
            put(row, "gmac_per_s", timing.gigaMacsPerSecond());
            put(row, "ratio_to_fp32", reference / timing.medianMicroseconds());
        }
    }

    private static String text(ObjectNode result) {
        StringBuilder text = new StringBuilder();
        ObjectNode machine = (ObjectNode) result.path("machine");
        text.append(
                "%s, %d threads, peak %.1f GFLOP/s, %.1f GB/s%n"
                        .formatted(
                                machine.path("simd_bits").asInt() == 0
                                        ? "scalar code"
                                        : machine.path("simd_bits").asInt() + "-bit vectors",
                                machine.path("threads").asInt(),
                                machine.path("fma_peak_gflops").asDouble(),
                                machine.path("bandwidth_gb_per_s").asDouble()));
        for (String phase : List.of("prefill", "decode")) {
            text.append(
                    "%n%-8s %-11s %5s %12s %10s %8s%n"
                            .formatted(
                                    phase, "activations", "β", "tokens/s", "± spread", "× fp32"));
            double reference = Double.NaN;
            for (var row : result.path(phase)) {
                double speed = row.path("tokens_per_second").asDouble();
                if (Double.isNaN(reference)) {
                    reference = speed;
                }
                text.append(
                        "%-8s %-11s %5s %12.1f %10.1f %8.2f%n"
                                .formatted(
                                        row.path("weights").asString(),
                                        row.path("activations").asString(),
                                        row.path("beta").asDouble(),
                                        speed,
                                        row.path("spread").asDouble(),
                                        speed / reference));
            }
        }
        String header =
                "%n%-10s %18s %12s %10s %10s %8s%n"
                        .formatted("product", "m × n × k", "µs", "± spread", "GMAC/s", "× FP32");
        for (var row : result.path("kernels")) {
            text.append(header);
            header = "";
            text.append(
                    "%-10s %18s %12.1f %10.1f %10.2f %8.2f%n"
                            .formatted(
                                    row.path("name").asString(),
                                    "%d × %d × %d"
                                            .formatted(
                                                    row.path("shape").path(0).asInt(),
                                                    row.path("shape").path(1).asInt(),
                                                    row.path("shape").path(2).asInt()),
                                    row.path("microseconds").asDouble(),
                                    row.path("spread").asDouble(),
                                    row.path("gmac_per_s").asDouble(),
                                    row.path("ratio_to_fp32").asDouble()));
        }
        appendOperators(text, result.path("operators"));
        return text.toString();
    }

    /** A line for each precision: where the time of its prefill goes, largest share first. */
    private static void appendOperators(StringBuilder text, JsonNode operators) {
        Map<String, List<JsonNode>> byPrecision = new LinkedHashMap<>();
        for (JsonNode row : operators) {
            String name = row.path("precision").asString();
            double beta = row.path("beta").asDouble();
            byPrecision
                    .computeIfAbsent(beta > 0 ? name + " β " + beta : name, _ -> new ArrayList<>())
                    .add(row);
        }
        text.append("%nprefill on one thread, share of the time%n".formatted());
        byPrecision.forEach(
                (precision, rows) -> {
                    rows.sort(Comparator.comparingDouble(row -> -row.path("share").asDouble()));
                    text.append("%-18s".formatted(precision));
                    for (JsonNode row : rows) {
                        double share = row.path("share").asDouble();
                        if (share >= 0.005) {
                            text.append(
                                    "  %s %.0f %%"
                                            .formatted(
                                                    row.path("operator").asString(), 100 * share));
                        }
                    }
                    text.append(System.lineSeparator());
                });
    }
}
