package io.agilelens.views.tokens;

import io.agilelens.views.Messages;
import io.agilelens.views.WrappingRow;
import java.util.Locale;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.StackPane;

/** The switch {@code pruned at | baseline | tuned | difference}; one of them is always on. */
final class ColoringSwitch extends StackPane {
    private final ToggleGroup group = new ToggleGroup();
    private final WrappingRow buttons = new WrappingRow(WrappingRow.Align.END, 0, 4);

    ColoringSwitch(TokensViewModel model) {
        getStyleClass().add("comparison-switch");
        TokenColoring[] all = TokenColoring.values();
        for (int i = 0; i < all.length; i++) {
            String side = i == 0 ? "left-pill" : i == all.length - 1 ? "right-pill" : "center-pill";
            buttons.getChildren().add(button(model, all[i], side));
        }
        getChildren().add(buttons);
        model.coloringProperty().subscribe(this::show);
        model.tableProperty()
                .subscribe(
                        table -> {
                            ToggleButton fate = button(TokenColoring.REMOVAL);
                            fate.setDisable(table.filter(TokenTable::prunes).isEmpty());
                            boolean marks = table.map(TokenTable::marks).orElse(false);
                            fate.setText(
                                    Messages.text(
                                            "tokens.coloring." + (marks ? "MARK" : "REMOVAL")));
                        });
    }

    private ToggleButton button(TokensViewModel model, TokenColoring coloring, String side) {
        ToggleButton button = new ToggleButton(Messages.text("tokens.coloring." + coloring));
        button.setId("coloring-" + coloring.name().toLowerCase(Locale.ROOT));
        button.setUserData(coloring);
        button.setToggleGroup(group);
        button.setTooltip(new Tooltip(Messages.text("tokens.coloring." + coloring + ".help")));
        button.getStyleClass().addAll("small", side, coloring.name().toLowerCase(Locale.ROOT));
        button.setOnAction(
                event -> {
                    model.wishedColoringProperty().set(coloring);
                    button.setSelected(true);
                });
        return button;
    }

    private ToggleButton button(TokenColoring coloring) {
        return (ToggleButton) buttons.getChildren().get(coloring.ordinal());
    }

    private void show(TokenColoring coloring) {
        group.selectToggle(button(coloring));
    }
}
