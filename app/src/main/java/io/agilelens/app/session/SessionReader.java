package io.agilelens.app.session;

import io.agilelens.engine.UserException;
import io.agilelens.engine.evaluate.Divergence;
import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.format.JsonPart;
import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.format.TextFormat;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.views.Selection;
import io.agilelens.views.workbench.EvaluationText;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.Subject;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Makes a session of a JSON tree that nobody vouches for. */
final class SessionReader {
    private static final int LARGEST_INDEX = 1 << 24;
    private static final int LONGEST_WINDOW = 1 << 20;
    private static final int MOST_WINDOWS = 1 << 16;
    private static final int LONGEST_NAME = 4096;
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern STATION = Pattern.compile("[a-z]{1,32}");

    /** Protocols that the window evaluates by. */
    private static final List<Protocol> PROTOCOLS = List.of(Protocol.GPTQ, Protocol.LLAMA_CPP);

    private final String source;

    /**
     * @param source what the tree came from, for error lines
     */
    SessionReader(String source) {
        this.source = source;
    }

    /**
     * @throws UserException if the tree is no session
     */
    SessionDocument read(JsonNode tree) {
        JsonPart root = new JsonPart(source, "", tree);
        requireVersion(root.at(SessionJson.VERSION_KEY));
        root.requireKeys(
                Set.of(
                        SessionJson.VERSION_KEY,
                        "written_by",
                        "model",
                        "text",
                        "calibration",
                        "fingerprints",
                        "recipe",
                        "figures",
                        "runs",
                        "view",
                        "measured"));
        Subject subject = subject(root);
        JsonPart measured = root.part("measured", Set.of("studies", "kernel_bits"));
        return new SessionDocument(
                subject,
                fingerprints(root.at("fingerprints")),
                text(root, "calibration").orElse(""),
                recipe(root),
                figures(root),
                runs(root.at("runs"), subject),
                view(
                        root.part(
                                "view",
                                Set.of(
                                        "station", "window", "layer", "site", "channel", "head",
                                        "token"))),
                studies(measured.at("studies")),
                kernelBits(measured));
    }

    private void requireVersion(JsonPart version) {
        if (version.isMissing()) {
            throw new UserException(
                    "%s is no session: it lacks the key %s; give a file that the window saved"
                            .formatted(source, SessionJson.VERSION_KEY));
        }
        if (!version.isWhole() || version.value().intValue() != SessionJson.VERSION) {
            throw version.wrong(
                    "this program reads version %d; a newer program reads newer sessions"
                            .formatted(SessionJson.VERSION));
        }
    }

    /** The model and text at an object's keys. */
    private Subject subject(JsonPart node) {
        JsonPart model = node.part("model", Set.of("reference", "planted"));
        String reference = required(model, "reference", JsonPart::string, "name a model");
        try {
            ModelReference.parse(reference);
        } catch (UserException impossible) {
            throw impossible.in(source);
        }
        return new Subject(
                reference, planting(model.at("planted")), evaluationText(node.at("text")));
    }

    private EvaluationText evaluationText(JsonPart node) {
        node.requireKeys(Set.of("file", "format", "protocol", "window", "windows"));
        EvaluationText usual = EvaluationText.BUNDLED;
        return new EvaluationText(
                text(node, "file").map(name -> path(node.at("file"), name)),
                named(node.at("format"), List.of(TextFormat.values()), TextFormat::title)
                        .orElse(usual.format()),
                named(node.at("protocol"), PROTOCOLS, Protocol::title).orElse(usual.protocol()),
                whole(node, "window", 2, LONGEST_WINDOW).orElse(usual.window()),
                whole(node, "windows", 1, MOST_WINDOWS).orElse(usual.windows()));
    }

    private static Path path(JsonPart node, String name) {
        try {
            Path path = Path.of(name);
            if (path.isAbsolute()) {
                return path.normalize();
            }
        } catch (InvalidPathException impossible) {
            // Told below.
        }
        throw node.wrong("the absolute path of a text file belongs there");
    }

    private Optional<Planting> planting(JsonPart node) {
        if (node.isMissing()) {
            return Optional.empty();
        }
        node.requireKeys(Set.of("factor", "channels", "layers", "sites"));
        try {
            return Optional.of(Planting.of(node.value()));
        } catch (UserException impossible) {
            throw impossible.in(source + ": " + node.path());
        }
    }

    private Map<String, Fingerprint> fingerprints(JsonPart node) {
        Map<String, Fingerprint> known = new LinkedHashMap<>();
        if (node.isMissing()) {
            return known;
        }
        if (!node.value().isObject()) {
            throw node.wrong("an object belongs there");
        }
        for (String name : node.value().propertyNames()) {
            JsonPart one = new JsonPart(source, "fingerprints." + name, node.value().get(name));
            one.requireKeys(Set.of("bytes", "sha256"));
            String hash =
                    required(one, "sha256", JsonPart::string, "64 hexadecimal digits belong there");
            if (!HASH.matcher(hash).matches()) {
                throw one.at("sha256").wrong("64 hexadecimal digits belong there");
            }
            known.put(name, new Fingerprint(count(one, "bytes"), hash));
        }
        return known;
    }

    private Recipe recipe(JsonPart node) {
        JsonPart recipe = node.at("recipe");
        if (recipe.isMissing()) {
            throw recipe.wrong("a recipe belongs there, {} being the model as it is");
        }
        return RecipeJson.fromTree(recipe.value(), source + ": " + recipe.path());
    }

    private Optional<SessionDocument.Figures> figures(JsonPart root) {
        JsonPart node = root.part("figures", Set.of("baseline", "tuned"));
        return node.isMissing()
                ? Optional.empty()
                : Optional.of(
                        new SessionDocument.Figures(
                                perplexity(node.at("baseline")), perplexity(node.at("tuned"))));
    }

    private List<PinnedRun> runs(JsonPart list, Subject open) {
        List<PinnedRun> runs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonPart node : list.elements("a list of runs belongs there")) {
            JsonPart run = new JsonPart(source, "runs[%d]".formatted(runs.size()), node.value());
            PinnedRun read = run(run, open);
            if (!names.add(read.name())) {
                throw run.at("name").wrong("each run has a name of its own");
            }
            runs.add(read);
        }
        return runs;
    }

    private PinnedRun run(JsonPart node, Subject open) {
        node.requireKeys(
                Set.of(
                        "name",
                        "model",
                        "text",
                        "planted",
                        "recipe",
                        "baseline",
                        "tuned",
                        "weight_bits",
                        "weight_bytes",
                        "prefill_tokens_per_second",
                        "searched"));
        return new PinnedRun(
                required(node, "name", JsonPart::string, "a name belongs there"),
                recipe(node),
                node.at("model").isMissing() ? open : subject(node),
                planting(node.at("planted")),
                perplexity(node.at("baseline")),
                perplexity(node.at("tuned")),
                number(node, "weight_bits"),
                count(node, "weight_bytes"),
                number(node, "prefill_tokens_per_second"),
                node.flag("searched").orElse(false));
    }

    private Perplexity perplexity(JsonPart node) {
        if (node.isMissing()) {
            throw node.wrong("figures belong there");
        }
        node.requireKeys(
                Set.of(
                        "protocol",
                        "window",
                        "windows",
                        "total_windows",
                        "tokens",
                        "nll",
                        "perplexity",
                        "standard_error",
                        "all_positions_perplexity",
                        "all_positions_nll",
                        "coverage",
                        "window_nll",
                        "window_tokens",
                        "from_float"));
        List<Double> losses = new ArrayList<>();
        for (JsonPart loss : node.at("window_nll").elements("a list of numbers belongs there")) {
            if (!loss.value().isNumber() || !Double.isFinite(loss.value().doubleValue())) {
                throw loss.wrong("a list of numbers belongs there");
            }
            losses.add(loss.value().doubleValue());
        }
        List<Integer> tokens = new ArrayList<>();
        for (JsonPart count : node.at("window_tokens").elements("a list of counts belongs there")) {
            if (!count.isWhole() || count.value().intValue() < 0) {
                throw count.wrong("a list of counts belongs there");
            }
            tokens.add(count.value().intValue());
        }
        int windows = requiredWhole(node, "windows", 0, MOST_WINDOWS);
        if (losses.size() != windows || tokens.size() != windows) {
            throw node.at("windows").wrong("window_nll and window_tokens hold one value a window");
        }
        return new Perplexity(
                named(node.at("protocol"), PROTOCOLS, Protocol::title)
                        .orElseThrow(() -> node.at("protocol").wrong("name a protocol")),
                requiredWhole(node, "window", 2, LONGEST_WINDOW),
                windows,
                requiredWhole(node, "total_windows", windows, MOST_WINDOWS),
                count(node, "tokens"),
                number(node, "nll"),
                number(node, "perplexity"),
                number(node, "standard_error"),
                number(node, "all_positions_perplexity"),
                number(node, "all_positions_nll"),
                number(node, "coverage"),
                losses,
                tokens,
                Optional.empty(),
                divergence(node.at("from_float")));
    }

    private static Optional<Divergence> divergence(JsonPart node) {
        if (node.isMissing()) {
            return Optional.empty();
        }
        node.requireKeys(
                Set.of(
                        "positions",
                        "kl_mean",
                        "kl_standard_error",
                        "kl_median",
                        "kl_90",
                        "kl_99",
                        "kl_largest",
                        "kl_largest_window",
                        "kl_largest_position",
                        "top1_agreement",
                        "top1_agreement_standard_error"));
        return Optional.of(
                new Divergence(
                        count(node, "positions"),
                        number(node, "kl_mean"),
                        number(node, "kl_standard_error"),
                        number(node, "kl_median"),
                        number(node, "kl_90"),
                        number(node, "kl_99"),
                        number(node, "kl_largest"),
                        requiredWhole(node, "kl_largest_window", -1, LARGEST_INDEX),
                        requiredWhole(node, "kl_largest_position", -1, LARGEST_INDEX),
                        number(node, "top1_agreement"),
                        number(node, "top1_agreement_standard_error")));
    }

    private static SessionDocument.View view(JsonPart node) {
        String station = text(node, "station").orElse("model");
        if (!STATION.matcher(station).matches()) {
            throw node.at("station").wrong("the name of a station belongs there");
        }
        Selection.Place start = Selection.Place.START;
        return new SessionDocument.View(
                station,
                whole(node, "window", 0, MOST_WINDOWS).orElse(0),
                new Selection.Place(
                        whole(node, "layer", 0, LARGEST_INDEX).orElse(start.layer()),
                        named(node.at("site"), List.of(Site.values()), Site::name)
                                .orElse(start.site()),
                        whole(node, "channel", 0, LARGEST_INDEX).orElse(Selection.NONE),
                        whole(node, "head", 0, LARGEST_INDEX).orElse(Selection.NONE),
                        whole(node, "token", 0, LARGEST_INDEX).orElse(Selection.NONE)));
    }

    private static Set<QualityStudy> studies(JsonPart list) {
        Set<QualityStudy> studies = EnumSet.noneOf(QualityStudy.class);
        for (JsonPart name : list.elements("a list of studies belongs there")) {
            studies.add(
                    named(name, List.of(QualityStudy.values()), JsonPart::name)
                            .orElseThrow(() -> name.wrong("name a study")));
        }
        return studies;
    }

    private static OptionalInt kernelBits(JsonPart measured) {
        return whole(measured, "kernel_bits", 0, 4096)
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
    }

    private static Optional<String> text(JsonPart node, String key) {
        Optional<String> text = node.string(key);
        if (text.filter(t -> t.length() > LONGEST_NAME).isPresent()) {
            throw node.at(key).wrong("at most %d characters belong there".formatted(LONGEST_NAME));
        }
        return text;
    }

    /** One of some values by its name; empty if it is missing. */
    private static <T> Optional<T> named(JsonPart node, List<T> values, Function<T, String> name) {
        if (node.isMissing()) {
            return Optional.empty();
        }
        return Optional.of(
                values.stream()
                        .filter(value -> name.apply(value).equals(node.value().asString("")))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        node.wrong(
                                                "known are "
                                                        + values.stream()
                                                                .map(name)
                                                                .collect(
                                                                        Collectors.joining(
                                                                                ", ")))));
    }

    private static <T> T required(
            JsonPart node,
            String key,
            java.util.function.BiFunction<JsonPart, String, Optional<T>> read,
            String remedy) {
        return read.apply(node, key).orElseThrow(() -> node.at(key).wrong(remedy));
    }

    private static Optional<Integer> whole(JsonPart node, String key, int least, int most) {
        Optional<Integer> value = node.whole(key);
        if (value.filter(number -> number < least || number > most).isPresent()) {
            throw node.at(key)
                    .wrong("a whole number in %d…%d belongs there".formatted(least, most));
        }
        return value;
    }

    private static int requiredWhole(JsonPart node, String key, int least, int most) {
        return whole(node, key, least, most)
                .orElseThrow(() -> node.at(key).wrong("a whole number belongs there"));
    }

    private static long count(JsonPart node, String key) {
        JsonPart value = node.at(key);
        if (!value.value().isIntegralNumber()
                || !value.value().canConvertToLong()
                || value.value().longValue() < 0) {
            throw value.wrong("a whole number from 0 belongs there");
        }
        return value.value().longValue();
    }

    /** A number; null stands for one that does not exist. */
    private static double number(JsonPart node, String key) {
        if (node.at(key).value().isNull()) {
            return Double.NaN;
        }
        return node.number(key)
                .orElseThrow(() -> node.at(key).wrong("a number or null belongs there"));
    }
}
