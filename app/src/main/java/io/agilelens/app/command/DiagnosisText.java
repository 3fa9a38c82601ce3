package io.agilelens.app.command;

import io.agilelens.engine.evaluate.ErrorBudget;
import io.agilelens.engine.evaluate.FirstDivergence;
import io.agilelens.engine.evaluate.FloatComparison;
import io.agilelens.engine.evaluate.LayerSensitivity;
import io.agilelens.engine.evaluate.SiteNoise;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Diagnoses as tables for a terminal. */
final class DiagnosisText {
    private static final String EXACT = "exact";
    private static final int MOST_SITES = 15;

    private final Tokenizer tokenizer;
    private final TokenWindows windows;
    private final StringBuilder text = new StringBuilder();

    DiagnosisText(Tokenizer tokenizer, TokenWindows windows) {
        this.tokenizer = tokenizer;
        this.windows = windows;
    }

    private void line(String format, Object... values) {
        text.append(format.formatted(values)).append(System.lineSeparator());
    }

    void heading(Recipe recipe) {
        line(
                "%s, %s; %d windows of %d tokens, protocol %s",
                recipe.summary(),
                Results.execution(recipe),
                windows.windows().size(),
                windows.length(),
                windows.protocol().title());
        line("%s", windows.protocol().description());
        line("Δnll: tuned minus float, mean over all positions in nats, ± its standard error.");
    }

    void budget(ErrorBudget budget) {
        line("");
        line("Error budget: each component of the recipe alone on, and alone off");
        columns("component", "alone on", "alone off");
        for (ErrorBudget.Share share : budget.shares()) {
            row(share.component().name().toLowerCase(Locale.ROOT), share.alone(), share.without());
        }
        line("%-22s %s", "whole recipe", figures(budget.whole()));
        line(
                "%-22s %+10.5f   what the whole costs beyond the sum of the lines above",
                "interaction", budget.interaction());
        if (budget.whole().coverage() < 1) {
            line(
                    "pruning keeps %.1f %% of the positions; KL and top-1 are over kept ones",
                    100 * budget.whole().coverage());
        }
    }

    void layers(LayerSensitivity layers) {
        line("");
        line("Layer sensitivity: each layer alone quantized, and alone left float; nothing pruned");
        columns("layer", "alone quantized", "alone float");
        for (LayerSensitivity.Part part : layers.parts()) {
            row(Integer.toString(part.layer()), part.alone(), part.without());
        }
        line("%-22s %s", "all layers", figures(layers.whole()));
    }

    void sites(LayerSensitivity sites) {
        line("");
        line("Site sensitivity: each site of each layer, with the weights that read it");
        columns("layer, site", "alone quantized", "alone float");
        List<LayerSensitivity.Part> worst = new ArrayList<>(sites.parts());
        worst.sort(Comparator.comparingDouble(part -> -part.alone().divergence().mean()));
        for (LayerSensitivity.Part part : worst.subList(0, Math.min(MOST_SITES, worst.size()))) {
            row(
                    "%d %s".formatted(part.layer(), part.site().orElseThrow()),
                    part.alone(),
                    part.without());
        }
        if (worst.size() > MOST_SITES) {
            line(
                    "the %d with the largest KL alone, of %d; --json has all",
                    MOST_SITES, worst.size());
        }
        line("%-22s %s", "all sites", figures(sites.whole()));
    }

    private void columns(String name, String first, String second) {
        line("%-22s %-40s  %s", "", first, second);
        String figures = "%10s %9s %9s %8s".formatted("Δnll", "±", "KL", "top-1");
        line("%-22s %s   %s", name, figures, figures);
    }

    private void row(String name, FloatComparison first, FloatComparison second) {
        line("%-22s %s   %s", name, figures(first), figures(second));
    }

    private static String figures(FloatComparison comparison) {
        return "%+10.5f %9.5f %9.5f %6.2f %%"
                .formatted(
                        comparison.change(),
                        comparison.changeError(),
                        comparison.divergence().mean(),
                        100 * comparison.divergence().agreement());
    }

    void divergence(FirstDivergence first) {
        line("");
        line(
                "First divergence: a token departs where its activations' signal-to-noise ratio is"
                        + " below %s dB",
                number(first.threshold()));
        Optional<FirstDivergence.Departure> departure = first.departure();
        if (departure.isPresent()) {
            FirstDivergence.Departure found = departure.get();
            line(
                    "first departure: window %d, position %d (%s), layer %d, %s: %.1f dB",
                    found.window(),
                    found.token(),
                    token(windows.windows().get(found.window())[found.token()]),
                    found.layer(),
                    found.site(),
                    found.decibels());
            trail(found.trail());
        } else {
            line("no token departs in %d windows", first.windows());
        }
        if (first.turn().isPresent()) {
            FirstDivergence.Turn turn = first.turn().get();
            line(
                    "first changed prediction: window %d, after position %d (%s): float says %s"
                        + " (%.1f %%, tuned gives it %.1f %%), tuned says %s (%.1f %%, float gave"
                        + " it %.1f %%)",
                    turn.window(),
                    turn.token(),
                    token(windows.windows().get(turn.window())[turn.token()]),
                    token(turn.expected()),
                    100 * turn.floatOfExpected(),
                    100 * turn.tunedOfExpected(),
                    token(turn.actual()),
                    100 * turn.tunedOfActual(),
                    100 * turn.floatOfActual());
            boolean shown =
                    departure.filter(found -> found.trail().equals(turn.trail())).isPresent();
            if (!shown) {
                trail(turn.trail());
            }
        } else {
            line("no most likely token changes in %d windows", first.windows());
        }
    }

    private String token(int id) {
        return "'" + tokenizer.piece(id) + "'";
    }

    private void trail(FirstDivergence.Trail trail) {
        Map<Integer, Map<Site, Double>> layers = new TreeMap<>();
        trail.steps()
                .forEach(
                        step ->
                                layers.computeIfAbsent(step.layer(), _ -> new TreeMap<>())
                                        .put(step.site(), step.decibels()));
        table(layers);
        line(
                "%5s  %s",
                "out", Double.isNaN(trail.output()) ? "pruned" : decibels(trail.output()) + " dB");
    }

    void noise(List<SiteNoise> noise) {
        line("");
        line("Signal to noise in dB of all that happened up to each site, beside the float model");
        table(byLayer(noise, SiteNoise::total));
        line("");
        line("Signal to noise in dB of each site's own quantizer");
        table(byLayer(noise, SiteNoise::own));
    }

    private static Map<Integer, Map<Site, Double>> byLayer(
            List<SiteNoise> noise, ToDoubleFunction<SiteNoise> value) {
        Map<Integer, Map<Site, Double>> layers = new TreeMap<>();
        for (SiteNoise site : noise) {
            double decibels = value.applyAsDouble(site);
            if (!Double.isNaN(decibels)) {
                layers.computeIfAbsent(site.layer(), _ -> new TreeMap<>())
                        .put(site.site(), decibels);
            }
        }
        return layers;
    }

    /** A line a layer, a column a site. */
    private void table(Map<Integer, Map<Site, Double>> layers) {
        List<Site> columns = new ArrayList<>();
        for (Site site : Site.values()) {
            if (layers.values().stream().anyMatch(sites -> sites.containsKey(site))) {
                columns.add(site);
            }
        }
        StringBuilder heading = new StringBuilder("layer");
        columns.forEach(site -> heading.append(" %11s".formatted(site)));
        line("%s", heading);
        layers.forEach(
                (layer, sites) -> {
                    StringBuilder row = new StringBuilder("%5d".formatted(layer));
                    for (Site site : columns) {
                        Double value = sites.get(site);
                        row.append(" %11s".formatted(value == null ? "" : decibels(value)));
                    }
                    line("%s", row);
                });
    }

    private static String decibels(double value) {
        return value == Double.POSITIVE_INFINITY ? EXACT : "%.1f".formatted(value);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
