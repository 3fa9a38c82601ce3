package io.agilelens.app.command;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.PassSize;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.recipe.RecipeReference;
import io.agilelens.engine.search.Budget;
import io.agilelens.engine.search.LatencyEstimate;
import io.agilelens.engine.search.ParetoSearch;
import io.agilelens.engine.search.RecipeEvaluator;
import io.agilelens.engine.search.RunFigures;
import io.agilelens.engine.search.SearchPoint;
import io.agilelens.engine.search.SearchResult;
import io.agilelens.engine.search.SearchSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Finds the best recipes under a budget. */
@Command(
        name = "search",
        description =
                "Searches per-layer, per-site recipes for the best quality under a budget, and"
                        + " prints the frontier.")
public final class SearchCommand extends EngineCommand {
    private static final int USUAL_WINDOWS = 4;

    @Mixin private ModelOption modelOption;
    @Mixin private WindowsOption windowsOption;
    @Mixin private RecipeOption recipeOption;

    @Option(
            names = "--budget",
            required = true,
            paramLabel = "BUDGET",
            converter = BudgetConverter.class,
            description =
                    "bits=4.5 a weight, bytes=900000 for the weights, nll=+0.02 nats above the"
                        + " float model, or latency=1500 microseconds for the linears of 128 tokens"
                        + " (an estimate).")
    private Budget budget;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of the neighbours that are tried (default ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            names = "--search-windows",
            paramLabel = "N",
            description =
                    "Windows of the text that are searched on (default at most 4); the result is"
                            + " reported on those behind them, too.")
    private Integer searchWindows;

    @Option(
            names = "--bits",
            paramLabel = "N",
            split = ",",
            description = "Weight bits to choose from (default 2,3,4,5,6,8).")
    private List<Integer> bits;

    @Option(
            names = "--groups",
            paramLabel = "N",
            split = ",",
            description = "Group sizes to choose from, -1 for rows (default the recipe's).")
    private List<Integer> groups;

    @Option(
            names = "--trials",
            paramLabel = "N",
            description = "Neighbours tried around the best allocation (default ${DEFAULT-VALUE}).")
    private int trials = 40;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Also write the frontier's recipes, a file each, and frontier.json there; an"
                            + " existing folder is left alone.")
    private Path out;

    @Override
    int run(TerminalProgress progress) {
        requirePositive("--search-windows", searchWindows);
        if (out != null && Files.exists(out)) {
            throw new UserException("--out %s exists already: name a new folder".formatted(out));
        }
        try (OpenModel open = modelOption.open()) {
            if (open.bundle().isPresent()) {
                throw new UserException(
                        "%s is a native bundle and carries its own recipe: search on the float model"
                                .formatted(open.name()));
            }
            TokenWindows text = windowsOption.read(this, open.model(), Protocol.GPTQ);
            int searched = searched(text);
            open.expect(PassSize.window(text.length()));
            SearchResult result =
                    search(
                            open,
                            text.first(searched),
                            new TokenWindows(
                                    text.source(),
                                    text.protocol(),
                                    text.windows().subList(searched, text.windows().size()),
                                    text.length()),
                            progress);
            if (out != null) {
                write(result);
            }
            print(progress, describe(open, text, searched, result), text(result));
        }
        return 0;
    }

    /** Half of the windows at most, so that there are others to report on. */
    private int searched(TokenWindows text) {
        int windows = text.windows().size();
        if (windows < 2) {
            throw new UserException(
                    "%s fills only one window of %d: the search needs one to search on and one to report on; give a longer text or a smaller --window"
                            .formatted(text.source(), text.length()));
        }
        if (searchWindows != null && searchWindows >= windows) {
            throw new UserException(
                    "--search-windows %d leaves none of the text's %d windows to report on: give fewer"
                            .formatted(searchWindows, windows));
        }
        return searchWindows != null ? searchWindows : Math.min(USUAL_WINDOWS, windows / 2);
    }

    private SearchResult search(
            OpenModel open, TokenWindows text, TokenWindows heldOut, TerminalProgress progress) {
        Numerics floats = open.floats(progress, cancellation);
        RecipeFitter fitter = open.fitter(recipeOption, floats);
        Optional<LatencyEstimate> latency =
                budget.kind() == Budget.Kind.LATENCY
                        ? Optional.of(
                                LatencyEstimate.measure(
                                        open.config(), open.kernels(), progress, cancellation))
                        : Optional.empty();
        return new ParetoSearch(
                        new RecipeEvaluator(
                                new Decoder(open.model(), open.kernels(), floats), fitter),
                        text,
                        Optional.of(heldOut),
                        settings(open),
                        latency)
                .run(
                        point -> {
                            if (!json) {
                                progress.wipe();
                                errors().println("  " + line(point));
                                errors().flush();
                            }
                        },
                        progress,
                        cancellation);
    }

    private SearchSettings settings(OpenModel open) {
        int layers = open.config().layers();
        Recipe base =
                recipeOption.isGiven()
                        ? recipeOption.recipe(layers)
                        : RecipeReference.resolve("RTN-W4", "--recipe", layers);
        SearchSettings usual = SearchSettings.usual(base, budget, seed);
        return new SearchSettings(
                base,
                budget,
                bits == null ? usual.weightBits() : bits.stream().sorted().distinct().toList(),
                groups == null ? usual.groups() : groups.stream().distinct().toList(),
                usual.activationBits(),
                seed,
                trials);
    }

    // ---- results

    private ObjectNode describe(
            OpenModel open, TokenWindows text, int searched, SearchResult result) {
        ObjectNode node = Results.of(open).put("text", text.source());
        windowsOption.describe(node);
        node.put("budget", budget.toString())
                .put("seed", seed)
                .put("search_windows", searched)
                .put("held_out_windows", text.windows().size() - searched)
                .put("evaluated", result.points().size());
        result.best().ifPresent(best -> node.set("best", point(best)));
        if (result.best().isEmpty()) {
            node.putNull("best");
        }
        node.set("float", point(result.floats()));
        ArrayNode frontier = node.putArray("frontier");
        result.frontier().forEach(each -> frontier.add(point(each)));
        ArrayNode rivals = node.putArray("against_uniform");
        for (SearchResult.Rivals each : result.rivals()) {
            ObjectNode pair = rivals.addObject();
            pair.set("uniform", point(each.uniform()));
            pair.set("searched", point(each.searched()));
        }
        ArrayNode sensitivities = node.putArray("sensitivities");
        result.sensitivities()
                .forEach(
                        each -> {
                            ObjectNode row =
                                    sensitivities
                                            .addObject()
                                            .put("layer", each.unit().layer())
                                            .put("site", each.unit().site().name())
                                            .put("bits", each.choice().bits())
                                            .put("group", each.choice().group());
                            put(row, "kl_divergence", each.weightDivergence());
                            if (each.choice().activationBits() > 0) {
                                row.put("activation_bits", each.choice().activationBits());
                                put(row, "activation_kl_divergence", each.activationDivergence());
                            }
                        });
        return node;
    }

    private static ObjectNode point(SearchPoint point) {
        ObjectNode node =
                object().put("name", point.name())
                        .put("origin", point.origin().name().toLowerCase(Locale.ROOT));
        RunFigures.of(point.quality(), point.size()).addTo(node);
        point.latency().ifPresent(each -> put(node, "estimated_microseconds", each));
        point.heldOut()
                .ifPresent(
                        measured ->
                                RunFigures.of(measured, point.size())
                                        .addTo(node.putObject("held_out")));
        node.put("recipe_summary", point.recipe().summary());
        node.set("recipe", RecipeJson.toTree(point.recipe()));
        return node;
    }

    /** One file a recipe, numbered along the frontier, and everything in one file. */
    private void write(SearchResult result) {
        AtomicFiles.writeFolder(
                out,
                false,
                folder -> {
                    int number = 0;
                    ArrayNode all = object().putArray("frontier");
                    for (SearchPoint point : result.frontier()) {
                        String name = "recipe-%02d.json".formatted(number++);
                        Files.writeString(folder.resolve(name), RecipeJson.write(point.recipe()));
                        all.add(point(point).put("file", name));
                    }
                    ObjectNode root = object();
                    root.set("frontier", all);
                    Files.writeString(folder.resolve("frontier.json"), root.toPrettyString());
                    if (result.best().isPresent()) {
                        Files.writeString(
                                folder.resolve("best.json"),
                                RecipeJson.write(result.best().get().recipe()));
                    }
                });
    }

    private static String line(SearchPoint point) {
        StringBuilder line =
                new StringBuilder(
                        "%-20s %7.3f bits %,11d bytes  KL %.5f  NLL %.5f"
                                .formatted(
                                        point.name(),
                                        point.size().bitsPerWeight(),
                                        point.size().bytes(),
                                        point.divergence(),
                                        point.nll()));
        point.heldOut()
                .ifPresent(
                        each ->
                                line.append(
                                        "  held out: KL %.5f  NLL %.5f"
                                                .formatted(each.divergence(), each.allNll())));
        point.latency().ifPresent(each -> line.append("  about %.0f µs".formatted(each)));
        return line.toString();
    }

    private String text(SearchResult result) {
        StringBuilder text = new StringBuilder();
        text.append("frontier, cheapest first%n".formatted());
        result.frontier().forEach(each -> text.append("  %s%n".formatted(line(each))));
        text.append("uniform recipes and what was found at their size or below%n".formatted());
        result.rivals()
                .forEach(
                        each ->
                                text.append(
                                        "  %s%n  %s%n"
                                                .formatted(
                                                        line(each.uniform()),
                                                        line(each.searched()))));
        text.append(
                result.best()
                        .map(
                                each ->
                                        "best under %s: %s%n%s%n"
                                                .formatted(
                                                        budget,
                                                        line(each),
                                                        RecipeJson.toTree(each.recipe())))
                        .orElse("nothing that was tried keeps %s%n".formatted(budget)));
        return text.toString();
    }

    /** Budgets as {@link Budget#parse} reads them. */
    static final class BudgetConverter implements ITypeConverter<Budget> {
        @Override
        public Budget convert(String value) {
            try {
                return Budget.parse(value);
            } catch (UserException refusal) {
                throw new TypeConversionException(refusal.getMessage());
            }
        }
    }
}
