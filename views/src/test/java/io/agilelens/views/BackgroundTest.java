package io.agilelens.views;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javafx.application.Platform;
import javafx.scene.Parent;
import javafx.scene.layout.StackPane;
import org.junit.jupiter.api.Test;

class BackgroundTest extends GuiTest {
    private final List<String> delivered = new ArrayList<>();

    @Override
    protected Parent createRoot() {
        return new StackPane();
    }

    @Test
    void onlyTheLatestRequestOfAKeyIsDelivered() throws Exception {
        Object key = new Object();
        Object other = new Object();
        CountDownLatch gate = new CountDownLatch(1);
        interact(
                () -> {
                    Background.latest(key, () -> await(gate, "old"), delivered::add);
                    Background.latest(key, () -> "skipped", delivered::add);
                    Background.latest(other, () -> "other", delivered::add);
                    Background.latest(key, () -> "new", delivered::add);
                });
        gate.countDown();
        Background.awaitIdle();
        assertEquals(List.of("other", "new"), delivered);
    }

    @Test
    void worksElsewhereAndDeliversOnTheJavaFxThread() throws Exception {
        List<Boolean> onFx = new ArrayList<>();
        Object key = new Object();
        interact(
                () ->
                        Background.latest(
                                key,
                                Platform::isFxApplicationThread,
                                worked -> {
                                    onFx.add(worked);
                                    onFx.add(Platform.isFxApplicationThread());
                                }));
        Background.awaitIdle();
        assertFalse(onFx.get(0));
        assertTrue(onFx.get(1));
    }

    private static String await(CountDownLatch gate, String result) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return result;
    }
}
