package io.agilelens.engine.recipe;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.JsonFiles;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.quant.Execution;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Recipes as JSON; {@code docs/recipe.md} describes the keys. A missing key keeps the value that
 * {@link Recipe#FLOAT} has; an unknown key is an error that names it.
 */
public final class RecipeJson {
    private static final long LARGEST_FILE = 1 << 20;
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();

    private final String source;

    private RecipeJson(String source) {
        this.source = source;
    }

    /**
     * @throws UserException if the file cannot be read or is no recipe
     */
    public static Recipe read(Path file) {
        String source = Printable.of(file);
        if (!Files.exists(file)) {
            throw new UserException("%s: there is no such recipe file".formatted(source));
        }
        byte[] bytes = JsonFiles.readBytes(file, LARGEST_FILE);
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return parse(text.toString(), source);
        } catch (CharacterCodingException binary) {
            throw new UserException(
                    "%s: this is not UTF-8 text: give a recipe JSON file".formatted(source),
                    binary);
        }
    }

    /**
     * @param source what the text came from, for error lines
     * @throws UserException if the text is no recipe
     */
    public static Recipe parse(String json, String source) {
        JsonNode root;
        try {
            root = MAPPER.readTree(json);
        } catch (JacksonException broken) {
            throw new UserException(
                    "%s: this is not JSON: %s".formatted(source, JsonFiles.reason(broken)), broken);
        }
        if (root.isMissingNode()) {
            throw new UserException(
                    "%s: this is empty: give a recipe, {} being the model as it is"
                            .formatted(source));
        }
        try {
            return new RecipeJson(source).recipe(root);
        } catch (UserException refusal) {
            // The parts of a recipe check their numbers wherever these come from.
            throw refusal.getMessage().startsWith(source) ? refusal : refusal.in(source);
        }
    }

    /** The recipe written in full. */
    public static String write(Recipe recipe) {
        return MAPPER.writeValueAsString(toTree(recipe));
    }

    /** The recipe as a JSON tree, every key present. */
    public static ObjectNode toTree(Recipe recipe) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.putObject("weights")
                .put("method", name(recipe.weights().method()))
                .put("bits", recipe.weights().bits())
                .put("group", recipe.weights().group())
                .put("symmetric", recipe.weights().symmetric());
        root.putObject("activations")
                .put("method", name(recipe.activations().method()))
                .put("bits", recipe.activations().bits())
                .put("max_exponent", recipe.activations().maxExponent())
                .put("granularity", name(recipe.activations().granularity()));
        root.putObject("softmax")
                .put("method", name(recipe.softmax().method()))
                .put("bits", recipe.softmax().bits());
        ObjectNode pruning = root.putObject("pruning").put("beta", recipe.pruning().beta());
        ArrayNode layers = pruning.putArray("layers");
        recipe.pruning().layers().forEach(layers::add);
        pruning.put("score", name(recipe.pruning().score()))
                .put("positions", recipe.pruning().keepsPositions() ? "original" : "renumbered");
        ArrayNode overrides = root.putArray("overrides");
        recipe.overrides().forEach(override -> write(override, overrides.addObject()));
        root.put("execution", name(recipe.execution()));
        return root;
    }

    private static void write(SiteOverride override, ObjectNode node) {
        ArrayNode layers = node.putArray("layers");
        override.layers().forEach(layers::add);
        ArrayNode sites = node.putArray("sites");
        override.sites().forEach(site -> sites.add(site.name()));
        ObjectNode activations = JsonNodeFactory.instance.objectNode();
        override.activationMethod().ifPresent(m -> activations.put("method", name(m)));
        override.activationBits().ifPresent(b -> activations.put("bits", b));
        override.maxExponent().ifPresent(k -> activations.put("max_exponent", k));
        override.granularity().ifPresent(g -> activations.put("granularity", name(g)));
        if (!activations.isEmpty()) {
            node.set("activations", activations);
        }
        ObjectNode weights = JsonNodeFactory.instance.objectNode();
        override.weightMethod().ifPresent(m -> weights.put("method", name(m)));
        override.weightBits().ifPresent(b -> weights.put("bits", b));
        override.weightGroup().ifPresent(g -> weights.put("group", g));
        override.weightSymmetric().ifPresent(s -> weights.put("symmetric", s));
        if (!weights.isEmpty()) {
            node.set("weights", weights);
        }
    }

    private Recipe recipe(JsonNode root) {
        requireKeys(
                root,
                "",
                Set.of("weights", "activations", "softmax", "pruning", "overrides", "execution"));
        Recipe absent = Recipe.FLOAT;
        return new Recipe(
                weights(root.path("weights"), "weights"),
                absent.smoothing(),
                activations(root.path("activations"), "activations"),
                softmax(root.path("softmax")),
                absent.cache(),
                pruning(root.path("pruning")),
                overrides(root.path("overrides")),
                choice(root, "execution", "execution", Execution.class).orElse(absent.execution()));
    }

    private WeightRecipe weights(JsonNode node, String path) {
        requireKeys(node, path, Set.of("method", "bits", "group", "symmetric"));
        WeightRecipe absent = WeightRecipe.NONE;
        return new WeightRecipe(
                choice(node, "method", path + ".method", WeightMethod.class)
                        .orElse(absent.method()),
                integer(node, "bits", path).orElse(absent.bits()),
                integer(node, "group", path).orElse(absent.group()),
                flag(node, "symmetric", path).orElse(absent.symmetric()));
    }

    private ActivationRecipe activations(JsonNode node, String path) {
        requireKeys(node, path, Set.of("method", "bits", "max_exponent", "granularity"));
        ActivationRecipe absent = ActivationRecipe.NONE;
        return new ActivationRecipe(
                choice(node, "method", path + ".method", ActivationMethod.class)
                        .orElse(absent.method()),
                integer(node, "bits", path).orElse(absent.bits()),
                integer(node, "max_exponent", path).orElse(absent.maxExponent()),
                choice(node, "granularity", path + ".granularity", Granularity.class)
                        .orElse(absent.granularity()));
    }

    private SoftmaxRecipe softmax(JsonNode node) {
        requireKeys(node, "softmax", Set.of("method", "bits"));
        return new SoftmaxRecipe(
                choice(node, "method", "softmax.method", SoftmaxMethod.class)
                        .orElse(SoftmaxRecipe.NONE.method()),
                integer(node, "bits", "softmax").orElse(SoftmaxRecipe.NONE.bits()));
    }

    private PruningRecipe pruning(JsonNode node) {
        requireKeys(node, "pruning", Set.of("beta", "layers", "score", "positions"));
        JsonNode beta = node.path("beta");
        if (!beta.isMissingNode() && !beta.isNumber()) {
            throw wrong("pruning.beta", beta, "a number belongs there");
        }
        JsonNode positions = node.path("positions");
        boolean keeps = positions.asString("renumbered").equals("original");
        if (!positions.isMissingNode() && !keeps && !positions.asString("").equals("renumbered")) {
            throw wrong("pruning.positions", positions, "known are renumbered, original");
        }
        return new PruningRecipe(
                beta.isMissingNode() ? 0 : beta.doubleValue(),
                layers(node.path("layers"), "pruning.layers"),
                choice(node, "score", "pruning.score", TokenScore.class).orElse(TokenScore.START),
                keeps);
    }

    private List<SiteOverride> overrides(JsonNode node) {
        if (node.isMissingNode()) {
            return List.of();
        }
        if (!node.isArray()) {
            throw wrong("overrides", node, "a list belongs there");
        }
        return node.valueStream().map(this::override).toList();
    }

    private SiteOverride override(JsonNode node) {
        requireKeys(node, "overrides", Set.of("layers", "sites", "activations", "weights"));
        Set<Site> sites = EnumSet.noneOf(Site.class);
        JsonNode names = node.path("sites");
        if (!names.isArray()) {
            throw wrong("overrides.sites", names, "a list of sites belongs there");
        }
        for (JsonNode name : names) {
            sites.add(
                    Arrays.stream(Site.values())
                            .filter(site -> site.name().equals(name.asString("")))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            wrong(
                                                    "overrides.sites",
                                                    name,
                                                    "known are " + known(Site.class, false))));
        }
        JsonNode activations = node.path("activations");
        String activationPath = "overrides.activations";
        requireKeys(
                activations,
                activationPath,
                Set.of("method", "bits", "max_exponent", "granularity"));
        JsonNode weights = node.path("weights");
        String weightPath = "overrides.weights";
        requireKeys(weights, weightPath, Set.of("method", "bits", "group", "symmetric"));
        return new SiteOverride(
                layers(node.path("layers"), "overrides.layers"),
                sites,
                choice(activations, "method", activationPath + ".method", ActivationMethod.class),
                integer(activations, "bits", activationPath),
                integer(activations, "max_exponent", activationPath),
                choice(
                        activations,
                        "granularity",
                        activationPath + ".granularity",
                        Granularity.class),
                choice(weights, "method", weightPath + ".method", WeightMethod.class),
                integer(weights, "bits", weightPath),
                integer(weights, "group", weightPath),
                flag(weights, "symmetric", weightPath));
    }

    private TreeSet<Integer> layers(JsonNode node, String path) {
        TreeSet<Integer> layers = new TreeSet<>();
        if (node.isMissingNode()) {
            return layers;
        }
        if (!node.isArray()) {
            throw wrong(path, node, "a list of layers, from 0, belongs there");
        }
        for (JsonNode layer : node) {
            if (!layer.isIntegralNumber() || !layer.canConvertToInt() || layer.intValue() < 0) {
                throw wrong(path, layer, "layers are whole numbers from 0");
            }
            layers.add(layer.intValue());
        }
        return layers;
    }

    private void requireKeys(JsonNode node, String path, Set<String> known) {
        if (node.isMissingNode()) {
            return;
        }
        if (!node.isObject()) {
            throw wrong(path.isEmpty() ? "the recipe" : path, node, "an object belongs there");
        }
        for (String key : node.propertyNames()) {
            if (!known.contains(key)) {
                throw new UserException(
                        "%s: unknown key %s: known here are %s"
                                .formatted(
                                        source,
                                        Printable.of(path.isEmpty() ? key : path + "." + key),
                                        known.stream().sorted().collect(Collectors.joining(", "))));
            }
        }
    }

    private <T extends Enum<T>> Optional<T> choice(
            JsonNode node, String key, String path, Class<T> type) {
        JsonNode value = node.path(key);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        for (T constant : type.getEnumConstants()) {
            if (value.isString() && name(constant).equals(value.stringValue())) {
                return Optional.of(constant);
            }
        }
        throw wrong(path, value, "known are " + known(type, true));
    }

    private Optional<Integer> integer(JsonNode node, String key, String path) {
        JsonNode value = node.path(key);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw wrong(path + "." + key, value, "a whole number belongs there");
        }
        return Optional.of(value.intValue());
    }

    private Optional<Boolean> flag(JsonNode node, String key, String path) {
        JsonNode value = node.path(key);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!value.isBoolean()) {
            throw wrong(path + "." + key, value, "true or false belongs there");
        }
        return Optional.of(value.booleanValue());
    }

    private UserException wrong(String path, JsonNode value, String remedy) {
        return new UserException(
                "%s: %s is %s: %s"
                        .formatted(
                                source,
                                path,
                                value.isMissingNode() ? "missing" : Printable.of(value.toString()),
                                remedy));
    }

    private static String known(Class<? extends Enum<?>> type, boolean lower) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> lower ? name(constant) : constant.name())
                .collect(Collectors.joining(", "));
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
