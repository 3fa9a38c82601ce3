package io.agilelens.app.command;

import io.agilelens.app.bench.BenchFile;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A run of {@code bench} on one model, asked for what the page about speed tells. */
record PerformanceRun(BenchFile run) {

    /** The last part of the model's path, which is nobody's business beyond that. */
    String model() {
        Path name = Path.of(run.json().path("model").asString("model")).getFileName();
        return name == null ? "model" : name.toString();
    }

    /** What heads its part of the page. */
    String title() {
        return hasUsualGroups() ? model() : "%s, %s".formatted(model(), run.groupWords());
    }

    /** Runs from before it was told have them. */
    private boolean hasUsualGroups() {
        return run.group() == 0 || run.group() == BenchRow.USUAL_GROUP;
    }

    /** What is known of another engine; its 4-bit files have the usual groups, so has our run. */
    Optional<PeerFigures.Figure> peer(String engine, String type) {
        return hasUsualGroups()
                ? PeerFigures.of(engine, model(), type, threads())
                : Optional.empty();
    }

    int threads() {
        return run.machine().path("threads").asInt();
    }

    /** Of the prefill rows, which is that of all. */
    int prompt() {
        return run.rows("prefill").path(0).path("prompt_tokens").asInt();
    }

    /** A row of prefill or decode. */
    Optional<JsonNode> row(String phase, BenchRow row) {
        for (JsonNode each : run.rows(phase)) {
            if (each.path("name").asString("").equals(row.title())) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** NaN if there is none. */
    double figure(String phase, BenchRow row, String key) {
        return row(phase, row)
                .map(each -> each.path(key))
                .filter(JsonNode::isNumber)
                .map(JsonNode::asDouble)
                .orElse(Double.NaN);
    }

    /** Times as fast as FP16. */
    double ratio(String phase, BenchRow row) {
        return figure(phase, row, "ratio_to_fp16");
    }

    /** What FP32 products of a prompt reach of the peak, all shapes together. */
    double productsOfPeak() {
        double macs = 0;
        double atPeak = 0;
        for (JsonNode row : run.rows("kernels")) {
            if (row.path("name").asString().equals("FP32") && isOfPrompt(row)) {
                macs += macs(row);
                atPeak += macs(row) / row.path("share_of_peak").asDouble(Double.NaN);
            }
        }
        return macs / atPeak;
    }

    /** The time of one arithmetic's products of a prompt by another's, all shapes together. */
    double productCost(String name, String reference) {
        double own = 0;
        double other = 0;
        for (JsonNode row : run.rows("kernels")) {
            if (isOfPrompt(row)) {
                double time = row.path("microseconds").asDouble();
                own += row.path("name").asString().equals(name) ? time : 0;
                other += row.path("name").asString().equals(reference) ? time : 0;
            }
        }
        return own / other;
    }

    private static boolean isOfPrompt(JsonNode row) {
        return row.path("shape").path(0).asInt() > 1;
    }

    private static double macs(JsonNode row) {
        double macs = 1;
        for (JsonNode side : row.path("shape")) {
            macs *= side.asDouble();
        }
        return macs;
    }

    /** Prefill by what the peer's would be on this machine; NaN where nothing is known. */
    double prefillAgainst(BenchRow row, String engine, String type) {
        return peer(engine, type)
                .map(
                        figure ->
                                figure("prefill", row, "tokens_per_second")
                                        / PeerFigures.prefillHere(figure, run.peak()))
                .orElse(Double.NaN);
    }

    /** Decoding by what the peer's would be on this machine; NaN where nothing is known. */
    double decodeAgainst(BenchRow row, String engine, String type) {
        return peer(engine, type)
                .map(
                        figure ->
                                figure("decode", row, "tokens_per_second")
                                        / PeerFigures.decodeHere(figure, run.bandwidth()))
                .orElse(Double.NaN);
    }
}
