package io.agilelens.views.tokens;

import io.agilelens.views.Figures;
import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import java.util.ArrayList;
import java.util.List;
import javafx.geometry.HPos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** All that is known about the selected token: fate, reason, what each layer decided, losses. */
final class TokenDetail extends VBox {
    private static final List<String> COLUMNS =
            List.of("layer", "score", "rank", "threshold", "fate");

    private final Label heading = new Label();
    private final Label reason = small();
    private final GridPane judgements = new GridPane(12, 2);
    private final Label losses = small();

    /** Lines of the table below its heads, made once and shown as far as they are needed. */
    private final List<Label[]> lines = new ArrayList<>();

    TokenDetail() {
        getStyleClass().add("chart-card");
        setId("token-detail");
        heading.getStyleClass().add("card-heading");
        heading.setMinHeight(28);
        reason.setId("token-reason");
        for (int column = 0; column < COLUMNS.size(); column++) {
            ColumnConstraints constraints = new ColumnConstraints();
            boolean last = column == COLUMNS.size() - 1;
            constraints.setHalignment(last ? HPos.LEFT : HPos.RIGHT);
            judgements.getColumnConstraints().add(constraints);
            judgements.add(head(COLUMNS.get(column)), column, 0);
        }
        hide(judgements, true);
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
        if (table == null || token < 0) {
            hide(judgements, true);
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
        hide(judgements, decided.isEmpty());
        for (int i = 0; i < decided.size(); i++) {
            Judgement judgement = decided.get(i);
            String stayed = table.isProtected(token) ? "tokens.protected" : "tokens.fate.stayed";
            String fate =
                    judgement.left()
                            ? "tokens.fate.left"
                            : judgement.gotFewerBits() ? "tokens.fate.marked" : stayed;
            fill(
                    i,
                    Integer.toString(judgement.layer()),
                    Figures.number(judgement.score()),
                    Messages.text(
                            "tokens.rank",
                            Integer.toString(judgement.rank() + 1),
                            Integer.toString(judgement.entered())),
                    Figures.number(judgement.threshold()),
                    Messages.text(fate));
        }
        for (int i = decided.size(); i < lines.size(); i++) {
            for (Label cell : lines.get(i)) {
                hide(cell, true);
            }
        }
        losses.setText(losses(table, token));
    }

    private static void hide(Node node, boolean hidden) {
        node.setVisible(!hidden);
        node.setManaged(!hidden);
    }

    private static String losses(TokenTable table, int token) {
        String how = TokenWords.prediction(table, token);
        if (token == 0) {
            return how;
        }
        float baseline = table.baselineLoss()[token];
        float tuned = table.tunedLoss()[token];
        List<String> losses = Figures.alike(baseline, tuned, tuned - baseline);
        String words =
                Messages.text(
                        "tokens.loss",
                        losses.get(0),
                        losses.get(1),
                        tuned > baseline ? "+" + losses.get(2) : losses.get(2));
        return how.isEmpty() ? words : words + " " + how;
    }

    private static Label head(String key) {
        Label label = small();
        label.setText(Messages.text("tokens.column." + key));
        Help.on(label, Messages.text("tokens.column." + key + ".help"));
        label.getStyleClass().add("muted");
        label.setMinWidth(USE_PREF_SIZE);
        return label;
    }

    private void fill(int line, String... texts) {
        if (line == lines.size()) {
            lines.add(new Label[texts.length]);
            for (int column = 0; column < texts.length; column++) {
                Label cell = small();
                cell.setWrapText(false);
                cell.setMinWidth(USE_PREF_SIZE);
                lines.get(line)[column] = cell;
                judgements.add(cell, column, line + 1);
            }
        }
        for (int column = 0; column < texts.length; column++) {
            Label cell = lines.get(line)[column];
            hide(cell, false);
            cell.setText(texts[column]);
        }
    }
}
