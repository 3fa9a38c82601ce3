package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.views.GuiTest;
import io.agilelens.views.workbench.WindowComparison;
import io.agilelens.views.workbench.Workbench;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javafx.scene.Parent;
import javafx.scene.control.Button;
import javafx.scene.layout.StackPane;
import javafx.stage.Stage;
import org.junit.jupiter.api.Test;
import org.kordamp.ikonli.feather.Feather;
import org.testfx.util.WaitForAsyncUtils;

/** Stations are there before anybody opens them, and cost nothing before the first pictures. */
class StationsAheadTest extends GuiTest {
    private static final WindowComparison PICTURES =
            new WindowComparison(0, List.of(), null, null, null);

    private final Workbench workbench = new Workbench();
    private final List<String> created = new ArrayList<>();
    private WorkbenchFrame frame;

    @Override
    protected Parent createRoot() {
        frame = new WorkbenchFrame(List.of(station("one"), station("two"), station("three")));
        return frame;
    }

    @Override
    public void start(Stage stage) {
        super.start(stage);
        StationsAhead.begin(workbench, frame);
    }

    private Station station(String id) {
        return new Station(
                id,
                id,
                id,
                Feather.BOX,
                () -> {
                    created.add(id);
                    return new StackPane(new Button(id));
                });
    }

    @Test
    void stationsAreMadeOnceTheFirstPicturesAreThere() throws Exception {
        settle();
        assertEquals(List.of("one"), created);
        interact(
                () -> {
                    workbench.comparisonStaleProperty().set(true);
                    workbench.comparisonProperty().set(Optional.of(PICTURES));
                });
        settle();
        assertEquals(List.of("one"), created);
        interact(() -> workbench.comparisonStaleProperty().set(false));
        Button button = button("two");
        assertEquals(List.of("one", "two", "three"), created);
        assertEquals("one", frame.stationProperty().get().id());
        interact(
                () ->
                        assertNull(
                                lookup("two")
                                        .match(Button.class::isInstance)
                                        .tryQuery()
                                        .orElse(null)));
        interact(() -> frame.open("two"));
        assertSame(button, button("two"));
        assertSame(frame.getScene(), button.getScene());
        assertEquals(List.of("one", "two", "three"), created);
    }

    @Test
    void aStationOpenedMeanwhileIsLeftAlone() throws Exception {
        interact(
                () -> {
                    workbench.comparisonProperty().set(Optional.of(PICTURES));
                    frame.open("three");
                });
        Button open = button("three");
        button("two");
        assertSame(frame.getScene(), open.getScene());
        assertTrue(open.getParent().isVisible());
        assertEquals(List.of("one", "three", "two"), created);
    }

    @Test
    void aStationIsStyledAndLaidOutBeforeItIsOpened() throws Exception {
        interact(() -> workbench.comparisonProperty().set(Optional.of(PICTURES)));
        Button button = button("three");
        StackPane middle = (StackPane) button("one").getParent().getParent();
        interact(
                () -> {
                    assertNull(button.getScene());
                    assertNotNull(button.getSkin());
                    assertTrue(button.getWidth() > 0);
                    assertEquals(1, middle.getChildren().size());
                    assertEquals(middle.getWidth(), ((StackPane) button.getParent()).getWidth());
                });
        interact(() -> frame.open("three"));
        settle();
        assertTrue(button.isVisible() && button.getParent().isVisible());
        assertSame(frame.getScene(), button.getScene());
    }

    /** Of a station that is prepared, or will be. */
    private Button button(String id) throws Exception {
        Station station =
                frame.stations().stream()
                        .filter(each -> each.id().equals(id))
                        .findFirst()
                        .orElseThrow();
        WaitForAsyncUtils.waitFor(30, TimeUnit.SECONDS, () -> frame.isReady(station));
        return (Button) ((StackPane) frame.view(station)).getChildren().getFirst();
    }
}
