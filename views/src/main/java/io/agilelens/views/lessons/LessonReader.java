package io.agilelens.views.lessons;

import io.agilelens.engine.UserException;
import io.agilelens.views.Comparison;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads how a lesson is built from its JSON. Anything unknown, missing or of the wrong kind is an
 * error that names file and key.
 */
final class LessonReader {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private final String source;

    private LessonReader(String source) {
        this.source = source;
    }

    /**
     * @param source for messages
     * @throws UserException if it is no lesson
     */
    static Lesson read(String source, String json) {
        return new LessonReader(source).lesson(json);
    }

    private Lesson lesson(String json) {
        JsonNode root;
        try {
            root = MAPPER.readTree(json);
        } catch (JacksonException broken) {
            throw wrong("", "not JSON: " + broken.getOriginalMessage());
        }
        known(root, "", Set.of("id", "minutes", "icon", "steps"));
        List<LessonStep> steps = new ArrayList<>();
        JsonNode list = root.path("steps");
        if (!list.isArray() || list.isEmpty()) {
            throw wrong("steps", "a list of steps belongs there");
        }
        for (JsonNode step : list) {
            steps.add(step(step, "steps[" + steps.size() + "]"));
        }
        if (steps.stream().map(LessonStep::id).distinct().count() < steps.size()) {
            throw wrong("steps", "two steps have the same id");
        }
        return new Lesson(
                text(root, "", "id"), whole(root, "minutes"), text(root, "", "icon"), steps);
    }

    private LessonStep step(JsonNode node, String path) {
        known(
                node,
                path,
                Set.of(
                        "id",
                        "station",
                        "compare",
                        "tab",
                        "point",
                        "select",
                        "fill",
                        "levers",
                        "needs",
                        "about",
                        "offer",
                        "keep",
                        "question"));
        Map<SelectionPart, String> select = new LinkedHashMap<>();
        texts(node, path, "select")
                .forEach(
                        (part, fact) ->
                                select.put(
                                        constant(SelectionPart.class, path + ".select", part),
                                        fact));
        Map<String, String> levers = texts(node, path, "levers");
        for (String key : levers.keySet()) {
            if (!LessonLevers.keys().contains(key)) {
                throw wrong(path + ".levers." + key, "known levers are " + LessonLevers.keys());
            }
        }
        List<Need> needs = new ArrayList<>();
        for (JsonNode need : node.path("needs")) {
            needs.add(constant(Need.class, path + ".needs", need.asString("")));
        }
        return new LessonStep(
                text(node, path, "id"),
                optional(node, path, "station"),
                optional(node, path, "compare")
                        .map(name -> constant(Comparison.class, path + ".compare", name)),
                optional(node, path, "tab"),
                optional(node, path, "point"),
                select,
                texts(node, path, "fill"),
                levers,
                needs,
                optional(node, path, "about"),
                optional(node, path, "offer")
                        .map(name -> constant(LessonStep.Offer.class, path + ".offer", name)),
                texts(node, path, "keep"),
                question(node.path("question"), path + ".question"));
    }

    private Optional<Question> question(JsonNode node, String path) {
        if (node.isMissingNode()) {
            return Optional.empty();
        }
        String kind = text(node, path, "kind");
        return Optional.of(
                switch (kind) {
                    case "choose" -> choose(node, path);
                    case "number" -> number(node, path);
                    case "pick" -> {
                        known(node, path, Set.of("kind", "part", "fact"));
                        yield new Question.Pick(
                                constant(
                                        SelectionPart.class,
                                        path + ".part",
                                        text(node, path, "part")),
                                text(node, path, "fact"));
                    }
                    case "goal" -> {
                        known(node, path, Set.of("kind", "fact"));
                        yield new Question.Goal(text(node, path, "fact"));
                    }
                    default -> throw wrong(path + ".kind", "give choose, number, pick or goal");
                });
    }

    private Question choose(JsonNode node, String path) {
        known(node, path, Set.of("kind", "options", "fact"));
        JsonNode options = node.path("options");
        String fact = text(node, path, "fact");
        if (options.isString()) {
            return new Question.ChooseOf(options.asString(), fact);
        }
        List<String> names = new ArrayList<>();
        for (JsonNode option : options) {
            names.add(option.asString(""));
        }
        if (names.size() < 2 || names.contains("")) {
            throw wrong(
                    path + ".options", "at least two names, or the name of a fact, belong there");
        }
        return new Question.Choose(names, fact);
    }

    private Question number(JsonNode node, String path) {
        known(node, path, Set.of("kind", "fact", "relative", "absolute"));
        double relative = amount(node, path, "relative");
        double absolute = amount(node, path, "absolute");
        return new Question.Number(text(node, path, "fact"), relative, absolute);
    }

    private double amount(JsonNode node, String path, String key) {
        JsonNode value = node.path(key);
        if (value.isMissingNode()) {
            return 0;
        }
        if (!value.isNumber() || value.asDouble() < 0) {
            throw wrong(path + "." + key, "a number from 0 on belongs there");
        }
        return value.asDouble();
    }

    private Map<String, String> texts(JsonNode node, String path, String key) {
        JsonNode part = node.path(key);
        Map<String, String> texts = new LinkedHashMap<>();
        if (part.isMissingNode()) {
            return texts;
        }
        if (!part.isObject()) {
            throw wrong(path + "." + key, "an object belongs there");
        }
        for (String name : part.propertyNames()) {
            texts.put(name, text(part, path + "." + key, name));
        }
        return texts;
    }

    private String text(JsonNode node, String path, String key) {
        return optional(node, path, key)
                .orElseThrow(() -> wrong(join(path, key), "a text belongs there"));
    }

    private Optional<String> optional(JsonNode node, String path, String key) {
        JsonNode value = node.path(key);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!value.isString() || value.asString().isBlank()) {
            throw wrong(join(path, key), "a text belongs there");
        }
        return Optional.of(value.asString());
    }

    private int whole(JsonNode node, String key) {
        if (!node.path(key).isInt() || node.path(key).asInt() < 1) {
            throw wrong(key, "a whole number from 1 on belongs there");
        }
        return node.path(key).asInt();
    }

    private <E extends Enum<E>> E constant(Class<E> kind, String path, String name) {
        for (E constant : kind.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(name)) {
                return constant;
            }
        }
        throw wrong(path, name + " is none of " + List.of(kind.getEnumConstants()));
    }

    private void known(JsonNode node, String path, Set<String> keys) {
        if (!node.isObject()) {
            throw wrong(path, "an object belongs there");
        }
        for (String key : node.propertyNames()) {
            if (!keys.contains(key)) {
                throw wrong(
                        join(path, key),
                        "unknown key; known are " + keys.stream().sorted().toList());
            }
        }
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private UserException wrong(String path, String reason) {
        return new UserException("lesson %s: %s: %s".formatted(source, path, reason));
    }
}
