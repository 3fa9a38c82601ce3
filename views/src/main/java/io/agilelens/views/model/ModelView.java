package io.agilelens.views.model;

import io.agilelens.engine.evaluate.TensorStatistics;
import io.agilelens.views.EmptyState;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.NumberColumns;
import io.agilelens.views.StationPane;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.List;
import java.util.function.Function;
import javafx.collections.FXCollections;
import javafx.collections.transformation.FilteredList;
import javafx.collections.transformation.SortedList;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.controlsfx.control.textfield.CustomTextField;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The Model station: what the checkpoint is, what it takes, and every tensor in it. */
public final class ModelView extends StackPane {
    private final ModelViewModel viewModel;
    private final FlowPane facts = new FlowPane();
    private final VBox warnings = new VBox();
    private final TableView<ModelViewModel.Row> table = new TableView<>();
    private final TextField filter = filterField();
    private final FilteredList<ModelViewModel.Row> shown;

    public ModelView(Workbench workbench, WorkbenchActions actions) {
        viewModel = new ModelViewModel(workbench);
        setId("model");
        facts.getStyleClass().add("facts");
        warnings.getStyleClass().add("warnings");
        var rows = FXCollections.<ModelViewModel.Row>observableArrayList();
        shown = new FilteredList<>(rows);
        filter.textProperty()
                .subscribe(
                        text ->
                                shown.setPredicate(
                                        row -> row.tensor().name().contains(text.strip())));
        buildTable();
        Label sentence = new Label(Messages.text("model.sentence"));
        sentence.getStyleClass().addAll("small", "muted");
        sentence.setWrapText(true);
        VBox content = new VBox(8, facts, warnings, tableHeader(), table, sentence);
        VBox.setVgrow(table, Priority.ALWAYS);
        Node station = new StationPane(Messages.text("model.title"), content);
        Node empty =
                new EmptyState(
                        Feather.BOX,
                        Messages.text("model.empty"),
                        Messages.text("model.empty.open"),
                        () -> actions.open("sample:llama-tiny"));
        getChildren().addAll(empty, station);
        workbench
                .modelProperty()
                .subscribe(
                        model -> {
                            empty.setVisible(model.isEmpty());
                            station.setVisible(model.isPresent());
                        });
        viewModel.factsProperty().subscribe(this::showFacts);
        viewModel.warningsProperty().subscribe(this::showWarnings);
        viewModel
                .rowsProperty()
                .subscribe(
                        now -> {
                            int selected = table.getSelectionModel().getSelectedIndex();
                            rows.setAll(now);
                            table.getSelectionModel().select(selected);
                        });
    }

    private HBox tableHeader() {
        Label title = new Label(Messages.text("model.tensors"));
        title.getStyleClass().add("card-heading");
        HBox header = new HBox(12, title, filter);
        header.getStyleClass().add("card-header");
        return header;
    }

    private static TextField filterField() {
        CustomTextField field = new CustomTextField();
        field.setId("tensor-filter");
        field.setLeft(new FontIcon(Feather.SEARCH));
        field.setPromptText(Messages.text("model.filter"));
        field.setPrefColumnCount(16);
        return field;
    }

    private void showFacts(List<ModelViewModel.Fact> list) {
        facts.getChildren().clear();
        for (ModelViewModel.Fact fact : list) {
            Label name = new Label(fact.name());
            name.getStyleClass().addAll("small", "muted");
            Label value = new Label(fact.value());
            value.getStyleClass().add("fact-value");
            VBox cell = new VBox(name, value);
            cell.getStyleClass().add("fact");
            Tooltip.install(cell, new Tooltip(fact.help()));
            facts.getChildren().add(cell);
        }
    }

    private void showWarnings(List<String> lines) {
        warnings.getChildren().clear();
        for (String line : lines) {
            Label label = new Label(line, new FontIcon(Feather.ALERT_TRIANGLE));
            label.setWrapText(true);
            label.getStyleClass().add("warning-line");
            warnings.getChildren().add(label);
        }
        warnings.setManaged(!lines.isEmpty());
    }

    private void buildTable() {
        table.setId("tensors");
        table.getStyleClass().addAll("dense", "small");
        table.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
        NumberColumns<ModelViewModel.Row> columns = new NumberColumns<>(table);
        columns.add(Messages.text("model.column.name"), 200, row -> row.tensor().name(), null);
        columns.add(Messages.text("model.column.dtype"), 48, row -> row.tensor().storage(), null);
        columns.add(Messages.text("model.column.shape"), 84, ModelViewModel.Row::shape, null);
        columns.add(
                Messages.text("model.column.size"),
                66,
                row -> row.tensor().bytes(),
                Figures::bytes);
        columns.add(
                Messages.text("model.column.minimum"),
                60,
                row -> statistic(row, TensorStatistics::minimum),
                value -> Figures.fixed(value, 3));
        columns.add(
                Messages.text("model.column.maximum"),
                60,
                row -> statistic(row, TensorStatistics::maximum),
                value -> Figures.fixed(value, 3));
        columns.add(
                Messages.text("model.column.deviation"),
                60,
                row -> statistic(row, TensorStatistics::standardDeviation),
                value -> Figures.fixed(value, 3));
        columns.add(
                Messages.text("model.column.unusable"),
                52,
                row -> row.statistics().map(TensorStatistics::unusable).orElse(-1L),
                count -> count < 0 ? Figures.NONE : Figures.count(count));
        SortedList<ModelViewModel.Row> sorted = new SortedList<>(shown);
        sorted.comparatorProperty().bind(table.comparatorProperty());
        table.setItems(sorted);
        table.getSelectionModel()
                .selectedItemProperty()
                .subscribe(
                        row -> {
                            if (row != null) {
                                viewModel.lookInto(row);
                            }
                        });
    }

    private static double statistic(
            ModelViewModel.Row row, Function<TensorStatistics, Double> read) {
        return row.statistics().map(read).orElse(Double.NaN);
    }
}
