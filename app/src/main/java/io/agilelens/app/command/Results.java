package io.agilelens.app.command;

import io.agilelens.engine.evaluate.Divergence;
import io.agilelens.engine.evaluate.FloatComparison;
import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.TextMeasure;
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
                .put("protocol", perplexity.protocol().title())
                .put("protocol_description", perplexity.protocol().description());
        perplexity.measure().ifPresent(measure -> addMeasure(result, measure, perplexity));
        EngineCommand.put(result, "coverage", perplexity.coverage());
        EngineCommand.put(result, "all_positions_perplexity", perplexity.allPositions());
    }

    /** What losses are shared among; of the text that was read, which may go on. */
    private static void addMeasure(ObjectNode result, TextMeasure measure, Perplexity perplexity) {
        ObjectNode node =
                result.putObject("text_read")
                        .put("predictions", measure.predictions())
                        .put("words", measure.words())
                        .put("bytes", measure.bytes());
        EngineCommand.put(node, "predictions_per_word", measure.predictionsPerWord());
        EngineCommand.put(
                result,
                "bits_per_byte",
                perplexity.allNll() * measure.predictionsPerByte() / Math.log(2));
    }

    /** A tuned model beside the float model. */
    static ObjectNode comparison(FloatComparison comparison) {
        ObjectNode node = EngineCommand.object();
        EngineCommand.put(node, "delta_nll", comparison.change());
        EngineCommand.put(node, "delta_nll_standard_error", comparison.changeError());
        EngineCommand.put(node, "nll", comparison.nll());
        EngineCommand.put(node, "float_nll", comparison.floatNll());
        node.put("windows", comparison.windows()).put("positions", comparison.positions());
        EngineCommand.put(node, "coverage", comparison.coverage());
        EngineCommand.put(node, "kept_nll", comparison.keptNll());
        EngineCommand.put(node, "kept_delta_nll", comparison.keptChange());
        EngineCommand.put(node, "kept_delta_nll_standard_error", comparison.keptChangeError());
        node.set("divergence", divergence(comparison.divergence()));
        return node;
    }

    static ObjectNode divergence(Divergence divergence) {
        ObjectNode node = EngineCommand.object().put("positions", divergence.positions());
        EngineCommand.put(node, "kl_mean", divergence.mean());
        EngineCommand.put(node, "kl_standard_error", divergence.standardError());
        EngineCommand.put(node, "kl_median", divergence.median());
        EngineCommand.put(node, "kl_90", divergence.ninetieth());
        EngineCommand.put(node, "kl_99", divergence.ninetyNinth());
        EngineCommand.put(node, "kl_largest", divergence.largest());
        node.put("kl_largest_window", divergence.largestWindow())
                .put("kl_largest_position", divergence.largestPosition());
        EngineCommand.put(node, "top1_agreement", divergence.agreement());
        EngineCommand.put(node, "top1_agreement_standard_error", divergence.agreementError());
        return node;
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
