package io.agilelens.engine.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AtomicFilesTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void writesANewFile(boolean replace) throws IOException {
        Path target = folder.resolve("file");
        AtomicFiles.writeFile(
                target,
                replace,
                place -> {
                    assertEquals(folder, place.getParent());
                    assertFalse(Files.exists(target), "nothing may be seen yet");
                    Files.writeString(place, "new");
                });
        assertEquals("new", Files.readString(target));
        assertEquals(List.of("file"), names());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void writesANewFolder(boolean replace) throws IOException {
        Path target = folder.resolve("folder");
        AtomicFiles.writeFolder(
                target,
                replace,
                place ->
                        Files.writeString(
                                Files.createDirectory(place.resolve("in")).resolve("a"), "1"));
        assertEquals("1", Files.readString(target.resolve("in").resolve("a")));
        assertEquals(List.of("folder"), names());
    }

    @Test
    void replacesOnlyWhenAsked() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        assertLine(
                "exists already",
                () -> AtomicFiles.writeFile(file, false, place -> Files.writeString(place, "new")));
        assertEquals("old", Files.readString(file));
        AtomicFiles.writeFile(file, true, place -> Files.writeString(place, "new"));
        assertEquals("new", Files.readString(file));
        assertEquals(List.of("file"), names());
    }

    @Test
    void replacesAFolderWithAllItHeld() throws IOException {
        Path target = Files.createDirectory(folder.resolve("folder"));
        Files.writeString(target.resolve("old"), "old");
        assertLine("exists already", () -> AtomicFiles.writeFolder(target, false, place -> {}));
        AtomicFiles.writeFolder(
                target, true, place -> Files.writeString(place.resolve("new"), "new"));
        assertTrue(Files.exists(target.resolve("new")));
        assertFalse(Files.exists(target.resolve("old")));
        assertEquals(List.of("folder"), names());
    }

    @Test
    void doesNotReplaceWhatAppearsMeanwhile() throws IOException {
        Path target = folder.resolve("file");
        assertLine(
                "exists already",
                () ->
                        AtomicFiles.writeFile(
                                target,
                                false,
                                place -> {
                                    Files.writeString(place, "mine");
                                    Files.writeString(target, "theirs");
                                }));
        assertEquals("theirs", Files.readString(target));
        assertEquals(List.of("file"), names());
    }

    @Test
    void leavesTheOldAndNothingElseWhenWritingFails() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        assertLine(
                "disk is full",
                () ->
                        AtomicFiles.writeFile(
                                file,
                                true,
                                place -> {
                                    Files.writeString(place, "half");
                                    throw new IOException("the disk is full");
                                }));
        assertThrows(
                StackOverflowError.class,
                () ->
                        AtomicFiles.writeFolder(
                                folder.resolve("folder"),
                                false,
                                place -> {
                                    Files.writeString(place.resolve("half"), "half");
                                    throw new StackOverflowError();
                                }));
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("file"), names());
    }

    @Test
    void leavesAloneWhatALinkInTheFolderPointsTo() throws IOException {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Files.writeString(outside.resolve("kept"), "kept");
        Path target = Files.createDirectory(folder.resolve("target"));
        Files.createSymbolicLink(target.resolve("link"), outside);
        AtomicFiles.writeFolder(target, true, place -> {});
        assertEquals("kept", Files.readString(outside.resolve("kept")));
    }

    @Test
    void asksForAParentFolder() {
        assertLine(
                "create the folder first",
                () ->
                        AtomicFiles.writeFile(
                                folder.resolve("no").resolve("file"), false, place -> {}));
    }

    private static void assertLine(String part, Runnable writing) {
        UserException refusal = assertThrows(UserException.class, writing::run);
        assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("\n"));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
