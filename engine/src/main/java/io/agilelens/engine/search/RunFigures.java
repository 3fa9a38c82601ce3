package io.agilelens.engine.search;

import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.WeightSize;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.OptionalDouble;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run measured, as it stands in a table: rounded to seven significant digits, so that a
 * table written and read again is the same table.
 *
 * @param protocol how windows were cut and scored
 * @param window tokens a window
 * @param windows how many
 * @param tokens predictions scored at positions that reached the output
 * @param perplexity over those
 * @param standardError of {@code perplexity}
 * @param nll their mean loss in nats
 * @param allPositions perplexity over all positions
 * @param allNll mean loss over all positions in nats
 * @param coverage share of the predictions that {@code perplexity} is over
 * @param divergence mean Kullback–Leibler divergence from the float model in nats
 * @param agreement share of positions with the float model's most likely token
 * @param bitsPerWeight mean stored bits of a weight of the decoder layers' linears
 * @param weightBytes stored bytes of those weights
 * @param prefillTokensPerSecond measured, in the arithmetic that the recipe names; empty if not
 *     asked for
 */
public record RunFigures(
        Protocol protocol,
        int window,
        int windows,
        long tokens,
        double perplexity,
        double standardError,
        double nll,
        double allPositions,
        double allNll,
        double coverage,
        double divergence,
        double agreement,
        double bitsPerWeight,
        long weightBytes,
        OptionalDouble prefillTokensPerSecond) {
    private static final MathContext DIGITS = new MathContext(7);

    /** Figures without a speed. */
    public static RunFigures of(Perplexity measured, WeightSize size) {
        return of(measured, size, OptionalDouble.empty());
    }

    /** Figures of a run whose speed was measured beside, or not. */
    public static RunFigures of(
            Perplexity measured, WeightSize size, OptionalDouble prefillTokensPerSecond) {
        return new RunFigures(
                measured.protocol(),
                measured.window(),
                measured.windows(),
                measured.tokens(),
                rounded(measured.perplexity()),
                rounded(measured.standardError()),
                rounded(measured.nll()),
                rounded(measured.allPositions()),
                rounded(measured.allNll()),
                rounded(measured.coverage()),
                rounded(measured.divergence()),
                rounded(measured.agreement()),
                rounded(size.bitsPerWeight()),
                size.bytes(),
                prefillTokensPerSecond.isEmpty()
                        ? prefillTokensPerSecond
                        : OptionalDouble.of(rounded(prefillTokensPerSecond.getAsDouble())));
    }

    private static double rounded(double value) {
        return Double.isFinite(value) ? new BigDecimal(value).round(DIGITS).doubleValue() : value;
    }

    /** Puts every figure into a JSON object, under the names that single runs use. */
    public void addTo(ObjectNode node) {
        put(node, "perplexity", perplexity);
        put(node, "nll", nll);
        put(node, "standard_error", standardError);
        node.put("tokens", tokens)
                .put("windows", windows)
                .put("window", window)
                .put("protocol", protocol.title());
        put(node, "coverage", coverage);
        put(node, "all_positions_perplexity", allPositions);
        put(node, "all_positions_nll", allNll);
        put(node, "kl_divergence", divergence);
        put(node, "top1_agreement", agreement);
        put(node, "bits_per_weight", bitsPerWeight);
        node.put("weight_bytes", weightBytes);
        prefillTokensPerSecond.ifPresent(speed -> put(node, "prefill_tokens_per_second", speed));
    }

    /** Reads what {@link #addTo} writes. */
    static RunFigures from(JsonNode node) {
        String protocol = node.path("protocol").asString();
        return new RunFigures(
                Arrays.stream(Protocol.values())
                        .filter(each -> each.title().equals(protocol))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(protocol)),
                node.path("window").asInt(),
                node.path("windows").asInt(),
                node.path("tokens").asLong(),
                number(node, "perplexity"),
                number(node, "standard_error"),
                number(node, "nll"),
                number(node, "all_positions_perplexity"),
                number(node, "all_positions_nll"),
                number(node, "coverage"),
                number(node, "kl_divergence"),
                number(node, "top1_agreement"),
                number(node, "bits_per_weight"),
                node.path("weight_bytes").asLong(),
                node.has("prefill_tokens_per_second")
                        ? OptionalDouble.of(number(node, "prefill_tokens_per_second"))
                        : OptionalDouble.empty());
    }

    private static double number(JsonNode node, String key) {
        return node.path(key).isNumber() ? node.path(key).doubleValue() : Double.NaN;
    }

    /** JSON knows no NaN and no infinity. */
    private static void put(ObjectNode node, String key, double value) {
        if (Double.isFinite(value)) {
            node.put(key, value);
        } else {
            node.putNull(key);
        }
    }
}
