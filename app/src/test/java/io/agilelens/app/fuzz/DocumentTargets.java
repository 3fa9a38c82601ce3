package io.agilelens.app.fuzz;

import static io.agilelens.engine.fuzz.Manner.EDITS;
import static io.agilelens.engine.fuzz.Manner.JSON;
import static io.agilelens.engine.fuzz.Manner.WHOLE;

import io.agilelens.app.bench.BenchFile;
import io.agilelens.app.bench.BenchFileTest;
import io.agilelens.app.session.Documents;
import io.agilelens.app.session.SessionDocument;
import io.agilelens.app.session.SessionJson;
import io.agilelens.engine.fuzz.FolderImage;
import io.agilelens.engine.fuzz.FuzzTarget;
import io.agilelens.engine.fuzz.FuzzTarget.Victim;
import io.agilelens.engine.fuzz.FuzzTargetSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The documents that the program reads and writes itself, and that others may send. */
public final class DocumentTargets implements FuzzTargetSource {
    private static final String SESSION = "my.agilelens";
    private static final String RUN = "run.json";

    private static final String SMALL =
            "{\"agilelens_session\": 1, \"model\": {\"reference\": \"sample:llama-tiny\"},"
                    + " \"recipe\": {}}";

    @Override
    public List<FuzzTarget> all() {
        return List.of(
                new FuzzTarget(
                        "session",
                        () ->
                                List.of(
                                        image(SESSION, SessionJson.write(Documents.full())),
                                        image(SESSION, SMALL)),
                        List.of(Victim.of(SESSION, JSON, WHOLE, EDITS)),
                        SESSION,
                        DocumentTargets::session),
                new FuzzTarget(
                        "bench",
                        () -> List.of(image(RUN, BenchFileTest.laptop())),
                        List.of(Victim.of(RUN, JSON, WHOLE, EDITS)),
                        RUN,
                        BenchFile::read));
    }

    private static FolderImage image(String name, String content) {
        return FolderImage.of(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** What can be read can be written, and is the same when it is read again. */
    private static void session(Path file) {
        SessionDocument document = SessionJson.read(file);
        byte[] again = SessionJson.write(document).getBytes(StandardCharsets.UTF_8);
        if (!document.equals(SessionJson.parse(again, file))) {
            throw new AssertionError("written otherwise than it was read: " + document);
        }
    }
}
