package io.agilelens.views.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.views.GuiTest;
import io.agilelens.views.Notices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
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

    /** A map has millions of values; nobody has to wait for the file of them. */
    @Test
    void aTableIsWrittenInSightAndStoppedInItsMiddle() throws Exception {
        List<Long> rows = new CopyOnWriteArrayList<>();
        AtomicReference<Cancellation> stop = new AtomicReference<>();
        interact(
                () ->
                        PictureWriter.showWith(
                                (name, cancellation) -> {
                                    told.add(name);
                                    stop.set(cancellation);
                                    return new PictureWriter.Writing() {
                                        @Override
                                        public void report(String step, long done, long total) {
                                            assertEquals(1000, total);
                                            rows.add(done);
                                            if (done == 10) {
                                                cancellation.cancel();
                                            }
                                        }

                                        @Override
                                        public void end(String message) {
                                            told.add(message);
                                        }
                                    };
                                }));
        float[] values = new float[1000];
        picture.table =
                HeatmapData.of(
                        1000,
                        1,
                        values,
                        new HeatmapData.Labels(
                                "x", "", "token", "channel", Integer::toString, Integer::toString));
        Path file = folder.resolve("map.csv");
        press("csv", file);
        PictureWriter.awaitIdle();
        WaitForAsyncUtils.waitForFxEvents();
        interact(() -> PictureWriter.showWith((_, _) -> PictureWriter.Writing.UNSEEN));
        assertTrue(stop.get().isCancelled());
        assertEquals(10, rows.size());
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
        assertEquals(List.of("Saving " + file, "Cancelled"), told);
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
        private HeatmapData table;

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
            if (table == null) {
                throw new UserException("nothing");
            }
            return csv -> csv.table(table);
        }
    }
}
