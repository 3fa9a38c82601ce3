package io.agilelens.engine.evaluate.generate;

import io.agilelens.engine.format.Checkpoint;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** The tokens after which a text is complete. */
public final class EndTokens {
    private EndTokens() {}

    /** What {@code eos_token_id} in {@code config.json} says: none, one or several ids. */
    public static Set<Integer> of(Checkpoint checkpoint) {
        Set<Integer> ids = new TreeSet<>();
        JsonNode declared = checkpoint.config().path("eos_token_id");
        add(declared, ids);
        declared.forEach(id -> add(id, ids));
        return ids;
    }

    /** What is no id, or none that a vocabulary could hold, ends no text. */
    private static void add(JsonNode id, Set<Integer> ids) {
        if (id.isIntegralNumber() && id.canConvertToInt()) {
            ids.add(id.intValue());
        }
    }
}
