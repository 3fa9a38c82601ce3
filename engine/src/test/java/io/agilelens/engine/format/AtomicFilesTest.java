package io.agilelens.engine.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.task.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
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
    void cancellingWhileALargeFileGoesToTheDiskLeavesTheOld() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        assertThrows(CancellationException.class, () -> writeAndCancel(file, 9 << 20));
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("file"), names());
    }

    /** Such as a row of a search, whose cancellation must not lose it. */
    @Test
    void whatIsSmallIsWrittenThoughItsWorkIsCancelled() throws IOException {
        Path file = folder.resolve("file");
        writeAndCancel(file, 100);
        assertEquals(100, Files.size(file));
        assertEquals(List.of("file"), names());
    }

    private static void writeAndCancel(Path file, int bytes) {
        Cancellation cancellation = new Cancellation();
        cancellation.during(
                () -> {
                    AtomicFiles.writeFile(
                            file,
                            true,
                            place -> {
                                Files.write(place, new byte[bytes]);
                                cancellation.cancel();
                            });
                    return null;
                });
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
    void clearsAwayWhatKilledWritersLeft() throws IOException {
        Path target = Files.writeString(folder.resolve("file"), "old");
        String dead = "0a1b2c3d-0000-4000-8000-000000000001";
        Files.writeString(folder.resolve(".file.new-" + dead), "half");
        Files.writeString(folder.resolve(".file.lock-" + dead), "");
        String older = "0a1b2c3d-0000-4000-8000-000000000002";
        Files.writeString(
                Files.createDirectory(folder.resolve(".file.new-" + older)).resolve("a"), "half");
        String orphan = "0a1b2c3d-0000-4000-8000-000000000003";
        Files.writeString(folder.resolve(".file.lock-" + orphan), "");
        List<String> foreign =
                List.of(".file.new-notes", ".other.new-" + dead, "file.new-" + dead, ".file.swp");
        for (String name : foreign) {
            Files.writeString(folder.resolve(name), "kept");
        }
        AtomicFiles.writeFile(target, true, place -> Files.writeString(place, "new"));
        assertEquals("new", Files.readString(target));
        assertEquals(Stream.concat(foreign.stream(), Stream.of("file")).sorted().toList(), names());
    }

    /** Who dies between the two steps of replacing a folder leaves nothing at the target. */
    @Test
    void putsBackTheFolderThatSteppedAside() throws IOException {
        String dead = "0a1b2c3d-0000-4000-8000-000000000001";
        Path target = folder.resolve("folder");
        Path old = Files.createDirectory(folder.resolve(".folder.old-" + dead));
        Files.writeString(old.resolve("a"), "old");
        Files.createDirectory(folder.resolve(".folder.new-" + dead));
        Files.writeString(folder.resolve(".folder.lock-" + dead), "");
        AtomicFiles.recover(target);
        assertEquals("old", Files.readString(target.resolve("a")));
        assertEquals(List.of("folder"), names());
    }

    /** A writer at work keeps its files, whoever else writes the same target meanwhile. */
    @Test
    void leavesALiveWriterAlone() throws IOException {
        Path target = folder.resolve("folder");
        AtomicFiles.writeFolder(
                target,
                true,
                place -> {
                    Files.writeString(place.resolve("mine"), "1");
                    AtomicFiles.writeFolder(
                            target, true, other -> Files.writeString(other.resolve("theirs"), "2"));
                    AtomicFiles.recover(folder.resolve("folder"));
                    assertTrue(Files.exists(place.resolve("mine")));
                    assertTrue(Files.exists(target.resolve("theirs")));
                });
        assertTrue(Files.exists(target.resolve("mine")));
        assertFalse(Files.exists(target.resolve("theirs")));
        assertEquals(List.of("folder"), names());
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
