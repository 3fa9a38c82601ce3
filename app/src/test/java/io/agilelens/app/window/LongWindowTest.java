package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.format.SampleLibrary;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.views.Comparison;
import io.agilelens.views.workbench.EvaluationWindows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import javafx.application.Platform;
import javafx.event.Event;
import javafx.scene.control.ButtonBase;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.PickResult;
import javafx.scene.input.ScrollEvent;
import javafx.scene.layout.Region;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A window of 2048 tokens is scrolled, zoomed, panned and pointed at in Attention and in Tokens.
 * Frame times are logged; with {@code -Dagilelens.bench=true}, which asks for a quiet machine, more
 * rounds are made and none of the frames may be longer than 50 ms by the JavaFX thread's own work.
 */
class LongWindowTest extends WindowTest {
    private static final boolean MEASURES = Boolean.getBoolean("agilelens.bench");
    private static final int TOKENS = 2048;
    private static final int STEPS = MEASURES ? 60 : 12;
    private static final int FRAME_MILLIS = 16;

    @TempDir private static Path folder;

    @Override
    WorkbenchWindow open() {
        Path model = folder.resolve("long");
        try {
            lengthen(SampleLibrary.onClassPath().folder("llama-tiny"), model);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return WorkbenchWindow.open(stage, model.toString(), failures::add);
    }

    /** The sample as a model that takes longer windows; it was not trained on them. */
    private static void lengthen(Path sample, Path target) throws IOException {
        Files.createDirectories(target);
        try (Stream<Path> files = Files.list(sample)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName().toString()));
            }
        }
        Path config = target.resolve("config.json");
        String text = Files.readString(config);
        String longer =
                text.replaceFirst("(\"max_position_embeddings\"\\s*:\\s*)512", "$1" + TOKENS);
        assertNotEquals(text, longer);
        Files.writeString(config, longer);
    }

    @Test
    void aLongWindowIsHandledWithoutAStutter() throws Exception {
        awaitPictures();
        interact(
                () -> {
                    window.controller()
                            .evaluateOn(
                                    new EvaluationWindows(
                                            EvaluationWindows.of(window.opened().text()).protocol(),
                                            TOKENS,
                                            1));
                    workbench()
                            .history()
                            .change(
                                    "pruned",
                                    workbench()
                                            .history()
                                            .recipe()
                                            .withPruning(PruningRecipe.lastThird(0.4, 8)));
                });
        await(
                () ->
                        onFx(
                                () ->
                                        workbench()
                                                .comparisonProperty()
                                                .get()
                                                .filter(
                                                        shown ->
                                                                shown.tokens().size() == TOKENS
                                                                        && shown.model()
                                                                                .recipe()
                                                                                .pruning()
                                                                                .isActive())
                                                .isPresent()));
        awaitPictures();
        if (MEASURES) {
            // Code is compiled.
            round("first round");
        }
        FrameWatch watch = round("2048 tokens");
        assertTrue(watch.frames() > 0);
        assertEquals(java.util.List.of(), failures);
        if (MEASURES) {
            assertEquals(java.util.List.of(), watch.ours());
        }
    }

    private FrameWatch round(String name) throws Exception {
        FrameWatch watch = onFx(FrameWatch::new);
        attention();
        tokens();
        interact(watch::close);
        System.out.print(name + ", " + watch.summary());
        return watch;
    }

    private void attention() throws Exception {
        interact(() -> window.frame().open("attention"));
        awaitPictures();
        Region head = lookup("#attention-head").query();
        handle(head);
        for (Comparison comparison : Comparison.values()) {
            press(".comparison-switch ." + comparison.name().toLowerCase(java.util.Locale.ROOT));
            awaitPictures();
            steps(step -> point(head, step));
        }
        for (int layer = 0; layer < 3; layer++) {
            int looked = layer;
            interact(
                    () ->
                            workbench()
                                    .selection()
                                    .select(workbench().selection().place().withLayer(looked)));
            awaitPictures();
        }
    }

    private void tokens() throws Exception {
        interact(() -> window.frame().open("tokens"));
        awaitPictures();
        Region text = lookup("#tokens-text").query();
        Region lanes = lookup("#tokens-lanes").query();
        steps(step -> scroll(text, -60));
        steps(step -> point(text, step));
        steps(step -> scroll(text, 60));
        handle(lanes);
        for (String coloring : new String[] {"baseline", "tuned", "difference", "removal"}) {
            press("#coloring-" + coloring);
            steps(step -> point(text, step));
        }
        steps(
                step ->
                        workbench()
                                .selection()
                                .select(
                                        workbench()
                                                .selection()
                                                .place()
                                                .withToken(step * TOKENS / STEPS)));
    }

    /** Points all over a picture, zooms in, pans and zooms out. */
    private static void handle(Region picture) throws InterruptedException {
        steps(step -> point(picture, step));
        steps(step -> scroll(picture, 40));
        steps(step -> drag(picture, step));
        steps(step -> scroll(picture, -40));
    }

    private void press(String button) {
        interact(() -> ((ButtonBase) window.frame().lookup(button)).fire());
    }

    /** Does something in each of some frames. */
    private static void steps(IntConsumer work) throws InterruptedException {
        for (int step = 0; step < STEPS; step++) {
            int now = step;
            Platform.runLater(() -> work.accept(now));
            Thread.sleep(FRAME_MILLIS);
        }
    }

    private static void point(Region picture, int step) {
        double share = (step + 0.5) / STEPS;
        mouse(
                picture,
                MouseEvent.MOUSE_MOVED,
                picture.getWidth() * (0.15 + 0.6 * share),
                picture.getHeight() * (0.2 + 0.6 * share));
    }

    private static void drag(Region picture, int step) {
        double x = picture.getWidth() / 2;
        double y = picture.getHeight() / 2;
        if (step == 0) {
            mouse(picture, MouseEvent.MOUSE_PRESSED, x, y);
        }
        mouse(picture, MouseEvent.MOUSE_DRAGGED, x - 4 * step, y - 2 * step);
    }

    private static void scroll(Region node, double turned) {
        double x = node.getWidth() / 2;
        double y = node.getHeight() / 2;
        Event.fireEvent(
                node,
                new ScrollEvent(
                        ScrollEvent.SCROLL,
                        x,
                        y,
                        x,
                        y,
                        false,
                        false,
                        false,
                        false,
                        false,
                        false,
                        0,
                        turned,
                        0,
                        turned,
                        ScrollEvent.HorizontalTextScrollUnits.NONE,
                        0,
                        ScrollEvent.VerticalTextScrollUnits.NONE,
                        0,
                        0,
                        new PickResult(node, x, y)));
    }
}
