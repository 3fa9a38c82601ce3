package io.agilelens.views.tokens;

import io.agilelens.views.Arrangement;
import io.agilelens.views.DividedPane;
import io.agilelens.views.EmptyState;
import io.agilelens.views.Figures;
import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import io.agilelens.views.PlaceLine;
import io.agilelens.views.StationPane;
import io.agilelens.views.TabbedCards;
import io.agilelens.views.Theme;
import io.agilelens.views.chart.ChartCard;
import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.chart.ColumnMarks;
import io.agilelens.views.chart.Heatmap;
import io.agilelens.views.chart.HeatmapData;
import io.agilelens.views.chart.Ink;
import io.agilelens.views.chart.LineChartPane;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javafx.collections.ObservableMap;
import javafx.geometry.Orientation;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tab;
import javafx.scene.control.TabPane;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/**
 * The station Tokens: the text itself, who was pruned where and why, and who is badly predicted.
 */
public final class TokensView extends StackPane {
    private static final double WIDE = 820;
    private static final double SIDE = 320;
    private static final double NARROW_TEXT = 210;
    private static final double WIDE_LANES = 220;
    private static final double LOWER = 250;
    private static final double LEAST_SIDE = 240;

    /** Of the room in a large window. */
    private static final double SIDE_SHARE = 0.24;

    private static final double LANES_SHARE = 0.3;

    private final TokensViewModel model;
    private final ObservableMap<String, Double> dividers;
    private final TokenFlow flow = new TokenFlow(Messages.text("tokens.text.title"));
    private final Heatmap lanes = new Heatmap();
    private final LineChartPane schedule =
            new LineChartPane(
                    Messages.text("tokens.schedule.heading"),
                    ChartPane.Axis.linear(Messages.text("tokens.schedule.x"), ""),
                    ChartPane.Axis.linear(Messages.text("tokens.schedule.y"), ""));
    private final ScheduleEditor editor;
    private final ChartCard editorCard;
    private final Button even = new Button(Messages.text("tokens.editor.even"));
    private final PlaceLine place;
    private final TokenDetail detail = new TokenDetail();
    private final ChartCard flowCard;
    private final ChartCard lanesCard;
    private final ChartCard scheduleCard;
    private final EmptyState teaching =
            new EmptyState(Feather.SCISSORS, Messages.text("tokens.empty.unpruned"));
    private final Label gamma = fact("gamma");
    private final Label sparsity = fact("sparsity");
    private final Label coverage = fact("coverage");
    private final HBox facts = new HBox(16);
    private final VBox course = new VBox(4);
    private final TabPane below = TabbedCards.stack();
    private final Label window = new Label();
    private final Button previous;
    private final Button next;
    private final StationPane station;
    private final EmptyState empty =
            new EmptyState(Feather.TYPE, Messages.text("tokens.empty.model"));
    private boolean lanesShowLosses;

    /** Whether the lanes follow the logarithm when they show the other of scores and losses. */
    private boolean otherLanesLog;

    private boolean showing;
    private boolean roomy;

    public TokensView(Workbench workbench, WorkbenchActions actions) {
        model = new TokensViewModel(workbench, actions);
        dividers = workbench.dividers();
        flow.setId("tokens-text");
        lanes.setId("tokens-lanes");
        schedule.setId("tokens-schedule");
        flowCard = new ChartCard(Messages.text("tokens.text.title"), "", flow);
        lanes.titleProperty().set(Messages.text("tokens.lanes.title"));
        Theme.leastHeight(lanes, 96);
        lanes.setPrefHeight(150);
        // The first token's score is the number of heads, others' are often below a thousandth.
        lanes.logScaleProperty().set(true);
        lanesCard = new ChartCard(Messages.text("tokens.lanes.title"), "", lanes);
        Theme.leastHeight(schedule, 110);
        scheduleCard = ChartCard.of("tokens.schedule", schedule);
        VBox.setVgrow(scheduleCard, Priority.ALWAYS);
        editor = new ScheduleEditor(model);
        editorCard = ChartCard.of("tokens.editor", editor);
        even.setId("schedule-even");
        even.getStyleClass().addAll("flat", "small", "export-button");
        Help.wrapped(even, Messages.text("tokens.editor.even.help"));
        even.setOnAction(event -> model.evenShares());
        editorCard.addTool(even);
        facts.setId("tokens-facts");
        facts.getChildren().addAll(gamma, sparsity, coverage);
        previous = step(Feather.CHEVRON_LEFT, "tokens.window.previous", -1);
        next = step(Feather.CHEVRON_RIGHT, "tokens.window.next", 1);
        window.setId("tokens-window");
        window.setMinWidth(Region.USE_PREF_SIZE);
        HBox windows = new HBox(previous, window, next);
        windows.getStyleClass().add("card-tools");
        windows.setSpacing(4);
        ColoringSwitch coloring = new ColoringSwitch(model);
        place = new PlaceLine(workbench, actions, "tokens");
        Arrangement pictures = new Arrangement(WIDE, this::narrow, this::wide);
        VBox.setVgrow(pictures, Priority.ALWAYS);
        VBox content = new VBox(8, place, pictures);
        content.setMinSize(0, 0);
        station = new StationPane(Messages.text("tokens.title"), content, windows, coloring);
        getChildren().setAll(empty, station);
        empty.waitFor(workbench);

        flow.setOnSelect(model::selectToken);
        flow.staleProperty().bind(workbench.comparisonStaleProperty());
        lanes.staleProperty().bind(workbench.comparisonStaleProperty());
        schedule.staleProperty().bind(workbench.comparisonStaleProperty());
        model.recipeProperty().subscribe(this::showShares);
        workbench.modelProperty().subscribe(this::showShares);
        showShares();
        schedule.setOnPick(
                pick -> model.selectLane(pick.index(), Math.max(0, model.tokenProperty().get())));
        lanes.selectedColumnProperty().subscribe(this::selectLane);
        lanes.selectedRowProperty().subscribe(this::selectLane);
        model.tableProperty().subscribe(this::show);
        model.coloringProperty().subscribe(this::showText);
        model.tokenProperty().subscribe(this::showSelection);
        workbench.selection().placeProperty().subscribe(this::showSelection);
    }

    private static Label fact(String name) {
        Label label = new Label();
        label.getStyleClass().add("small");
        label.setMinWidth(Region.USE_PREF_SIZE);
        label.setTooltip(new Tooltip(Messages.text("tokens.fact." + name + ".help")));
        return label;
    }

    private Button step(Feather icon, String key, int by) {
        Button button = new Button(null, new FontIcon(icon));
        button.setId(key.replace('.', '-'));
        button.getStyleClass().addAll("flat", "icon-button");
        button.setAccessibleText(Messages.text(key));
        button.setTooltip(new Tooltip(Messages.text(key)));
        button.setOnAction(event -> model.move(by));
        return button;
    }

    private Region narrow() {
        setRoomy(false);
        Theme.leastHeight(flowCard, NARROW_TEXT);
        flowCard.setPrefHeight(NARROW_TEXT);
        VBox.setVgrow(flowCard, Priority.ALWAYS);
        Theme.leastHeight(below, LOWER);
        below.setPrefHeight(LOWER);
        VBox.setVgrow(below, Priority.ALWAYS);
        return new VBox(8, flowCard, below);
    }

    private void setRoomy(boolean wanted) {
        roomy = wanted;
        arrangeCourse(model.tableProperty().get().filter(TokenTable::prunes).isPresent());
    }

    private Region wide() {
        setRoomy(true);
        DividedPane left =
                new DividedPane(
                        "tokens.lanes",
                        dividers,
                        Orientation.HORIZONTAL,
                        room -> room - Math.max(WIDE_LANES, LANES_SHARE * room),
                        flowCard,
                        lanesCard);
        VBox right = new VBox(12, detail, course);
        right.setMinWidth(LEAST_SIDE);
        detail.setMinHeight(USE_COMPUTED_SIZE);
        flowCard.minHeightProperty().unbind();
        flowCard.setMinHeight(USE_COMPUTED_SIZE);
        VBox.setVgrow(course, Priority.ALWAYS);
        left.setMinWidth(0);
        return new DividedPane(
                "tokens.text",
                dividers,
                Orientation.VERTICAL,
                room -> room - Math.max(SIDE, SIDE_SHARE * room),
                left,
                right);
    }

    private void show(Optional<TokenTable> shown) {
        station.setVisible(shown.isPresent());
        empty.setVisible(shown.isEmpty());
        TokenTable table = shown.orElse(null);
        boolean prunes = table != null && table.prunes();
        lanesCard.setVisible(prunes);
        lanesCard.setManaged(prunes);
        arrangeCourse(prunes);
        showText(model.coloringProperty().get());
        if (table == null) {
            return;
        }
        window.setText(
                Messages.text(
                        "tokens.window",
                        Integer.toString(table.window() + 1),
                        Integer.toString(model.windows())));
        previous.setDisable(table.window() == 0);
        next.setDisable(table.window() + 1 >= model.windows());
        place.showBadges(model.comparedRecipe());
        if (prunes) {
            showPruning(table);
        }
        showSelection();
    }

    /** What is pruned where, and how to change it: one behind the other where there is no room. */
    private void arrangeCourse(boolean prunes) {
        VBox alive = new VBox(4, scheduleCard, facts);
        alive.setMinSize(0, 0);
        Region shown = prunes ? alive : teaching;
        if (roomy) {
            below.getTabs().clear();
            VBox.setVgrow(shown, Priority.ALWAYS);
            course.getChildren().setAll(editorCard, shown);
            return;
        }
        course.getChildren().clear();
        List<Tab> tabs = new ArrayList<>();
        if (prunes) {
            tabs.add(tab("lanes", Messages.text("tokens.lanes.title"), lanesCard));
        }
        tabs.add(tab("detail", Messages.text("tokens.detail.tab"), detail));
        tabs.add(tab("alive", scheduleTitle(), shown));
        tabs.add(tab("editor", Messages.text("tokens.editor.heading"), editorCard));
        String front =
                below.getSelectionModel().isEmpty()
                        ? tabs.getFirst().getId()
                        : below.getSelectionModel().getSelectedItem().getId();
        below.getTabs().setAll(tabs);
        tabs.stream()
                .filter(each -> each.getId().equals(front))
                .forEach(below.getSelectionModel()::select);
    }

    private static Tab tab(String key, String title, Region content) {
        return TabbedCards.tab("tokens-tab-" + key, title, content);
    }

    private String scheduleTitle() {
        boolean marks = model.tableProperty().get().map(TokenTable::marks).orElse(false);
        return Messages.text(marks ? "tokens.schedule.marks.heading" : "tokens.schedule.heading");
    }

    private void showShares() {
        editor.show(model.shares());
        even.setDisable(!model.recipeProperty().get().pruning().isUneven());
    }

    private void showText(TokenColoring coloring) {
        flow.show(model.tableProperty().get().orElse(null), coloring);
        model.tableProperty()
                .get()
                .filter(TokenTable::prunes)
                .ifPresent(
                        table -> {
                            showing = true;
                            showLanes(table, coloring);
                            showing = false;
                        });
        boolean marks = model.tableProperty().get().map(TokenTable::marks).orElse(false);
        String key = marks && coloring == TokenColoring.REMOVAL ? "MARK" : coloring.toString();
        flowCard.setSentence(Messages.text("tokens.text.sentence." + key));
    }

    /** The lanes in the colours of the text: what decided who left, or how it was predicted. */
    private void showLanes(TokenTable table, TokenColoring coloring) {
        boolean losses = coloring != TokenColoring.REMOVAL;
        if (losses != lanesShowLosses) {
            boolean log = lanes.logScaleProperty().get();
            lanes.logScaleProperty().set(otherLanesLog);
            otherLanesLog = log;
            lanesShowLosses = losses;
        }
        boolean endless = coloring == TokenColoring.BASELINE;
        lanesCard.setSentence(
                Messages.text(
                        "tokens.lanes.sentence."
                                + coloring
                                + (table.marks() && !endless ? ".marks" : "")));
        HeatmapData.Labels labels =
                new HeatmapData.Labels(
                        Messages.text("tokens.lanes.value." + coloring),
                        losses ? Messages.text("tokens.nats") : "",
                        Messages.text("tokens.lanes.row"),
                        Messages.text("tokens.lanes.column"),
                        Integer::toString,
                        token -> lane(table, token),
                        endless ? "" : Messages.text("tokens.lanes.ended"));
        lanes.divergingProperty().set(coloring == TokenColoring.DIFFERENCE);
        lanes.rangeProperty()
                .set(
                        flow.palette()
                                .scale()
                                .map(TokenPalette.Gradient::scale)
                                .map(each -> new Heatmap.Range(each.minimum(), each.maximum()))
                                .orElse(null));
        lanes.columnMarksProperty()
                .set(new ColumnMarks(table.protectedTokens(), Messages.text("tokens.protected")));
        lanes.dataProperty().set(losses ? table.lossLanes(coloring, labels) : table.lanes(labels));
    }

    private void showPruning(TokenTable table) {
        int layers = table.trace().layers();
        double[] x = new double[layers];
        double[] alive = new double[layers];
        double[] all = new double[layers];
        for (int layer = 0; layer < layers; layer++) {
            x[layer] = layer;
            alive[layer] = table.marks() ? table.unmarked(layer) : table.trace().alive(layer);
            all[layer] = table.count();
        }
        String course = table.marks() ? "tokens.schedule.marks." : "tokens.schedule.";
        scheduleCard.setHeading(Messages.text(course + "heading"));
        scheduleCard.setSentence(Messages.text(course + "sentence"));
        schedule.setLines(
                List.of(
                        LineChartPane.Line.of(
                                Messages.text("comparison.BASELINE"), Ink.BASELINE, x, all),
                        LineChartPane.Line.of(
                                Messages.text("comparison.TUNED"), Ink.TUNED, x, alive)));
        gamma.setText(Messages.text("tokens.fact.gamma", shares(table)));
        gamma.setTooltip(
                new Tooltip(
                        Messages.text(
                                table.marks()
                                        ? "tokens.fact.gamma.help.marks"
                                        : "tokens.fact.gamma.help")));
        sparsity.setText(
                Messages.text("tokens.fact.sparsity", Figures.number(table.trace().sparsity())));
        coverage.setText(
                Messages.text("tokens.fact.coverage", Figures.number(100 * table.coverage(), "%")));
    }

    /** The share that leaves at each pruned layer, or from the least to the most. */
    private static String shares(TokenTable table) {
        if (!table.pruning().isUneven()) {
            return Figures.number(100 * table.pruning().schedule().gamma(), "%");
        }
        var each = table.pruning().shares().values();
        return Figures.number(100 * Collections.min(each))
                + "…"
                + Figures.number(100 * Collections.max(each), "%");
    }

    private static String lane(TokenTable table, int token) {
        return token + " " + TokenWords.quoted(table.tokens().get(token));
    }

    private void showSelection() {
        int token = model.tokenProperty().get();
        TokenTable table = model.tableProperty().get().orElse(null);
        flow.select(token);
        detail.show(table, token);
        if (table != null && table.prunes()) {
            showing = true;
            lanes.select(Math.min(model.layer(), table.trace().layers() - 1), token);
            showing = false;
        }
    }

    /** The map reports row and column one after the other; the last report has both. */
    private void selectLane() {
        int row = lanes.selectedRowProperty().get();
        int column = lanes.selectedColumnProperty().get();
        if (!showing && row >= 0 && column >= 0) {
            model.selectLane(row, column);
        }
    }
}
