package io.agilelens.engine.tokenizer;

import java.util.Arrays;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/**
 * What {@code tokenizer_config.json} and {@code config.json} say about a start token. It counts
 * only where {@code add_bos_token} is true: BLOOM, for one, has a {@code bos_token_id} and never
 * uses it.
 *
 * @param wanted whether a start token goes in front of every text
 * @param spelling how the vocabulary spells it, or empty
 * @param id its id, where the spelling is not found
 */
record DeclaredStart(boolean wanted, String spelling, OptionalInt id) {

    /**
     * @param tokenizerConfig the {@code tokenizer_config.json}, or a missing node
     * @param config the {@code config.json}
     */
    static DeclaredStart of(JsonNode tokenizerConfig, JsonNode config) {
        JsonNode spelling = tokenizerConfig.path("bos_token");
        JsonNode id = config.path("bos_token_id");
        return new DeclaredStart(
                tokenizerConfig.path("add_bos_token").asBoolean(false),
                // Older files write the token as an object with its flags.
                spelling.isObject() ? spelling.path("content").asString("") : spelling.asString(""),
                id.isIntegralNumber() && id.canConvertToInt()
                        ? OptionalInt.of(id.intValue())
                        : OptionalInt.empty());
    }

    OptionalInt resolve(String[] pieces) {
        if (!wanted) {
            return OptionalInt.empty();
        }
        int index = spelling.isEmpty() ? -1 : Arrays.asList(pieces).indexOf(spelling);
        if (index >= 0) {
            return OptionalInt.of(index);
        }
        return id.isPresent() && id.getAsInt() >= 0 && id.getAsInt() < pieces.length
                ? id
                : OptionalInt.empty();
    }
}
