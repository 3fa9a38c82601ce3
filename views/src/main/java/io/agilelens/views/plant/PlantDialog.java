package io.agilelens.views.plant;

import io.agilelens.engine.model.Planting;
import io.agilelens.engine.model.Site;
import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import io.agilelens.views.workbench.OpenedModel;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.css.PseudoClass;
import javafx.geometry.HPos;
import javafx.geometry.Pos;
import javafx.geometry.VPos;
import javafx.scene.Node;
import javafx.scene.control.ButtonBar;
import javafx.scene.control.ButtonType;
import javafx.scene.control.CheckBox;
import javafx.scene.control.Dialog;
import javafx.scene.control.Label;
import javafx.scene.control.RadioButton;
import javafx.scene.control.Slider;
import javafx.scene.control.TextField;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.stage.Window;
import org.controlsfx.control.RangeSlider;

/** Asks which outliers to plant, and says at every moment what that would come to. */
public final class PlantDialog extends Dialog<Planting> {
    private static final double WIDTH = 520;
    private static final double HELP_WIDTH = 320;
    private static final int LARGEST_EXPONENT = 8;
    private static final PseudoClass INVALID = PseudoClass.getPseudoClass("invalid");

    private final PlantViewModel viewModel;
    private final GridPane form = new GridPane();
    private boolean showing;

    /**
     * @param owner the window that the dialog belongs to
     * @param onPlant hears what is to be planted
     */
    public PlantDialog(Window owner, OpenedModel opened, Consumer<Planting> onPlant) {
        Optional<Planting> present = opened.plantedHere() ? opened.planting() : Optional.empty();
        viewModel = new PlantViewModel(opened.config(), present);
        initOwner(owner);
        setTitle(Messages.text("plant.title"));
        setHeaderText(Messages.text("plant.header", opened.title()));
        getDialogPane().getStylesheets().add(Theme.sceneStylesheet());
        getDialogPane().setId("plant-dialog");
        getDialogPane().setContent(content());
        getDialogPane().setPrefWidth(WIDTH);
        getDialogPane().setMinHeight(Region.USE_PREF_SIZE);
        ButtonType plant = new ButtonType(Messages.text("plant.do"), ButtonBar.ButtonData.OK_DONE);
        ButtonType cancel =
                new ButtonType(Messages.text("plant.cancel"), ButtonBar.ButtonData.CANCEL_CLOSE);
        getDialogPane().getButtonTypes().setAll(plant, cancel);
        Node button = getDialogPane().lookupButton(plant);
        button.setId("plant-do");
        getDialogPane().lookupButton(cancel).setId("plant-cancel");
        button.disableProperty().bind(viewModel.plantingProperty().map(Optional::isEmpty));
        setResultConverter(
                pressed ->
                        pressed == plant ? viewModel.plantingProperty().get().orElse(null) : null);
        resultProperty()
                .subscribe(
                        planting -> {
                            if (planting != null) {
                                onPlant.accept(planting);
                            }
                        });
    }

    private Node content() {
        Label sentence = new Label(Messages.text("plant.sentence"));
        sentence.setWrapText(true);
        sentence.setMinHeight(Region.USE_PREF_SIZE);
        sentence.getStyleClass().add("muted");
        form.getStyleClass().add("plant-form");
        ColumnConstraints names = new ColumnConstraints();
        names.setHalignment(HPos.LEFT);
        names.setMinWidth(Region.USE_PREF_SIZE);
        ColumnConstraints fields = new ColumnConstraints();
        fields.setHgrow(Priority.ALWAYS);
        form.getColumnConstraints().setAll(names, fields);
        addRow("factor", factor());
        addRow("channels", channels());
        addRow("layers", layers());
        addRow("sites", sites());
        Label outcome = new Label();
        outcome.setId("plant-outcome");
        outcome.setWrapText(true);
        // Room for two lines, so that nothing jumps when the text grows.
        outcome.setMinHeight(40);
        outcome.setAlignment(Pos.TOP_LEFT);
        outcome.getStyleClass().add("plant-outcome");
        viewModel.plantingProperty().subscribe(_ -> show(outcome));
        viewModel.problemProperty().subscribe(_ -> show(outcome));
        VBox content = new VBox(16, sentence, form, outcome);
        content.setFillWidth(true);
        return content;
    }

    private void show(Label outcome) {
        Optional<Planting> planting = viewModel.plantingProperty().get();
        outcome.pseudoClassStateChanged(INVALID, planting.isEmpty());
        outcome.setText(
                planting.map(PlantDialog::outcome).orElseGet(viewModel.problemProperty()::get));
    }

    private static String outcome(Planting planting) {
        String summary = planting.summary();
        String sentence = Character.toUpperCase(summary.charAt(0)) + summary.substring(1) + ".";
        return isPowerOfTwo(planting.factor())
                ? sentence
                : sentence + " " + Messages.text("plant.rounds");
    }

    private static boolean isPowerOfTwo(float value) {
        return Math.scalb(1f, Math.getExponent(value)) == value;
    }

    private void addRow(String key, Node field) {
        Label name = new Label(Messages.text("plant." + key));
        name.setTooltip(help("plant." + key + ".help"));
        name.getStyleClass().add("plant-name");
        GridPane.setValignment(name, VPos.TOP);
        form.addRow(form.getRowCount(), name, field);
    }

    private static Tooltip help(String key) {
        Tooltip help = new Tooltip(Messages.text(key));
        help.setWrapText(true);
        help.setMaxWidth(HELP_WIDTH);
        return help;
    }

    private Node factor() {
        Slider slider = new Slider(1, LARGEST_EXPONENT, viewModel.factorExponent());
        slider.setId("plant-factor-slider");
        slider.setAccessibleText(Messages.text("plant.factor.slider"));
        slider.setTooltip(help("plant.factor.help"));
        slider.setMajorTickUnit(1);
        slider.setMinorTickCount(0);
        slider.setBlockIncrement(1);
        slider.setSnapToTicks(true);
        HBox.setHgrow(slider, Priority.ALWAYS);
        slider.valueProperty()
                .addListener(
                        (_, _, now) -> {
                            if (!showing) {
                                viewModel.setFactorExponent(now.doubleValue());
                            }
                        });
        TextField value = field("factor", viewModel.factorProperty(), 5);
        value.getStyleClass().add("plant-value");
        viewModel
                .factorProperty()
                .addListener(
                        (_, _, _) -> {
                            showing = true;
                            slider.setValue(viewModel.factorExponent());
                            showing = false;
                        });
        return line(slider, value);
    }

    private Node channels() {
        ToggleGroup group = new ToggleGroup();
        RadioButton drawn = choice("drawn", group);
        RadioButton listed = choice("listed", group);
        drawn.selectedProperty().bindBidirectional(viewModel.drawnProperty());
        listed.setSelected(!viewModel.drawnProperty().get());
        TextField count = field("count", viewModel.countProperty(), 4);
        TextField seed = field("seed", viewModel.seedProperty(), 6);
        Label seedName = new Label(Messages.text("plant.seed"));
        seedName.setLabelFor(seed);
        TextField list = field("list", viewModel.listProperty(), 18);
        list.setPromptText(Messages.text("plant.list.prompt"));
        HBox.setHgrow(list, Priority.ALWAYS);
        for (TextField each : new TextField[] {count, seed}) {
            each.disableProperty().bind(listed.selectedProperty());
        }
        seedName.disableProperty().bind(listed.selectedProperty());
        list.disableProperty().bind(drawn.selectedProperty());
        return new VBox(4, line(drawn, count, seedName, seed), line(listed, list));
    }

    private static RadioButton choice(String key, ToggleGroup group) {
        RadioButton choice = new RadioButton(Messages.text("plant." + key));
        choice.setId("plant-" + key);
        choice.setToggleGroup(group);
        choice.setMinWidth(68);
        choice.setTooltip(help("plant." + key + ".help"));
        return choice;
    }

    private Node layers() {
        int last = viewModel.layers() - 1;
        RangeSlider slider =
                new RangeSlider(
                        0,
                        Math.max(1, last),
                        viewModel.firstLayerProperty().get(),
                        viewModel.lastLayerProperty().get());
        slider.setId("plant-layers");
        slider.setAccessibleText(Messages.text("plant.layers"));
        slider.setTooltip(help("plant.layers.help"));
        slider.setMajorTickUnit(1);
        slider.setMinorTickCount(0);
        slider.setBlockIncrement(1);
        slider.setSnapToTicks(true);
        slider.setDisable(last == 0);
        HBox.setHgrow(slider, Priority.ALWAYS);
        Label range = new Label();
        range.getStyleClass().add("plant-value");
        Runnable read =
                () -> {
                    int from = Math.clamp(Math.round(slider.getLowValue()), 0, last);
                    int to = Math.clamp(Math.round(slider.getHighValue()), from, last);
                    viewModel.firstLayerProperty().set(from);
                    viewModel.lastLayerProperty().set(to);
                    range.setText(from == to ? Integer.toString(from) : from + "–" + to);
                };
        slider.lowValueProperty().subscribe(read);
        slider.highValueProperty().subscribe(read);
        read.run();
        return line(slider, range);
    }

    private Node sites() {
        CheckBox attention = site(Site.ATTN_INPUT);
        attention.selectedProperty().bindBidirectional(viewModel.attentionProperty());
        CheckBox mlp = site(Site.MLP_INPUT);
        mlp.selectedProperty().bindBidirectional(viewModel.mlpProperty());
        return new VBox(attention, mlp);
    }

    private static CheckBox site(Site site) {
        CheckBox box = new CheckBox(site + " – " + Messages.text("outliers.site." + site));
        box.setMnemonicParsing(false);
        box.setId("plant-" + site);
        box.setTooltip(help("plant.sites.help"));
        return box;
    }

    private static TextField field(
            String key, javafx.beans.property.StringProperty text, int columns) {
        TextField field = new TextField();
        field.setId("plant-" + key);
        field.setPrefColumnCount(columns);
        field.setAccessibleText(Messages.text("plant." + key));
        field.setTooltip(help("plant." + key + ".help"));
        field.textProperty().bindBidirectional(text);
        return field;
    }

    private static HBox line(Node... nodes) {
        HBox line = new HBox(8, nodes);
        line.getStyleClass().add("plant-line");
        return line;
    }
}
