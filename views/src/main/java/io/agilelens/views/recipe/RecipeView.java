package io.agilelens.views.recipe;

import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.Knobs;
import io.agilelens.engine.recipe.Preset;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SoftmaxMethod;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.views.Help;
import io.agilelens.views.LessonLinks;
import io.agilelens.views.Messages;
import io.agilelens.views.PopOvers;
import io.agilelens.views.WrappingHeader;
import io.agilelens.views.workbench.Workbench;
import java.util.Arrays;
import java.util.Map;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ChoiceBox;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.controlsfx.control.PopOver;
import org.controlsfx.control.RangeSlider;
import org.controlsfx.control.SegmentedButton;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The levers: the recipe, one thing per line. What is rarely needed sits behind "More". */
public final class RecipeView extends VBox {
    /** What explains a section of the recipe. */
    private static final Map<String, String> LESSONS =
            Map.of(
                    "weights", "awq",
                    "activations", "trip",
                    "softmax", "log2",
                    "pruning", "tokens",
                    "execution", "multiplier");

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
    private final Label slowWeights = new Label(Messages.text("recipe.weights.slow"));
    private final Levers levers;
    private MoreSettings more;
    private boolean showing;

    public RecipeView(Workbench workbench) {
        viewModel = new RecipeViewModel(workbench);
        setId("recipe");
        getStyleClass().add("recipe");

        levers = new Levers(viewModel);
        weightMethod =
                levers.choice(
                        "weights.method",
                        Arrays.asList(WeightMethod.values()),
                        recipe -> recipe.weights().method(),
                        viewModel::setWeightMethod);
        weightGroup =
                levers.choice(
                        "weights.group",
                        RecipeViewModel.GROUPS,
                        RecipeView::group,
                        recipe -> recipe.weights().group(),
                        viewModel::setWeightGroup);
        weightBits = levers.knob(Knobs.WEIGHT_BITS);
        activationMethod =
                levers.choice(
                        "activations.method",
                        Arrays.asList(ActivationMethod.values()),
                        recipe -> recipe.activations().method(),
                        viewModel::setActivationMethod);
        activationBits = levers.knob(Knobs.ACTIVATION_BITS);
        maxExponent = levers.knob(Knobs.MAX_EXPONENT);
        softmaxMethod =
                levers.choice(
                        "softmax.method",
                        Arrays.asList(SoftmaxMethod.values()),
                        recipe -> recipe.softmax().method(),
                        viewModel::setSoftmaxMethod);
        softmaxBits = levers.knob(Knobs.SOFTMAX_BITS);
        beta = levers.knob(Knobs.BETA);
        slowWeights.setId("recipe-slow");
        slowWeights.setWrapText(true);
        slowWeights.getStyleClass().add("recipe-note");
        slowWeights.managedProperty().bind(slowWeights.visibleProperty());
        prunedLayersRow = prunedLayersRow();
        ToggleButton simulated = execution("execution.simulated", Execution.SIMULATED);
        ToggleButton executed = execution("execution.executed", Execution.EXECUTED);
        SegmentedButton execution = new SegmentedButton(simulated, executed);
        execution.getStyleClass().add("choice-switch");

        getChildren()
                .addAll(
                        header(),
                        section("weights", weightMethod, weightGroup),
                        weightBits,
                        slowWeights,
                        section("activations", activationMethod),
                        activationBits,
                        maxExponent,
                        section("softmax", softmaxMethod),
                        softmaxBits,
                        section("pruning"),
                        beta,
                        prunedLayersRow,
                        executionRow(execution),
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
        boolean calibrated = false;
        for (Preset preset : viewModel.presets()) {
            if (preset.recipe().calibratesWeights() && !calibrated) {
                calibrated = true;
                presets.getItems().add(new SeparatorMenuItem());
            }
            MenuItem item = new MenuItem(preset.name() + " — " + preset.help());
            item.setOnAction(_ -> viewModel.choose(preset));
            presets.getItems().add(item);
        }
    }

    private static HBox section(String key, Node... controls) {
        HBox row = Levers.row(title(key), controls);
        row.getStyleClass().add("recipe-section-row");
        return row;
    }

    private static Label title(String key) {
        Label title = Levers.title(key, "recipe-section");
        String lesson = LESSONS.get(key);
        if (lesson != null) {
            Help.wrapped(title, LessonLinks.link(title, lesson, title.getAccessibleHelp()));
        }
        return title;
    }

    /** The switch below its title where large type leaves no room beside it. */
    private static Node executionRow(SegmentedButton execution) {
        execution.setMinWidth(USE_PREF_SIZE);
        return new WrappingHeader(title("execution"), execution, "recipe-section-row");
    }

    static String group(int group) {
        return group < 1
                ? Messages.text("recipe.weights.group.row")
                : Messages.text("recipe.weights.group.size", Integer.toString(group));
    }

    private HBox prunedLayersRow() {
        Label title = new Label(Messages.text("recipe.pruning.layers"));
        title.getStyleClass().add("knob-title");
        title.setTooltip(new Tooltip(Messages.text("recipe.pruning.layers.help")));
        prunedLayers.setId("pruning-layers");
        prunedLayers.setAccessibleText(Messages.text("recipe.pruning.layers.help"));
        Help.wrapped(prunedLayers, Messages.text("recipe.pruning.layers.help"));
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

    private ToggleButton execution(String key, Execution execution) {
        return levers.toggle(
                key,
                recipe -> recipe.execution() == execution,
                () -> viewModel.setExecution(execution));
    }

    private Button more() {
        Button button = new Button(Messages.text("recipe.more"));
        button.setId("recipe-more");
        Help.wrapped(button, Messages.text("recipe.more.help"));
        button.getStyleClass().addAll("flat", "small");
        button.setOnAction(
                _ -> {
                    if (more == null) {
                        more = new MoreSettings(viewModel);
                    }
                    PopOvers.of(
                                    Messages.text("recipe.more.title"),
                                    more,
                                    PopOver.ArrowLocation.RIGHT_CENTER)
                            .show(button);
                });
        return button;
    }

    private void show(Recipe recipe) {
        showing = true;
        presets.setText(viewModel.presetName());
        levers.show(recipe);
        showLayers(recipe);
        boolean noWeights = recipe.weights().method() == WeightMethod.NONE;
        weightBits.setDisable(noWeights);
        weightGroup.setDisable(noWeights);
        slowWeights.setVisible(recipe.calibratesWeights());
        activationBits.setDisable(recipe.activations().method() == ActivationMethod.NONE);
        maxExponent.setDisable(recipe.activations().method() != ActivationMethod.TRIP);
        softmaxBits.setDisable(recipe.softmax().method() == SoftmaxMethod.NONE);
        prunedLayersRow.setDisable(recipe.pruning().beta() == 0);
        setDisable(viewModel.layers() == 0);
        showing = false;
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
