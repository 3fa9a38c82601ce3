package io.agilelens.engine.recipe;

import io.agilelens.engine.format.JsonPart;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes a JSON tree of a recipe. */
final class RecipeWriter {

    private RecipeWriter() {}

    static ObjectNode write(Recipe recipe) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        write(recipe.weights(), root.putObject("weights"));
        root.putObject("head")
                .put("method", JsonPart.name(recipe.head().method()))
                .put("bits", recipe.head().bits())
                .put("group", recipe.head().group());
        root.putObject("smoothing")
                .put("method", JsonPart.name(recipe.smoothing().method()))
                .put("alpha", recipe.smoothing().alpha());
        write(recipe.activations(), root.putObject("activations"));
        root.putObject("softmax")
                .put("method", JsonPart.name(recipe.softmax().method()))
                .put("bits", recipe.softmax().bits());
        root.putObject("cache")
                .put("method", JsonPart.name(recipe.cache().method()))
                .put("bits", recipe.cache().bits());
        write(recipe.pruning(), root.putObject("pruning"));
        ArrayNode overrides = root.putArray("overrides");
        recipe.overrides().forEach(override -> write(override, overrides.addObject()));
        root.put("execution", JsonPart.name(recipe.execution()));
        return root;
    }

    private static void write(WeightRecipe recipe, ObjectNode weights) {
        weights.put("method", JsonPart.name(recipe.method()))
                .put("bits", recipe.bits())
                .put("group", recipe.group())
                .put("symmetric", recipe.symmetric());
        weights.putObject("gptq")
                .put("damping", recipe.gptq().damping())
                .put("block", recipe.gptq().block())
                .put("act_order", recipe.gptq().activationOrder())
                .put("static_groups", recipe.gptq().staticGroups())
                .put("sequential", recipe.gptq().sequential());
        weights.putObject("awq")
                .put("scale", recipe.awq().scale())
                .put("clip", recipe.awq().clip());
    }

    private static void write(ActivationRecipe recipe, ObjectNode activations) {
        activations
                .put("method", JsonPart.name(recipe.method()))
                .put("bits", recipe.bits())
                .put("max_exponent", recipe.maxExponent());
        write(recipe.exponents(), activations.putArray("exponents"));
        activations
                .put("granularity", JsonPart.name(recipe.granularity()))
                .put("symmetric", recipe.symmetric());
    }

    private static void write(PruningRecipe recipe, ObjectNode pruning) {
        pruning.put("beta", recipe.beta());
        write(recipe.layers(), pruning.putArray("layers"));
        pruning.put("score", JsonPart.name(recipe.score()))
                .put("positions", recipe.keepsPositions() ? "original" : "renumbered")
                .put("action", JsonPart.name(recipe.action()))
                .put("bits", recipe.lowerBits());
        if (recipe.isUneven()) {
            ObjectNode shares = pruning.putObject("shares");
            recipe.shares().forEach((layer, share) -> shares.put(layer.toString(), share));
        }
    }

    private static void write(SiteOverride override, ObjectNode node) {
        write(override.layers(), node.putArray("layers"));
        ArrayNode sites = node.putArray("sites");
        override.sites().forEach(site -> sites.add(site.name()));
        ObjectNode activations = JsonNodeFactory.instance.objectNode();
        override.activationMethod().ifPresent(m -> activations.put("method", JsonPart.name(m)));
        override.activationBits().ifPresent(b -> activations.put("bits", b));
        override.maxExponent().ifPresent(k -> activations.put("max_exponent", k));
        override.exponents().ifPresent(e -> write(e, activations.putArray("exponents")));
        override.granularity().ifPresent(g -> activations.put("granularity", JsonPart.name(g)));
        override.activationSymmetric().ifPresent(s -> activations.put("symmetric", s));
        if (!override.channelExponents().isEmpty()) {
            ObjectNode channels = activations.putObject("channel_exponents");
            override.channelExponents()
                    .forEach((channel, e) -> channels.put(channel.toString(), e.intValue()));
        }
        if (!activations.isEmpty()) {
            node.set("activations", activations);
        }
        ObjectNode weights = JsonNodeFactory.instance.objectNode();
        override.weightMethod().ifPresent(m -> weights.put("method", JsonPart.name(m)));
        override.weightBits().ifPresent(b -> weights.put("bits", b));
        override.weightGroup().ifPresent(g -> weights.put("group", g));
        override.weightSymmetric().ifPresent(s -> weights.put("symmetric", s));
        if (!weights.isEmpty()) {
            node.set("weights", weights);
        }
    }

    private static void write(Iterable<Integer> numbers, ArrayNode list) {
        numbers.forEach(list::add);
    }
}
