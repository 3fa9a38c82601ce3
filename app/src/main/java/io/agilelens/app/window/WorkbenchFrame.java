package io.agilelens.app.window;

import io.agilelens.views.Messages;
import io.agilelens.views.Motion;
import io.agilelens.views.Notices;
import io.agilelens.views.Theme;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.binding.DoubleBinding;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.ScrollPane;
import javafx.scene.image.Image;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.stage.Stage;

/**
 * The window's frame: where one is (left), what one looks at (middle), levers and verdict (right),
 * between a line for the model and a line for the machine. The three zones never move.
 */
public final class WorkbenchFrame extends BorderPane {
    private static final String ICON = "/io/agilelens/resources/icon/agilelens.png";

    private static final double DOCK_SHARE = 0.54;
    private static final double TALLEST_DOCK = 520;

    /** Below so many pixels for each magnification the zone is too low for all that it holds. */
    private static final double ROOMY = 400;

    /** The dock's share of a zone that is too low for all. */
    private static final double LARGE_DOCK_SHARE = 0.65;

    /** Most of the window that a toast is wide. */
    private static final double TOAST_SHARE = 0.4;

    private final List<Station> stations;
    private final StationList list;
    private final TopBar topBar = new TopBar();
    private final VBox top = new VBox(topBar);
    private final WorkbenchStatusBar statusBar = new WorkbenchStatusBar();
    private final StackPane middle = new StackPane();
    private final Rehearsal rehearsal = new Rehearsal();
    private final VBox left = new VBox();
    private final VBox right = new VBox();
    private final ScrollPane recipeZone = new ScrollPane();
    private final VBox verdictZone = new VBox();
    private final Zones zones = new Zones(left, right);
    private final WindowOverlay overlay = new WindowOverlay();
    private final Toasts toasts = new Toasts();
    private final DoubleProperty magnification = new SimpleDoubleProperty(this, "magnification");
    private final List<Region> covers = new ArrayList<>();
    private final Map<Station, Node> made = new HashMap<>();
    private final Set<Station> ready = new HashSet<>();
    private final ObjectProperty<Region> docked = new SimpleObjectProperty<>(this, "docked");

    /** How high the zones are. */
    private final DoubleBinding room =
            Bindings.createDoubleBinding(
                    this::zoneHeight,
                    heightProperty(),
                    top.heightProperty(),
                    statusBar.heightProperty());

    private final BooleanBinding cramped =
            Bindings.createBooleanBinding(
                    () -> docked.get() != null && room.get() < ROOMY * magnification.get(),
                    docked,
                    room,
                    magnification);

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
        right.getStyleClass().add("right-zone");
        // The order of the keyboard: from above to below, left to right.
        setTop(top);
        setLeft(zones.left());
        setCenter(middle);
        setRight(zones.right());
        setBottom(statusBar);
        getChildren().add(rehearsal.node());
        cover(overlay);
        getChildren().add(toasts);
        // Bound, not subscribed: looks outlive a window and must not hold it.
        magnification.bind(Theme.magnificationProperty());
        zones.compactProperty().subscribe(list::setCompact);
        widthProperty().subscribe(width -> zones.fit(width.doubleValue()));
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
        recipeZone.setContent(recipe);
        recipeZone.setFitToWidth(true);
        recipeZone.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        recipeZone.getStyleClass().add("edge-to-edge");
        VBox.setVgrow(recipeZone, Priority.ALWAYS);
        verdictZone.getChildren().setAll(verdict);
        verdictZone.getStyleClass().add("verdict-zone");
        right.getChildren().setAll(recipeZone, verdictZone);
    }

    /** How wide the outer zones are. */
    Zones zones() {
        return zones;
    }

    /** Lays something over the whole window that is seen only now and then. */
    void cover(Region region) {
        region.setManaged(false);
        covers.add(region);
        getChildren().add(region);
    }

    /** Says for a while, in one line, what is done. */
    void toast(String text) {
        toasts.show(text);
    }

    /** What lies over the window for a moment. */
    WindowOverlay overlay() {
        return overlay;
    }

    /**
     * Gives the keyboard to another zone: above, left, middle, right, below.
     *
     * @param step 1 for the next one, −1 for the one before
     */
    void focusZone(int step) {
        FocusZones.move(List.of(topBar, list, middle, right, statusBar), getScene(), step);
    }

    @Override
    protected void layoutChildren() {
        super.layoutChildren();
        covers.forEach(cover -> cover.resizeRelocate(0, 0, getWidth(), getHeight()));
        layOutToasts();
    }

    /**
     * Below the stations nothing is that a toast could hide. Icons leave it too little room there:
     * then it lies for its while on the station's heading, not on a corner of its pictures.
     */
    private void layOutToasts() {
        boolean above = zones.compactProperty().get();
        toasts.setAbove(above);
        double beside = above ? left.getWidth() : 0;
        toasts.resizeRelocate(
                beside,
                above ? top.getHeight() : 0,
                (above ? TOAST_SHARE * getWidth() : left.getWidth()) - beside,
                getHeight() - statusBar.getHeight() - (above ? top.getHeight() : 0));
    }

    /**
     * Puts something above the recipe, as high as half of the zone at most; where type is large it
     * gets more, and the verdict says less, but that wholly.
     */
    void dock(Region node) {
        undock();
        node.prefHeightProperty()
                .bind(
                        Bindings.createDoubleBinding(
                                this::dockHeight, room, cramped, verdictZone.heightProperty()));
        node.minHeightProperty().bind(node.prefHeightProperty());
        zones.widenRight(true);
        right.getChildren().addFirst(node);
        docked.set(node);
    }

    /** Whether the right zone is too low for something above the recipe and all of the verdict. */
    BooleanBinding crampedProperty() {
        return cramped;
    }

    private double zoneHeight() {
        double below = Math.max(statusBar.getHeight(), statusBar.minHeight(-1));
        return getHeight() - top.getHeight() - below;
    }

    private double dockHeight() {
        double share = cramped.get() ? LARGE_DOCK_SHARE : DOCK_SHARE;
        double others = verdictZone.getHeight() + recipeZone.minHeight(-1);
        double height = Math.min(Math.min(TALLEST_DOCK, share * room.get()), room.get() - others);
        return Math.max(0, height);
    }

    /** Takes away what was put above the recipe. */
    void undock() {
        if (docked.get() != null) {
            right.getChildren().remove(docked.get());
            zones.widenRight(false);
            docked.set(null);
        }
    }

    /** Scrolls the recipe back to where it begins. */
    void showFirstLevers() {
        recipeZone.setVvalue(0);
    }

    /** Lays something over the window that places itself. */
    void mark(Node node) {
        getChildren().add(node);
    }

    /** Fills what is left below the stations, such as a filter of layers. */
    public void setBelowStations(Node node) {
        left.getChildren().setAll(list, node);
        VBox.setVgrow(node, Priority.ALWAYS);
    }

    private void show(Station station) {
        if (station == null) {
            return;
        }
        boolean keyboardHere =
                getScene() != null && FocusZones.contains(middle, getScene().getFocusOwner());
        middle.getChildren().setAll(view(station));
        if (keyboardHere) {
            // Otherwise it would go to the first control of the window, far from here.
            FocusZones.enter(middle);
        }
    }

    /** What the middle shows at a station; made when somebody first asks. */
    Node view(Station station) {
        return made.computeIfAbsent(station, s -> s.factory().get());
    }

    /**
     * Gives a station its looks before anybody opens it, so that this then takes no longer than the
     * second time. One that is open has its looks.
     */
    void rehearse(Station station, Rehearsal.Looks looks) {
        Node view = view(station);
        if (view.getParent() == null) {
            rehearsal.give(view, looks, middle.getWidth(), middle.getHeight());
        }
        if (looks == Rehearsal.Looks.PICTURES) {
            ready.add(station);
        }
    }

    /** Gives styles to a node that is never shown. */
    void rehearse(Node node) {
        rehearsal.give(node, Rehearsal.Looks.STYLES, middle.getWidth(), middle.getHeight());
    }

    /** Whether opening a station finds it made and with its looks. */
    boolean isReady(Station station) {
        return ready.contains(station);
    }

    /**
     * Puts the frame into a window: its looks, and the place where views report what happened.
     *
     * @return the scene, for its keys
     */
    public Scene install(Stage stage, double width, double height) {
        Scene scene = new Scene(this, width, height);
        scene.getStylesheets().add(Theme.sceneStylesheet());
        Motion.follow(scene);
        Notices.showWith(this::toast, failure -> Dialogs.showError(stage, failure));
        stage.setTitle(Messages.text("window.product"));
        stage.getIcons()
                .setAll(new Image(WorkbenchFrame.class.getResource(ICON).toExternalForm(), true));
        stage.setMinWidth(1024);
        stage.setMinHeight(700);
        stage.setScene(scene);
        return scene;
    }
}
