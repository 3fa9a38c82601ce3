package io.agilelens.views.palette;

import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Site;
import io.agilelens.views.Messages;
import io.agilelens.views.Selection;
import io.agilelens.views.workbench.Workbench;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** Understands places such as {@code layer 5 mlp hidden channel 91}, in any order. */
public final class PlaceEntries {
    private static final List<String> PARTS = List.of("layer", "channel", "head", "token");

    private final Workbench workbench;
    private final Consumer<String> open;

    /**
     * @param open opens the station of a name
     */
    public PlaceEntries(Workbench workbench, Consumer<String> open) {
        this.workbench = workbench;
        this.open = open;
    }

    /** Every site, to be found by its letters, at the layer that is selected. */
    public List<PaletteEntry> sites() {
        if (workbench.modelProperty().get().isEmpty()) {
            return List.of();
        }
        List<PaletteEntry> entries = new ArrayList<>();
        for (Site site : Site.values()) {
            Selection.Place place = workbench.selection().place().withSite(site);
            entries.add(entry(place, site == Site.SOFTMAX ? "attention" : "outliers"));
        }
        return entries;
    }

    /** The place that a query names, or why there is none. */
    public List<PaletteEntry> read(String query) {
        ModelConfig config =
                workbench.modelProperty().get().map(model -> model.config()).orElse(null);
        if (config == null) {
            return List.of();
        }
        Selection.Place place = workbench.selection().place();
        boolean numbered = false;
        boolean head = false;
        boolean token = false;
        List<String> rest = new ArrayList<>();
        String[] words = query.toLowerCase(Locale.ROOT).split("[\\s·,›_]+");
        for (int i = 0; i < words.length; i++) {
            String word = words[i];
            Optional<String> part = part(word);
            if (part.isEmpty() || i + 1 == words.length || !words[i + 1].matches("\\d{1,7}")) {
                rest.add(word);
                continue;
            }
            int number = Integer.parseInt(words[++i]);
            int count = count(part.get(), config);
            if (number >= count) {
                return List.of(
                        PaletteEntry.refusal(
                                Messages.text("palette.kind.place"),
                                Messages.text("palette.place.none", part.get(), number),
                                Messages.text("palette.place.range", part.get(), count - 1)));
            }
            numbered = true;
            head |= part.get().equals("head");
            token |= part.get().equals("token");
            place =
                    switch (part.get()) {
                        case "layer" -> place.withLayer(number);
                        case "channel" -> place.withChannel(number);
                        case "head" -> place.withHead(number);
                        default -> place.withToken(number);
                    };
        }
        Optional<Site> site = rest.isEmpty() ? Optional.empty() : site(rest);
        if (!numbered || !rest.isEmpty() && site.isEmpty()) {
            return List.of();
        }
        if (site.isPresent()) {
            int channel = place.channel();
            // A channel that was asked for belongs to the site that was asked for.
            place = place.withSite(site.get());
            place =
                    query.toLowerCase(Locale.ROOT).contains("chan")
                            ? place.withChannel(channel)
                            : place;
        }
        boolean attention = head || place.site() == Site.SOFTMAX;
        String station = attention ? "attention" : token ? "tokens" : "outliers";
        return List.of(entry(place, station));
    }

    private PaletteEntry entry(Selection.Place place, String station) {
        return PaletteEntry.of(
                "place." + place.layer() + "." + place.site(),
                Messages.text("palette.kind.place"),
                Messages.text("palette.place", describe(place)),
                Messages.text(station + ".title"),
                () -> {
                    workbench.selection().select(place);
                    open.accept(station);
                });
    }

    private static String describe(Selection.Place place) {
        List<String> parts = new ArrayList<>();
        parts.add(Messages.text("selection.layer", Integer.toString(place.layer())));
        parts.add(place.site().name());
        if (place.channel() != Selection.NONE) {
            parts.add(Messages.text("selection.channel", Integer.toString(place.channel())));
        }
        if (place.head() != Selection.NONE) {
            parts.add(Messages.text("selection.head", Integer.toString(place.head())));
        }
        if (place.token() != Selection.NONE) {
            parts.add(Messages.text("selection.token", Integer.toString(place.token())));
        }
        return String.join(" · ", parts);
    }

    private static Optional<String> part(String word) {
        return PARTS.stream()
                .filter(part -> word.length() > 1 && part.startsWith(word))
                .findFirst();
    }

    private int count(String part, ModelConfig config) {
        return switch (part) {
            case "layer" -> config.layers();
            case "head" -> config.heads();
            case "channel" -> Math.max(config.hiddenSize(), config.feedForwardSize());
            default ->
                    workbench.modelProperty().get().map(model -> model.text().length()).orElse(0);
        };
    }

    /** The site that has all the words, or nothing if there is none or more than one. */
    private static Optional<Site> site(List<String> words) {
        List<Site> found = new ArrayList<>();
        for (Site site : Site.values()) {
            List<String> parts = List.of(site.name().toLowerCase(Locale.ROOT).split("_"));
            if (words.stream().allMatch(word -> parts.stream().anyMatch(p -> p.startsWith(word)))) {
                found.add(site);
            }
        }
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }
}
