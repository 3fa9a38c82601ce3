package io.agilelens.views.recipe;

import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.Knob;
import io.agilelens.engine.recipe.Knobs;
import io.agilelens.engine.recipe.Preset;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SoftmaxMethod;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.Workbench;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ChoiceBox;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;
import org.controlsfx.control.PopOver;
import org.controlsfx.control.RangeSlider;
import org.controlsfx.control.SegmentedButton;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The levers: the recipe, one thing per line. What is rarely needed sits behind "More". */
public final class RecipeView extends VBox {
    private final RecipeViewModel viewModel;

    private final MenuButton presets = new MenuButton();
    private final ChoiceBox<WeightMethod> weightMethod;
    private final ChoiceBox<Integer> weightGroup;
    private final KnobRow weightBits;
    private final ChoiceBox<ActivationMethod> activationMethod;
    private final KnobRow activationBits;
    private final KnobRow maxExponent;
    private final ChoiceBox<SoftmaxMethod> softmaxMethod;
    private final KnobRow softmaxBits;
    private final KnobRow beta;
    private final RangeSlider prunedLayers = new RangeSlider(0, 1, 0, 1);
    private final Label prunedLayersText = new Label();
    private final HBox prunedLayersRow;
    private final ToggleButton simulated;
    private final ToggleButton executed;
    private boolean showing;

    public RecipeView(Workbench workbench) {
        viewModel = new RecipeViewModel(workbench);
        setId("recipe");
        getStyleClass().add("recipe");

        weightMethod =
                choice(
                        "weights.method",
                        RecipeViewModel.WEIGHT_METHODS,
                        viewModel::setWeightMethod);
        weightGroup = choice("weights.group", RecipeViewModel.GROUPS, viewModel::setWeightGroup);
        weightBits = knob(Knobs.WEIGHT_BITS, 8, value -> viewModel.setWeightBits((int) value));
        activationMethod =
                choice(
                        "activations.method",
                        Arrays.asList(ActivationMethod.values()),
                        viewModel::setActivationMethod);
        activationBits =
                knob(Knobs.ACTIVATION_BITS, 8, value -> viewModel.setActivationBits((int) value));
        maxExponent = knob(Knobs.MAX_EXPONENT, 8, value -> viewModel.setMaxExponent((int) value));
        softmaxMethod =
                choice(
                        "softmax.method",
                        Arrays.asList(SoftmaxMethod.values()),
                        viewModel::setSoftmaxMethod);
        softmaxBits = knob(Knobs.SOFTMAX_BITS, 8, value -> viewModel.setSoftmaxBits((int) value));
        beta = knob(Knobs.BETA, Knobs.BETA.maximum(), viewModel::setBeta);
        prunedLayersRow = prunedLayersRow();
        simulated = toggle("execution.simulated", Execution.SIMULATED);
        executed = toggle("execution.executed", Execution.EXECUTED);
        SegmentedButton execution = new SegmentedButton(simulated, executed);
        execution.getStyleClass().add("choice-switch");

        getChildren()
                .addAll(
                        header(),
                        section("weights", weightMethod, weightGroup),
                        weightBits,
                        section("activations", activationMethod),
                        activationBits,
                        maxExponent,
                        section("softmax", softmaxMethod),
                        softmaxBits,
                        section("pruning"),
                        beta,
                        prunedLayersRow,
                        section("execution", execution),
                        more());
        viewModel.recipeProperty().addListener((_, _, now) -> show(now));
        workbench
                .modelProperty()
                .addListener(
                        (_, _, _) -> {
                            fillPresets();
                            show(viewModel.recipeProperty().get());
                        });
        fillPresets();
        show(viewModel.recipeProperty().get());
    }

    private Node header() {
        Label title = new Label(Messages.text("recipe.title"));
        title.getStyleClass().add("section-title");
        Region space = new Region();
        HBox.setHgrow(space, Priority.ALWAYS);
        Button undo = iconButton("undo", Feather.CORNER_UP_LEFT, viewModel.history()::undo);
        Button redo = iconButton("redo", Feather.CORNER_UP_RIGHT, viewModel.history()::redo);
        undo.disableProperty().bind(viewModel.history().undoNameProperty().isEmpty());
        redo.disableProperty().bind(viewModel.history().redoNameProperty().isEmpty());
        undo.getTooltip()
                .textProperty()
                .bind(
                        viewModel
                                .history()
                                .undoNameProperty()
                                .map(name -> Messages.text("recipe.undo.help", name)));
        redo.getTooltip()
                .textProperty()
                .bind(
                        viewModel
                                .history()
                                .redoNameProperty()
                                .map(name -> Messages.text("recipe.redo.help", name)));
        presets.setId("recipe-presets");
        presets.setTooltip(new Tooltip(Messages.text("recipe.presets.help")));
        presets.setMaxWidth(Double.MAX_VALUE);
        HBox header = new HBox(4, title, space, undo, redo);
        header.setAlignment(Pos.CENTER_LEFT);
        return new VBox(4, header, presets);
    }

    private Button iconButton(String key, Feather icon, Runnable action) {
        Button button = new Button(null, new FontIcon(icon));
        button.setId("recipe-" + key);
        button.getStyleClass().addAll("flat", "icon-button");
        button.setTooltip(new Tooltip());
        button.setAccessibleText(Messages.text("recipe." + key));
        button.setOnAction(_ -> action.run());
        return button;
    }

    private void fillPresets() {
        presets.getItems().clear();
        for (Preset preset : viewModel.presets()) {
            MenuItem item = new MenuItem(preset.name() + " — " + preset.help());
            item.setOnAction(_ -> viewModel.choose(preset));
            presets.getItems().add(item);
        }
    }

    private HBox section(String key, Node... controls) {
        Label title = new Label(Messages.text("recipe." + key));
        title.getStyleClass().add("recipe-section");
        Tooltip help = new Tooltip(Messages.text("recipe." + key + ".help"));
        help.setWrapText(true);
        help.setMaxWidth(320);
        title.setTooltip(help);
        Region space = new Region();
        HBox.setHgrow(space, Priority.ALWAYS);
        HBox row = new HBox(8, title, space);
        row.getChildren().addAll(controls);
        row.setAlignment(Pos.CENTER_LEFT);
        row.getStyleClass().add("recipe-section-row");
        return row;
    }

    private <T> ChoiceBox<T> choice(String key, List<T> values, Consumer<T> onChange) {
        ChoiceBox<T> choice = new ChoiceBox<>();
        choice.setId(key.replace('.', '-'));
        choice.getItems().addAll(values);
        choice.setConverter(
                new StringConverter<>() {
                    @Override
                    public String toString(T value) {
                        return switch (value) {
                            case null -> "";
                            case Integer group when group < 1 ->
                                    Messages.text("recipe.weights.group.row");
                            case Integer group ->
                                    Messages.text("recipe.weights.group.size", group.toString());
                            default -> Messages.text("recipe." + key + "." + value);
                        };
                    }

                    @Override
                    public T fromString(String text) {
                        throw new UnsupportedOperationException("values are chosen, not typed");
                    }
                });
        choice.getStyleClass().add("small-choice");
        choice.setTooltip(new Tooltip(Messages.text("recipe." + key + ".help")));
        choice.setAccessibleText(Messages.text("recipe." + key + ".help"));
        choice.valueProperty()
                .addListener(
                        (_, _, now) -> {
                            if (!showing && now != null) {
                                onChange.accept(now);
                                viewModel.history().endStep();
                            }
                        });
        return choice;
    }

    private KnobRow knob(Knob knob, double largest, DoubleConsumer onChange) {
        return new KnobRow(
                knob,
                Messages.text("recipe." + knob.key()),
                largest,
                value -> {
                    if (!showing) {
                        onChange.accept(value);
                    }
                },
                viewModel.history()::endStep);
    }

    private HBox prunedLayersRow() {
        Label title = new Label(Messages.text("recipe.pruning.layers"));
        title.getStyleClass().add("knob-title");
        title.setTooltip(new Tooltip(Messages.text("recipe.pruning.layers.help")));
        prunedLayers.setId("pruning-layers");
        prunedLayers.setAccessibleText(Messages.text("recipe.pruning.layers.help"));
        prunedLayers.setBlockIncrement(1);
        prunedLayers.setMajorTickUnit(1);
        prunedLayers.setMinorTickCount(0);
        prunedLayers.setSnapToTicks(true);
        prunedLayers.setMinWidth(60);
        HBox.setHgrow(prunedLayers, Priority.ALWAYS);
        prunedLayersText.getStyleClass().add("knob-text");
        prunedLayers.lowValueProperty().addListener((_, _, _) -> chooseLayers());
        prunedLayers.highValueProperty().addListener((_, _, _) -> chooseLayers());
        HBox row = new HBox(8, title, prunedLayers, prunedLayersText);
        row.setAlignment(Pos.CENTER_LEFT);
        row.getStyleClass().add("knob-row");
        return row;
    }

    private void chooseLayers() {
        int from = (int) Math.rint(prunedLayers.getLowValue());
        int to = (int) Math.rint(prunedLayers.getHighValue());
        if (!showing && from <= to) {
            viewModel.setPrunedLayers(from, to);
        }
    }

    private ToggleButton toggle(String key, Execution execution) {
        ToggleButton button = new ToggleButton(Messages.text("recipe." + key));
        button.setId(key.replace('.', '-'));
        Tooltip help = new Tooltip(Messages.text("recipe." + key + ".help"));
        help.setWrapText(true);
        help.setMaxWidth(320);
        button.setTooltip(help);
        button.setOnAction(
                _ -> {
                    viewModel.setExecution(execution);
                    show(viewModel.recipeProperty().get());
                });
        return button;
    }

    private Button more() {
        Button button = new Button(Messages.text("recipe.more"));
        button.setId("recipe-more");
        button.getStyleClass().addAll("flat", "small");
        button.setOnAction(
                _ -> {
                    PopOver popOver = new PopOver(MoreSettings.sheet(viewModel));
                    popOver.setTitle(Messages.text("recipe.more.title"));
                    popOver.setArrowLocation(PopOver.ArrowLocation.RIGHT_CENTER);
                    popOver.setDetachable(false);
                    popOver.show(button);
                });
        return button;
    }

    private void show(Recipe recipe) {
        showing = true;
        presets.setText(viewModel.presetName());
        weightMethod.setValue(recipe.weights().method());
        showGroup(recipe.weights().group());
        weightBits.show(recipe.weights().bits());
        activationMethod.setValue(recipe.activations().method());
        activationBits.show(recipe.activations().bits());
        maxExponent.show(recipe.activations().maxExponent());
        softmaxMethod.setValue(recipe.softmax().method());
        softmaxBits.show(recipe.softmax().bits());
        beta.show(recipe.pruning().beta());
        showLayers(recipe);
        simulated.setSelected(recipe.execution() == Execution.SIMULATED);
        executed.setSelected(recipe.execution() == Execution.EXECUTED);
        boolean noWeights = recipe.weights().method() == WeightMethod.NONE;
        weightBits.setDisable(noWeights);
        weightGroup.setDisable(noWeights);
        activationBits.setDisable(recipe.activations().method() == ActivationMethod.NONE);
        maxExponent.setDisable(recipe.activations().method() != ActivationMethod.TRIP);
        softmaxBits.setDisable(recipe.softmax().method() == SoftmaxMethod.NONE);
        prunedLayersRow.setDisable(recipe.pruning().beta() == 0);
        setDisable(viewModel.layers() == 0);
        showing = false;
    }

    /** A group size from a recipe file may be none of those on offer. */
    private void showGroup(int group) {
        if (!weightGroup.getItems().contains(group)) {
            weightGroup.getItems().add(group);
        }
        weightGroup.setValue(group);
    }

    private void showLayers(Recipe recipe) {
        int last = Math.max(1, viewModel.layers() - 1);
        var layers =
                recipe.pruning().layers().isEmpty()
                        ? viewModel.lastThird()
                        : recipe.pruning().layers();
        if (layers.isEmpty()) {
            return;
        }
        prunedLayers.setMax(last);
        // Low must never pass high on the way to the new values.
        prunedLayers.setLowValue(0);
        prunedLayers.setHighValue(layers.last());
        prunedLayers.setLowValue(layers.first());
        boolean gaps = layers.size() != layers.last() - layers.first() + 1;
        prunedLayersText.setText(layers.first() + "–" + layers.last() + (gaps ? "*" : ""));
        prunedLayersText.setTooltip(
                gaps ? new Tooltip(Messages.text("recipe.pruning.layers.gaps", layers)) : null);
    }
}
