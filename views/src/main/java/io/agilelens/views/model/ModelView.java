package io.agilelens.views.model;

import io.agilelens.engine.evaluate.TensorStatistics;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.tensor.Tensor;
import io.agilelens.views.Arrangement;
import io.agilelens.views.Badge;
import io.agilelens.views.DividedPane;
import io.agilelens.views.EmptyState;
import io.agilelens.views.Figures;
import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import io.agilelens.views.NumberColumns;
import io.agilelens.views.StationPane;
import io.agilelens.views.TableMenu;
import io.agilelens.views.Theme;
import io.agilelens.views.chart.ExportBar;
import io.agilelens.views.chart.TableExport;
import io.agilelens.views.plant.PlantDialog;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javafx.application.Platform;
import javafx.beans.binding.Bindings;
import javafx.beans.value.ObservableValue;
import javafx.collections.FXCollections;
import javafx.collections.transformation.FilteredList;
import javafx.collections.transformation.SortedList;
import javafx.geometry.Orientation;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.control.OverrunStyle;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.scene.text.Text;
import org.controlsfx.control.textfield.CustomTextField;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The Model station: what the checkpoint is, what it takes, and every tensor in it. */
public final class ModelView extends StackPane {
    private static final double ROOM_FOR_STATISTICS = 460;
    private static final double CELL_PADDING = 16;
    private static final double LEAST_STORAGE = 44;
    private static final double SHORT_STORAGE = 100;
    private static final double MOST_STORAGE = 160;
    private static final double MOST_STRETCH = 1.5;

    /** From this width on, values would stand far from the names that they belong to. */
    private static final double ROOMY = 1400;

    private static final double ROOMY_STRETCH = 2.0;
    private static final double ROOM_FOR_FACTS = 744;
    private static final double LEAST_TABLE = 92;
    private static final double SHORT_TABLE = 168;

    private final WorkbenchActions actions;
    private final ModelViewModel viewModel;
    private final FactColumns facts = new FactColumns();
    private final VBox planted = new VBox();
    private final VBox warnings = new VBox();
    private final TableView<ModelViewModel.Row> table = new TableView<>();
    private final TextField filter = filterField();
    private final FilteredList<ModelViewModel.Row> shown;
    private final WeightViewModel weightModel;
    private final WeightPane weight;

    /** Whether rows are replaced or another tensor is followed, which no person selected. */
    private boolean following;

    public ModelView(Workbench workbench, WorkbenchActions actions) {
        this.actions = actions;
        viewModel = new ModelViewModel(workbench);
        setId("model");
        planted.setId("model-planted");
        planted.setMinHeight(USE_PREF_SIZE);
        warnings.getStyleClass().add("warnings");
        var rows = FXCollections.<ModelViewModel.Row>observableArrayList();
        shown = new FilteredList<>(rows);
        filter.textProperty()
                .subscribe(
                        text ->
                                shown.setPredicate(
                                        row -> row.tensor().name().contains(text.strip())));
        Label sentence = new Label(Messages.text("model.sentence"));
        sentence.getStyleClass().addAll("small", "muted");
        sentence.setWrapText(true);
        sentence.setMinHeight(USE_PREF_SIZE);
        weightModel = new WeightViewModel(workbench);
        weight = new WeightPane(workbench, actions, weightModel, this::lookAway);
        buildTable();
        HBox header = tableHeader();
        VBox tensors = new VBox(8, header, table);
        VBox.setVgrow(table, Priority.ALWAYS);
        DividedPane divided =
                new DividedPane(
                        "model.tensors",
                        workbench.dividers(),
                        Orientation.HORIZONTAL,
                        _ ->
                                SHORT_TABLE * Theme.magnificationProperty().get()
                                        + header.prefHeight(-1)
                                        + tensors.getSpacing(),
                        tensors,
                        weight);
        VBox.setVgrow(divided, Priority.ALWAYS);
        VBox content = new VBox(8, facts, planted, warnings, divided, sentence);
        showWeight(sentence);
        Node station =
                new StationPane(
                        Messages.text("model.title"),
                        Arrangement.of(content),
                        plantButton(workbench));
        EmptyState empty =
                new EmptyState(
                        Feather.BOX,
                        Messages.text("model.empty"),
                        Messages.text("model.empty.open"),
                        () -> actions.open("sample:llama-tiny"));
        empty.waitFor(workbench);
        getChildren().addAll(empty, station);
        workbench
                .modelProperty()
                .subscribe(
                        model -> {
                            empty.setVisible(model.isEmpty());
                            station.setVisible(model.isPresent());
                        });
        viewModel.factsProperty().subscribe(this::showFacts);
        viewModel.plantingProperty().subscribe(this::showPlanted);
        viewModel
                .plantedHereProperty()
                .subscribe(() -> showPlanted(viewModel.plantingProperty().get()));
        viewModel.warningsProperty().subscribe(this::showWarnings);
        viewModel
                .rowsProperty()
                .subscribe(
                        now -> {
                            follow(() -> rows.setAll(now));
                            selectOpened();
                        });
        weightModel.onRead((name, statistics) -> viewModel.learn(Map.of(name, statistics)));
        weightModel.onFollow(_ -> selectOpened());
        weightModel.tensorProperty().subscribe(this::selectOpened);
    }

    /** The tensor that is looked into takes the lower part; in a low window the facts give way. */
    private void showWeight(Label sentence) {
        ObservableValue<Boolean> open = weightModel.tensorProperty().map(Optional::isPresent);
        ObservableValue<Boolean> roomy =
                heightProperty()
                        .map(
                                height ->
                                        height.doubleValue()
                                                >= ROOM_FOR_FACTS
                                                        * Theme.magnificationProperty().get());
        for (Node node : List.of(weight, sentence, facts)) {
            node.managedProperty().bind(node.visibleProperty());
        }
        weight.visibleProperty().bind(open);
        sentence.visibleProperty().bind(open.map(now -> !now));
        facts.visibleProperty()
                .bind(
                        Bindings.createBooleanBinding(
                                () -> roomy.getValue() || !open.getValue(), roomy, open));
        Theme.leastHeight(table, LEAST_TABLE);
        weightModel.watchedProperty().bind(sceneProperty().isNotNull());
        table.heightProperty()
                .addListener(
                        property -> {
                            if (open.getValue()) {
                                Platform.runLater(this::reveal);
                            }
                        });
        weight.addEventHandler(KeyEvent.KEY_PRESSED, this::leave);
        table.addEventHandler(KeyEvent.KEY_PRESSED, this::leave);
    }

    private void leave(KeyEvent event) {
        if (event.getCode() == KeyCode.ESCAPE && weight.isVisible()) {
            lookAway();
            event.consume();
        }
    }

    private void lookAway() {
        weightModel.close();
        table.requestFocus();
    }

    /** Does something to the table that is no choice of a person. */
    private void follow(Runnable change) {
        following = true;
        change.run();
        following = false;
    }

    /** Marks the tensor that is looked into, if the filter lets it through. */
    private void selectOpened() {
        String wanted = weightModel.tensorProperty().get().map(Tensor::name).orElse("");
        ModelViewModel.Row selected = table.getSelectionModel().getSelectedItem();
        if (selected != null && selected.tensor().name().equals(wanted)) {
            return;
        }
        follow(
                () -> {
                    table.getSelectionModel().clearSelection();
                    table.getItems().stream()
                            .filter(row -> row.tensor().name().equals(wanted))
                            .findFirst()
                            .ifPresent(
                                    row -> {
                                        table.getSelectionModel().select(row);
                                        reveal();
                                    });
                });
    }

    private Button plantButton(Workbench workbench) {
        Button plant = new Button(Messages.text("action.plant.outliers"));
        plant.setId("model-plant");
        Help.wrapped(plant, Messages.text("model.plant.help"));
        plant.setOnAction(
                _ ->
                        workbench
                                .modelProperty()
                                .get()
                                .ifPresent(
                                        opened ->
                                                new PlantDialog(
                                                                getScene().getWindow(),
                                                                opened,
                                                                actions::plant)
                                                        .show()));
        return plant;
    }

    private HBox tableHeader() {
        Label title = new Label(Messages.text("model.tensors"));
        title.setMinWidth(USE_PREF_SIZE);
        title.getStyleClass().add("card-heading");
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        TableExport<?> export = new TableExport<>(table, Messages.text("model.tensors"));
        TableMenu.on(table, export);
        HBox header = new HBox(12, title, filter, gap, new ExportBar(export));
        header.getStyleClass().add("card-header");
        return header;
    }

    private static TextField filterField() {
        CustomTextField field = new CustomTextField();
        field.setId("tensor-filter");
        field.setAccessibleText(Messages.text("model.filter"));
        Help.on(field, Messages.text("model.filter.help"));
        field.setLeft(new FontIcon(Feather.SEARCH));
        field.setPromptText(Messages.text("model.filter"));
        field.setPrefColumnCount(16);
        return field;
    }

    private void showFacts(List<ModelViewModel.Fact> list) {
        facts.show(cells(list, false), cells(list, true));
    }

    private static List<VBox> cells(List<ModelViewModel.Fact> list, boolean origin) {
        return list.stream().filter(fact -> fact.origin() == origin).map(ModelView::cell).toList();
    }

    private static VBox cell(ModelViewModel.Fact fact) {
        Label name = new Label(fact.name());
        name.getStyleClass().addAll("small", "muted");
        Label value = new Label(fact.value());
        value.getStyleClass().add("fact-value");
        // Of a path that is cut short, both ends tell most.
        value.setTextOverrun(OverrunStyle.CENTER_ELLIPSIS);
        VBox cell = new VBox(name, value);
        for (Label part : List.of(name, value)) {
            part.setMaxWidth(Double.MAX_VALUE);
            Help.wrapped(part, fact.value() + "\n" + fact.help());
        }
        return cell;
    }

    private void showPlanted(Optional<Planting> planting) {
        planted.getChildren().clear();
        planted.setManaged(planting.isPresent());
        planting.ifPresent(outliers -> planted.getChildren().add(plantedLine(outliers)));
    }

    private HBox plantedLine(Planting outliers) {
        Label summary = new Label(outliers.summary());
        summary.setWrapText(true);
        summary.setMinSize(0, USE_PREF_SIZE);
        HBox line = new HBox(8, Badge.planted(outliers), summary);
        line.getStyleClass().add("planted-line");
        line.setMinHeight(USE_PREF_SIZE);
        if (viewModel.plantedHereProperty().get()) {
            Hyperlink remove = new Hyperlink(Messages.text("model.planted.remove"));
            remove.setId("model-remove-planted");
            remove.setMinWidth(USE_PREF_SIZE);
            remove.setTooltip(new Tooltip(Messages.text("action.remove.planted.help")));
            remove.setOnAction(_ -> actions.removePlanted());
            line.getChildren().add(remove);
        }
        return line;
    }

    private void showWarnings(List<String> lines) {
        warnings.getChildren().clear();
        for (String line : lines) {
            Label label = new Label(line, new FontIcon(Feather.ALERT_TRIANGLE));
            label.setWrapText(true);
            label.setMinHeight(USE_PREF_SIZE);
            label.getStyleClass().add("warning-line");
            warnings.getChildren().add(label);
        }
        warnings.setManaged(!lines.isEmpty());
    }

    private void buildTable() {
        table.setId("tensors");
        table.setAccessibleText(Messages.text("model.tensors"));
        table.getStyleClass().addAll("dense", "small");
        table.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_FLEX_NEXT_COLUMN);
        NumberColumns<ModelViewModel.Row> columns = new NumberColumns<>(table);
        columns.addNames(
                        Messages.text("model.column.name"),
                        230,
                        row -> row.tensor().name(),
                        TensorNames::shorter)
                .setMinWidth(122);
        TableColumn<ModelViewModel.Row, String> storage =
                columns.add(
                        Messages.text("model.column.dtype"),
                        LEAST_STORAGE,
                        row -> row.tensor().storage(),
                        null);
        viewModel
                .rowsProperty()
                .subscribe(
                        now -> {
                            double width = storageWidth(now);
                            narrow(storage, width);
                            storage.minWidthProperty()
                                    .bind(
                                            Theme.magnificationProperty()
                                                    .multiply(Math.min(width, SHORT_STORAGE)));
                        });
        narrow(
                columns.add(
                        Messages.text("model.column.shape"), 74, ModelViewModel.Row::shape, null),
                74);
        narrow(
                columns.add(
                        Messages.text("model.column.size"),
                        56,
                        row -> row.tensor().bytes(),
                        Figures::bytes),
                56);
        statistic(columns, "minimum", TensorStatistics::minimum);
        statistic(columns, "maximum", TensorStatistics::maximum);
        explain(statistic(columns, "deviation", TensorStatistics::standardDeviation), "deviation");
        TableColumn<ModelViewModel.Row, Long> unusable =
                columns.add(
                        Messages.text("model.column.unusable"),
                        42,
                        row -> row.statistics().map(TensorStatistics::unusable).orElse(-1L),
                        count -> count < 0 ? Figures.NONE : Figures.count(count));
        narrow(unusable, 42);
        explain(unusable, "unusable");
        SortedList<ModelViewModel.Row> sorted = new SortedList<>(shown);
        sorted.comparatorProperty().bind(table.comparatorProperty());
        table.setItems(sorted);
        table.getSelectionModel()
                .selectedItemProperty()
                .subscribe(
                        row -> {
                            if (row != null && !following) {
                                lookInto(row);
                            }
                        });
    }

    private void lookInto(ModelViewModel.Row row) {
        viewModel.selectPlace(row);
        if (WeightViewModel.isReadable(row.tensor())) {
            weightModel.open(row.tensor());
        } else {
            weightModel.close();
        }
    }

    /** Brings the selected row into sight, with the one above it. */
    private void reveal() {
        layout();
        int selected = table.getSelectionModel().getSelectedIndex();
        if (selected >= 0) {
            table.scrollTo(Math.max(0, selected - 1));
        }
    }

    private TableColumn<ModelViewModel.Row, Double> statistic(
            NumberColumns<ModelViewModel.Row> columns,
            String key,
            Function<TensorStatistics, Double> read) {
        TableColumn<ModelViewModel.Row, Double> column =
                columns.add(
                        Messages.text("model.column." + key),
                        50,
                        row -> row.statistics().map(read).orElse(Double.NaN),
                        value -> Figures.fixed(value, 3));
        narrow(column, 50);
        // Large type leaves no room for them in a small window.
        table.widthProperty()
                .subscribe(
                        width ->
                                column.setVisible(
                                        width.doubleValue()
                                                >= ROOM_FOR_STATISTICS
                                                        * Theme.magnificationProperty().get()));
        return column;
    }

    /** Leaves what a wide window has to spare to the names, a very wide one only a part of it. */
    private void narrow(TableColumn<?, ?> column, double width) {
        var magnified = Theme.magnificationProperty().multiply(width);
        var least =
                Bindings.when(table.widthProperty().greaterThan(ROOMY))
                        .then(ROOMY_STRETCH)
                        .otherwise(1.0);
        column.minWidthProperty().bind(magnified.multiply(least));
        column.maxWidthProperty().bind(magnified.multiply(least).multiply(MOST_STRETCH));
        column.prefWidthProperty().bind(magnified.multiply(least));
    }

    private static void explain(TableColumn<?, ?> column, String key) {
        Label heading = new Label(column.getText());
        heading.setTooltip(new Tooltip(Messages.text("model.column." + key + ".help")));
        column.setText(null);
        column.setGraphic(heading);
    }

    /** Names of plain types are short, those of packed ones are not. */
    private static double storageWidth(List<ModelViewModel.Row> rows) {
        double widest = 0;
        for (String name : rows.stream().map(row -> row.tensor().storage()).distinct().toList()) {
            Text text = new Text(name);
            text.getStyleClass().add("small");
            widest = Math.max(widest, text.getLayoutBounds().getWidth());
        }
        return Math.clamp(widest + CELL_PADDING, LEAST_STORAGE, MOST_STORAGE);
    }
}
