package io.agilelens.engine.evaluate.conformance;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.tokenizer.Tokenizer;
import io.agilelens.engine.tokenizer.Tokenizers;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** Texts with their ids, and ids with their texts; each reading of all texts is one case. */
final class TokenizerCases {

    private TokenizerCases() {}

    static void check(KitFolder folder, CaseSink sink) {
        List<JsonNode> cases = folder.manifest().path("cases").valueStream().toList();
        if (cases.isEmpty()) {
            sink.unsupported("", "the file has no list of cases");
            return;
        }
        var named = KitModels.path(folder, folder.manifest().path("tokenizer").asString(""));
        var model = named.endsWith("tokenizer.json") ? named.getParent() : named;
        try (Checkpoint checkpoint = Checkpoints.open(model);
                Tokenizer tokenizer = Tokenizers.forCheckpoint(checkpoint)) {
            encoding(sink, cases, "ids", text -> tokenizer.encode(text, true));
            encoding(sink, cases, "ids_no_bos", text -> tokenizer.encode(text, false));
            encoding(sink, cases, "ids_no_bos_specials_as_text", tokenizer::encodeLiterally);
            decoding(sink, cases, "decoded_skip_special", ids -> tokenizer.decode(ids, true));
            decoding(sink, cases, "decoded_keep_special", ids -> tokenizer.decode(ids, false));
        }
    }

    private interface Encoder {
        int[] encode(String text);
    }

    private interface Decoder {
        String decode(int[] ids);
    }

    private static void encoding(CaseSink sink, List<JsonNode> cases, String key, Encoder encoder) {
        count(
                sink,
                cases,
                key,
                example ->
                        Arrays.equals(
                                KitFolder.integers(example.path(key)),
                                encoder.encode(text(example, "text"))));
    }

    private static void decoding(CaseSink sink, List<JsonNode> cases, String key, Decoder decoder) {
        count(
                sink,
                cases,
                key,
                example ->
                        text(example, key)
                                .equals(decoder.decode(KitFolder.integers(example.path("ids")))));
    }

    /** Counts the cases that have a key and come out differently. */
    private static void count(
            CaseSink sink, List<JsonNode> cases, String key, Predicate<JsonNode> agrees) {
        List<JsonNode> relevant = cases.stream().filter(example -> example.has(key)).toList();
        if (relevant.isEmpty()) {
            return;
        }
        sink.check(
                "%s (%d texts)".formatted(key, relevant.size()),
                () -> {
                    int wrong = 0;
                    String note = "";
                    for (JsonNode example : relevant) {
                        if (!agrees.test(example)) {
                            wrong++;
                            note = note.isEmpty() ? "first: " + example.path("text") : note;
                        }
                    }
                    return new Measurement(wrong, 0, note);
                });
    }

    private static String text(JsonNode example, String key) {
        JsonNode value = example.path(key);
        if (!value.isString()) {
            throw new UserException("a case has no string " + key + ": mend the kit");
        }
        return value.stringValue();
    }
}
