package io.agilelens.engine.search;

import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.TextMeasure;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Everything a sweep will do, settled: texts are cut, presets and grids resolved. It goes to other
 * machines as JSON; those need the models' files and nothing else.
 *
 * @param runs in the order of the table
 * @param timed whether the speed of each run is measured, too
 */
public record SweepPlan(List<SweepSubject> subjects, List<Run> runs, boolean timed) {

    /**
     * One run.
     *
     * @param subject index among the subjects
     * @param name of the recipe
     */
    public record Run(int subject, String name, Recipe recipe) {}

    public SweepPlan {
        subjects = List.copyOf(subjects);
        runs = List.copyOf(runs);
    }

    /** The whole plan in one line. */
    public String toJson() {
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("timed", timed);
        ArrayNode subjectNodes = root.putArray("subjects");
        for (SweepSubject subject : subjects) {
            ObjectNode node =
                    subjectNodes
                            .addObject()
                            .put("model", subject.model())
                            .put("path", subject.path())
                            .put("text", subject.text().source())
                            .put("protocol", subject.text().protocol().name())
                            .put("window", subject.text().length())
                            .put("reread", subject.text().reread())
                            .put("calibration", subject.calibration().source());
            subject.text()
                    .measure()
                    .ifPresent(
                            measure ->
                                    node.put("predictions", measure.predictions())
                                            .put("words", measure.words())
                                            .put("bytes", measure.bytes()));
            addWindows(node.putArray("windows"), subject.text().windows());
            addWindows(node.putArray("calibration_windows"), subject.calibration().windows());
        }
        ArrayNode runNodes = root.putArray("runs");
        for (Run run : runs) {
            runNodes.addObject()
                    .put("subject", run.subject())
                    .put("name", run.name())
                    .set("recipe", RecipeJson.toTree(run.recipe()));
        }
        return root.toString();
    }

    /** Reads what {@link #toJson()} writes. */
    public static SweepPlan fromJson(String json) {
        JsonNode root = JsonMapper.shared().readTree(json);
        List<SweepSubject> subjects = new ArrayList<>();
        for (JsonNode node : root.path("subjects")) {
            subjects.add(
                    new SweepSubject(
                            node.path("model").asString(),
                            node.path("path").asString(),
                            new TokenWindows(
                                    node.path("text").asString(),
                                    Protocol.valueOf(node.path("protocol").asString()),
                                    windows(node.path("windows")),
                                    node.path("window").asInt(),
                                    node.path("reread").asInt(),
                                    measure(node)),
                            new Calibration(
                                    node.path("calibration").asString(),
                                    windows(node.path("calibration_windows")))));
        }
        List<Run> runs = new ArrayList<>();
        for (JsonNode node : root.path("runs")) {
            runs.add(
                    new Run(
                            node.path("subject").asInt(),
                            node.path("name").asString(),
                            RecipeJson.parse(node.path("recipe").toString(), "recipe")));
        }
        return new SweepPlan(subjects, runs, root.path("timed").asBoolean());
    }

    /** The same for the same plan, another one for any other: 64 hexadecimal digits. */
    public String digest() {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(toJson().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<TextMeasure> measure(JsonNode node) {
        return node.has("words")
                ? Optional.of(
                        new TextMeasure(
                                node.path("predictions").asLong(),
                                node.path("words").asLong(),
                                node.path("bytes").asLong()))
                : Optional.empty();
    }

    private static void addWindows(ArrayNode node, List<int[]> windows) {
        for (int[] window : windows) {
            ArrayNode ids = node.addArray();
            for (int id : window) {
                ids.add(id);
            }
        }
    }

    private static List<int[]> windows(JsonNode node) {
        List<int[]> windows = new ArrayList<>();
        for (JsonNode window : node) {
            windows.add(window.valueStream().mapToInt(JsonNode::asInt).toArray());
        }
        return windows;
    }
}
