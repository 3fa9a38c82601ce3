package io.agilelens.engine.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class DeletionTest {
    private static final int SMALL = 100;
    private static final int LARGE = 9 << 20;

    @TempDir Path folder;
    private Path target;

    @BeforeEach
    void plant() throws IOException {
        target = Files.createDirectory(folder.resolve("target"));
        Path inner = Files.createDirectory(target.resolve("inner"));
        for (Path place : List.of(target, inner)) {
            Files.createDirectory(place.resolve("empty"));
            Files.write(place.resolve("small"), new byte[SMALL]);
            Files.write(place.resolve("large"), new byte[LARGE]);
        }
    }

    @Test
    void deletesAFolderWithAllItHolds() throws IOException {
        Deletion.of(target);
        assertEquals(List.of(), names());
    }

    @Test
    void deletesOneFileOnly() throws IOException {
        Deletion.of(target.resolve("large"));
        assertFalse(Files.exists(target.resolve("large")));
        assertTrue(Files.exists(target.resolve("small")));
        assertTrue(Files.exists(target.resolve("inner").resolve("large")));
    }

    @Test
    void hasNothingToDoWhereNothingIs() throws IOException {
        Deletion.of(folder.resolve("nothing"));
        assertEquals(List.of("target"), names());
    }

    @Test
    void deletesLinksAndNotWhatTheyPointTo() throws IOException {
        Path kept = Files.write(folder.resolve("kept"), new byte[LARGE]);
        Path keptFolder = Files.createDirectory(folder.resolve("kept folder"));
        Files.writeString(keptFolder.resolve("a"), "kept");
        Files.createSymbolicLink(target.resolve("link"), kept);
        Files.createSymbolicLink(target.resolve("folder link"), keptFolder);
        Files.createSymbolicLink(target.resolve("broken"), folder.resolve("nothing"));
        Deletion.of(target);
        assertEquals(List.of("kept", "kept folder"), names());
        assertEquals(LARGE, Files.size(kept));
        assertEquals("kept", Files.readString(keptFolder.resolve("a")));
        Path link = Files.createSymbolicLink(folder.resolve("link"), keptFolder);
        Deletion.of(link);
        assertEquals("kept", Files.readString(keptFolder.resolve("a")));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void holdsNothingOpenInTheEnd() throws IOException, InterruptedException {
        Deletion.of(target);
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals(Deletion.THREAD)) {
                thread.join();
            }
        }
        assertEquals(
                List.of(), openFiles().filter(open -> open.startsWith(target.toString())).toList());
    }

    /** What this program's file descriptors lead to, see proc(5). */
    private static Stream<String> openFiles() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.toList().stream().map(DeletionTest::leadsTo);
        }
    }

    private static String leadsTo(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
