package io.agilelens.views.tokens;

import io.agilelens.views.Messages;
import io.agilelens.views.Pills;
import io.agilelens.views.WrappingRow;
import javafx.scene.control.ToggleButton;
import javafx.scene.layout.StackPane;

/** The switch {@code pruned at | baseline | tuned | difference}; one of them is always on. */
final class ColoringSwitch extends StackPane {
    ColoringSwitch(TokensViewModel model) {
        getStyleClass().add("comparison-switch");
        TokenColoring[] all = TokenColoring.values();
        Pills<TokenColoring> pills =
                new Pills<>(all, "tokens.coloring", model.wishedColoringProperty()::set)
                        .named("coloring-");
        WrappingRow row = new WrappingRow(WrappingRow.Align.END, 0, 4);
        row.getChildren().addAll(pills.buttons());
        getChildren().add(row);
        model.coloringProperty().subscribe(pills::select);
        model.tableProperty()
                .subscribe(
                        table -> {
                            ToggleButton fate = pills.button(TokenColoring.REMOVAL);
                            fate.setDisable(table.filter(TokenTable::prunes).isEmpty());
                            boolean marks = table.map(TokenTable::marks).orElse(false);
                            fate.setText(
                                    Messages.text(
                                            "tokens.coloring." + (marks ? "MARK" : "REMOVAL")));
                        });
    }
}
