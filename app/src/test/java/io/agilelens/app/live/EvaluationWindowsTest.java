package io.agilelens.app.live;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agilelens.app.CommandRun;
import io.agilelens.app.SampleTexts;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.workbench.EvaluationText;
import io.agilelens.views.workbench.EvaluationWindows;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same text cut in other ways. */
class EvaluationWindowsTest {
    @TempDir private Path folder;

    @Test
    void aTextIsCutAsItIsAsked() {
        try (ModelSession session =
                ModelSession.open(
                        CommandRun.tinyModel(folder).toString(),
                        Progress.NONE,
                        Cancellation.never())) {
            int context = session.opened().config().contextLength();
            for (Protocol protocol : Protocol.values()) {
                TokenWindows cut = cut(session, protocol, context / 2);
                assertEquals(protocol, cut.protocol());
                assertEquals(context / 2, cut.length());
                assertEquals(3, cut.windows().size());
                TokenWindows beginnings = cut.beginnings(context / 4);
                assertEquals(protocol, beginnings.protocol());
                assertEquals(cut.measure(), beginnings.measure());
                assertEquals(context / 4, beginnings.windows().getLast().length);
            }
            assertEquals(context, cut(session, Protocol.GPTQ, context + 1).length(), "at most");
        }
    }

    private static TokenWindows cut(ModelSession session, Protocol protocol, int length) {
        EvaluationText named =
                EvaluationText.BUNDLED.cut(new EvaluationWindows(protocol, length, 3));
        Reader text = new StringReader(SampleTexts.LIGHTHOUSE.read());
        return session.withText(named, "text", text).opened().text();
    }
}
