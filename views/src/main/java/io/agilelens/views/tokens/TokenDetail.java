package io.agilelens.views.tokens;

import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import java.util.List;
import javafx.geometry.HPos;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** All that is known about the selected token: fate, reason, what each layer decided, losses. */
final class TokenDetail extends VBox {
    private final Label heading = new Label();
    private final Label reason = small();
    private final GridPane judgements = new GridPane(12, 2);
    private final Label losses = small();

    TokenDetail() {
        getStyleClass().add("chart-card");
        setId("token-detail");
        heading.getStyleClass().add("card-heading");
        heading.setMinHeight(28);
        reason.setId("token-reason");
        for (int column = 0; column < 5; column++) {
            ColumnConstraints constraints = new ColumnConstraints();
            constraints.setHalignment(column == 4 ? HPos.LEFT : HPos.RIGHT);
            judgements.getColumnConstraints().add(constraints);
        }
        getChildren().addAll(heading, reason, judgements, losses);
        setMinWidth(0);
    }

    private static Label small() {
        Label label = new Label();
        label.getStyleClass().add("small");
        label.setWrapText(true);
        label.setMinHeight(Region.USE_PREF_SIZE);
        return label;
    }

    /** Shows a token; −1 asks for one. */
    void show(TokenTable table, int token) {
        judgements.getChildren().clear();
        if (table == null || token < 0) {
            heading.setText(Messages.text("tokens.detail.none"));
            reason.setText(Messages.text("tokens.detail.how"));
            losses.setText("");
            return;
        }
        heading.setText(
                Messages.text(
                        "tokens.detail.title",
                        Integer.toString(token),
                        TokenWords.quoted(table.tokens().get(token))));
        reason.setText(TokenWords.reason(table, token));
        List<Judgement> decided = table.judgements(token);
        if (!decided.isEmpty()) {
            heads("layer", "score", "rank", "threshold", "fate");
        }
        for (int i = 0; i < decided.size(); i++) {
            Judgement judgement = decided.get(i);
            String stayed = table.isProtected(token) ? "tokens.protected" : "tokens.fate.stayed";
            String fate =
                    judgement.left()
                            ? "tokens.fate.left"
                            : judgement.gotFewerBits() ? "tokens.fate.marked" : stayed;
            cells(
                    i + 1,
                    Integer.toString(judgement.layer()),
                    Figures.number(judgement.score()),
                    Messages.text(
                            "tokens.rank",
                            Integer.toString(judgement.rank() + 1),
                            Integer.toString(judgement.entered())),
                    Figures.number(judgement.threshold()),
                    Messages.text(fate));
        }
        losses.setText(losses(table, token));
    }

    private static String losses(TokenTable table, int token) {
        String how = TokenWords.prediction(table, token);
        if (token == 0) {
            return how;
        }
        float baseline = table.baselineLoss()[token];
        float tuned = table.tunedLoss()[token];
        String words =
                Messages.text(
                        "tokens.loss",
                        Figures.number(baseline),
                        Figures.number(tuned),
                        Figures.signed(tuned - baseline));
        return how.isEmpty() ? words : words + " " + how;
    }

    private void heads(String... keys) {
        for (int column = 0; column < keys.length; column++) {
            Label label = small();
            label.setText(Messages.text("tokens.column." + keys[column]));
            label.setTooltip(new Tooltip(Messages.text("tokens.column." + keys[column] + ".help")));
            label.getStyleClass().add("muted");
            label.setMinWidth(USE_PREF_SIZE);
            judgements.add(label, column, 0);
        }
    }

    private void cells(int row, String... texts) {
        for (int column = 0; column < texts.length; column++) {
            Label label = small();
            label.setWrapText(false);
            label.setMinWidth(USE_PREF_SIZE);
            label.setText(texts[column]);
            judgements.add(label, column, row);
        }
    }
}
