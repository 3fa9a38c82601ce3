package io.agilelens.app.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AutosaveTest {
    @TempDir Path state;

    @Test
    void whatACrashLeftIsOfferedOnce() {
        Autosave crashed = new Autosave(state);
        crashed.keep(Documents.full());
        crashed.abandon();

        Autosave next = new Autosave(state);
        Optional<Path> left = next.takeCrashed();
        assertEquals(Documents.full(), SessionJson.read(left.orElseThrow()));
        assertEquals(Optional.empty(), next.takeCrashed());
        assertTrue(Files.exists(left.get()), "it stays as an ordinary file");
    }

    @Test
    void whatARunningWindowKeepsIsNotTaken() {
        try (Autosave running = new Autosave(state)) {
            running.keep(Documents.full());
            assertEquals(Optional.empty(), new Autosave(state).takeCrashed());
        }
    }

    @Test
    void anOrderlyEndLeavesNothing() throws IOException {
        Autosave orderly = new Autosave(state);
        orderly.keep(Documents.full());
        orderly.close();
        try (Stream<Path> files = Files.list(state.resolve("autosave"))) {
            assertEquals(0, files.count());
        }
        assertEquals(Optional.empty(), new Autosave(state).takeCrashed());
    }

    @Test
    void theLatestOfSeveralIsOffered() throws IOException {
        for (int i = 0; i < 12; i++) {
            Autosave crashed = new Autosave(state);
            crashed.keep(Documents.full());
            crashed.abandon();
        }
        assertTrue(new Autosave(state).takeCrashed().isPresent());
        try (Stream<Path> files = Files.list(state.resolve("recovered"))) {
            assertEquals(10, files.count());
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsToldInOneLine() throws IOException {
        Path file = Files.writeString(state.resolve("file"), "in the way");
        Autosave autosave = new Autosave(file);
        UserException refusal =
                assertThrows(UserException.class, () -> autosave.keep(Documents.full()));
        assertFalse(refusal.getMessage().contains("\n"));
        autosave.close();
    }

    @Test
    void recentFilesSurviveAndABrokenListHoldsNothing() throws IOException {
        RecentFiles recent = RecentFiles.NONE;
        for (int i = 0; i < 15; i++) {
            recent = recent.withModel("/models/" + i).withSession(Path.of("/s/" + i % 3));
        }
        assertEquals(10, recent.models().size());
        assertEquals("/models/14", recent.models().getFirst());
        assertEquals(3, recent.sessions().size());
        recent.write(state);
        assertEquals(recent, RecentFiles.read(state));
        Files.writeString(state.resolve("recent.json"), "{\"models\": [3, \"\", null], ");
        assertEquals(RecentFiles.NONE, RecentFiles.read(state));
        assertEquals(RecentFiles.NONE, RecentFiles.read(state.resolve("nowhere")));
    }

    @Test
    void aFingerprintSeesWhatChanged() throws IOException {
        Path model = Files.createDirectory(state.resolve("model"));
        Files.writeString(model.resolve("config.json"), "{}");
        Files.writeString(model.resolve("README.md"), "read me");
        Fingerprint before = Fingerprint.of(model);
        Files.writeString(model.resolve("README.md"), "words do not count");
        assertEquals(before, Fingerprint.of(model));
        Files.writeString(model.resolve("config.json"), "[]");
        assertFalse(before.equals(Fingerprint.of(model)));
        assertEquals(2, Fingerprint.of(model).bytes());
    }
}
