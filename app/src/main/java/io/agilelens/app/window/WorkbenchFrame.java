package io.agilelens.app.window;

import io.agilelens.views.Messages;
import io.agilelens.views.Notices;
import io.agilelens.views.Theme;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.ScrollPane;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.stage.Stage;

/**
 * The window's frame: where one is (left), what one looks at (middle), levers and verdict (right),
 * between a line for the model and a line for the machine. The three zones never move.
 */
public final class WorkbenchFrame extends BorderPane {
    private final List<Station> stations;
    private final StationList list;
    private final TopBar topBar = new TopBar();
    private final VBox top = new VBox(topBar);
    private final WorkbenchStatusBar statusBar = new WorkbenchStatusBar();
    private final StackPane middle = new StackPane();
    private final VBox left = new VBox();
    private final Map<Station, Node> made = new HashMap<>();

    /**
     * @param stations in the order of the list, at least one; the first is opened
     */
    public WorkbenchFrame(List<Station> stations) {
        this.stations = List.copyOf(stations);
        this.list = new StationList(stations);
        getStyleClass().add("workbench");
        left.getStyleClass().add("left-zone");
        left.getChildren().add(list);
        middle.getStyleClass().add("middle-zone");
        middle.setMinSize(0, 0);
        setTop(top);
        setLeft(left);
        setCenter(middle);
        setBottom(statusBar);
        list.currentProperty().subscribe(this::show);
        list.currentProperty().set(this.stations.getFirst());
    }

    /** The line above. */
    public TopBar topBar() {
        return topBar;
    }

    /** Says something that waits for an answer, between the line above and the rest. */
    public void showMessage(Node message) {
        top.getChildren().setAll(topBar, message);
    }

    /** Takes a message away, unless another one came meanwhile. */
    public void hideMessage(Node message) {
        top.getChildren().remove(message);
    }

    /** The line below. */
    public WorkbenchStatusBar statusBar() {
        return statusBar;
    }

    /** All stations, in the order of the list. */
    public List<Station> stations() {
        return stations;
    }

    /** What the middle shows. */
    public ReadOnlyObjectProperty<Station> stationProperty() {
        return list.currentProperty();
    }

    /** Whether there is a station of that name. */
    public boolean has(String id) {
        return stations.stream().anyMatch(station -> station.id().equals(id));
    }

    /**
     * Goes to a station.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public void open(String id) {
        list.currentProperty()
                .set(
                        stations.stream()
                                .filter(station -> station.id().equals(id))
                                .findFirst()
                                .orElseThrow(() -> new IllegalArgumentException("no " + id)));
    }

    /**
     * Fills the right zone, at every station the same.
     *
     * @param recipe the levers; scrolls when the window is low
     * @param verdict quality and speed against the baseline; always in sight
     */
    public void setRight(Node recipe, Node verdict) {
        ScrollPane scroll = new ScrollPane(recipe);
        scroll.setFitToWidth(true);
        scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        scroll.getStyleClass().add("edge-to-edge");
        VBox.setVgrow(scroll, Priority.ALWAYS);
        VBox framed = new VBox(verdict);
        framed.getStyleClass().add("verdict-zone");
        VBox right = new VBox(scroll, framed);
        right.getStyleClass().add("right-zone");
        setRight(right);
    }

    /** Fills what is left below the stations, such as a filter of layers. */
    public void setBelowStations(Node node) {
        left.getChildren().setAll(list, node);
        VBox.setVgrow(node, Priority.ALWAYS);
    }

    private void show(Station station) {
        if (station != null) {
            middle.getChildren().setAll(view(station));
        }
    }

    /** What the middle shows at a station; made when somebody first asks. */
    Node view(Station station) {
        return made.computeIfAbsent(station, s -> s.factory().get());
    }

    /** Whether a station was opened already, or made for that. */
    boolean isMade(Station station) {
        return made.containsKey(station);
    }

    /**
     * Puts the frame into a window: looks, keys for stations, theme and full screen, and the place
     * where views report what happened.
     *
     * @return the scene, for further keys
     */
    public Scene install(Stage stage, double width, double height) {
        Scene scene = new Scene(this, width, height);
        scene.getStylesheets().add(Theme.sceneStylesheet());
        for (int i = 0; i < Math.min(stations.size(), 9); i++) {
            Station station = stations.get(i);
            onShortcut(
                    scene,
                    KeyCode.valueOf("DIGIT" + (i + 1)),
                    () -> list.currentProperty().set(station));
        }
        onShortcut(scene, KeyCode.L, Theme::toggle);
        scene.getAccelerators()
                .put(
                        new KeyCodeCombination(KeyCode.F11),
                        () -> stage.setFullScreen(!stage.isFullScreen()));
        Notices.showWith(
                text -> Dialogs.toast(stage, text), failure -> Dialogs.showError(stage, failure));
        stage.setTitle(Messages.text("window.product"));
        stage.setMinWidth(1024);
        stage.setMinHeight(700);
        stage.setScene(scene);
        return scene;
    }

    /** Runs an action on Ctrl (Command on a Mac) and a key. */
    public static void onShortcut(Scene scene, KeyCode key, Runnable action) {
        scene.getAccelerators()
                .put(new KeyCodeCombination(key, KeyCombination.SHORTCUT_DOWN), action);
    }
}
