package io.agilelens.views.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.views.GuiTest;
import io.agilelens.views.Notices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javafx.application.Platform;
import javafx.scene.Parent;
import javafx.scene.control.Button;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.util.WaitForAsyncUtils;

class PictureWriterTest extends GuiTest {
    private static final long PATIENCE = 30;

    private SlowPicture picture;
    private ExportBar bar;
    private final List<String> told = new ArrayList<>();

    @TempDir private Path folder;

    @Override
    protected Parent createRoot() {
        picture = new SlowPicture();
        bar = new ExportBar(picture);
        return new VBox(bar, picture.node());
    }

    @BeforeEach
    void listen() {
        interact(
                () ->
                        Notices.showWith(
                                told::add, failure -> told.add("failed: " + failure.getMessage())));
    }

    @AfterEach
    void stopListening() {
        interact(
                () ->
                        Notices.showWith(
                                text -> {},
                                failure -> {
                                    throw failure;
                                }));
    }

    private void press(String format, Path file) {
        bar.setChooser(chosen -> Optional.of(file));
        interact(() -> ((Button) bar.lookup("#export-" + format)).fire());
    }

    /** The document is not there before the JavaFX thread has done something else. */
    @Test
    void theWindowGoesOnWhileAPictureIsEncodedAndWritten() throws Exception {
        Path file = folder.resolve("slow.svg");
        press("svg", file);
        assertFalse(Files.exists(file));
        assertEquals(List.of(), told);
        interact(picture.mayGoOn::countDown);
        PictureWriter.awaitIdle();
        WaitForAsyncUtils.waitForFxEvents();
        assertEquals("<svg/>", Files.readString(file));
        assertFalse(picture.encodedByJavaFx);
        assertEquals(1, told.size());
        assertTrue(told.getFirst().endsWith("slow.svg"), told.getFirst());
    }

    @Test
    void aPngIsOfTheMomentItWasAskedFor() throws Exception {
        Path file = folder.resolve("picture.png");
        press("png", file);
        PictureWriter.awaitIdle();
        byte[] png = Files.readAllBytes(file);
        assertEquals("PNG", new String(png, 1, 3, java.nio.charset.StandardCharsets.US_ASCII));
    }

    @Test
    void aFileThatCannotBeWrittenIsToldInOneLine() throws Exception {
        picture.mayGoOn.countDown();
        Path taken = Files.createDirectories(folder.resolve("taken.svg").resolve("inside"));
        press("svg", taken.getParent());
        PictureWriter.awaitIdle();
        WaitForAsyncUtils.waitForFxEvents();
        assertEquals(1, told.size());
        assertTrue(told.getFirst().startsWith("failed: "), told.getFirst());
        assertTrue(told.getFirst().contains("taken.svg"), told.getFirst());
        assertEquals(1, told.getFirst().lines().count());
        assertTrue(Files.isDirectory(taken));
    }

    @Test
    void aPictureOfNothingIsToldAtOnce() {
        press("csv", folder.resolve("nothing.csv"));
        assertEquals(List.of("failed: nothing"), told);
    }

    /** Makes its document only after somebody says so. */
    private static final class SlowPicture implements Exportable {
        private final Region node = new Region();
        private final CountDownLatch mayGoOn = new CountDownLatch(1);
        private volatile boolean encodedByJavaFx;

        SlowPicture() {
            node.setPrefSize(40, 30);
        }

        @Override
        public Region node() {
            return node;
        }

        @Override
        public String fileName() {
            return "slow";
        }

        @Override
        public Supplier<String> svg() {
            return () -> {
                encodedByJavaFx = Platform.isFxApplicationThread();
                try {
                    assertTrue(mayGoOn.await(PATIENCE, TimeUnit.SECONDS), "the window waits");
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                return "<svg/>";
            };
        }

        @Override
        public CsvDocument csv() {
            throw new UserException("nothing");
        }
    }
}
