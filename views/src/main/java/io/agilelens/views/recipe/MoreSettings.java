package io.agilelens.views.recipe;

import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.recipe.Granularity;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.Messages;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import javafx.beans.value.ObservableValue;
import org.controlsfx.control.PropertySheet;

/** The settings that are rarely needed, as a property sheet. */
final class MoreSettings {

    private MoreSettings() {}

    static PropertySheet sheet(RecipeViewModel viewModel) {
        PropertySheet sheet = new PropertySheet();
        sheet.setId("recipe-more-sheet");
        sheet.setModeSwitcherVisible(false);
        sheet.setSearchBoxVisible(false);
        sheet.setPrefSize(360, 160);
        sheet.getItems()
                .addAll(
                        new Setting<>(
                                viewModel,
                                "weights.symmetric",
                                Boolean.class,
                                recipe -> recipe.weights().symmetric(),
                                viewModel::setWeightSymmetric),
                        new Setting<>(
                                viewModel,
                                "activations.granularity",
                                Granularity.class,
                                recipe -> recipe.activations().granularity(),
                                viewModel::setGranularity),
                        new Setting<>(
                                viewModel,
                                "pruning.score",
                                TokenScore.class,
                                recipe -> recipe.pruning().score(),
                                viewModel::setTokenScore),
                        new Setting<>(
                                viewModel,
                                "pruning.positions",
                                Boolean.class,
                                recipe -> recipe.pruning().keepsPositions(),
                                viewModel::setKeepsPositions));
        return sheet;
    }

    private record Setting<T>(
            RecipeViewModel viewModel,
            String key,
            Class<T> type,
            Function<Recipe, T> read,
            Consumer<T> write)
            implements PropertySheet.Item {

        @Override
        public Class<?> getType() {
            return type;
        }

        @Override
        public String getCategory() {
            return "";
        }

        @Override
        public String getName() {
            return Messages.text("recipe." + key);
        }

        @Override
        public String getDescription() {
            return Messages.text("recipe." + key + ".help");
        }

        @Override
        public Object getValue() {
            return read.apply(viewModel.recipeProperty().get());
        }

        @Override
        public void setValue(Object value) {
            write.accept(type.cast(value));
            viewModel.history().endStep();
        }

        @Override
        public Optional<ObservableValue<?>> getObservableValue() {
            return Optional.of(viewModel.recipeProperty().map(read::apply));
        }
    }
}
