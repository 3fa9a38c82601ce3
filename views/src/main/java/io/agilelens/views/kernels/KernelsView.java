package io.agilelens.views.kernels;

import io.agilelens.views.Messages;
import io.agilelens.views.StationPane;
import io.agilelens.views.TabbedCards;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.function.Supplier;
import javafx.beans.binding.Bindings;
import javafx.scene.Node;
import javafx.scene.control.Tab;
import javafx.scene.control.TabPane;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.StackPane;
import org.controlsfx.control.SegmentedButton;

/**
 * The Kernels station: how fast this machine multiplies in each arithmetic and how fast it could,
 * what whole passes make of that, and how one multiplication does the work of two.
 */
public final class KernelsView extends StackPane {
    private final KernelsViewModel model;

    public KernelsView(Workbench workbench, WorkbenchActions actions) {
        model = new KernelsViewModel(workbench);
        setId("kernels");
        TabPane tabs = TabbedCards.stack();
        tabs.setId("kernels-tabs");
        Tab multiplier = tab("multiplier", MultiplierView::new);
        tabs.getTabs()
                .addAll(
                        tab("products", () -> new ProductsPane(workbench, model, actions)),
                        tab("widths", () -> new WidthsPane(workbench, model, actions)),
                        tab("passes", () -> new PassesPane(workbench, model, actions)),
                        multiplier);
        SegmentedButton phase = phaseSwitch();
        phase.visibleProperty()
                .bind(
                        Bindings.notEqual(
                                tabs.getSelectionModel().selectedItemProperty(), multiplier));
        getChildren().add(new StationPane(Messages.text("kernels.title"), tabs, phase));
        setMinSize(0, 0);
    }

    private static Tab tab(String key, Supplier<? extends Node> content) {
        return TabbedCards.tab("kernels-tab-" + key, Messages.text("kernels.tab." + key), content);
    }

    private SegmentedButton phaseSwitch() {
        ToggleButton prefill = new ToggleButton(Messages.text("kernels.prefill"));
        ToggleButton decode = new ToggleButton(Messages.text("kernels.decode"));
        prefill.setTooltip(new Tooltip(Messages.text("kernels.prefill.help")));
        decode.setTooltip(new Tooltip(Messages.text("kernels.decode.help")));
        prefill.setId("kernels-prefill");
        decode.setId("kernels-decode");
        prefill.setSelected(true);
        prefill.setOnAction(
                _ -> {
                    model.decodeProperty().set(false);
                    prefill.setSelected(true);
                });
        decode.setOnAction(
                _ -> {
                    model.decodeProperty().set(true);
                    decode.setSelected(true);
                });
        SegmentedButton phase = new SegmentedButton(prefill, decode);
        phase.getStyleClass().add("choice-switch");
        return phase;
    }
}
