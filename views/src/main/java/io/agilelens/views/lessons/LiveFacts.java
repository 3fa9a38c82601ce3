package io.agilelens.views.lessons;

import io.agilelens.views.Background;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The facts of the lesson that runs, computed anew in the background when the workbench changes.
 */
final class LiveFacts {
    private final Lesson lesson;
    private final Runnable onChange;
    private Facts kept = Facts.NONE;
    private Facts facts = Facts.NONE;

    /** What {@link #facts} were computed from, or null. */
    private LessonState known;

    private Facts knownKept = Facts.NONE;

    /** What facts were last asked for, or null. */
    private LessonState asked;

    private Facts askedKept = Facts.NONE;

    /**
     * @param onChange runs on the JavaFX thread when there are new facts
     */
    LiveFacts(Lesson lesson, Runnable onChange) {
        this.lesson = lesson;
        this.onChange = onChange;
    }

    /** The latest, which may be of an older state. */
    Facts facts() {
        return facts;
    }

    /** Whether the latest facts are of a state, as far as a step with these needs can tell. */
    boolean areOf(LessonState state, Collection<Need> needs) {
        return state.hasFactsOf(known, needs) && kept.equals(knownKept);
    }

    /** Whether any were computed from a model. */
    boolean isModelKnown() {
        return known != null && known.has(Need.MODEL);
    }

    /** Forgets what was known of a model that is no longer open; what was kept stays. */
    void forget() {
        known = null;
        asked = null;
    }

    /** Asks for the facts of a state, unless they are known or under way. */
    void request(LessonState state) {
        if (state.hasFactsOf(asked) && kept.equals(askedKept)) {
            return;
        }
        asked = state;
        askedKept = kept;
        Facts keptNow = kept;
        Background.latest(
                this,
                () -> LessonFacts.of(lesson.id(), state, keptNow),
                found -> {
                    if (asked == state && askedKept == keptNow) {
                        known = state;
                        knownKept = keptNow;
                        facts = found;
                        onChange.run();
                    }
                });
    }

    /**
     * Keeps facts for later steps.
     *
     * @param names the facts by the name they get
     * @return whether something new is kept, so that facts are to be asked for
     */
    boolean keep(Map<String, String> names) {
        Map<String, Fact> all = new HashMap<>(kept.all());
        names.forEach((name, fact) -> facts.find(fact).ifPresent(value -> all.put(name, value)));
        Facts before = kept;
        kept = new Facts(all);
        return !kept.equals(before);
    }
}
