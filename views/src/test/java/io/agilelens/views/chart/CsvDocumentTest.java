package io.agilelens.views.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.task.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javafx.scene.layout.Region;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Comma-separated values leave line by line, whole or not at all. */
class CsvDocumentTest {
    @TempDir private Path folder;

    /** Notes what arrives, and keeps nothing of it. */
    private static final class Meter implements Appendable {
        private long characters;
        private long lines;
        private int longest;

        @Override
        public Appendable append(CharSequence text) {
            characters += text.length();
            longest = Math.max(longest, text.length());
            lines += text.chars().filter(each -> each == '\n').count();
            return this;
        }

        @Override
        public Appendable append(CharSequence text, int start, int end) {
            return append(text.subSequence(start, end));
        }

        @Override
        public Appendable append(char one) {
            return append(String.valueOf(one));
        }
    }

    private static HeatmapData map(int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 1000 / 8f;
        }
        return HeatmapData.adopt(
                rows, columns, values, HeatmapData.Labels.numbered("x", "", "token", "channel"));
    }

    @Test
    void aMapOfMillionsLeavesInSmallPieces() throws IOException {
        Meter meter = new Meter();
        HeatmapData map = map(1500, 2000);
        new Csv(meter).table(map);
        assertEquals(1 + 1500, meter.lines);
        assertTrue(meter.characters > 12_000_000, meter.characters + " characters");
        assertTrue(meter.longest < 32, meter.longest + " at once");
    }

    @Test
    void whatTheClipboardCannotTakeIsSaidInOneLine() {
        CsvDocument small = csv -> csv.table(map(2, 3));
        assertEquals(3, small.text().lines().count());
        UserException refused =
                assertThrows(UserException.class, () -> small.text(small.text().length() - 1));
        assertEquals(1, refused.getMessage().lines().count());
        assertTrue(refused.getMessage().contains("CSV"), refused.getMessage());
    }

    @Test
    void aCancelledFileLeavesTheOldOneAndNothingElse() throws IOException {
        Path file = folder.resolve("map.csv");
        Files.writeString(file, "old");
        Cancellation cancellation = new Cancellation();
        CsvDocument document =
                csv -> {
                    csv.line(List.of("a", "b"));
                    cancellation.cancel();
                    csv.line(List.of(1, 2));
                };
        Export.Taken taken = Export.take(new Numbers(document), Export.Format.CSV);
        assertThrows(
                CancellationException.class,
                () ->
                        cancellation.during(
                                () -> {
                                    taken.write(file);
                                    return null;
                                }));
        assertEquals("old", Files.readString(file));
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(file), left.toList());
        }
        taken.write(file);
        assertEquals("a,b\r\n1,2\r\n", Files.readString(file));
    }

    /** Numbers without a picture. */
    private record Numbers(CsvDocument csv) implements Exportable {
        @Override
        public Region node() {
            throw new AssertionError("no picture is asked for");
        }

        @Override
        public String fileName() {
            return "numbers";
        }

        @Override
        public Supplier<String> svg() {
            throw new AssertionError("no picture is asked for");
        }
    }
}
