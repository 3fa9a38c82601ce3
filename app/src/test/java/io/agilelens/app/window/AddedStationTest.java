package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javafx.scene.control.Label;
import javafx.stage.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kordamp.ikonli.feather.Feather;
import org.testfx.framework.junit5.ApplicationTest;
import org.testfx.util.WaitForAsyncUtils;

/** A station added as docs/extending.md says: it is found by the service loader. */
class AddedStationTest extends ApplicationTest {
    private final List<Throwable> failures = new ArrayList<>();
    private WorkbenchWindow window;

    @TempDir Path folder;

    /** Says how many layers the open model has, which is all that it is for. */
    public static final class LayerCount implements AddedStation {
        @Override
        public Station station(Workbench workbench, WorkbenchActions actions) {
            return new Station(
                    "layer-count",
                    "Layer count",
                    "How many layers the model has.",
                    Feather.LAYERS,
                    () -> {
                        Label label = new Label();
                        label.setId("layer-count-shown");
                        workbench
                                .modelProperty()
                                .subscribe(
                                        model ->
                                                label.setText(
                                                        model.map(m -> m.config().layers())
                                                                .map(String::valueOf)
                                                                .orElse("no model")));
                        return label;
                    });
        }
    }

    /** As a jar would: other tests have no such station. */
    @Override
    public void start(Stage stage) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(
                services.resolve(AddedStation.class.getName()), LayerCount.class.getName());
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader jar =
                new URLClassLoader(
                        new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            Thread.currentThread().setContextClassLoader(jar);
            window = WorkbenchWindow.open(stage, "sample:llama-tiny", failures::add);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @AfterEach
    void closeWindow() {
        interact(() -> window.controller().close());
    }

    @Test
    void standsBehindTheOthersAndFollowsTheModel() throws Exception {
        assertEquals("layer-count", window.frame().stations().getLast().id());
        WaitForAsyncUtils.waitFor(
                60, TimeUnit.SECONDS, () -> window.workbench().modelProperty().get().isPresent());
        interact(() -> window.frame().open("layer-count"));
        assertEquals("8", lookup("#layer-count-shown").queryLabeled().getText());
        assertTrue(failures.isEmpty(), failures.toString());
    }
}
