package io.agilelens.views.outliers;

import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import java.util.Arrays;
import java.util.Optional;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ToggleButton;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;

/** Chooses the factor of the selected channel in place of TRIP, or leaves it to TRIP again. */
final class FactorEditor extends FlowPane {
    private final OutliersViewModel model;
    private final Label channel = new Label();
    private final HBox factors = new HBox();
    private final Button auto = button("auto");
    private final Button autoAll = button("auto.all");
    private Optional<TripFactors> shown = Optional.empty();
    private int selected;
    private int[] offered = {};

    FactorEditor(OutliersViewModel model) {
        super(8, 4);
        this.model = model;
        setId("factor-editor");
        setAlignment(Pos.CENTER_LEFT);
        setMinHeight(Region.USE_PREF_SIZE);
        channel.setId("factor-channel");
        auto.setOnAction(_ -> model.releaseFactor());
        autoAll.setOnAction(_ -> model.releaseFactors());
        factors.getStyleClass().add("comparison-switch");
        getChildren().addAll(channel, factors, auto, autoAll);
    }

    private static Button button(String key) {
        Button button = new Button(Messages.text("outliers.factors." + key));
        button.setId("factor-" + key.replace('.', '-'));
        button.getStyleClass().add("small");
        Help.wrapped(button, Messages.text("outliers.factors." + key + ".help"));
        return button;
    }

    /** Shows a channel of what there is; nothing where TRIP does not act. */
    void show(Optional<TripFactors> now, int ofChannel) {
        shown = now;
        selected = ofChannel;
        setVisible(now.isPresent());
        setManaged(now.isPresent());
        now.ifPresent(this::fill);
    }

    private void fill(TripFactors now) {
        int[] candidates = now.fit().candidates();
        // Buttons that stay keep the keyboard's focus.
        if (!Arrays.equals(candidates, offered)) {
            offered = candidates;
            factors.getChildren().clear();
            for (int i = 0; i < candidates.length; i++) {
                factors.getChildren().add(choice(candidates[i], i, candidates.length));
            }
        }
        channel.setText(Messages.text("outliers.factors.channel", Integer.toString(selected)));
        for (int i = 0; i < candidates.length; i++) {
            ToggleButton button = (ToggleButton) factors.getChildren().get(i);
            button.setSelected(candidates[i] == now.exponent(selected));
            button.setAccessibleText(
                    Messages.text(
                            "outliers.factors.choose",
                            Integer.toString(selected),
                            Integer.toString(1 << candidates[i])));
        }
        auto.setDisable(!now.isFixed(selected));
        autoAll.setDisable(now.fixed().isEmpty());
        autoAll.setText(Messages.text("outliers.factors.auto.all.count", now.fixed().size()));
    }

    private ToggleButton choice(int exponent, int index, int count) {
        ToggleButton button = new ToggleButton("×" + (1 << exponent));
        button.setId("factor-" + (1 << exponent));
        String side = index == 0 ? "left-pill" : index == count - 1 ? "right-pill" : "center-pill";
        button.getStyleClass().addAll("small", "tuned", side);
        Help.wrapped(button, Messages.text("outliers.factors.choose.help"));
        button.setOnAction(
                _ -> {
                    button.setSelected(true);
                    model.fixFactor(exponent);
                });
        return button;
    }

    /** Up and down change the factor, Delete leaves it to TRIP; other keys pass. */
    void press(KeyEvent event) {
        if (shown.isEmpty() || event.isShortcutDown() || event.isAltDown()) {
            return;
        }
        switch (event.getCode()) {
            case UP -> model.fixFactor(shown.get().neighbour(selected, 1));
            case DOWN -> model.fixFactor(shown.get().neighbour(selected, -1));
            case DELETE, BACK_SPACE -> model.releaseFactor();
            default -> {
                return;
            }
        }
        event.consume();
    }
}
