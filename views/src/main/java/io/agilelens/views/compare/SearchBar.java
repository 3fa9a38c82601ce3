package io.agilelens.views.compare;

import io.agilelens.engine.search.Budget;
import io.agilelens.engine.search.SearchPoint;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import io.agilelens.views.WrappingRow;
import io.agilelens.views.workbench.SearchStatus;
import java.util.List;
import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ChoiceBox;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.Spinner;
import javafx.scene.control.SpinnerValueFactory.DoubleSpinnerValueFactory;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.util.StringConverter;

/** Starts a search under a budget; while it runs, its progress and a way to stop it. */
final class SearchBar extends StackPane {
    private static final double VALUE_WIDTH = 92;
    private static final double KIND_WIDTH = 156;
    private static final double STEP_WIDTH = 220;
    private static final double HELP_WIDTH = 320;

    private final CompareViewModel model;
    private final ChoiceBox<Budget.Kind> kind = new ChoiceBox<>();
    private final Spinner<Double> value = new Spinner<>();
    private final Button start = new Button(Messages.text("compare.search"));
    private final ProgressBar progress = new ProgressBar(0);
    private final Label step = new Label();
    private final Button stop = new Button(Messages.text("compare.search.cancel"));

    /**
     * @param prominent whether searching is the main thing to do here
     */
    SearchBar(CompareViewModel model, boolean prominent) {
        this.model = model;
        getStyleClass().add("card-tools");
        setMaxWidth(Region.USE_PREF_SIZE);
        kind.setId("search-kind");
        kind.setAccessibleText(Messages.text("compare.search.kind"));
        kind.setMinWidth(Region.USE_PREF_SIZE);
        kind.prefWidthProperty().bind(Theme.magnificationProperty().multiply(KIND_WIDTH));
        kind.setTooltip(help("compare.search.budget"));
        kind.getItems().setAll(Budget.Kind.BITS, Budget.Kind.NLL);
        kind.setConverter(
                new StringConverter<>() {
                    @Override
                    public String toString(Budget.Kind each) {
                        return each == null ? "" : Messages.text("compare.search." + each);
                    }

                    @Override
                    public Budget.Kind fromString(String text) {
                        throw new UnsupportedOperationException();
                    }
                });
        value.setId("search-value");
        value.setAccessibleText(Messages.text("compare.search.value"));
        value.setTooltip(help("compare.search.budget"));
        value.setEditable(true);
        value.prefWidthProperty().bind(Theme.magnificationProperty().multiply(VALUE_WIDTH));
        kind.valueProperty().subscribe(this::offer);
        kind.setValue(Budget.Kind.BITS);
        start.setId("search-start");
        if (prominent) {
            start.getStyleClass().add("accent");
        }
        start.setMinWidth(Region.USE_PREF_SIZE);
        start.setTooltip(help("compare.search.help"));
        start.setOnAction(event -> model.search(new Budget(kind.getValue(), value.getValue())));
        step.getStyleClass().addAll("small", "muted");
        step.setPrefWidth(STEP_WIDTH);
        step.setId("search-step");
        stop.setId("search-cancel");
        stop.setMinWidth(Region.USE_PREF_SIZE);
        stop.setOnAction(event -> model.cancelSearch());
        getChildren()
                .add(
                        new WrappingRow(
                                WrappingRow.Align.END,
                                8,
                                4,
                                value,
                                kind,
                                start,
                                step,
                                progress,
                                stop));
        model.searchProperty().subscribe(this::show);
    }

    private static Tooltip help(String key) {
        Tooltip help = new Tooltip(Messages.text(key));
        help.setWrapText(true);
        help.setMaxWidth(HELP_WIDTH);
        return help;
    }

    private void offer(Budget.Kind chosen) {
        if (chosen == Budget.Kind.NLL) {
            value.setValueFactory(new DoubleSpinnerValueFactory(0.001, 1, 0.02, 0.005));
        } else {
            value.setValueFactory(new DoubleSpinnerValueFactory(2.25, 8.5, 4.5, 0.25));
        }
        value.getValueFactory()
                .setConverter(
                        new StringConverter<>() {
                            @Override
                            public String toString(Double number) {
                                return number == null ? "" : Figures.number(number);
                            }

                            @Override
                            public Double fromString(String text) {
                                try {
                                    return Double.valueOf(text.strip().replace(',', '.'));
                                } catch (NumberFormatException e) {
                                    return value.getValue();
                                }
                            }
                        });
        value.getEditor().setText(Figures.number(value.getValue()));
    }

    private void show(Optional<SearchStatus> status) {
        boolean running = status.isPresent();
        for (Node each : List.of(value, kind, start)) {
            shown(each, !running);
        }
        for (Node each : List.of(step, progress, stop)) {
            shown(each, running);
        }
        status.ifPresent(
                now -> {
                    progress.setProgress((double) now.done() / now.total());
                    step.setText(now.best().map(SearchBar::sentence).orElse(now.step()));
                    step.setTooltip(now.step().isEmpty() ? null : new Tooltip(now.step()));
                });
    }

    private static String sentence(SearchPoint best) {
        return Messages.text(
                "compare.search.best",
                Figures.number(best.divergence()),
                Figures.number(best.size().bitsPerWeight()));
    }

    private static void shown(Node node, boolean shown) {
        node.setVisible(shown);
        node.setManaged(shown);
    }
}
