package io.agilelens.app.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.app.CommandRun;
import io.agilelens.app.SampleTexts;
import io.agilelens.engine.UserException;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.workbench.EvaluationWindows;
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
            String text = SampleTexts.LIGHTHOUSE.read();
            for (Protocol protocol : Protocol.values()) {
                TokenWindows cut =
                        session.withText(
                                        "text",
                                        new StringReader(text),
                                        new EvaluationWindows(protocol, context / 2, 3))
                                .opened()
                                .text();
                assertEquals(protocol, cut.protocol());
                assertEquals(context / 2, cut.length());
                assertEquals(3, cut.windows().size());
            }
            UserException refused =
                    assertThrows(
                            UserException.class,
                            () ->
                                    session.withText(
                                            "text",
                                            new StringReader(text),
                                            new EvaluationWindows(Protocol.GPTQ, context + 1, 3)));
            assertTrue(refused.getMessage().contains("context"), refused.getMessage());
        }
    }
}
