package io.agilelens.views.recipe;

import io.agilelens.engine.recipe.Knob;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.ContextMenus;
import io.agilelens.views.Figures;
import io.agilelens.views.LessonLinks;
import io.agilelens.views.Messages;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ChoiceBox;
import javafx.scene.control.Label;
import javafx.scene.control.MenuItem;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.util.StringConverter;

/**
 * Makes the controls of a recipe's settings and keeps them at what the recipe says. A control's
 * words are the messages {@code recipe.KEY}, {@code recipe.KEY.help} and, for choices, {@code
 * recipe.KEY.VALUE}.
 */
final class Levers {
    private final RecipeViewModel viewModel;
    private final KnobTurns turns;
    private final List<Consumer<Recipe>> shown = new ArrayList<>();
    private boolean showing;

    Levers(RecipeViewModel viewModel) {
        this.viewModel = viewModel;
        this.turns = new KnobTurns(viewModel);
    }

    /** Shows a recipe on every control; nothing is taken for a choice meanwhile. */
    void show(Recipe recipe) {
        showing = true;
        shown.forEach(control -> control.accept(recipe));
        showing = false;
    }

    /** Has something kept at what the recipe says, beside the controls. */
    void whenShown(Consumer<Recipe> show) {
        shown.add(show);
    }

    /** A value that is not on offer but in the recipe is added to what is on offer. */
    <T> ChoiceBox<T> choice(
            String key, List<T> values, Function<Recipe, T> read, Consumer<T> write) {
        return choice(
                key, values, value -> Messages.text("recipe." + key + "." + value), read, write);
    }

    <T> ChoiceBox<T> choice(
            String key,
            List<T> values,
            Function<T, String> words,
            Function<Recipe, T> read,
            Consumer<T> write) {
        ChoiceBox<T> choice = new ChoiceBox<>();
        choice.setId(id(key));
        choice.getItems().addAll(values);
        choice.setConverter(
                new StringConverter<>() {
                    @Override
                    public String toString(T value) {
                        return value == null ? "" : words.apply(value);
                    }

                    @Override
                    public T fromString(String text) {
                        throw new UnsupportedOperationException("values are chosen, not typed");
                    }
                });
        choice.getStyleClass().add("small-choice");
        choice.setTooltip(help(key));
        choice.setAccessibleText(Messages.text("recipe." + key + ".help"));
        choice.valueProperty()
                .addListener(
                        (_, _, now) -> {
                            if (!showing && now != null) {
                                write.accept(now);
                                viewModel.history().endStep();
                            }
                        });
        shown.add(
                recipe -> {
                    T value = read.apply(recipe);
                    if (!choice.getItems().contains(value)) {
                        choice.getItems().add(value);
                    }
                    choice.setValue(value);
                });
        return choice;
    }

    /** A slider for a knob. */
    KnobRow knob(Knob knob) {
        KnobRow row =
                new KnobRow(
                        knob,
                        Messages.text("recipe." + knob.key()),
                        value -> {
                            if (!showing) {
                                turns.turn(knob, value);
                            }
                        },
                        viewModel.history()::endStep);
        shown.add(recipe -> row.show(KnobTurns.value(recipe, knob)));
        ContextMenus.on(row, () -> menu(knob));
        return row;
    }

    private List<MenuItem> menu(Knob knob) {
        String value = Figures.number(KnobTurns.value(viewModel.recipeProperty().get(), knob));
        double usual = KnobTurns.value(Recipe.FLOAT, knob);
        MenuItem reset =
                ContextMenus.line(
                        Messages.text("menu.knob.usual", Figures.number(usual)),
                        () -> {
                            viewModel.history().endStep();
                            turns.turn(knob, usual);
                            viewModel.history().endStep();
                        });
        return List.of(
                ContextMenus.line(
                        Messages.text("menu.knob.copy", value), () -> ContextMenus.copy(value)),
                reset);
    }

    CheckBox flag(String key, Function<Recipe, Boolean> read, Consumer<Boolean> write) {
        CheckBox box = new CheckBox(Messages.text("recipe." + key));
        box.setId(id(key));
        box.setTooltip(help(key));
        box.setOnAction(
                _ -> {
                    write.accept(box.isSelected());
                    viewModel.history().endStep();
                });
        shown.add(recipe -> box.setSelected(read.apply(recipe)));
        return box;
    }

    /** A button that is down while the recipe says so. */
    ToggleButton toggle(String key, Function<Recipe, Boolean> read, Runnable press) {
        ToggleButton button = new ToggleButton(Messages.text("recipe." + key));
        button.setId(id(key));
        button.setTooltip(help(key));
        button.setOnAction(
                _ -> {
                    press.run();
                    viewModel.history().endStep();
                    show(viewModel.recipeProperty().get());
                });
        shown.add(recipe -> button.setSelected(read.apply(recipe)));
        return button;
    }

    /** A title on the left and controls on the right. */
    static HBox row(String key, String styleClass, Node... controls) {
        return row(title(key, styleClass), controls);
    }

    /** The same with a title that was made already. */
    static HBox row(Label title, Node... controls) {
        Region space = new Region();
        HBox.setHgrow(space, Priority.ALWAYS);
        HBox row = new HBox(8, title, space);
        row.getChildren().addAll(controls);
        row.setAlignment(Pos.CENTER_LEFT);
        return row;
    }

    /** The title of a row, explained. */
    static Label title(String key, String styleClass) {
        Label title = new Label(Messages.text("recipe." + key));
        title.getStyleClass().add(styleClass);
        LessonLinks.explain(title, "recipe." + key, Messages.text("recipe." + key + ".help"));
        return title;
    }

    private static Tooltip help(String key) {
        Tooltip help = new Tooltip(Messages.text("recipe." + key + ".help"));
        help.setWrapText(true);
        help.setMaxWidth(320);
        return help;
    }

    private static String id(String key) {
        return key.replace('.', '-');
    }
}
