package io.agilelens.views;

import java.util.List;
import java.util.function.Supplier;
import javafx.application.Platform;
import javafx.beans.InvalidationListener;
import javafx.beans.WeakInvalidationListener;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.geometry.HPos;
import javafx.geometry.VPos;
import javafx.scene.Node;
import javafx.scene.control.Tab;
import javafx.scene.control.TabPane;
import javafx.scene.layout.Region;

/**
 * Pictures of which a few are in sight at a time: two stacks of tabs side by side where there is
 * room, one stack where there is not.
 */
public final class TabbedCards extends Region {
    private static final double ROOM_FOR_TWO = 720;
    private static final double GAP = 16;
    private static final double LEAST_HEIGHT = 220;

    private final TabPane left = stack();
    private final TabPane right = stack();
    private final List<Tab> leftTabs;
    private final List<Tab> rightTabs;
    private final DoubleProperty magnification = new SimpleDoubleProperty(this, "magnification");
    private final InvalidationListener magnified =
            property -> Platform.runLater(() -> arrange(isNarrow()));
    private boolean single;
    private boolean arranging;
    private Tab leftFront;
    private Tab rightFront;
    private Tab latest;

    /**
     * @param leftTabs made by {@link #tab}; the stack that is looked at first
     * @param rightTabs likewise
     */
    public TabbedCards(List<Tab> leftTabs, List<Tab> rightTabs) {
        this.leftTabs = List.copyOf(leftTabs);
        this.rightTabs = List.copyOf(rightTabs);
        left.getTabs().setAll(leftTabs);
        right.getTabs().setAll(rightTabs);
        leftFront = leftTabs.getFirst();
        rightFront = rightTabs.getFirst();
        latest = leftFront;
        for (TabPane stack : List.of(left, right)) {
            stack.getSelectionModel()
                    .selectedItemProperty()
                    .addListener((property, before, now) -> remember(now));
        }
        // Tabs moved while a layout pass runs would keep their old looks until the next one.
        widthProperty().addListener(property -> Platform.runLater(() -> arrange(isNarrow())));
        Theme.magnificationProperty().addListener(new WeakInvalidationListener(magnified));
        getChildren().addAll(left, right);
        setMinWidth(0);
        magnification.bind(Theme.magnificationProperty());
        // Usual type gives way in a small window; large type is scrolled to rather than cut.
        magnification.subscribe(
                factor -> {
                    if (!minHeightProperty().isBound()) {
                        double larger = factor.doubleValue();
                        setMinHeight(larger > 1 ? LEAST_HEIGHT * larger : 0);
                    }
                });
    }

    /** A tab around a card or anything else, which is styled and laid out once it is looked at. */
    public static Tab tab(String id, String title, Node content) {
        return tab(id, title, () -> content);
    }

    /**
     * The same.
     *
     * @param content made when the tab is first looked at
     */
    public static Tab tab(String id, String title, Supplier<? extends Node> content) {
        Tab tab = new Tab(title);
        tab.setId(id);
        tab.setClosable(false);
        tab.selectedProperty()
                .subscribe(
                        selected -> {
                            if (selected && tab.getContent() == null) {
                                tab.setContent(content.get());
                            }
                        });
        return tab;
    }

    /** An empty stack of tabs that cannot be closed. */
    public static TabPane stack() {
        TabPane stack = new TabPane();
        stack.setTabClosingPolicy(TabPane.TabClosingPolicy.UNAVAILABLE);
        stack.getStyleClass().addAll("dense", "card-tabs");
        stack.setMinSize(0, 0);
        return stack;
    }

    /** Larger type needs more room side by side. */
    private boolean isNarrow() {
        return getWidth() < ROOM_FOR_TWO * Theme.magnificationProperty().get();
    }

    /** Moves the right stack's tabs; what is in front stays in front. */
    private void arrange(boolean wanted) {
        if (wanted == single) {
            return;
        }
        single = wanted;
        arranging = true;
        if (single) {
            right.getTabs().clear();
            left.getTabs().addAll(rightTabs);
            left.getSelectionModel().select(latest);
        } else {
            left.getTabs().removeAll(rightTabs);
            right.getTabs().setAll(rightTabs);
            left.getSelectionModel().select(leftFront);
            right.getSelectionModel().select(rightFront);
        }
        right.setVisible(!single);
        arranging = false;
        requestLayout();
    }

    private void remember(Tab front) {
        if (arranging || front == null) {
            return;
        }
        latest = front;
        if (leftTabs.contains(front)) {
            leftFront = front;
        } else {
            rightFront = front;
        }
    }

    @Override
    protected void layoutChildren() {
        double height = getHeight();
        if (single) {
            layoutInArea(left, 0, 0, getWidth(), height, 0, HPos.LEFT, VPos.TOP);
        } else {
            double half = Math.floor((getWidth() - GAP) / 2);
            layoutInArea(left, 0, 0, half, height, 0, HPos.LEFT, VPos.TOP);
            layoutInArea(
                    right, half + GAP, 0, getWidth() - half - GAP, height, 0, HPos.LEFT, VPos.TOP);
        }
    }

    @Override
    protected double computePrefWidth(double height) {
        return ROOM_FOR_TWO;
    }

    @Override
    protected double computePrefHeight(double width) {
        return 320;
    }
}
