package io.agilelens.engine.recipe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.quant.Execution;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recipes to JSON and back, and what is told about JSON that is no recipe. */
class RecipeJsonTest {

    @Test
    void aMissingKeyKeepsTheModelAsItIs() {
        assertEquals(Recipe.FLOAT, RecipeJson.parse("{}", "r"));
        assertEquals(
                Recipe.FLOAT.withWeights(new WeightRecipe(WeightMethod.RTN, 4, 32, false)),
                RecipeJson.parse("{\"weights\": {\"method\": \"rtn\"}}", "r"));
    }

    @Test
    void everyPresetSurvivesTheRoundTrip() {
        for (Preset preset : Preset.forLayers(12)) {
            assertEquals(
                    preset.recipe(),
                    RecipeJson.parse(RecipeJson.write(preset.recipe()), preset.name()));
        }
    }

    @Test
    void everyRandomRecipeSurvivesTheRoundTrip() {
        Random random = new Random(8);
        for (int trial = 0; trial < 500; trial++) {
            Recipe recipe = random(random);
            assertEquals(recipe, RecipeJson.parse(RecipeJson.write(recipe), "r"));
        }
    }

    @Test
    void readsEveryKey() {
        Recipe recipe =
                RecipeJson.parse(
                        """
                        {"weights": {"method": "gptq", "bits": 3, "group": 64, "symmetric": true,
                            "gptq": {"damping": 0.05, "block": 64, "act_order": true,
                                "static_groups": true, "sequential": false},
                            "awq": {"scale": false, "clip": false}},
                         "head": {"method": "rtn", "bits": 6, "group": -1},
                         "smoothing": {"method": "smoothquant", "alpha": 0.7},
                         "activations": {"method": "trip", "bits": 6, "exponents": [0, 1, 2, 6],
                            "granularity": "token", "symmetric": false},
                         "cache": {"method": "uniform", "bits": 4},
                         "pruning": {"beta": 0.5, "layers": [1], "action": "lower-bits", "bits": 3},
                         "overrides": [{"layers": [0], "sites": ["MLP_INPUT"],
                            "activations": {"exponents": [0, 4], "symmetric": true}}]}
                        """,
                        "r");
        assertEquals(new GptqRecipe(0.05, 64, true, true, false), recipe.weights().gptq());
        assertEquals(new AwqRecipe(false, false), recipe.weights().awq());
        assertEquals(new HeadRecipe(HeadMethod.RTN, 6, -1), recipe.head());
        assertEquals(new SmoothingRecipe(SmoothingMethod.SMOOTHQUANT, 0.7), recipe.smoothing());
        assertEquals(6, recipe.activations().maxExponent());
        assertArrayEquals(new int[] {0, 1, 2, 6}, recipe.activations().candidates());
        assertEquals(Granularity.TOKEN, recipe.activations().granularity());
        assertFalse(recipe.activations().symmetric());
        assertEquals(new CacheRecipe(CacheMethod.UNIFORM, 4), recipe.cache());
        assertEquals(PruningAction.LOWER_BITS, recipe.pruning().action());
        assertEquals(3, recipe.pruning().lowerBits());
        ActivationRecipe overridden = recipe.activationsAt(0, Site.MLP_INPUT);
        assertArrayEquals(new int[] {0, 4}, overridden.candidates());
        assertTrue(overridden.symmetric());
        assertEquals(
                "W3 g64 GPTQ act-order · head 6 row · SmoothQuant 0.7 · A6 TRIP 0,1,2,6 token · KV4"
                        + " · β 0.5 at A3 · 1 override",
                recipe.summary());
    }

    @Test
    void aSetOfAllExponentsIsNoSet() {
        Recipe all = RecipeJson.parse("{\"activations\": {\"exponents\": [2, 0, 1, 3]}}", "r");
        assertEquals(Recipe.FLOAT, all);
    }

    @Test
    void readsAndRefusesFiles(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("recipe.json");
        Files.writeString(file, RecipeJson.write(Recipe.FLOAT));
        assertEquals(Recipe.FLOAT, RecipeJson.read(file));
        UserException missing =
                assertThrows(UserException.class, () -> RecipeJson.read(folder.resolve("no.json")));
        assertTrue(missing.getMessage().contains("there is no such recipe file"));
        Files.write(file, new byte[] {'{', (byte) 0xff, '}'});
        UserException binary = assertThrows(UserException.class, () -> RecipeJson.read(file));
        assertTrue(binary.getMessage().contains("not UTF-8"), binary.getMessage());
        Files.write(file, new byte[(1 << 20) + 1]);
        UserException large = assertThrows(UserException.class, () -> RecipeJson.read(file));
        assertTrue(large.getMessage().contains("is larger than the 1048576 bytes"));
        assertThrows(UserException.class, () -> RecipeJson.read(folder));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"wieghts": {}} | unknown key wieghts
                    {"weights": {"bit": 4}} | unknown key weights.bit
                    {"activations": {"k": 3}} | unknown key activations.k
                    {"softmax": {"base": 2}} | unknown key softmax.base
                    {"pruning": {"gamma": 0.1}} | unknown key pruning.gamma
                    {"pruning": {"beta": 1e400}} | pruning.beta is a number too large to compute with: one up to 1.7e308
                    {"pruning": {"beta": -1e400}} | pruning.beta is a number too large to compute with
                    {"weights": {"method": "rtn", "bits": 1e400}} | weights.bits is a number too large to compute with: a whole number
                    {"overrides": [{"site": []}]} | unknown key overrides.site
                    {"overrides": [{"sites": [], "weights": {"x": 1}}]} | unknown key overrides.weights.x
                    {"weights": 4} | weights is 4: an object belongs there
                    {"weights": null} | weights is null
                    {"weights": {"method": "rtm"}} | weights.method is "rtm": known are none, rtn, gptq, awq
                    {"weights": {"method": 1}} | weights.method is 1
                    {"weights": {"bits": "4"}} | weights.bits is "4": a whole number
                    {"weights": {"bits": 4.5}} | weights.bits is 4.5: a whole number
                    {"weights": {"bits": 99999999999}} | weights.bits is 99999999999
                    {"weights": {"bits": 1}} | weights.bits is 1: it must lie in 2…8
                    {"weights": {"bits": 9}} | weights.bits is 9: it must lie in 2…8
                    {"weights": {"group": 0}} | weights.group is 0: it must lie in 1…
                    {"weights": {"group": -2}} | weights.group is -2: it must lie in 1…1048576, or be -1 for whole rows
                    {"weights": {"symmetric": 1}} | weights.symmetric is 1: true or false
                    {"activations": {"method": "TRIP"}} | activations.method is "TRIP": known are none, uniform, trip
                    {"activations": {"bits": 16}} | activations.bits is 16: it must lie in 2…8
                    {"activations": {"max_exponent": -1}} | activations.max_exponent is -1: it must lie in 0…8
                    {"activations": {"granularity": "head"}} | activations.granularity is "head"
                    {"activations": {"exponents": 3}} | activations.exponents is 3: a list of exponents
                    {"activations": {"exponents": [0, 9]}} | activations.exponents is 9: exponents are whole numbers in 0…8
                    {"activations": {"exponents": [0.5]}} | activations.exponents is 0.5
                    {"activations": {"exponents": [0, 2], "max_exponent": 3}} | activations.max_exponent is 3: the largest of exponents is 2
                    {"activations": {"symmetric": "no"}} | activations.symmetric is "no": true or false
                    {"weights": {"gptq": {"dampening": 1}}} | unknown key weights.gptq.dampening
                    {"weights": {"gptq": []}} | weights.gptq is []: an object
                    {"weights": {"gptq": {"damping": 0}}} | weights.gptq.damping is 0: it must lie in
                    {"weights": {"gptq": {"damping": "1"}}} | weights.gptq.damping is "1": a number
                    {"weights": {"gptq": {"block": 0}}} | weights.gptq.block is 0
                    {"weights": {"gptq": {"act_order": 1}}} | weights.gptq.act_order is 1: true or false
                    {"weights": {"awq": {"clip": null}}} | weights.awq.clip is null
                    {"weights": {"awq": {"bits": 4}}} | unknown key weights.awq.bits
                    {"smoothing": {"method": "awq"}} | smoothing.method is "awq": known are none, smoothquant
                    {"smoothing": {"alpha": 1.5}} | smoothing.alpha is 1.5: it must lie in 0…1
                    {"cache": {"method": "int8"}} | cache.method is "int8": known are none, uniform, half
                    {"cache": {"bits": 16}} | cache.bits is 16: it must lie in 2…8
                    {"cache": {"group": 1}} | unknown key cache.group
                    {"head": {"method": "gptq"}} | head.method is "gptq": known are none, rtn
                    {"head": {"bits": 9}} | head.bits is 9: it must lie in 2…8
                    {"head": {"group": 0}} | head.group is 0: it must lie in 1…1048576, or be -1 for whole rows
                    {"head": {"symmetric": true}} | unknown key head.symmetric
                    {"pruning": {"action": "lower_bits"}} | pruning.action is "lower_bits": known are remove, lower-bits
                    {"pruning": {"bits": 1}} | pruning.bits is 1: it must lie in 2…8
                    {"overrides": [{"sites": ["QUERY"], "activations": {"exponents": [1], "max_exponent": 0}}]} | overrides.activations.max_exponent is 0
                    {"overrides": [{"sites": ["QUERY"], "weights": {"gptq": {}}}]} | unknown key overrides.weights.gptq
                    {"softmax": {"method": "log"}} | softmax.method is "log": known are none, uniform, log2
                    {"softmax": {"bits": 0}} | softmax.bits is 0: it must lie in 2…8
                    {"pruning": {"beta": "0.2"}} | pruning.beta is "0.2": a number
                    {"pruning": {"beta": -0.1}} | pruning.beta is -0.1: it must lie in 0…0.95
                    {"pruning": {"beta": 1e999}} | pruning.beta is
                    {"pruning": {"layers": 3}} | pruning.layers is 3: a list of layers
                    {"pruning": {"layers": [1.5]}} | pruning.layers is 1.5: layers are whole numbers
                    {"pruning": {"layers": [-1]}} | pruning.layers is -1
                    {"pruning": {"score": "end"}} | pruning.score is "end": known are start, received
                    {"pruning": {"positions": "kept"}} | pruning.positions is "kept": known are renumbered, original
                    {"pruning": {"positions": null}} | pruning.positions is null
                    {"overrides": {}} | overrides is {}: a list belongs there
                    {"overrides": [3]} | overrides is 3: an object belongs there
                    {"overrides": [{"layers": [0], "sites": ["SOFTMAX"]}]} | overrides.sites names SOFTMAX
                    {"overrides": [{"layers": [0]}]} | overrides.sites is missing: a list of sites
                    {"overrides": [{"sites": ["HEAD"]}]} | "HEAD"
                    {"overrides": [{"layers": [0], "sites": ["QUERY"], "weights": {"bits": 3}}]} | overrides.weights at QUERY change nothing
                    {"overrides": [{"sites": ["QUERY"], "weights": {"group": 0}}]} | weights.group is 0
                    {"overrides": [{"sites": ["QUERY"], "activations": {"bits": 9}}]} | activations.bits is 9
                    {"execution": "fast"} | execution is "fast": known are simulated, executed
                    [] | the recipe is []: an object belongs there
                    3 | the recipe is 3: an object belongs there
                    {"weights": {}, "weights": {}} | this is not JSON
                    {"weights": | this is not JSON
                    {} {} | this is not JSON
                    """)
    void tellsWhatIsWrongWhere(String json, String expected) {
        UserException refused =
                assertThrows(UserException.class, () -> RecipeJson.parse(json, "my.json"));
        String message = refused.getMessage();
        assertTrue(message.contains(expected), message);
        assertFalse(message.contains("\n"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  \n "})
    void refusesAnEmptyFile(String json) {
        UserException refused =
                assertThrows(UserException.class, () -> RecipeJson.parse(json, "my.json"));
        assertTrue(refused.getMessage().startsWith("my.json: "), refused.getMessage());
    }

    @Test
    void mutilatedRecipesGiveOneLineOrARecipe() {
        Random random = new Random(77);
        String alphabet = "{}[]\":,0123456789.-+eEtrufalsn \n\\u0000\u0001é";
        for (int trial = 0; trial < 20_000; trial++) {
            StringBuilder json = new StringBuilder(RecipeJson.write(random(random)));
            int edits = 1 + random.nextInt(4);
            for (int e = 0; e < edits && !json.isEmpty(); e++) {
                int at = random.nextInt(json.length());
                char letter = alphabet.charAt(random.nextInt(alphabet.length()));
                switch (random.nextInt(4)) {
                    case 0 -> json.setCharAt(at, letter);
                    case 1 -> json.insert(at, letter);
                    case 2 -> json.delete(at, Math.min(json.length(), at + random.nextInt(20)));
                    default ->
                            json.insert(
                                    at,
                                    json.substring(
                                            at, Math.min(json.length(), at + random.nextInt(40))));
                }
            }
            expectRecipeOrLine(json.toString());
        }
    }

    @Test
    void garbageGivesOneLine() {
        Random random = new Random(78);
        for (int trial = 0; trial < 5_000; trial++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            expectRecipeOrLine(new String(bytes, StandardCharsets.ISO_8859_1));
        }
        expectRecipeOrLine("[".repeat(100_000));
        expectRecipeOrLine("{\"weights\":".repeat(50_000));
        expectRecipeOrLine("{\"pruning\": {\"beta\": " + "9".repeat(5_000) + "}}");
    }

    private static void expectRecipeOrLine(String json) {
        try {
            Recipe recipe = RecipeJson.parse(json, "fuzz");
            assertEquals(recipe, RecipeJson.parse(RecipeJson.write(recipe), "again"));
        } catch (UserException refused) {
            assertFalse(refused.getMessage().isBlank());
            assertFalse(refused.getMessage().contains("\n"), refused.getMessage());
        }
    }

    private static Recipe random(Random random) {
        return new Recipe(
                new WeightRecipe(
                        pick(random, WeightMethod.values()),
                        2 + random.nextInt(7),
                        random.nextBoolean() ? -1 : 1 + random.nextInt(200),
                        random.nextBoolean(),
                        new GptqRecipe(
                                1e-6 + random.nextDouble() * 0.9,
                                1 + random.nextInt(300),
                                random.nextBoolean(),
                                random.nextBoolean(),
                                random.nextBoolean()),
                        new AwqRecipe(random.nextBoolean(), random.nextBoolean())),
                new HeadRecipe(
                        pick(random, HeadMethod.values()),
                        2 + random.nextInt(7),
                        random.nextBoolean() ? -1 : 1 + random.nextInt(200)),
                new SmoothingRecipe(pick(random, SmoothingMethod.values()), random.nextDouble()),
                new ActivationRecipe(
                        pick(random, ActivationMethod.values()),
                        2 + random.nextInt(7),
                        random.nextInt(9),
                        exponents(random),
                        pick(random, Granularity.values()),
                        random.nextBoolean()),
                new SoftmaxRecipe(pick(random, SoftmaxMethod.values()), 2 + random.nextInt(7)),
                new CacheRecipe(pick(random, CacheMethod.values()), 2 + random.nextInt(7)),
                new PruningRecipe(
                        random.nextDouble() * 0.95,
                        layers(random),
                        pick(random, TokenScore.values()),
                        random.nextBoolean(),
                        pick(random, PruningAction.values()),
                        2 + random.nextInt(7)),
                random.nextBoolean() ? List.of() : List.of(override(random), override(random)),
                pick(random, Execution.values()));
    }

    private static SiteOverride override(Random random) {
        EnumSet<Site> sites = EnumSet.noneOf(Site.class);
        for (Site site : Site.values()) {
            if (site != Site.SOFTMAX && random.nextBoolean()) {
                sites.add(site);
            }
        }
        if (!sites.isEmpty()) {
            sites.add(Site.MLP_INPUT); // where weights may be named, too
        }
        Optional<SortedSet<Integer>> exponents = maybe(random, exponents(random));
        boolean anyExponent = exponents.isEmpty() || exponents.get().isEmpty();
        return new SiteOverride(
                layers(random),
                sites,
                maybe(random, pick(random, ActivationMethod.values())),
                maybe(random, 2 + random.nextInt(7)),
                maybe(random, anyExponent ? random.nextInt(9) : exponents.get().last()),
                exponents,
                maybe(random, pick(random, Granularity.values())),
                maybe(random, random.nextBoolean()),
                maybe(random, pick(random, WeightMethod.values())),
                maybe(random, 2 + random.nextInt(7)),
                maybe(random, random.nextBoolean() ? -1 : 1 + random.nextInt(64)),
                maybe(random, random.nextBoolean()),
                channelExponents(random));
    }

    private static SortedMap<Integer, Integer> channelExponents(Random random) {
        SortedMap<Integer, Integer> exponents = new TreeMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            exponents.put(random.nextInt(2000), random.nextInt(9));
        }
        return exponents;
    }

    private static TreeSet<Integer> layers(Random random) {
        TreeSet<Integer> layers = new TreeSet<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            layers.add(random.nextInt(32));
        }
        return layers;
    }

    private static SortedSet<Integer> exponents(Random random) {
        SortedSet<Integer> exponents = new TreeSet<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            exponents.add(random.nextInt(9));
        }
        return exponents;
    }

    private static <T> Optional<T> maybe(Random random, T value) {
        return random.nextBoolean() ? Optional.of(value) : Optional.empty();
    }

    private static <T> T pick(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }
}
