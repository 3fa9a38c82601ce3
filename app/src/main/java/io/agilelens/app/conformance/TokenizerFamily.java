package io.agilelens.app.conformance;

import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.tokenizer.Tokenizer;
import io.agilelens.engine.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Tokenizer cases: a JSON file with texts and what they should become. */
final class TokenizerFamily {
    private TokenizerFamily() {}

    /** Whether a JSON file holds tokenizer cases. */
    static boolean covers(JsonNode root) {
        return root.has("tokenizer") && root.path("cases").isArray();
    }

    /**
     * @param modelFolder where the tokenizer lies
     */
    static CaseResult run(String name, JsonNode root, Path modelFolder) {
        try (Checkpoint checkpoint = Checkpoints.open(modelFolder);
                Tokenizer tokenizer = Tokenizers.forCheckpoint(checkpoint)) {
            Counter counter = new Counter(tokenizer);
            root.path("cases").forEach(counter::add);
            return CaseResult.of(name, counter.checks());
        }
    }

    /** Counts texts that come out differently. */
    private static final class Counter {
        private final Tokenizer tokenizer;
        private int cases;
        private int ids;
        private int plainIds;
        private int literalIds;
        private int decoded;
        private int decodedWhole;

        Counter(Tokenizer tokenizer) {
            this.tokenizer = tokenizer;
        }

        void add(JsonNode expected) {
            cases++;
            String text = expected.path("text").asString();
            int[] encoded = tokenizer.encode(text, true);
            ids += differs(expected, "ids", encoded);
            plainIds += differs(expected, "ids_no_bos", tokenizer.encode(text, false));
            literalIds +=
                    differs(
                            expected,
                            "ids_no_bos_specials_as_text",
                            tokenizer.encodeLiterally(text));
            int[] given = ints(expected.path("ids"));
            decoded += differs(expected, "decoded_skip_special", tokenizer.decode(given, true));
            decodedWhole +=
                    differs(expected, "decoded_keep_special", tokenizer.decode(given, false));
        }

        private static int differs(JsonNode expected, String key, int[] actual) {
            return !expected.has(key) || Arrays.equals(ints(expected.path(key)), actual) ? 0 : 1;
        }

        private static int differs(JsonNode expected, String key, String actual) {
            return !expected.has(key) || expected.path(key).asString().equals(actual) ? 0 : 1;
        }

        private static int[] ints(JsonNode array) {
            int[] values = new int[array.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = array.get(i).asInt();
            }
            return values;
        }

        List<Check> checks() {
            if (cases == 0) {
                return List.of();
            }
            List<Check> checks = new ArrayList<>();
            checks.add(new Check("texts with other ids", ids, 0));
            checks.add(new Check("texts with other ids, no start token", plainIds, 0));
            checks.add(new Check("texts with other ids, specials as text", literalIds, 0));
            checks.add(new Check("texts decoded otherwise", decoded, 0));
            checks.add(new Check("texts decoded otherwise, with specials", decodedWhole, 0));
            return checks;
        }
    }
}
