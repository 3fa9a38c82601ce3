package io.agilelens.views.outliers;

import io.agilelens.engine.evaluate.OutlierCensus;
import io.agilelens.engine.evaluate.SiteStatistics;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.TableCard;
import io.agilelens.views.WindowAdvice;
import java.util.function.IntConsumer;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableRow;
import javafx.scene.control.TableView;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** The outlier channels of a site; one is picked by click or Enter. */
final class CensusList extends VBox {

    /** Hears that a channel of a layer was picked. */
    @FunctionalInterface
    interface ChannelPick {
        void pick(int layer, int channel);
    }

    private final IntConsumer onChannel;
    private final ChannelPick onLargest;
    private final TableView<OutlierCensus.Outlier> table = new TableView<>();
    private final TableCard card;
    private final Label none = new Label();
    private final Hyperlink largest = new Hyperlink();
    private final Label criterion =
            new Label(WindowAdvice.shown(Messages.text("outliers.census.sentence")));

    CensusList(IntConsumer onChannel, ChannelPick onLargest) {
        super(4);
        this.onChannel = onChannel;
        this.onLargest = onLargest;
        table.setId("outliers-census");
        table.getStyleClass().add("dense");
        table.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_ALL_COLUMNS);
        column("channel")
                .setCellValueFactory(cell -> text(Integer.toString(cell.getValue().channel())));
        column("magnitude")
                .setCellValueFactory(cell -> text(Figures.number(cell.getValue().magnitude())));
        column("layers").setCellValueFactory(cell -> percent(cell.getValue().layers()));
        column("positions").setCellValueFactory(cell -> percent(cell.getValue().positions()));
        table.setRowFactory(view -> row());
        table.setOnKeyPressed(
                event -> {
                    OutlierCensus.Outlier outlier = table.getSelectionModel().getSelectedItem();
                    if (event.getCode() == KeyCode.ENTER && outlier != null) {
                        onChannel.accept(outlier.channel());
                        event.consume();
                    }
                });
        largest.setId("outliers-largest");
        none.setWrapText(true);
        criterion.setWrapText(true);
        criterion.setMinHeight(USE_PREF_SIZE);
        criterion.getStyleClass().addAll("small", "muted");
        card = new TableCard(Messages.text("outliers.tab.census"), table);
        VBox.setVgrow(card, Priority.ALWAYS);
        getChildren().addAll(card, criterion);
    }

    private TableColumn<OutlierCensus.Outlier, String> column(String key) {
        TableColumn<OutlierCensus.Outlier, String> column =
                new TableColumn<>(Messages.text("outliers.census." + key));
        column.setSortable(false);
        column.setReorderable(false);
        table.getColumns().add(column);
        return column;
    }

    private TableRow<OutlierCensus.Outlier> row() {
        TableRow<OutlierCensus.Outlier> row = new TableRow<>();
        row.setOnMouseClicked(
                event -> {
                    if (!row.isEmpty()) {
                        onChannel.accept(row.getItem().channel());
                    }
                });
        return row;
    }

    private static ReadOnlyStringWrapper text(String text) {
        return new ReadOnlyStringWrapper(text);
    }

    private static ReadOnlyStringWrapper percent(double share) {
        return text(Figures.number(100 * share, "%"));
    }

    void show(OutlierLook look) {
        OutlierCensus census = OutliersViewModel.census(look);
        table.getItems().setAll(census.outliers());
        if (!census.outliers().isEmpty()) {
            getChildren().setAll(card, criterion);
            return;
        }
        SiteStatistics statistics = OutliersViewModel.largest(look);
        int channel = statistics.largestChannel();
        none.setText(Messages.text("outliers.census.none"));
        largest.setText(
                Messages.text(
                        "outliers.census.largest",
                        Figures.number(statistics.magnitude(channel)),
                        Integer.toString(statistics.layer()),
                        Integer.toString(channel)));
        largest.setOnAction(event -> onLargest.pick(statistics.layer(), channel));
        getChildren().setAll(none, largest, criterion);
    }
}
