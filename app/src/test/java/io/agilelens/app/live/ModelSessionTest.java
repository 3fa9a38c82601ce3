package io.agilelens.app.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.agilelens.engine.calibrate.WeightRoom;
import io.agilelens.engine.model.HeapRoom;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Subject;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSessionTest {
    @TempDir Path folder;

    @AfterEach
    void forgetLimit() {
        System.clearProperty(HeapRoom.PROPERTY);
    }

    /** Quantized at once it would fail at once, as nobody had asked for. */
    @Test
    void aModelThatFitsWithoutItsCodesBeginsInFloat() throws IOException {
        Path file = Llama2cModel.claim(folder.resolve("wide.bin"), 1024, 3072, 6);
        Subject subject = Subject.of(file.toString());
        long codes;
        try (ModelSession roomy = opened(subject)) {
            OpenedModel opened = roomy.opened();
            assertNotEquals(Recipe.FLOAT, roomy.firstRecipe());
            codes = WeightRoom.codes(opened.model(), roomy.firstRecipe());
        }
        limit((HeapRoom.now(Long.MAX_VALUE).used() >> 20) + 190);
        LargeModel large =
                assertInstanceOf(
                                Opening.TooLarge.class,
                                ModelSession.openIfItFits(
                                        subject, Progress.NONE, new Cancellation()))
                        .model();
        limit(large.maximum() + large.whole() - large.free() + codes / 2 >> 20);
        try (ModelSession tight = opened(subject)) {
            OpenedModel opened = tight.opened();
            assertFalse(opened.memory().placement().isStreamed(opened.config()));
            assertEquals(Recipe.FLOAT, tight.firstRecipe());
        }
    }

    private static ModelSession opened(Subject subject) {
        return assertInstanceOf(
                        Opening.Opened.class,
                        ModelSession.openIfItFits(subject, Progress.NONE, new Cancellation()))
                .session();
    }

    private static void limit(long mebibytes) {
        System.setProperty(HeapRoom.PROPERTY, Long.toString(mebibytes));
    }
}
