package io.agilelens.app.window;

import io.agilelens.views.Messages;
import io.agilelens.views.workbench.SessionHistory;
import javafx.css.PseudoClass;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;

/** Every step of the session, undone ones too; choosing one goes there. */
final class HistoryList extends ListView<String> {
    private static final PseudoClass UNDONE = PseudoClass.getPseudoClass("undone");

    private final SessionHistory history;
    private boolean showing;

    HistoryList(SessionHistory history) {
        super(history.names());
        this.history = history;
        setId("history-list");
        getStyleClass().addAll("dense", "history-list");
        setAccessibleText(Messages.text("history.title"));
        setPrefSize(280, 320);
        setCellFactory(_ -> new StepCell());
        history.positionProperty().subscribe(_ -> showPosition());
        getSelectionModel()
                .selectedIndexProperty()
                .subscribe(
                        index -> {
                            if (!showing
                                    && index.intValue() >= 0
                                    && index.intValue() != history.positionProperty().get()) {
                                history.jumpTo(index.intValue());
                            }
                        });
    }

    private void showPosition() {
        showing = true;
        int position = history.positionProperty().get();
        getSelectionModel().select(position);
        scrollTo(Math.max(0, position - 3));
        refresh();
        showing = false;
    }

    private final class StepCell extends ListCell<String> {
        @Override
        protected void updateItem(String name, boolean empty) {
            super.updateItem(name, empty);
            boolean undone = !empty && getIndex() > history.positionProperty().get();
            setText(empty ? null : name);
            setAccessibleText(undone ? Messages.text("history.undone", name) : name);
            pseudoClassStateChanged(UNDONE, undone);
        }
    }
}
