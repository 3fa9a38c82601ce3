package io.agilelens.views.lessons;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All lessons, in the order in which they are best taken. */
public final class LessonLibrary {
    private static final String FOLDER = "/io/agilelens/resources/lessons/";

    /** The file that names the others, one a line. */
    private static final String LIST = "lessons.txt";

    private final List<Lesson> lessons;

    private LessonLibrary(List<Lesson> lessons) {
        this.lessons = List.copyOf(lessons);
    }

    /** The lessons that the resources hold. */
    public static LessonLibrary bundled() {
        return Bundled.LIBRARY;
    }

    /** Read when lessons are first asked for. */
    private static final class Bundled {
        static final LessonLibrary LIBRARY = read();

        private static LessonLibrary read() {
            List<Lesson> lessons = new ArrayList<>();
            for (String name : resource(LIST).lines().filter(line -> !line.isBlank()).toList()) {
                Lesson lesson = LessonReader.read(name, resource(name + ".json"));
                if (!lesson.id().equals(name)) {
                    throw new IllegalStateException(name + ".json calls itself " + lesson.id());
                }
                lessons.add(lesson);
            }
            return new LessonLibrary(lessons);
        }
    }

    public List<Lesson> lessons() {
        return lessons;
    }

    public Optional<Lesson> find(String id) {
        return lessons.stream().filter(lesson -> lesson.id().equals(id)).findFirst();
    }

    private static String resource(String name) {
        try (InputStream in = LessonLibrary.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException("the resources module lacks " + FOLDER + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
