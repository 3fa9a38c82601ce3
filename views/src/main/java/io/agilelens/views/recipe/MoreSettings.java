package io.agilelens.views.recipe;

import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.ActivationRecipe;
import io.agilelens.engine.recipe.CacheMethod;
import io.agilelens.engine.recipe.Granularity;
import io.agilelens.engine.recipe.HeadMethod;
import io.agilelens.engine.recipe.Knobs;
import io.agilelens.engine.recipe.PruningAction;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SmoothingMethod;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import javafx.scene.Node;
import javafx.scene.control.ChoiceBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.ToggleButton;
import javafx.scene.layout.HBox;
import javafx.scene.layout.VBox;
import org.controlsfx.control.SegmentedButton;

/** The settings that are rarely needed; those of methods that are off do not show. */
final class MoreSettings extends ScrollPane {
    private static final List<Double> DAMPINGS = List.of(0.005, 0.01, 0.05, 0.1);
    private static final List<Granularity> TRIP_GRANULARITIES =
            List.of(Granularity.TENSOR, Granularity.TOKEN);
    private static final List<Integer> BLOCKS = List.of(32, 64, 128, 256);

    private final RecipeViewModel viewModel;
    private final Levers levers;
    private final VBox rows = new VBox(6);

    MoreSettings(RecipeViewModel viewModel) {
        this.viewModel = viewModel;
        this.levers = new Levers(viewModel);
        setId("recipe-more-sheet");
        getStyleClass().add("more-settings");
        setFitToWidth(true);
        setHbarPolicy(ScrollBarPolicy.NEVER);
        setPrefViewportWidth(300);
        setMaxHeight(480);
        rows.getStyleClass().add("more-settings-rows");
        setContent(rows);
        addWeights();
        addHead();
        addSmoothing();
        addActivations();
        addCache();
        addPruning();
        viewModel.recipeProperty().addListener((_, _, now) -> levers.show(now));
        levers.show(viewModel.recipeProperty().get());
    }

    private void addWeights() {
        title("weights");
        add(
                _ -> true,
                levers.flag(
                        "weights.symmetric",
                        recipe -> recipe.weights().symmetric(),
                        viewModel::setWeightSymmetric));
        Predicate<Recipe> gptq = recipe -> recipe.weights().method() == WeightMethod.GPTQ;
        add(
                gptq,
                row(
                        "weights.gptq.damping",
                        levers.choice(
                                "weights.gptq.damping",
                                DAMPINGS,
                                Figures::number,
                                recipe -> recipe.weights().gptq().damping(),
                                viewModel::setGptqDamping)));
        add(
                gptq,
                row(
                        "weights.gptq.block",
                        levers.choice(
                                "weights.gptq.block",
                                BLOCKS,
                                String::valueOf,
                                recipe -> recipe.weights().gptq().block(),
                                viewModel::setGptqBlock)));
        add(
                gptq,
                levers.flag(
                        "weights.gptq.act_order",
                        recipe -> recipe.weights().gptq().activationOrder(),
                        viewModel::setActivationOrder));
        add(
                gptq,
                levers.flag(
                        "weights.gptq.static_groups",
                        recipe -> recipe.weights().gptq().staticGroups(),
                        viewModel::setStaticGroups));
        add(
                gptq,
                levers.flag(
                        "weights.gptq.sequential",
                        recipe -> recipe.weights().gptq().sequential(),
                        viewModel::setSequential));
        Predicate<Recipe> awq = recipe -> recipe.weights().method() == WeightMethod.AWQ;
        add(
                awq,
                levers.flag(
                        "weights.awq.scale",
                        recipe -> recipe.weights().awq().scale(),
                        viewModel::setAwqScale));
        add(
                awq,
                levers.flag(
                        "weights.awq.clip",
                        recipe -> recipe.weights().awq().clip(),
                        viewModel::setAwqClip));
    }

    private void addHead() {
        title(
                "head",
                levers.choice(
                        "head.method",
                        Arrays.asList(HeadMethod.values()),
                        recipe -> recipe.head().method(),
                        viewModel::setHeadMethod));
        Predicate<Recipe> quantized = recipe -> recipe.head().method() != HeadMethod.NONE;
        add(
                quantized,
                levers.knob(Knobs.HEAD_BITS),
                row(
                        "head.group",
                        levers.choice(
                                "head.group",
                                RecipeViewModel.GROUPS,
                                RecipeView::group,
                                recipe -> recipe.head().group(),
                                viewModel::setHeadGroup)));
    }

    private void addSmoothing() {
        title(
                "smoothing",
                levers.choice(
                        "smoothing.method",
                        Arrays.asList(SmoothingMethod.values()),
                        recipe -> recipe.smoothing().method(),
                        viewModel::setSmoothingMethod));
        add(
                recipe -> recipe.smoothing().method() != SmoothingMethod.NONE,
                levers.knob(Knobs.SMOOTHING_ALPHA));
    }

    private void addActivations() {
        title("activations");
        ChoiceBox<Granularity> granularity =
                levers.choice(
                        "activations.granularity",
                        List.of(Granularity.values()),
                        recipe -> recipe.activations().granularity(),
                        viewModel::setGranularity);
        levers.whenShown(
                recipe -> {
                    // TRIP is what gives channels their scales.
                    boolean trip = recipe.activations().method() == ActivationMethod.TRIP;
                    granularity
                            .getItems()
                            .setAll(trip ? TRIP_GRANULARITIES : List.of(Granularity.values()));
                    granularity.setValue(recipe.activations().granularity());
                });
        Predicate<Recipe> quantized =
                recipe -> recipe.activations().method() != ActivationMethod.NONE;
        add(quantized, row("activations.granularity", granularity));
        add(
                recipe -> recipe.activations().method() == ActivationMethod.UNIFORM,
                levers.flag(
                        "activations.symmetric",
                        recipe -> recipe.activations().symmetric(),
                        viewModel::setActivationSymmetric));
        add(
                recipe -> recipe.activations().method() == ActivationMethod.TRIP,
                row("activations.exponents"),
                exponents());
        add(quantized.negate(), note("recipe.activations.off"));
    }

    /** A button for every exponent that TRIP may give a channel. */
    private Node exponents() {
        SegmentedButton buttons = new SegmentedButton();
        buttons.setId("activations-exponents");
        buttons.setToggleGroup(null);
        buttons.getStyleClass().addAll("choice-switch", "exponents");
        for (int exponent = 0; exponent <= Knobs.MAX_EXPONENT.maximum(); exponent++) {
            int mine = exponent;
            ToggleButton button = new ToggleButton(Integer.toString(exponent));
            button.setId("exponent-" + exponent);
            button.setAccessibleText(
                    Messages.text("recipe.activations.exponents.one", Integer.toString(exponent)));
            button.setOnAction(
                    _ -> {
                        viewModel.toggleExponent(mine);
                        viewModel.history().endStep();
                        levers.show(viewModel.recipeProperty().get());
                    });
            buttons.getButtons().add(button);
            levers.whenShown(recipe -> button.setSelected(isCandidate(recipe.activations(), mine)));
        }
        return buttons;
    }

    private static boolean isCandidate(ActivationRecipe recipe, int exponent) {
        return Arrays.stream(recipe.candidates()).anyMatch(candidate -> candidate == exponent);
    }

    private void addCache() {
        title(
                "cache",
                levers.choice(
                        "cache.method",
                        Arrays.asList(CacheMethod.values()),
                        recipe -> recipe.cache().method(),
                        viewModel::setCacheMethod));
        add(
                recipe -> recipe.cache().method() == CacheMethod.UNIFORM,
                levers.knob(Knobs.CACHE_BITS));
    }

    private void addPruning() {
        title("pruning");
        add(
                _ -> true,
                row(
                        "pruning.action",
                        levers.choice(
                                "pruning.action",
                                Arrays.asList(PruningAction.values()),
                                recipe -> recipe.pruning().action(),
                                viewModel::setPruningAction)));
        Predicate<Recipe> lowersBits =
                recipe -> recipe.pruning().action() == PruningAction.LOWER_BITS;
        add(lowersBits, levers.knob(Knobs.LOWER_BITS));
        add(
                _ -> true,
                row(
                        "pruning.score",
                        levers.choice(
                                "pruning.score",
                                Arrays.asList(TokenScore.values()),
                                recipe -> recipe.pruning().score(),
                                viewModel::setTokenScore)));
        add(
                lowersBits.negate(),
                levers.flag(
                        "pruning.positions",
                        recipe -> recipe.pruning().keepsPositions(),
                        viewModel::setKeepsPositions));
    }

    private void title(String key, Node... controls) {
        HBox row = Levers.row(key, "recipe-section", controls);
        row.getStyleClass().add("recipe-section-row");
        rows.getChildren().add(row);
    }

    private static HBox row(String key, Node... controls) {
        return Levers.row(key, "more-settings-title", controls);
    }

    private static Label note(String key) {
        Label note = new Label(Messages.text(key));
        note.setWrapText(true);
        note.getStyleClass().add("muted");
        return note;
    }

    /** Adds rows that show where a recipe has a use for them. */
    private void add(Predicate<Recipe> useful, Node... added) {
        for (Node row : added) {
            rows.getChildren().add(row);
            row.managedProperty().bind(row.visibleProperty());
            levers.whenShown(recipe -> row.setVisible(useful.test(recipe)));
        }
    }
}
