package io.agilelens.app.session;

import io.agilelens.app.Version;
import io.agilelens.engine.evaluate.Divergence;
import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.format.JsonPart;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.views.Selection;
import io.agilelens.views.workbench.EvaluationText;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.Subject;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes a JSON tree of a session. */
final class SessionWriter {
    private SessionWriter() {}

    static ObjectNode write(SessionDocument document) {
        ObjectNode root =
                object().put(SessionJson.VERSION_KEY, SessionJson.VERSION)
                        .put("written_by", Version.current());
        root.set("model", model(document.subject()));
        root.set("text", text(document.subject().text()));
        root.put("calibration", document.calibration());
        ObjectNode fingerprints = root.putObject("fingerprints");
        for (Map.Entry<String, Fingerprint> known :
                new TreeMap<>(document.fingerprints()).entrySet()) {
            fingerprints
                    .putObject(known.getKey())
                    .put("bytes", known.getValue().bytes())
                    .put("sha256", known.getValue().sha256());
        }
        root.set("recipe", RecipeJson.toTree(document.recipe()));
        document.figures()
                .ifPresent(
                        figures -> {
                            ObjectNode node = root.putObject("figures");
                            node.set("baseline", perplexity(figures.baseline()));
                            node.set("tuned", perplexity(figures.tuned()));
                        });
        ArrayNode runs = root.putArray("runs");
        document.runs().forEach(run -> runs.add(run(run, document.subject())));
        root.set("view", view(document.view()));
        ObjectNode measured = root.putObject("measured");
        ArrayNode studies = measured.putArray("studies");
        document.studies().stream().sorted().forEach(study -> studies.add(JsonPart.name(study)));
        document.kernelBits().ifPresent(bits -> measured.put("kernel_bits", bits));
        return root;
    }

    private static ObjectNode model(Subject subject) {
        ObjectNode node = object().put("reference", subject.model());
        subject.planted().ifPresent(planting -> node.set("planted", planting.toJson()));
        return node;
    }

    private static ObjectNode text(EvaluationText text) {
        ObjectNode node = object();
        text.file().ifPresent(file -> node.put("file", file.toString()));
        return node.put("format", text.format().title())
                .put("protocol", text.protocol().title())
                .put("window", text.window())
                .put("windows", text.windows());
    }

    private static ObjectNode run(PinnedRun run, Subject open) {
        ObjectNode node = object().put("name", run.name());
        if (!run.subject().equals(open)) {
            node.set("model", model(run.subject()));
            node.set("text", text(run.subject().text()));
        }
        run.planting().ifPresent(planting -> node.set("planted", planting.toJson()));
        node.set("recipe", RecipeJson.toTree(run.recipe()));
        node.set("baseline", perplexity(run.baseline()));
        node.set("tuned", perplexity(run.tuned()));
        put(node, "weight_bits", run.weightBits());
        node.put("weight_bytes", run.weightBytes());
        put(node, "prefill_tokens_per_second", run.prefillTokensPerSecond());
        return node.put("searched", run.searched());
    }

    static ObjectNode perplexity(Perplexity value) {
        ObjectNode node =
                object().put("protocol", value.protocol().title())
                        .put("window", value.window())
                        .put("windows", value.windows())
                        .put("total_windows", value.totalWindows())
                        .put("tokens", value.tokens());
        put(node, "nll", value.nll());
        put(node, "perplexity", value.perplexity());
        put(node, "standard_error", value.standardError());
        put(node, "all_positions_perplexity", value.allPositions());
        put(node, "all_positions_nll", value.allNll());
        put(node, "coverage", value.coverage());
        ArrayNode nll = node.putArray("window_nll");
        value.windowNll().forEach(nll::add);
        ArrayNode tokens = node.putArray("window_tokens");
        value.windowTokens().forEach(tokens::add);
        value.fromFloat().ifPresent(divergence -> node.set("from_float", divergence(divergence)));
        return node;
    }

    private static ObjectNode divergence(Divergence value) {
        ObjectNode node = object().put("positions", value.positions());
        put(node, "kl_mean", value.mean());
        put(node, "kl_standard_error", value.standardError());
        put(node, "kl_median", value.median());
        put(node, "kl_90", value.ninetieth());
        put(node, "kl_99", value.ninetyNinth());
        put(node, "kl_largest", value.largest());
        node.put("kl_largest_window", value.largestWindow())
                .put("kl_largest_position", value.largestPosition());
        put(node, "top1_agreement", value.agreement());
        put(node, "top1_agreement_standard_error", value.agreementError());
        return node;
    }

    private static ObjectNode view(SessionDocument.View view) {
        Selection.Place place = view.place();
        ObjectNode node =
                object().put("station", view.station())
                        .put("window", view.window())
                        .put("layer", place.layer())
                        .put("site", place.site().name());
        putSelected(node, "channel", place.channel());
        putSelected(node, "head", place.head());
        putSelected(node, "token", place.token());
        return node;
    }

    private static void putSelected(ObjectNode node, String key, int value) {
        if (value != Selection.NONE) {
            node.put(key, value);
        }
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** JSON knows no NaN. */
    private static void put(ObjectNode node, String key, double value) {
        if (Double.isFinite(value)) {
            node.put(key, value);
        } else {
            node.putNull(key);
        }
    }
}
