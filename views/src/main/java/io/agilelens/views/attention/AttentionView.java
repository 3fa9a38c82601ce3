package io.agilelens.views.attention;

import io.agilelens.engine.evaluate.HeadStatistics;
import io.agilelens.views.Arrangement;
import io.agilelens.views.Background;
import io.agilelens.views.CellPicks;
import io.agilelens.views.Comparison;
import io.agilelens.views.ComparisonSwitch;
import io.agilelens.views.DividedPane;
import io.agilelens.views.EmptyState;
import io.agilelens.views.FigureRow;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.PlaceLine;
import io.agilelens.views.Selection;
import io.agilelens.views.StationPane;
import io.agilelens.views.TabbedCards;
import io.agilelens.views.Theme;
import io.agilelens.views.chart.BarChartPane;
import io.agilelens.views.chart.ChartCard;
import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.chart.Heatmap;
import io.agilelens.views.chart.Ink;
import io.agilelens.views.chart.LineChartPane;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.List;
import javafx.geometry.Orientation;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Tab;
import javafx.scene.control.TabPane;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;
import org.kordamp.ikonli.feather.Feather;

/** The station that shows where heads look, and what powers of two leave of their probabilities. */
public final class AttentionView extends StackPane {
    private static final double ROOM_FOR_TWO = 760;
    private static final double LEAST_HEADS = 240;
    private static final double USUAL_HEADS = 390;
    private static final double OVERVIEW_SHARE = 0.52;

    /** Of the room there is for the heads and one of them. */
    private static final double MOST_HEADS = 0.4;

    private static final double WIDE_HEADS = 0.3;
    private static final Heatmap.Range PROBABILITIES = new Heatmap.Range(1e-5, 1);

    private final Workbench workbench;
    private final AttentionViewModel viewModel;
    private final PlaceLine place;
    private final FigureRow figures =
            new FigureRow("attention.figure", List.of("start", "entropy", "lost"));

    private final Heatmap overview = new Heatmap();
    private final ChartCard overviewCard = ChartCard.of("attention.overview", overview);
    private final CellPicks overviewPicks;

    private final Heatmap head = new Heatmap();
    private final ChartCard headCard = ChartCard.of("attention.head", head);
    private final CellPicks headPicks;
    private AttentionMap headMap;

    private final BarChartPane ladder =
            new BarChartPane(
                    Messages.text("attention.ladder.heading"),
                    Messages.text("attention.ladder.rung"),
                    ChartPane.Axis.linear(Messages.text("attention.ladder.mass"), "%"));
    private final ChartCard ladderCard = ChartCard.of("attention.ladder", ladder);

    private final LineChartPane start =
            new LineChartPane(
                    Messages.text("attention.start.heading"),
                    layerAxis(),
                    startAxis(new StartWords(true)));
    private final ChartCard startCard = ChartCard.of("attention.start", start);

    private final Tab startTab = startTab();
    private final ComboBox<HeadMeasure> measures = measureSelector();
    private StartWords words = new StartWords(true);
    private AttentionLook shown;

    /**
     * @param actions what the window can be asked to do
     */
    public AttentionView(Workbench workbench, WorkbenchActions actions) {
        this.workbench = workbench;
        viewModel = new AttentionViewModel(workbench);
        setId("attention");

        overview.setId("attention-overview");
        overview.titleProperty().set(Messages.text("attention.overview.heading"));
        overviewPicks =
                CellPicks.of(overview, cell -> viewModel.selectHead(cell.row(), cell.column()));
        measures.valueProperty().bindBidirectional(viewModel.measureProperty());
        overviewCard.addTool(measures);
        overviewCard.keepHeight(178);

        head.setId("attention-head");
        head.titleProperty().set(Messages.text("attention.head.heading"));
        head.logScaleProperty().set(true);
        head.emptyTextProperty().set(Messages.text("attention.head.empty"));
        headPicks =
                CellPicks.of(
                        head,
                        cell ->
                                viewModel.selectToken(
                                        shown.head(), headMap.positions()[cell.row()]));
        ladder.setId("attention-ladder");
        start.setId("attention-start");
        start.setOnPick(pick -> viewModel.selectHead(pick.index(), shown.head()));

        place = new PlaceLine(workbench, actions, "attention");
        Arrangement pictures = new Arrangement(ROOM_FOR_TWO, this::stacked, this::sideBySide);
        VBox.setVgrow(pictures, Priority.ALWAYS);
        VBox content = new VBox(8, figures, place, pictures);
        content.setMinSize(0, 0);

        ComparisonSwitch comparison = new ComparisonSwitch();
        comparison.setMinWidth(USE_PREF_SIZE);
        comparison.valueProperty().bindBidirectional(viewModel.comparisonProperty());
        StationPane pane = new StationPane(Messages.text("attention.title"), content, comparison);
        EmptyState empty = new EmptyState(Feather.EYE, Messages.text("attention.empty"));
        empty.waitFor(workbench);
        getChildren().addAll(pane, empty);
        setMinSize(0, 0);

        overview.staleProperty().bind(workbench.comparisonStaleProperty());
        for (ChartPane each : List.of(ladder, start)) {
            each.staleProperty().bind(workbench.comparisonStaleProperty());
        }
        workbench.comparisonStaleProperty().addListener(property -> dimHead());
        workbench.modelProperty().subscribe(model -> model.ifPresent(this::speakOf));
        viewModel
                .lookProperty()
                .subscribe(
                        look -> {
                            pane.setVisible(look.isPresent());
                            empty.setVisible(look.isEmpty());
                            look.ifPresent(this::show);
                        });
        workbench.selection().placeProperty().addListener(property -> showSelectedToken());
    }

    private ComboBox<HeadMeasure> measureSelector() {
        ComboBox<HeadMeasure> selector = new ComboBox<>();
        selector.setId("attention-measure");
        selector.setAccessibleText(Messages.text("attention.measure.help"));
        selector.getItems().setAll(HeadMeasure.values());
        selector.setConverter(measureNames());
        selector.setTooltip(new Tooltip(Messages.text("attention.measure.help")));
        selector.getStyleClass().add("card-choice");
        return selector;
    }

    private StringConverter<HeadMeasure> measureNames() {
        return new StringConverter<>() {
            @Override
            public String toString(HeadMeasure measure) {
                return measure == null ? "" : measure.shortTitle(words);
            }

            @Override
            public HeadMeasure fromString(String text) {
                throw new UnsupportedOperationException("measures are chosen, not typed");
            }
        };
    }

    private Region stacked() {
        Region tabs = tabs(List.of(tab("head", headCard), tab("ladder", ladderCard), startTab));
        Theme.leastHeight(tabs, 270);
        VBox.setVgrow(tabs, Priority.ALWAYS);
        return new VBox(8, overviewCard, tabs);
    }

    private Region sideBySide() {
        Region tabs = tabs(List.of(tab("ladder", ladderCard), startTab));
        Theme.leastHeight(tabs, 240);
        DividedPane left =
                new DividedPane(
                        "attention.overview",
                        workbench.dividers(),
                        Orientation.HORIZONTAL,
                        room -> OVERVIEW_SHARE * room,
                        overviewCard,
                        tabs);
        left.setMinWidth(LEAST_HEADS);
        return new DividedPane(
                "attention.heads",
                workbench.dividers(),
                Orientation.VERTICAL,
                room -> Math.min(MOST_HEADS * room, Math.max(USUAL_HEADS, WIDE_HEADS * room)),
                left,
                headCard);
    }

    private Tab startTab() {
        return tab("start", startCard);
    }

    /** Calls the first position what it is in a model. */
    private void speakOf(OpenedModel model) {
        words = new StartWords(model.hasStartToken());
        figures.rename(
                "start",
                words.text("attention.figure.start"),
                Messages.text("attention.figure.start.help"));
        startTab.setText(words.text("attention.tab.start"));
        startCard.setHeading(words.text("attention.start.heading"));
        start.setAxes(layerAxis(), startAxis(words));
        measures.setConverter(measureNames());
    }

    private static ChartPane.Axis layerAxis() {
        return ChartPane.Axis.linear(Messages.text("attention.axis.layer"), "");
    }

    private static ChartPane.Axis startAxis(StartWords words) {
        return ChartPane.Axis.linear(words.text("attention.start.axis"), "%");
    }

    private static Tab tab(String key, ChartCard card) {
        return TabbedCards.tab("attention-tab-" + key, Messages.text("attention.tab." + key), card);
    }

    private static Region tabs(List<Tab> tabs) {
        TabPane pane = TabbedCards.stack();
        pane.getTabs().setAll(tabs);
        return pane;
    }

    private void show(AttentionLook look) {
        AttentionLook before = shown;
        shown = look;
        place.showBadges(look.windows().model().recipe());
        showFigures(look);
        if (!look.sameOverview(before)) {
            showOverview(look);
            showStart(look);
        }
        overviewPicks.show(look.layer(), look.head());
        if (!look.sameHead(before)) {
            showLadder(look);
            if (look.hasDetail()) {
                Background.latest(head, () -> AttentionMap.of(look), made -> showHead(made, look));
            }
        }
        dimHead();
    }

    private void showFigures(AttentionLook look) {
        for (HeadMeasure measure : HeadMeasure.values()) {
            figures.set(
                    measure.name().toLowerCase(java.util.Locale.ROOT),
                    measure.of(look.baseline(), look.bits()),
                    measure.of(look.tuned(), look.bits()),
                    measure.unit());
        }
    }

    private void showOverview(AttentionLook look) {
        HeadOverview made = HeadOverview.of(look, words);
        overview.divergingProperty().set(look.comparison() == Comparison.DIFFERENCE);
        overview.rangeProperty().set(made.range());
        overview.dataProperty().set(made.table());
        overviewCard.setSentence(Messages.text("attention.overview.sentence." + look.measure()));
    }

    private void showStart(AttentionLook look) {
        start.setLines(StartByLayer.of(look));
    }

    private void showLadder(AttentionLook look) {
        Ladder made = Ladder.of(look);
        ladder.setBars(made.rungs(), made.bars());
        boolean losing = made.firstLost() < made.rungs().size();
        ladder.setMarkers(
                losing
                        ? List.of(
                                new ChartPane.Marker(
                                        true,
                                        made.firstLost() - 0.5,
                                        Messages.text("attention.ladder.zero"),
                                        Ink.TROUBLE))
                        : List.of());
        ladderCard.setHeading(
                Messages.text(
                        "attention.ladder.heading.of",
                        Integer.toString(look.layer()),
                        Integer.toString(look.head())));
        HeadStatistics model =
                look.comparison() == Comparison.BASELINE ? look.baseline() : look.tuned();
        ladderCard.setSentence(
                Messages.text(
                        look.isLog2()
                                ? "attention.ladder.sentence.LOG2"
                                : "attention.ladder.sentence.WOULD",
                        Integer.toString(look.bits()),
                        Figures.number(100 * model.lostMass(look.bits()), "%")));
    }

    private void showHead(AttentionMap made, AttentionLook look) {
        headMap = made;
        boolean difference = look.comparison() == Comparison.DIFFERENCE;
        head.divergingProperty().set(difference);
        head.rangeProperty().set(difference ? null : PROBABILITIES);
        head.dataProperty().set(made.table());
        String layer = Integer.toString(look.layer());
        String number = Integer.toString(look.head());
        headCard.setHeading(
                viewModel.isHeadPicked()
                        ? Messages.text("attention.head.heading.of", layer, number)
                        : words.text("attention.head.heading.most", layer, number));
        headCard.setSentence(
                Messages.text(
                        look.comparison() == Comparison.TUNED && !look.isLog2()
                                ? "attention.head.sentence.UNROUNDED"
                                : "attention.head.sentence." + look.comparison()));
        showSelectedToken();
    }

    private void showSelectedToken() {
        if (headMap != null) {
            int token = workbench.selection().place().token();
            int row = token == Selection.NONE ? Selection.NONE : headMap.row(token);
            boolean sameRow = row == head.selectedRowProperty().get();
            headPicks.show(
                    row,
                    sameRow && row >= 0 ? head.selectedColumnProperty().get() : Selection.NONE);
        }
    }

    /** What is kept in full follows the selected layer a moment later. */
    private void dimHead() {
        head.setStale(
                workbench.comparisonStaleProperty().get() || shown != null && !shown.hasDetail());
    }
}
