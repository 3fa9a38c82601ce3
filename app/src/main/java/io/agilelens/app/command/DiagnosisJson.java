package io.agilelens.app.command;

import io.agilelens.engine.evaluate.ErrorBudget;
import io.agilelens.engine.evaluate.FirstDivergence;
import io.agilelens.engine.evaluate.LayerSensitivity;
import io.agilelens.engine.evaluate.SiteNoise;
import io.agilelens.engine.tokenizer.Tokenizer;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Diagnoses as JSON. A ratio that is infinite, because nothing differs, is null. */
final class DiagnosisJson {

    private DiagnosisJson() {}

    static ObjectNode budget(ErrorBudget budget) {
        ObjectNode node = EngineCommand.object();
        node.set("whole", Results.comparison(budget.whole()));
        ArrayNode components = node.putArray("components");
        for (ErrorBudget.Share share : budget.shares()) {
            ObjectNode component =
                    components
                            .addObject()
                            .put("component", share.component().name().toLowerCase(Locale.ROOT));
            component.set("alone", Results.comparison(share.alone()));
            component.set("without", Results.comparison(share.without()));
            EngineCommand.put(component, "saving", share.saving(budget.whole()));
        }
        EngineCommand.put(node, "interaction", budget.interaction());
        return node;
    }

    static ObjectNode sensitivity(LayerSensitivity sensitivity) {
        ObjectNode node = EngineCommand.object();
        node.set("whole_unpruned", Results.comparison(sensitivity.whole()));
        ArrayNode parts = node.putArray("parts");
        for (LayerSensitivity.Part part : sensitivity.parts()) {
            ObjectNode entry = parts.addObject().put("layer", part.layer());
            part.site().ifPresent(site -> entry.put("site", site.name()));
            entry.set("alone", Results.comparison(part.alone()));
            entry.set("without", Results.comparison(part.without()));
        }
        return node;
    }

    static ObjectNode divergence(FirstDivergence first, Tokenizer tokenizer) {
        ObjectNode node = EngineCommand.object();
        EngineCommand.put(node, "threshold_db", first.threshold());
        node.put("windows_searched", first.windows());
        if (first.departure().isEmpty()) {
            node.putNull("departure");
        } else {
            FirstDivergence.Departure departure = first.departure().get();
            ObjectNode place =
                    node.putObject("departure")
                            .put("window", departure.window())
                            .put("position", departure.token())
                            .put("layer", departure.layer())
                            .put("site", departure.site().name());
            EngineCommand.put(place, "sqnr_db", departure.decibels());
            place.set("trail", trail(departure.trail()));
        }
        if (first.turn().isEmpty()) {
            node.putNull("changed_prediction");
        } else {
            FirstDivergence.Turn turn = first.turn().get();
            ObjectNode change =
                    node.putObject("changed_prediction")
                            .put("window", turn.window())
                            .put("position", turn.token());
            change.set(
                    "float",
                    prediction(
                            tokenizer,
                            turn.expected(),
                            turn.floatOfExpected(),
                            turn.tunedOfExpected()));
            change.set(
                    "tuned",
                    prediction(
                            tokenizer, turn.actual(), turn.floatOfActual(), turn.tunedOfActual()));
            change.set("trail", trail(turn.trail()));
        }
        return node;
    }

    private static ObjectNode prediction(
            Tokenizer tokenizer, int id, double byFloat, double byTuned) {
        ObjectNode node = EngineCommand.object().put("id", id).put("token", tokenizer.piece(id));
        EngineCommand.put(node, "float_probability", byFloat);
        EngineCommand.put(node, "tuned_probability", byTuned);
        return node;
    }

    private static ObjectNode trail(FirstDivergence.Trail trail) {
        ObjectNode node = EngineCommand.object();
        ArrayNode steps = node.putArray("steps");
        for (FirstDivergence.Step step : trail.steps()) {
            EngineCommand.put(
                    steps.addObject().put("layer", step.layer()).put("site", step.site().name()),
                    "sqnr_db",
                    step.decibels());
        }
        EngineCommand.put(node, "output_sqnr_db", trail.output());
        return node;
    }

    static ArrayNode noise(List<SiteNoise> sites) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (SiteNoise site : sites) {
            ObjectNode node =
                    array.addObject()
                            .put("layer", site.layer())
                            .put("site", site.site().name())
                            .put("tokens", site.tokens());
            EngineCommand.put(node, "own_db", site.own());
            EngineCommand.put(node, "total_db", site.total());
        }
        return array;
    }
}
