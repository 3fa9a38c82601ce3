package io.agilelens.views.export;

import io.agilelens.engine.export.ExportFormat;
import io.agilelens.engine.format.gguf.GgufType;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.FileDialogs;
import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import io.agilelens.views.workbench.OpenedModel;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import javafx.css.PseudoClass;
import javafx.geometry.HPos;
import javafx.geometry.VPos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ButtonBar;
import javafx.scene.control.ButtonType;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ChoiceBox;
import javafx.scene.control.Dialog;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.stage.FileChooser;
import javafx.stage.Window;
import javafx.util.StringConverter;

/** Asks in which format and where to write the tuned model, and says what would get lost. */
public final class ExportDialog extends Dialog<ExportRequest> {
    private static final double WIDTH = 600;
    private static final double HELP_WIDTH = 320;
    private static final PseudoClass INVALID = PseudoClass.getPseudoClass("invalid");

    private final ExportViewModel viewModel;
    private final GridPane form = new GridPane();

    /**
     * @param owner the window that the dialog belongs to
     * @param folder where exports are proposed to go
     * @param onExport hears what is to be written
     */
    public ExportDialog(
            Window owner,
            OpenedModel opened,
            Recipe recipe,
            Path folder,
            Consumer<ExportRequest> onExport) {
        viewModel = new ExportViewModel(recipe, opened.config(), folder, opened.title());
        initOwner(owner);
        setTitle(Messages.text("saving.title"));
        setHeaderText(Messages.text("saving.header", opened.title(), recipe.summary()));
        getDialogPane().getStylesheets().add(Theme.sceneStylesheet());
        getDialogPane().setId("export-dialog");
        getDialogPane().setContent(content());
        getDialogPane().setPrefWidth(WIDTH);
        getDialogPane().setMinHeight(Region.USE_PREF_SIZE);
        ButtonType export =
                new ButtonType(Messages.text("saving.do"), ButtonBar.ButtonData.OK_DONE);
        ButtonType cancel =
                new ButtonType(Messages.text("saving.cancel"), ButtonBar.ButtonData.CANCEL_CLOSE);
        getDialogPane().getButtonTypes().setAll(export, cancel);
        Node button = getDialogPane().lookupButton(export);
        button.setId("export-do");
        getDialogPane().lookupButton(cancel).setId("export-cancel");
        button.disableProperty().bind(viewModel.requestProperty().map(Optional::isEmpty));
        setResultConverter(
                pressed ->
                        pressed == export ? viewModel.requestProperty().get().orElse(null) : null);
        resultProperty()
                .subscribe(
                        request -> {
                            if (request != null) {
                                onExport.accept(request);
                            }
                        });
    }

    /** Starts from a format, as if it had been chosen. */
    public void choose(ExportFormat format) {
        viewModel.choose(format);
    }

    private Node content() {
        form.getStyleClass().add("export-form");
        ColumnConstraints names = new ColumnConstraints();
        names.setHalignment(HPos.LEFT);
        names.setMinWidth(Region.USE_PREF_SIZE);
        ColumnConstraints fields = new ColumnConstraints();
        fields.setHgrow(Priority.ALWAYS);
        form.getColumnConstraints().setAll(names, fields);
        addRow("format", format());
        addRow("option", option());
        addRow("target", target());
        addRow("lost", lost());
        return form;
    }

    private void addRow(String key, Node field) {
        Label name = new Label(Messages.text("saving." + key));
        name.setTooltip(help("saving." + key + ".help"));
        name.getStyleClass().add("export-name");
        GridPane.setValignment(name, VPos.TOP);
        form.addRow(form.getRowCount(), name, field);
    }

    private static Tooltip help(String key) {
        Tooltip help = new Tooltip(Messages.text(key));
        help.setWrapText(true);
        help.setMaxWidth(HELP_WIDTH);
        return help;
    }

    private Node format() {
        ChoiceBox<ExportViewModel.Kind> box =
                choice(
                        "format",
                        List.of(ExportViewModel.Kind.values()),
                        kind -> Messages.text("saving.kind." + kind));
        box.valueProperty().bindBidirectional(viewModel.kindProperty());
        Label sentence = new Label();
        sentence.setWrapText(true);
        // Room for two lines, so that nothing jumps when the text grows.
        sentence.setMinHeight(40);
        sentence.getStyleClass().addAll("muted", "export-sentence");
        viewModel
                .kindProperty()
                .subscribe(kind -> sentence.setText(Messages.text("saving.about." + kind)));
        return new VBox(4, box, sentence);
    }

    /** The one option that the format has; formats without one say so. */
    private Node option() {
        ChoiceBox<Optional<GgufType>> type =
                choice(
                        "type",
                        withNone(
                                Arrays.stream(GgufType.values())
                                        .filter(each -> each != GgufType.F32)),
                        each -> each.map(Enum::name).orElse(Messages.text("saving.type.nearest")));
        type.valueProperty().bindBidirectional(viewModel.typeProperty());
        ChoiceBox<Integer> version =
                choice(
                        "version",
                        List.of(1, 2),
                        each ->
                                Messages.text(
                                        each == 1 ? "saving.version.v1" : "saving.version.v2"));
        version.valueProperty().bindBidirectional(viewModel.versionProperty());
        ChoiceBox<Optional<ExportFormat.Layout>> layout =
                choice(
                        "layout",
                        withNone(Arrays.stream(ExportFormat.Layout.values())),
                        each ->
                                each.map(ExportFormat.Layout::id)
                                        .orElse(Messages.text("saving.layout.suiting")));
        layout.valueProperty().bindBidirectional(viewModel.layoutProperty());
        Label none = new Label(Messages.text("saving.option.none"));
        none.getStyleClass().add("muted");
        StackPane pane = new StackPane(type, version, layout, none);
        pane.setAlignment(javafx.geometry.Pos.CENTER_LEFT);
        viewModel
                .kindProperty()
                .subscribe(
                        kind -> {
                            type.setVisible(kind == ExportViewModel.Kind.GGUF);
                            version.setVisible(kind == ExportViewModel.Kind.GPTQ);
                            layout.setVisible(kind == ExportViewModel.Kind.COMPRESSED_TENSORS);
                            none.setVisible(
                                    kind == ExportViewModel.Kind.NATIVE
                                            || kind == ExportViewModel.Kind.AWQ);
                        });
        return pane;
    }

    private static <T> List<Optional<T>> withNone(Stream<T> values) {
        return Stream.concat(Stream.of(Optional.<T>empty()), values.map(Optional::of)).toList();
    }

    private static <T> ChoiceBox<T> choice(String key, List<T> values, Function<T, String> words) {
        ChoiceBox<T> box = new ChoiceBox<>();
        box.getItems().setAll(values);
        box.setId("export-" + key);
        box.setMaxWidth(Double.MAX_VALUE);
        box.setAccessibleText(Messages.text("saving." + key + ".name"));
        box.setTooltip(help("saving." + key + ".help"));
        box.setConverter(
                new StringConverter<>() {
                    @Override
                    public String toString(T value) {
                        return value == null ? "" : words.apply(value);
                    }

                    @Override
                    public T fromString(String text) {
                        throw new UnsupportedOperationException();
                    }
                });
        return box;
    }

    private Node target() {
        TextField field = new TextField();
        field.setId("export-target");
        field.setAccessibleText(Messages.text("saving.target"));
        field.setTooltip(help("saving.target.help"));
        field.textProperty().bindBidirectional(viewModel.targetProperty());
        HBox.setHgrow(field, Priority.ALWAYS);
        Button browse = new Button(Messages.text("saving.browse"));
        browse.setId("export-browse");
        browse.setMinWidth(Region.USE_PREF_SIZE);
        browse.setOnAction(_ -> browse());
        CheckBox replace = new CheckBox(Messages.text("saving.replace"));
        replace.setId("export-replace");
        replace.setTooltip(help("saving.replace.help"));
        replace.selectedProperty().bindBidirectional(viewModel.replaceProperty());
        HBox line = new HBox(8, field, browse);
        line.getStyleClass().add("export-line");
        return new VBox(4, line, replace);
    }

    private void browse() {
        FileChooser chooser = new FileChooser();
        chooser.setTitle(Messages.text("saving.target"));
        viewModel
                .requestProperty()
                .get()
                .ifPresent(
                        request -> {
                            chooser.setInitialFileName(request.target().getFileName().toString());
                            File parent = request.target().toAbsolutePath().getParent().toFile();
                            if (parent.isDirectory()) {
                                chooser.setInitialDirectory(parent);
                            }
                        });
        FileDialogs.save(chooser, getDialogPane().getScene().getWindow())
                .ifPresent(chosen -> viewModel.targetProperty().set(chosen.toString()));
    }

    private Node lost() {
        Label lines = new Label();
        lines.setId("export-lost");
        lines.setWrapText(true);
        lines.setMinHeight(60);
        lines.setAlignment(javafx.geometry.Pos.TOP_LEFT);
        lines.getStyleClass().add("export-lost");
        viewModel.lostProperty().subscribe(_ -> show(lines));
        viewModel.problemProperty().subscribe(_ -> show(lines));
        return lines;
    }

    private void show(Label lines) {
        String problem = viewModel.problemProperty().get();
        List<String> lost = viewModel.lostProperty().get();
        lines.pseudoClassStateChanged(INVALID, !problem.isEmpty());
        lines.setText(
                !problem.isEmpty()
                        ? problem
                        : lost.isEmpty()
                                ? Messages.text("saving.lost.nothing")
                                : ExportReportDialog.bullets(lost));
        if (getDialogPane().getScene() != null && getDialogPane().getScene().getWindow() != null) {
            getDialogPane().getScene().getWindow().sizeToScene();
        }
    }
}
