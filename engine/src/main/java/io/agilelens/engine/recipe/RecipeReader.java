package io.agilelens.engine.recipe;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.JsonPart;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.quant.Execution;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Makes a recipe of a JSON tree. */
final class RecipeReader {
    private static final Set<String> ACTIVATION_KEYS =
            Set.of("method", "bits", "max_exponent", "exponents", "granularity", "symmetric");

    /** Of an override, which may name channels. */
    private static final Set<String> OVERRIDE_KEYS =
            Stream.concat(ACTIVATION_KEYS.stream(), Stream.of("channel_exponents"))
                    .collect(Collectors.toUnmodifiableSet());

    private static final double BETA_SLACK = 1e-6;

    private RecipeReader() {}

    /**
     * @param source what the tree came from, for error lines
     * @throws UserException if the tree is no recipe
     */
    static Recipe read(JsonNode tree, String source) {
        JsonPart root = new JsonPart(source, "", tree);
        if (!tree.isObject()) {
            throw new JsonPart(source, "the recipe", tree).wrong("an object belongs there");
        }
        root.requireKeys(
                Set.of(
                        "weights",
                        "head",
                        "smoothing",
                        "activations",
                        "softmax",
                        "cache",
                        "pruning",
                        "overrides",
                        "execution"));
        return new Recipe(
                weights(
                        root.part(
                                "weights",
                                Set.of("method", "bits", "group", "symmetric", "gptq", "awq"))),
                head(root.part("head", Set.of("method", "bits", "group"))),
                smoothing(root.part("smoothing", Set.of("method", "alpha"))),
                activations(root.part("activations", ACTIVATION_KEYS)),
                softmax(root.part("softmax", Set.of("method", "bits"))),
                cache(root.part("cache", Set.of("method", "bits"))),
                pruning(
                        root.part(
                                "pruning",
                                Set.of(
                                        "beta",
                                        "layers",
                                        "score",
                                        "positions",
                                        "action",
                                        "bits",
                                        "shares"))),
                root.at("overrides").elements("a list belongs there").stream()
                        .map(RecipeReader::override)
                        .toList(),
                root.choice("execution", Execution.class).orElse(Recipe.FLOAT.execution()));
    }

    private static WeightRecipe weights(JsonPart node) {
        WeightRecipe absent = WeightRecipe.NONE;
        return new WeightRecipe(
                node.choice("method", WeightMethod.class).orElse(absent.method()),
                node.whole("bits").orElse(absent.bits()),
                node.whole("group").orElse(absent.group()),
                node.flag("symmetric").orElse(absent.symmetric()),
                gptq(
                        node.part(
                                "gptq",
                                Set.of(
                                        "damping",
                                        "block",
                                        "act_order",
                                        "static_groups",
                                        "sequential"))),
                awq(node.part("awq", Set.of("scale", "clip"))));
    }

    private static HeadRecipe head(JsonPart node) {
        HeadRecipe absent = HeadRecipe.NONE;
        return new HeadRecipe(
                node.choice("method", HeadMethod.class).orElse(absent.method()),
                node.whole("bits").orElse(absent.bits()),
                node.whole("group").orElse(absent.group()));
    }

    private static GptqRecipe gptq(JsonPart node) {
        GptqRecipe absent = GptqRecipe.DEFAULT;
        return new GptqRecipe(
                node.number("damping").orElse(absent.damping()),
                node.whole("block").orElse(absent.block()),
                node.flag("act_order").orElse(absent.activationOrder()),
                node.flag("static_groups").orElse(absent.staticGroups()),
                node.flag("sequential").orElse(absent.sequential()));
    }

    private static AwqRecipe awq(JsonPart node) {
        return new AwqRecipe(
                node.flag("scale").orElse(AwqRecipe.DEFAULT.scale()),
                node.flag("clip").orElse(AwqRecipe.DEFAULT.clip()));
    }

    private static SmoothingRecipe smoothing(JsonPart node) {
        SmoothingRecipe absent = SmoothingRecipe.NONE;
        return new SmoothingRecipe(
                node.choice("method", SmoothingMethod.class).orElse(absent.method()),
                node.number("alpha").orElse(absent.alpha()));
    }

    private static ActivationRecipe activations(JsonPart node) {
        ActivationRecipe absent = ActivationRecipe.NONE;
        Optional<SortedSet<Integer>> exponents = exponents(node);
        return new ActivationRecipe(
                node.choice("method", ActivationMethod.class).orElse(absent.method()),
                node.whole("bits").orElse(absent.bits()),
                node.whole("max_exponent").orElse(absent.maxExponent()),
                exponents.orElse(absent.exponents()),
                node.choice("granularity", Granularity.class).orElse(absent.granularity()),
                node.flag("symmetric").orElse(absent.symmetric()));
    }

    /** The exponents of TRIP, which must agree with its K if both are given. */
    private static Optional<SortedSet<Integer>> exponents(JsonPart node) {
        Optional<SortedSet<Integer>> exponents = exponents(node, "exponents");
        Optional<Integer> largest = node.whole("max_exponent");
        if (exponents.isPresent()
                && largest.isPresent()
                && !exponents.get().isEmpty()
                && !exponents.get().last().equals(largest.get())) {
            throw node.at("max_exponent")
                    .wrong(
                            "the largest of exponents is %d: leave max_exponent out"
                                    .formatted(exponents.get().last()));
        }
        return exponents;
    }

    private static SoftmaxRecipe softmax(JsonPart node) {
        SoftmaxRecipe absent = SoftmaxRecipe.NONE;
        return new SoftmaxRecipe(
                node.choice("method", SoftmaxMethod.class).orElse(absent.method()),
                node.whole("bits").orElse(absent.bits()));
    }

    private static CacheRecipe cache(JsonPart node) {
        CacheRecipe absent = CacheRecipe.NONE;
        return new CacheRecipe(
                node.choice("method", CacheMethod.class).orElse(absent.method()),
                node.whole("bits").orElse(absent.bits()));
    }

    private static PruningRecipe pruning(JsonPart node) {
        PruningRecipe absent = PruningRecipe.NONE;
        JsonPart positions = node.at("positions");
        boolean keeps = positions.value().asString("renumbered").equals("original");
        if (!positions.isMissing()
                && !keeps
                && !positions.value().asString("").equals("renumbered")) {
            throw positions.wrong("known are renumbered, original");
        }
        SortedMap<Integer, Double> shares = shares(node.at("shares"));
        PruningRecipe read =
                new PruningRecipe(
                        node.number("beta").orElse(absent.beta()),
                        shares.isEmpty() || !node.at("layers").isMissing()
                                ? layers(node, "layers")
                                : new TreeSet<>(shares.keySet()),
                        node.choice("score", TokenScore.class).orElse(absent.score()),
                        keeps,
                        node.choice("action", PruningAction.class).orElse(absent.action()),
                        node.whole("bits").orElse(absent.lowerBits()),
                        shares);
        if (Math.abs(node.number("beta").orElse(read.beta()) - read.beta()) > BETA_SLACK) {
            throw node.at("beta").wrong("shares come to %s: leave beta out".formatted(read.beta()));
        }
        return read;
    }

    private static SortedMap<Integer, Double> shares(JsonPart layers) {
        SortedMap<Integer, Double> shares = new TreeMap<>();
        for (String layer : layers.numberedKeys("layers")) {
            shares.put(Integer.valueOf(layer), layers.number(layer).orElseThrow());
        }
        return shares;
    }

    private static SiteOverride override(JsonPart node) {
        node.requireKeys(Set.of("layers", "sites", "activations", "weights"));
        JsonPart activations = node.part("activations", OVERRIDE_KEYS);
        JsonPart weights = node.part("weights", Set.of("method", "bits", "group", "symmetric"));
        return new SiteOverride(
                layers(node, "layers"),
                sites(node.at("sites")),
                activations.choice("method", ActivationMethod.class),
                activations.whole("bits"),
                activations.whole("max_exponent"),
                exponents(activations),
                activations.choice("granularity", Granularity.class),
                activations.flag("symmetric"),
                weights.choice("method", WeightMethod.class),
                weights.whole("bits"),
                weights.whole("group"),
                weights.flag("symmetric"),
                channelExponents(activations.at("channel_exponents")));
    }

    private static SortedMap<Integer, Integer> channelExponents(JsonPart channels) {
        SortedMap<Integer, Integer> exponents = new TreeMap<>();
        for (String channel : channels.numberedKeys("channels")) {
            exponents.put(Integer.valueOf(channel), channels.whole(channel).orElseThrow());
        }
        return exponents;
    }

    /** The layers at a key; none if it is missing. */
    private static SortedSet<Integer> layers(JsonPart node, String key) {
        SortedSet<Integer> layers = new TreeSet<>();
        for (JsonPart layer : node.at(key).elements("a list of layers, from 0, belongs there")) {
            if (!layer.isWhole() || layer.value().intValue() < 0) {
                throw layer.wrong("layers are whole numbers from 0");
            }
            layers.add(layer.value().intValue());
        }
        return layers;
    }

    /** The exponents at a key. */
    private static Optional<SortedSet<Integer>> exponents(JsonPart node, String key) {
        JsonPart list = node.at(key);
        if (list.isMissing()) {
            return Optional.empty();
        }
        int largest = (int) Knobs.MAX_EXPONENT.maximum();
        SortedSet<Integer> exponents = new TreeSet<>();
        for (JsonPart exponent : list.elements("a list of exponents belongs there")) {
            if (!exponent.isWhole()
                    || exponent.value().intValue() < 0
                    || exponent.value().intValue() > largest) {
                throw exponent.wrong("exponents are whole numbers in 0…" + largest);
            }
            exponents.add(exponent.value().intValue());
        }
        return Optional.of(exponents);
    }

    private static Set<Site> sites(JsonPart names) {
        String remedy = "a list of sites belongs there";
        if (names.isMissing()) {
            throw names.wrong(remedy);
        }
        Set<Site> sites = EnumSet.noneOf(Site.class);
        for (JsonPart name : names.elements(remedy)) {
            sites.add(
                    Arrays.stream(Site.values())
                            .filter(site -> site.name().equals(name.value().asString("")))
                            .findFirst()
                            .orElseThrow(() -> name.wrong("known are " + known())));
        }
        return sites;
    }

    private static String known() {
        return List.of(Site.values()).stream().map(Site::name).collect(Collectors.joining(", "));
    }
}
