package io.agilelens.views.lessons;

import io.agilelens.engine.model.Site;
import io.agilelens.views.Figures;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** What is known of the opened model, by name. */
public record Facts(Map<String, Fact> all) {
    /** Nothing is known. */
    static final Facts NONE = new Facts(Map.of());

    public Facts {
        all = Collections.unmodifiableMap(new LinkedHashMap<>(all));
    }

    Optional<Fact> find(String name) {
        return Optional.ofNullable(all.get(name));
    }

    /** A fact of a kind; empty if it is not known or of another kind. */
    <T extends Fact> Optional<T> find(String name, Class<T> kind) {
        return find(name).filter(kind::isInstance).map(kind::cast);
    }

    /** Whether a word is {@code yes}. */
    boolean isTrue(String name) {
        return find(name, Fact.Word.class)
                .filter(word -> word.id().equals(Fact.Word.YES))
                .isPresent();
    }

    /** These and others, which win. */
    Facts with(Facts others) {
        Map<String, Fact> joined = new LinkedHashMap<>(all);
        joined.putAll(others.all);
        return new Facts(joined);
    }

    /** Gathers facts. */
    static final class Builder {
        private final Map<String, Fact> facts = new LinkedHashMap<>();

        /** A number of at most four significant digits; nothing if it is not finite. */
        Builder number(String name, double value) {
            return number(name, value, "");
        }

        Builder number(String name, double value, String unit) {
            return figure(name, value, Figures.number(value, unit));
        }

        Builder whole(String name, long value) {
            return figure(name, value, Long.toString(value).replace('-', '−'));
        }

        /** A share, shown and asked for in per cent. */
        Builder percent(String name, double share) {
            return number(name, 100 * share, "%");
        }

        private Builder figure(String name, double value, String shown) {
            if (Double.isFinite(value)) {
                facts.put(name, new Fact.Figure(value, shown));
            }
            return this;
        }

        Builder word(String name, String id, String shown) {
            facts.put(name, new Fact.Word(id, shown));
            return this;
        }

        Builder word(String name, String id) {
            return word(name, id, id);
        }

        Builder is(String name, boolean holds) {
            return word(name, holds ? Fact.Word.YES : "no");
        }

        /** A site, to be selected. */
        Builder site(String name, Site site) {
            facts.put(name, new Fact.Word(site.name(), site.name()));
            return this;
        }

        Builder places(String name, Iterable<Integer> right) {
            TreeSet<Integer> all = new TreeSet<>();
            right.forEach(all::add);
            if (!all.isEmpty()) {
                String shown = all.size() == 1 ? all.first().toString() : listed(List.copyOf(all));
                facts.put(name, new Fact.Places(all, shown));
            }
            return this;
        }

        private static String listed(List<Integer> places) {
            int named = 5;
            String first =
                    String.join(", ", places.stream().limit(named).map(String::valueOf).toList());
            return places.size() > named ? first + ", …" : first;
        }

        Builder options(String name, List<Fact.Word> words) {
            facts.put(name, new Fact.Options(words));
            return this;
        }

        Facts build() {
            return new Facts(facts);
        }
    }
}
