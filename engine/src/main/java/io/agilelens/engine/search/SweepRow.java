package io.agilelens.engine.search;

import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What became of one run of a sweep: figures, or the line that says why there are none.
 *
 * @param index place in the sweep, from 0
 * @param model as the sweep names it
 * @param text as the sweep names it
 * @param name of the recipe
 * @param figures empty if the run failed
 * @param error empty if it did not
 */
public record SweepRow(
        int index,
        String model,
        String text,
        String name,
        Recipe recipe,
        Optional<RunFigures> figures,
        Optional<String> error) {

    /** The row as JSON. */
    public ObjectNode toJson() {
        ObjectNode node =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("index", index)
                        .put("model", model)
                        .put("text", text)
                        .put("name", name)
                        .put("recipe_summary", recipe.summary());
        figures.ifPresent(measured -> measured.addTo(node));
        error.ifPresent(line -> node.put("error", line));
        node.set("recipe", RecipeJson.toTree(recipe));
        return node;
    }

    /** Reads what {@link #toJson()} writes. */
    public static SweepRow fromJson(String json) {
        JsonNode node = JsonMapper.shared().readTree(json);
        return new SweepRow(
                node.path("index").asInt(),
                node.path("model").asString(),
                node.path("text").asString(),
                node.path("name").asString(),
                RecipeJson.parse(node.path("recipe").toString(), "recipe"),
                node.has("error") ? Optional.empty() : Optional.of(RunFigures.from(node)),
                node.has("error") ? Optional.of(node.path("error").asString()) : Optional.empty());
    }
}
