package io.agilelens.engine.search;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.evaluate.CalibrationText;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.format.JsonFiles;
import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.format.TextReader;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.recipe.Recipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a sweep goes over, as a person writes it; {@code docs/search.md} describes the keys. {@link
 * #plan} settles it for models and texts.
 */
public final class SweepGrid {
    private static final long LARGEST_FILE = 1 << 20;
    private static final int MOST_RUNS = 100_000;
    private static final int USUAL_WINDOW = 2048;
    private static final Set<String> KEYS =
            Set.of(
                    "models",
                    "texts",
                    "calibration",
                    "protocol",
                    "window",
                    "max_windows",
                    "recipes",
                    "base",
                    "grid",
                    "speed");
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private final String source;
    private final JsonNode root;

    private SweepGrid(String source, JsonNode root) {
        this.source = source;
        this.root = root;
        check();
    }

    /** Opens texts by the names that a grid gives them. */
    @FunctionalInterface
    public interface Texts {
        /**
         * @param name as the grid has it; empty for the usual text
         * @param calibrating whether it is to be calibrated on
         */
        TextReader open(String name, boolean calibrating);
    }

    /**
     * @throws UserException if the file cannot be read or is no grid
     */
    public static SweepGrid read(Path file) {
        return parse(
                new String(JsonFiles.readBytes(file, LARGEST_FILE), StandardCharsets.UTF_8),
                Printable.of(file));
    }

    /**
     * @param source what the text came from, for error lines
     * @throws UserException if the text is no grid; the line names the key
     */
    public static SweepGrid parse(String json, String source) {
        try {
            return new SweepGrid(source, MAPPER.readTree(json));
        } catch (JacksonException broken) {
            throw new UserException(
                    "%s: this is not JSON: %s".formatted(source, JsonFiles.reason(broken)), broken);
        }
    }

    private void check() {
        if (!root.isObject()) {
            throw wrong("the grid", root, "an object belongs there");
        }
        for (String key : root.propertyNames()) {
            if (!KEYS.contains(key)) {
                throw new UserException(
                        "%s: unknown key %s: known here are %s"
                                .formatted(
                                        source,
                                        Printable.of(key),
                                        KEYS.stream().sorted().collect(Collectors.joining(", "))));
            }
        }
        strings("models");
        strings("texts");
        protocol();
        positive("window", 2);
        positive("max_windows", 1);
        if (root.has("calibration") && !root.path("calibration").isString()) {
            throw wrong(
                    "calibration", root.path("calibration"), "the name of a text belongs there");
        }
        if (root.has("speed") && !root.path("speed").isBoolean()) {
            throw wrong("speed", root.path("speed"), "true or false belongs there");
        }
        JsonNode recipes = root.path("recipes");
        if (!recipes.isMissingNode() && !recipes.isArray()) {
            throw wrong("recipes", recipes, "a list of recipes belongs there");
        }
        if (!root.has("recipes") && !root.has("grid")) {
            throw new UserException(
                    "%s: neither recipes nor grid says what to run: give a list of recipes, or lists of values"
                            .formatted(source));
        }
        if (root.has("base") && !root.has("grid")) {
            throw wrong(
                    "base", root.path("base"), "it is what grid starts from, and there is none");
        }
        checkGrid();
    }

    private void checkGrid() {
        JsonNode grid = root.path("grid");
        if (grid.isMissingNode()) {
            return;
        }
        if (!grid.isObject()) {
            throw wrong("grid", grid, "an object with a list of values for each recipe key");
        }
        long runs = 1;
        for (Map.Entry<String, JsonNode> axis : grid.properties()) {
            if (!axis.getValue().isArray() || axis.getValue().isEmpty()) {
                throw wrong(
                        "grid." + axis.getKey(), axis.getValue(), "a list of values belongs there");
            }
            runs *= axis.getValue().size();
            if (runs > MOST_RUNS) {
                throw new UserException(
                        "%s: grid makes more than %,d recipes: give fewer values"
                                .formatted(source, MOST_RUNS));
            }
        }
    }

    /**
     * Settles what will be run: opens the models, cuts the texts, resolves names.
     *
     * @param more models beside those of the grid, first in the table
     * @throws UserException if a model cannot be opened, a text fills no window, or a recipe is
     *     none; the line names it
     */
    public SweepPlan plan(List<String> more, Texts texts) {
        Set<String> models = new LinkedHashSet<>(more);
        models.addAll(strings("models"));
        if (models.isEmpty()) {
            throw new UserException(
                    "%s: models is empty: name at least one model".formatted(source));
        }
        List<String> names = new ArrayList<>(strings("texts"));
        if (names.isEmpty()) {
            names.add("");
        }
        List<SweepSubject> subjects = new ArrayList<>();
        List<SweepPlan.Run> runs = new ArrayList<>();
        for (String name : models) {
            ModelReference reference = ModelReference.parse(name);
            try (Model model = Model.open(reference.open())) {
                Map<String, Recipe> recipes =
                        new GridRecipes(source, root, model.config().layers()).all();
                Calibration calibration = calibration(model, texts);
                for (String text : names) {
                    int subject = subjects.size();
                    subjects.add(
                            new SweepSubject(
                                    reference.toString(),
                                    reference.path().toAbsolutePath().toString(),
                                    windows(model, text, texts),
                                    calibration));
                    recipes.forEach(
                            (title, recipe) -> runs.add(new SweepPlan.Run(subject, title, recipe)));
                }
            }
        }
        return new SweepPlan(subjects, runs, root.path("speed").asBoolean(false));
    }

    private TokenWindows windows(Model model, String name, Texts texts) {
        int length =
                root.has("window")
                        ? root.path("window").asInt()
                        : Math.min(USUAL_WINDOW, model.config().contextLength());
        try (TextReader reader = texts.open(name, false)) {
            return TokenWindows.of(
                    reader.source(),
                    reader,
                    model.tokenizer(),
                    protocol(),
                    length,
                    root.path("max_windows").asInt(Integer.MAX_VALUE));
        }
    }

    private Calibration calibration(Model model, Texts texts) {
        try (TextReader reader = texts.open(root.path("calibration").asString(""), true)) {
            return CalibrationText.of(reader, model);
        }
    }

    // ---- keys

    private List<String> strings(String key) {
        JsonNode list = root.path(key);
        if (list.isMissingNode()) {
            return List.of();
        }
        if (!list.isArray()) {
            throw wrong(key, list, "a list of names belongs there");
        }
        for (JsonNode item : list) {
            if (!item.isString()) {
                throw wrong(key, item, "names belong there");
            }
        }
        return list.valueStream().map(JsonNode::stringValue).toList();
    }

    private Protocol protocol() {
        JsonNode name = root.path("protocol");
        if (name.isMissingNode()) {
            return Protocol.GPTQ;
        }
        for (Protocol protocol : Protocol.values()) {
            if (name.isString() && protocol.title().equals(name.stringValue())) {
                return protocol;
            }
        }
        throw wrong(
                "protocol",
                name,
                "known are "
                        + java.util.Arrays.stream(Protocol.values())
                                .map(Protocol::title)
                                .collect(Collectors.joining(", ")));
    }

    private void positive(String key, int least) {
        JsonNode value = root.path(key);
        boolean fits =
                value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= least;
        if (!value.isMissingNode() && !fits) {
            throw wrong(key, value, "a whole number from %d on belongs there".formatted(least));
        }
    }

    private UserException wrong(String path, JsonNode value, String remedy) {
        return GridRecipes.wrong(source, path, value, remedy);
    }
}
