package io.agilelens.app.command;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.export.ExportFormat;
import io.agilelens.engine.export.ExportReport;
import io.agilelens.engine.export.ExportSource;
import io.agilelens.engine.export.Exporter;
import io.agilelens.engine.format.gguf.GgufType;
import io.agilelens.engine.recipe.Recipe;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Saves a tuned model. */
@Command(
        name = "quantize",
        description = "Writes a tuned model, reads it again and verifies it before it is kept.")
public final class QuantizeCommand extends EngineCommand {
    private static final List<String> FORMATS =
            List.of("native", "awq", "gptq", "compressed-tensors", "gguf");
    private static final List<GgufType> TYPES =
            Arrays.stream(GgufType.values()).filter(type -> type != GgufType.F32).toList();
    private static final int VERIFIED_TOKENS = 128;

    @Mixin private ModelOption modelOption;
    @Mixin private RecipeOption recipeOption;

    @Option(
            names = "--format",
            required = true,
            paramLabel = "FORMAT",
            description =
                    "native (everything the recipe says, for this program), awq, gptq,"
                            + " compressed-tensors or gguf.")
    private String format;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description =
                    "Type of the quantized linears with gguf: f16, q8_0, q4_0, q4_1, q4_k or q6_k;"
                            + " without it the one nearest to the recipe.")
    private String type;

    @Option(
            names = "--gptq-version",
            paramLabel = "1|2",
            description = "How gptq stores zero points: 1 less one (default), 2 as they are.")
    private Integer gptqVersion;

    @Option(
            names = "--layout",
            paramLabel = "LAYOUT",
            description =
                    "With compressed-tensors: pack-quantized or int-quantized; without it"
                            + " int-quantized where weights are 8 bits a row and activations can be"
                            + " said, else pack-quantized.")
    private String layout;

    @Option(names = "--out", required = true, paramLabel = "PATH", description = "Where to write.")
    private Path target;

    @Option(names = "--replace", description = "Replace what stands there.")
    private boolean replace;

    @Override
    int run(TerminalProgress progress) {
        ExportFormat exportFormat = format();
        if (!recipeOption.isGiven()) {
            throw new ParameterException(
                    spec.commandLine(), "Missing required option: '--recipe=RECIPE'");
        }
        StepClock clock = new StepClock(progress);
        clock.begin("opening");
        try (HeapWatch heap = new HeapWatch();
                OpenModel open = modelOption.open()) {
            if (open.bundle().isPresent()) {
                throw new UserException(
                        "%s is a native bundle already: quantize the float model it was made from"
                                .formatted(open.name()));
            }
            Recipe recipe = recipeOption.recipe(open.config().layers());
            RecipeFitter fitter =
                    open.fitter(recipeOption, open.floats(recipe, clock, cancellation));
            TunedModel tuned = fitter.fit(recipe, clock, cancellation);
            clock.begin("writing");
            int[] text = fitter.calibration().windows().getFirst();
            ExportReport report =
                    Exporter.write(
                            new ExportSource(
                                    tuned,
                                    fitter.calibration(),
                                    open.precision(),
                                    Arrays.copyOf(text, Math.min(VERIFIED_TOKENS, text.length))),
                            exportFormat,
                            target,
                            replace,
                            clock,
                            cancellation);
            fitter.forgetWork(recipe);
            ObjectNode result = describe(open, recipe, report);
            ObjectNode seconds = result.putObject("seconds");
            clock.seconds().forEach(seconds::put);
            result.put("heap_peak_bytes", heap.largestBytes());
            print(progress, result, text(recipe, report));
        }
        return 0;
    }

    private ExportFormat format() {
        String name = format.toLowerCase(Locale.ROOT);
        requireOnlyWith("gguf", name, "--type", type);
        requireOnlyWith("gptq", name, "--gptq-version", gptqVersion);
        requireOnlyWith("compressed-tensors", name, "--layout", layout);
        return switch (name) {
            case "native" -> new ExportFormat.Native();
            case "awq" -> new ExportFormat.Awq();
            case "gptq" -> new ExportFormat.Gptq(gptqVersion());
            case "compressed-tensors" ->
                    new ExportFormat.CompressedTensors(
                            choice(
                                    "--layout",
                                    layout,
                                    List.of(ExportFormat.Layout.values()),
                                    ExportFormat.Layout::id));
            case "gguf" ->
                    new ExportFormat.Gguf(
                            choice(
                                    "--type",
                                    type,
                                    TYPES,
                                    value -> value.name().toLowerCase(Locale.ROOT)));
            default -> throw unknown("--format", name, FORMATS);
        };
    }

    private void requireOnlyWith(String owner, String name, String option, Object value) {
        if (value != null && !name.equals(owner)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "%s is for --format %s only: leave it out".formatted(option, owner));
        }
    }

    private int gptqVersion() {
        if (gptqVersion == null) {
            return 1;
        }
        if (gptqVersion != 1 && gptqVersion != 2) {
            throw unknown("--gptq-version", gptqVersion.toString(), List.of("1", "2"));
        }
        return gptqVersion;
    }

    private <T> Optional<T> choice(
            String option,
            String given,
            List<T> values,
            java.util.function.Function<T, String> spelling) {
        if (given == null) {
            return Optional.empty();
        }
        String name = given.toLowerCase(Locale.ROOT);
        for (T value : values) {
            if (spelling.apply(value).equals(name)) {
                return Optional.of(value);
            }
        }
        throw unknown(option, given, values.stream().map(spelling).toList());
    }

    private ParameterException unknown(String option, String given, List<String> known) {
        return new ParameterException(
                spec.commandLine(),
                "%s '%s' is not known: give %s".formatted(option, given, String.join(", ", known)));
    }

    private ObjectNode describe(OpenModel open, Recipe recipe, ExportReport report) {
        ObjectNode result =
                Results.of(open)
                        .put("format", report.format().id())
                        .put("layout", report.layout())
                        .put("out", report.target().toString());
        ObjectNode files = result.putObject("files");
        report.files().forEach(files::put);
        result.put("bytes", report.bytes())
                .put("source_weight_bytes", report.sourceBytes())
                .put("weight_bytes", report.weightBytes())
                .put("quantized_weights", report.quantizedWeights());
        put(result, "compression", report.compression());
        put(result, "bits_per_weight", report.bitsPerWeight());
        put(result, "bits_per_quantized_weight", report.bitsPerQuantizedWeight());
        ObjectNode error = result.putObject("weight_error");
        put(error, "largest", report.weightError().largest());
        error.put("tensor", report.weightError().tensor());
        ObjectNode verified =
                result.putObject("verified")
                        .put("tokens", report.logits().tokens())
                        .put("logits", report.logits().identical() ? "identical" : "compared");
        put(verified, "largest_difference", report.logits().largest());
        put(verified, "relative_difference", report.logits().relative());
        addAll(result.putArray("not_carried"), report.notCarried());
        addAll(result.putArray("notes"), report.notes());
        Results.addRecipe(result, recipe);
        return result;
    }

    private static void addAll(ArrayNode array, List<String> lines) {
        lines.forEach(array::add);
    }

    private static String text(Recipe recipe, ExportReport report) {
        StringBuilder text =
                new StringBuilder(
                        "%s: %s, %s%n"
                                .formatted(report.target(), recipe.summary(), report.layout()));
        report.files()
                .forEach(
                        (name, bytes) ->
                                text.append(
                                        "  %-24s %s%n"
                                                .formatted(name, InfoCommand.Sizes.bytes(bytes))));
        text.append("%.2f bits a weight over the whole model".formatted(report.bitsPerWeight()));
        if (report.quantizedWeights() > 0) {
            text.append(
                    ", %.2f over the quantized linears".formatted(report.bitsPerQuantizedWeight()));
        }
        text.append("; %.2f times smaller than the source%n".formatted(report.compression()));
        text.append(verified(report));
        text.append(list("not carried", report.notCarried()));
        text.append(list("notes", report.notes()));
        return text.toString();
    }

    private static String verified(ExportReport report) {
        if (report.logits().identical()) {
            return "verified: logits of %d tokens are identical after reading it again%n"
                    .formatted(report.logits().tokens());
        }
        return "verified: every tensor after reading it again, largest weight error %.3g (%s); logits of %d tokens differ by at most %.3g from the tuned weights, %.3g of their size%n"
                .formatted(
                        report.weightError().largest(),
                        report.weightError().tensor(),
                        report.logits().tokens(),
                        report.logits().largest(),
                        report.logits().relative());
    }

    private static String list(String title, List<String> lines) {
        return lines.isEmpty()
                ? ""
                : lines.stream()
                        .map(line -> "  " + line + System.lineSeparator())
                        .collect(Collectors.joining("", title + ":" + System.lineSeparator(), ""));
    }
}
