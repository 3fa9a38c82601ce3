package io.agilelens.views.palette;

import io.agilelens.views.Messages;
import java.util.BitSet;
import java.util.List;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.scene.text.Text;
import javafx.scene.text.TextFlow;

/**
 * Everything that can be done, by typing a few letters of it. The keyboard stays in the field: up
 * and down choose, Enter does, Escape leaves.
 */
public final class CommandPalette extends VBox {
    private static final int PAGE = 8;

    private final PaletteViewModel viewModel;
    private final Runnable onClose;
    private final TextField query = new TextField();
    private final ListView<PaletteViewModel.Found> list = new ListView<>();
    private final Label none = new Label(Messages.text("palette.none"));

    /**
     * @param onClose hears that the palette is to go
     */
    public CommandPalette(PaletteViewModel viewModel, Runnable onClose) {
        this.viewModel = viewModel;
        this.onClose = onClose;
        setId("palette");
        getStyleClass().add("palette");
        query.setId("palette-query");
        query.setPromptText(Messages.text("palette.prompt"));
        query.setAccessibleText(Messages.text("palette.prompt"));
        list.setId("palette-list");
        list.setAccessibleText(Messages.text("palette.list"));
        list.setFocusTraversable(false);
        list.setCellFactory(_ -> new EntryCell());
        none.setWrapText(true);
        none.getStyleClass().add("muted");
        list.setPlaceholder(none);
        Label keys = new Label(Messages.text("palette.keys"));
        keys.getStyleClass().addAll("small", "muted");
        VBox.setVgrow(list, Priority.ALWAYS);
        getChildren().addAll(query, list, keys);
        query.textProperty().subscribe(this::find);
        query.addEventFilter(KeyEvent.KEY_PRESSED, this::press);
        // What is chosen is read out although the keyboard stays in the field.
        list.getSelectionModel()
                .selectedItemProperty()
                .subscribe(
                        found ->
                                query.setAccessibleHelp(
                                        found == null
                                                ? Messages.text("palette.none")
                                                : spoken(found.entry())));
        list.setOnMouseClicked(
                click -> {
                    if (click.getTarget() != list) {
                        choose();
                    }
                });
    }

    /** Empties the field and takes the keyboard. */
    public void begin() {
        query.clear();
        find("");
        query.requestFocus();
    }

    private void find(String text) {
        List<PaletteViewModel.Found> found = viewModel.find(text);
        list.getItems().setAll(found);
        list.getSelectionModel().selectFirst();
        list.scrollTo(0);
    }

    private void press(KeyEvent event) {
        switch (event.getCode()) {
            case DOWN -> move(1);
            case UP -> move(-1);
            case PAGE_DOWN -> move(PAGE);
            case PAGE_UP -> move(-PAGE);
            case ENTER -> choose();
            case TAB -> move(event.isShiftDown() ? -1 : 1);
            default -> {
                return;
            }
        }
        event.consume();
    }

    private void move(int step) {
        int last = list.getItems().size() - 1;
        if (last < 0) {
            return;
        }
        int at = list.getSelectionModel().getSelectedIndex();
        int next =
                Math.abs(step) == 1
                        ? Math.floorMod(at + step, last + 1)
                        : Math.clamp(at + step, 0, last);
        list.getSelectionModel().select(next);
        list.scrollTo(Math.max(0, next - PAGE / 2));
    }

    private void choose() {
        PaletteViewModel.Found found = list.getSelectionModel().getSelectedItem();
        if (found != null && found.entry().enabled()) {
            onClose.run();
            viewModel.choose(found.entry());
        }
    }

    private static String spoken(PaletteEntry entry) {
        return String.join(
                        ", ",
                        entry.title(),
                        entry.detail(),
                        entry.shortcut(),
                        entry.enabled() ? "" : Messages.text("palette.disabled"))
                .replaceAll("(, )+$", "");
    }

    /** One line: what sort of thing, what it does, more about it, and its key. */
    private static final class EntryCell extends ListCell<PaletteViewModel.Found> {
        private final Label kind = new Label();
        private final TextFlow title = new TextFlow();
        private final Label detail = new Label();
        private final Label shortcut = new Label();
        private final HBox line;

        EntryCell() {
            kind.getStyleClass().addAll("small", "muted", "palette-kind");
            title.getStyleClass().add("palette-title");
            title.setMinWidth(Region.USE_PREF_SIZE);
            detail.getStyleClass().addAll("small", "muted");
            detail.setMinWidth(0);
            shortcut.getStyleClass().addAll("small", "key");
            shortcut.setMinWidth(Region.USE_PREF_SIZE);
            Region gap = new Region();
            HBox.setHgrow(gap, Priority.ALWAYS);
            line = new HBox(kind, title, detail, gap, shortcut);
            line.getStyleClass().add("palette-line");
            // Long details are cut rather than scrolled to.
            line.maxWidthProperty().bind(widthProperty().subtract(24));
            setPrefWidth(0);
        }

        @Override
        protected void updateItem(PaletteViewModel.Found found, boolean empty) {
            super.updateItem(found, empty);
            if (empty || found == null) {
                setGraphic(null);
                setAccessibleText(null);
                return;
            }
            PaletteEntry entry = found.entry();
            kind.setText(entry.kind());
            title.getChildren().setAll(letters(entry.title(), found.letters()));
            detail.setText(entry.detail());
            shortcut.setText(entry.shortcut());
            shortcut.setVisible(!entry.shortcut().isEmpty());
            line.setDisable(!entry.enabled());
            setAccessibleText(spoken(entry));
            setGraphic(line);
            // Else new letters are seen once in the system's own type and colour.
            title.applyCss();
        }

        private static List<Text> letters(String title, BitSet meant) {
            List<Text> parts = new java.util.ArrayList<>();
            int from = 0;
            while (from < title.length()) {
                boolean strong = meant.get(from);
                int to = strong ? meant.nextClearBit(from) : meant.nextSetBit(from);
                to = to < 0 ? title.length() : Math.min(to, title.length());
                Text part = new Text(title.substring(from, to));
                part.getStyleClass().add(strong ? "palette-meant" : "palette-letters");
                parts.add(part);
                from = to;
            }
            return parts;
        }
    }
}
