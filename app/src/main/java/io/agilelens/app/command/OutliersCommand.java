package io.agilelens.app.command;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.ActivationSurvey;
import io.agilelens.engine.evaluate.OutlierCensus;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.SiteStatistics;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.model.PassSize;
import io.agilelens.engine.model.Site;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What activations look like, site by site. */
@Command(
        name = "outliers",
        description = "Ranges, outlier census and quantization error of every layer and site.")
public final class OutliersCommand extends EngineCommand {
    @Mixin private ModelOption modelOption;
    @Mixin private WindowsOption windowsOption;
    @Mixin private RecipeOption recipeOption;

    @Override
    int run(TerminalProgress progress) {
        try (OpenModel open = modelOption.open()) {
            TokenWindows text = windowsOption.read(this, open.model(), Protocol.GPTQ);
            open.expect(PassSize.window(text.length()));
            TunedModel tuned = open.tune(recipeOption, progress, cancellation);
            ActivationSurvey survey =
                    ActivationSurvey.run(
                            tuned.decoder(),
                            tuned.recipe().pruning().pruner(),
                            text,
                            progress,
                            cancellation);
            ObjectNode result =
                    Results.of(open)
                            .put("text", text.source())
                            .put("windows", survey.windows())
                            .put("window", text.length());
            windowsOption.describe(result);
            Results.addRecipe(result, tuned.recipe());
            ArrayNode sites = result.putArray("sites");
            for (Map<Site, SiteStatistics> layer : survey.sites()) {
                for (Site site : Site.values()) {
                    if (layer.containsKey(site)) {
                        addSite(sites.addObject(), layer.get(site));
                    }
                }
            }
            ArrayNode census = result.putArray("census");
            for (Site site : Site.values()) {
                if (site != Site.SOFTMAX) {
                    addCensus(census.addObject(), survey.census(site));
                }
            }
            print(progress, result, text(survey));
        }
        return 0;
    }

    private static void addSite(ObjectNode node, SiteStatistics statistics) {
        float minimum = Float.POSITIVE_INFINITY;
        float maximum = Float.NEGATIVE_INFINITY;
        for (int channel = 0; channel < statistics.channels(); channel++) {
            minimum = Math.min(minimum, statistics.minimum()[channel]);
            maximum = Math.max(maximum, statistics.maximum()[channel]);
        }
        node.put("layer", statistics.layer())
                .put("site", statistics.site().name())
                .put("channels", statistics.channels());
        put(node, "minimum", minimum);
        put(node, "maximum", maximum);
        put(node, "rms", statistics.rootMeanSquare());
        put(node, "kurtosis", statistics.kurtosis());
        put(node, "sqnr_db", statistics.signalToNoise());
        node.put("largest_channel", statistics.largestChannel());
        put(node, "first_token_magnitude", statistics.firstTokenMagnitude());
        put(node, "other_tokens_magnitude", statistics.otherMagnitude());
    }

    private static void addCensus(ObjectNode node, OutlierCensus census) {
        node.put("site", census.site().name());
        ArrayNode channels = node.putArray("channels");
        for (OutlierCensus.Outlier outlier : census.outliers()) {
            ObjectNode channel = channels.addObject().put("channel", outlier.channel());
            put(channel, "layers_share", outlier.layers());
            put(channel, "positions_share", outlier.positions());
            put(channel, "magnitude", outlier.magnitude());
        }
    }

    private static String text(ActivationSurvey survey) {
        StringBuilder text =
                new StringBuilder(
                        "%5s %-11s %9s %8s %9s %10s %10s %9s%n"
                                .formatted(
                                        "layer",
                                        "site",
                                        "max |x|",
                                        "channel",
                                        "rms",
                                        "kurtosis",
                                        "1st token",
                                        "SQNR dB"));
        for (Map<Site, SiteStatistics> layer : survey.sites()) {
            for (Site site : Site.values()) {
                SiteStatistics statistics = layer.get(site);
                if (statistics != null) {
                    text.append(
                            "%5d %-11s %9.3f %8d %9.3f %10.2f %10.3f %9s%n"
                                    .formatted(
                                            statistics.layer(),
                                            site,
                                            statistics.magnitude(),
                                            statistics.largestChannel(),
                                            statistics.rootMeanSquare(),
                                            statistics.kurtosis(),
                                            statistics.firstTokenMagnitude(),
                                            decibels(statistics.signalToNoise())));
                }
            }
        }
        for (Site site : Site.values()) {
            if (site != Site.SOFTMAX && !survey.census(site).outliers().isEmpty()) {
                text.append("outlier channels at %s:".formatted(site));
                survey.census(site)
                        .outliers()
                        .forEach(
                                outlier ->
                                        text.append(
                                                " %d (max %.1f)"
                                                        .formatted(
                                                                outlier.channel(),
                                                                outlier.magnitude())));
                text.append(System.lineSeparator());
            }
        }
        return text.toString();
    }

    private static String decibels(double signalToNoise) {
        return Double.isInfinite(signalToNoise) ? "exact" : "%.2f".formatted(signalToNoise);
    }
}
