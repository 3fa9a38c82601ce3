package io.agilelens.engine.search;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.recipe.RecipeReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The recipes that a grid asks for on a model of so many layers. */
final class GridRecipes {
    private final String source;
    private final JsonNode root;
    private final int layers;

    /**
     * @param source what the grid came from, for error lines
     * @param root the whole grid
     */
    GridRecipes(String source, JsonNode root, int layers) {
        this.source = source;
        this.root = root;
        this.layers = layers;
    }

    /** Every recipe by its name, in the order of the table. */
    Map<String, Recipe> all() {
        Map<String, Recipe> recipes = new LinkedHashMap<>();
        int place = 0;
        for (JsonNode entry : root.path("recipes")) {
            String path = "recipes[%d]".formatted(place++);
            if (entry.isString()) {
                String given = entry.stringValue();
                add(recipes, given, RecipeReference.resolve(given, in(path), layers));
            } else if (entry.isObject() && entry.has("name")) {
                addNamed(recipes, entry, path);
            } else if (entry.isObject()) {
                Recipe recipe = RecipeJson.parse(entry.toString(), in(path));
                add(recipes, recipe.summary(), recipe);
            } else {
                throw wrong(source, path, entry, "a preset, a file or a recipe belongs there");
            }
        }
        addGrid(recipes);
        return recipes;
    }

    private void addNamed(Map<String, Recipe> recipes, JsonNode entry, String path) {
        for (String key : entry.propertyNames()) {
            if (!Set.of("name", "recipe").contains(key)) {
                throw new UserException(
                        "%s: unknown key %s: known here are name, recipe"
                                .formatted(source, Printable.of(path + "." + key)));
            }
        }
        if (!entry.path("name").isString()) {
            throw wrong(source, path + ".name", entry.path("name"), "a name belongs there");
        }
        add(
                recipes,
                entry.path("name").stringValue(),
                recipe(entry.path("recipe"), path + ".recipe"));
    }

    /** A recipe written in full, or named. */
    private Recipe recipe(JsonNode node, String path) {
        if (node.isString()) {
            return RecipeReference.resolve(node.stringValue(), in(path), layers);
        }
        if (!node.isObject()) {
            throw wrong(source, path, node, "a preset, a file or a recipe belongs there");
        }
        return RecipeJson.parse(node.toString(), in(path));
    }

    /** The product of all lists of values, the last key's values changing fastest. */
    private void addGrid(Map<String, Recipe> recipes) {
        JsonNode grid = root.path("grid");
        if (grid.isMissingNode()) {
            return;
        }
        Recipe base = root.has("base") ? recipe(root.path("base"), "base") : Recipe.FLOAT;
        List<Map.Entry<String, JsonNode>> axes = List.copyOf(grid.properties());
        int[] choice = new int[axes.size()];
        int axis;
        do {
            ObjectNode tree = RecipeJson.toTree(base);
            List<String> title = new ArrayList<>();
            for (int i = 0; i < choice.length; i++) {
                JsonNode value = axes.get(i).getValue().get(choice[i]);
                set(tree, axes.get(i).getKey(), value);
                title.add(
                        "%s=%s"
                                .formatted(
                                        axes.get(i).getKey(),
                                        value.isString() ? value.stringValue() : value));
            }
            add(recipes, String.join(" ", title), RecipeJson.parse(tree.toString(), in("grid")));
            for (axis = choice.length - 1; axis >= 0; axis--) {
                if (++choice[axis] < axes.get(axis).getValue().size()) {
                    break;
                }
                choice[axis] = 0;
            }
        } while (axis >= 0);
    }

    /** Sets the value at a key such as {@code weights.bits}. */
    private void set(ObjectNode tree, String key, JsonNode value) {
        ObjectNode node = tree;
        String[] parts = key.split("\\.", -1);
        for (int i = 0; i < parts.length - 1; i++) {
            if (!(node.path(parts[i]) instanceof ObjectNode inner)) {
                throw new UserException(
                        "%s: unknown key %s: a recipe has no %s"
                                .formatted(
                                        source,
                                        Printable.of("grid." + key),
                                        Printable.of(parts[i])));
            }
            node = inner;
        }
        node.set(parts[parts.length - 1], value);
    }

    /** Two rows never have the same name. */
    private static void add(Map<String, Recipe> recipes, String name, Recipe recipe) {
        String free = name;
        for (int i = 2; recipes.containsKey(free); i++) {
            free = "%s (%d)".formatted(name, i);
        }
        recipes.put(free, recipe);
    }

    private String in(String path) {
        return source + ": " + path;
    }

    /** The line for a key that has the wrong value. */
    static UserException wrong(String source, String path, JsonNode value, String remedy) {
        return new UserException(
                "%s: %s is %s: %s"
                        .formatted(
                                source,
                                path,
                                value.isMissingNode() ? "missing" : Printable.of(value.toString()),
                                remedy));
    }
}
