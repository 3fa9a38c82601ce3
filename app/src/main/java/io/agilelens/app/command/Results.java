package io.agilelens.app.command;

import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** Parts of results that several commands give in the same words. */
final class Results {
    /** The key that marks figures of a model with planted outliers. */
    static final String PLANTED = "planted";

    private Results() {}

    /** A result that says which model it is about, and what was planted in it. */
    static ObjectNode of(OpenModel open) {
        ObjectNode result = EngineCommand.object().put("model", open.name());
        open.model().planting().ifPresent(planting -> result.set(PLANTED, planting.toJson()));
        return result;
    }

    static void addPerplexity(ObjectNode result, Perplexity perplexity) {
        EngineCommand.put(result, "perplexity", perplexity.perplexity());
        EngineCommand.put(result, "nll", perplexity.nll());
        EngineCommand.put(result, "per_token_perplexity", perplexity.perToken());
        EngineCommand.put(result, "standard_error", perplexity.standardError());
        result.put("tokens", perplexity.tokens())
                .put("windows", perplexity.windows())
                .put("window", perplexity.window())
                .put("protocol", perplexity.protocol().title());
        EngineCommand.put(result, "coverage", perplexity.coverage());
        EngineCommand.put(result, "all_positions_perplexity", perplexity.allPositions());
    }

    static void addRecipe(ObjectNode result, Recipe recipe) {
        result.put("recipe_summary", recipe.summary());
        result.set("recipe", RecipeJson.toTree(recipe));
        result.put("execution", execution(recipe));
    }

    /** How the numbers came about: a float model is neither simulated nor executed. */
    static String execution(Recipe recipe) {
        return recipe.isFloat() ? "float" : recipe.execution().name().toLowerCase(Locale.ROOT);
    }
}
