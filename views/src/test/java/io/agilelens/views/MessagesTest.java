package io.agilelens.views;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MessagesTest {
    /** Whole keys, and the beginnings of those whose end is the name of a constant. */
    private static final Pattern KEY = Pattern.compile("\"([a-z]+(?:\\.[A-Za-z]+)*\\.?)\"");

    /** What reads several words under one key. */
    private static final Map<String, List<String>> MADE =
            Map.of(
                    "ChartCard\\.of", List.of(".heading", ".sentence"),
                    "new SpeedCard", List.of(".heading", ".sentence"),
                    "new MeasuredPane", List.of(".empty", ".measure"),
                    "new FigureRow", List.of("."));

    @Test
    void everyKeyIsUsedAndEveryUseHasItsKey() throws IOException {
        Set<String> keys =
                new TreeSet<>(ResourceBundle.getBundle("io.agilelens.resources.messages").keySet());
        Set<String> used = new TreeSet<>();
        Set<String> missing = new TreeSet<>();
        for (Path file : sources()) {
            String source = Files.readString(file);
            KEY.matcher(source).results().forEach(result -> used.add(result.group(1)));
            MADE.forEach(
                    (made, words) ->
                            Pattern.compile(made + "\\(\\s*\"([^\"]+)\"")
                                    .matcher(source)
                                    .results()
                                    .flatMap(
                                            result ->
                                                    words.stream()
                                                            .map(word -> result.group(1) + word))
                                    .forEach(
                                            key -> {
                                                used.add(key);
                                                if (!key.endsWith(".") && !keys.contains(key)) {
                                                    missing.add(key);
                                                }
                                            }));
            Pattern.compile("Messages\\.text\\(\\s*\"([^\"]+)\"\\s*[,)]")
                    .matcher(source)
                    .results()
                    .map(result -> result.group(1))
                    .filter(key -> !keys.contains(key))
                    .forEach(missing::add);
        }
        assertEquals(Set.of(), missing, "keys without words");
        keys.removeIf(
                key ->
                        used.stream()
                                .anyMatch(
                                        use ->
                                                use.equals(key)
                                                        || use.endsWith(".")
                                                                && key.startsWith(use)));
        assertEquals(Set.of(), keys, "words that nothing shows");
    }

    @Test
    void placesAreFilled() {
        assertEquals("est. 1 window", Messages.text("badge.ESTIMATE", 1));
        assertEquals("est. 8 windows", Messages.text("badge.ESTIMATE", 8));
    }

    private static List<Path> sources() throws IOException {
        Path here = Path.of("src/main/java");
        Path app = Path.of("../app/src/main/java");
        assertTrue(Files.isDirectory(here), "run from the module's folder");
        try (Stream<Path> own = Files.walk(here);
                Stream<Path> apps = Files.isDirectory(app) ? Files.walk(app) : Stream.empty()) {
            return Stream.concat(own, apps).filter(p -> p.toString().endsWith(".java")).toList();
        }
    }
}
