package io.agilelens.views.lessons;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** How far a person is in each lesson. */
public record LessonProgress(Map<String, Entry> entries) {
    /** Nothing was begun. */
    public static final LessonProgress NONE = new LessonProgress(Map.of());

    public LessonProgress {
        entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    /**
     * One lesson.
     *
     * @param step id of the latest step
     * @param right ids of the steps whose question was answered rightly
     * @param done whether the end was reached once
     */
    public record Entry(String step, SortedSet<String> right, boolean done) {
        static final Entry NONE = new Entry("", new TreeSet<>(), false);

        public Entry {
            right = Collections.unmodifiableSortedSet(new TreeSet<>(right));
        }

        Entry at(String changed) {
            return new Entry(changed, right, done);
        }

        Entry answered(String step) {
            SortedSet<String> all = new TreeSet<>(right);
            all.add(step);
            return new Entry(this.step, all, done);
        }

        Entry finished() {
            return new Entry("", right, true);
        }

        /** Whether it was begun and not ended. */
        public boolean isUnderWay() {
            return !step.isEmpty();
        }
    }

    /** How far a lesson is; nothing for one that was not begun. */
    public Entry of(Lesson lesson) {
        return entries.getOrDefault(lesson.id(), Entry.NONE);
    }

    LessonProgress with(Lesson lesson, Entry entry) {
        Map<String, Entry> changed = new LinkedHashMap<>(entries);
        changed.put(lesson.id(), entry);
        return new LessonProgress(changed);
    }
}
