package io.agilelens.views.outliers;

import io.agilelens.engine.evaluate.SiteStatistics;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.recipe.ActivationMethod;
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
import io.agilelens.views.chart.HistogramPane;
import io.agilelens.views.chart.Ink;
import io.agilelens.views.chart.LineChartPane;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.List;
import java.util.Optional;
import javafx.geometry.Orientation;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.ListCell;
import javafx.scene.control.Tab;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.feather.Feather;

/**
 * The station that shows where activations are large, what the quantizer makes of them and why TRIP
 * chose its factors.
 */
public final class OutliersView extends StackPane {
    private static final double USUAL_MAP = 262;

    /** Of the room in a high window. */
    private static final double TALL_MAP = 0.27;

    private final Workbench workbench;
    private final OutliersViewModel viewModel;
    private final FigureRow figures =
            new FigureRow("outliers.figure", List.of("noise", "kurtosis", "sink", "spread"));

    private final Heatmap map = new Heatmap();
    private final ChartCard mapCard = ChartCard.of("outliers.map", map);
    private final CellPicks mapPicks;

    private final Heatmap tokens = new Heatmap();
    private final ChartCard tokensCard = ChartCard.of("outliers.tokens", tokens);
    private final CellPicks tokenPicks;
    private TokenMap tokenMap;

    private final LineChartPane ranges;
    private final ChartCard rangesCard;
    private int channelsPerPoint = 1;

    private final HistogramPane histogram;
    private final ChartCard histogramCard;

    private final Heatmap strip = new Heatmap();
    private final CellPicks stripPicks;
    private final ChartCard stripCard = ChartCard.of("outliers.factors", strip);
    private final FactorEditor editor;
    private final BarChartPane why;
    private final VBox factorCards;
    private Optional<TripFactors> factors = Optional.empty();

    private final CensusList census;
    private final PlaceLine place;
    private OutlierLook shown;

    /**
     * @param actions what the window can be asked to do
     */
    public OutliersView(Workbench workbench, WorkbenchActions actions) {
        this.workbench = workbench;
        viewModel = new OutliersViewModel(workbench);
        setId("outliers");

        map.setId("outliers-map");
        map.titleProperty().set(Messages.text("outliers.map.heading"));
        map.logScaleProperty().set(true);
        mapPicks = CellPicks.of(map, cell -> viewModel.selectChannel(cell.row(), cell.column()));
        mapCard.keepHeight(172);

        tokens.setId("outliers-tokens");
        tokens.titleProperty().set(Messages.text("outliers.tokens.heading"));
        tokens.divergingProperty().set(true);
        tokens.emptyTextProperty().set(Messages.text("outliers.tokens.empty"));
        tokenPicks =
                CellPicks.of(
                        tokens,
                        cell ->
                                viewModel.selectToken(
                                        tokenMap.positions()[cell.row()], cell.column()));

        ranges =
                new LineChartPane(
                        Messages.text("outliers.ranges.heading"),
                        channelAxis(),
                        ChartPane.Axis.linear(valueTitle(false), ""));
        ranges.setId("outliers-ranges");
        ranges.emptyTextProperty().set(Messages.text("outliers.tokens.empty"));
        ranges.setOnPick(pick -> viewModel.selectChannel(pick.index() * channelsPerPoint));
        rangesCard = ChartCard.of("outliers.ranges", ranges);

        histogram =
                new HistogramPane(
                        Messages.text("outliers.histogram.heading"),
                        ChartPane.Axis.linear(valueTitle(false), ""),
                        tokensAxis());
        histogram.setId("outliers-histogram");
        histogramCard = ChartCard.of("outliers.histogram", histogram);

        strip.setId("outliers-factors");
        strip.titleProperty().set(Messages.text("outliers.factors.heading"));
        strip.logScaleProperty().set(true);
        strip.emptyTextProperty().set(Messages.text("outliers.factors.empty"));
        strip.hoveredProperty().addListener(property -> read());
        stripPicks = CellPicks.of(strip, cell -> viewModel.selectChannel(cell.column()));
        editor = new FactorEditor(viewModel);
        strip.addEventFilter(KeyEvent.KEY_PRESSED, editor::press);
        why =
                new BarChartPane(
                        Messages.text("outliers.why.heading"),
                        "",
                        ChartPane.Axis.linear(Messages.text("outliers.why.error"), ""));
        why.setId("outliers-why");
        why.setOnPick(
                pick ->
                        factors.ifPresent(
                                made ->
                                        viewModel.fixFactor(
                                                made.fit().candidates()[pick.index()])));
        factorCards = factorCards();

        census =
                new CensusList(
                        viewModel::selectChannel,
                        (layer, channel) -> viewModel.selectChannel(layer, channel));

        Tab tokensTab = tab("tokens", tokensCard);
        Tab rangesTab = tab("ranges", rangesCard);
        Tab histogramTab = tab("histogram", histogramCard);
        Tab factorsTab = tab("factors", factorCards);
        Tab censusTab = tab("census", census);
        TabbedCards detail =
                new TabbedCards(
                        List.of(tokensTab, rangesTab),
                        List.of(histogramTab, factorsTab, censusTab));
        Theme.leastHeight(detail, 298);

        place = new PlaceLine(workbench, actions, "outliers");
        VBox inside = new VBox(8, place, detail);
        VBox.setVgrow(detail, Priority.ALWAYS);
        DividedPane pictures =
                new DividedPane(
                        "outliers.map",
                        workbench.dividers(),
                        Orientation.HORIZONTAL,
                        room -> Math.max(USUAL_MAP, TALL_MAP * room),
                        mapCard,
                        inside);
        VBox.setVgrow(pictures, Priority.ALWAYS);
        VBox content = new VBox(8, figures, pictures);
        content.setMinWidth(0);
        Arrangement scrolled = Arrangement.of(content);

        ComparisonSwitch comparison = new ComparisonSwitch();
        comparison.setMinWidth(USE_PREF_SIZE);
        comparison.valueProperty().bindBidirectional(viewModel.comparisonProperty());
        StationPane pane =
                new StationPane(
                        Messages.text("outliers.title"), scrolled, siteSelector(), comparison);
        EmptyState empty = new EmptyState(Feather.GRID, Messages.text("outliers.empty"));
        empty.waitFor(workbench);
        getChildren().addAll(pane, empty);
        setMinSize(0, 0);

        for (Heatmap each : List.of(map, strip)) {
            each.staleProperty().bind(workbench.comparisonStaleProperty());
        }
        for (ChartPane each : List.of(ranges, why)) {
            each.staleProperty().bind(workbench.comparisonStaleProperty());
        }
        workbench.comparisonStaleProperty().addListener(property -> dimDetail());
        viewModel
                .lookProperty()
                .subscribe(
                        look -> {
                            pane.setVisible(look.isPresent());
                            empty.setVisible(look.isEmpty());
                            look.ifPresent(this::show);
                        });
        workbench.selection().placeProperty().addListener(property -> showSelectedToken());
        // What a person chose is seen before the model has run with it.
        workbench
                .history()
                .recipeProperty()
                .addListener(property -> viewModel.lookProperty().get().ifPresent(this::refactor));
    }

    private void refactor(OutlierLook look) {
        showFactors(look);
        showWhy(look);
        read();
    }

    private static Tab tab(String key, Node content) {
        return TabbedCards.tab(
                "outliers-tab-" + key, Messages.text("outliers.tab." + key), content);
    }

    private static ChartPane.Axis channelAxis() {
        return ChartPane.Axis.linear(Messages.text("outliers.axis.channel"), "");
    }

    private static String valueTitle(boolean errors) {
        return Messages.text(errors ? "outliers.axis.error" : "outliers.axis.value");
    }

    private static ChartPane.Axis tokensAxis() {
        return ChartPane.Axis.linear(Messages.text("outliers.axis.tokens"), "");
    }

    private VBox factorCards() {
        stripCard.keepHeight(USE_PREF_SIZE);
        strip.setPrefHeight(76);
        ChartCard whyCard = ChartCard.of("outliers.why", why);
        why.setMinHeight(70);
        VBox.setVgrow(whyCard, Priority.ALWAYS);
        VBox cards = new VBox(4, stripCard, editor, whyCard);
        cards.setMinSize(0, 0);
        return cards;
    }

    private ComboBox<Site> siteSelector() {
        ComboBox<Site> selector = new ComboBox<>();
        selector.setId("outliers-site");
        selector.setAccessibleText(Messages.text("outliers.site.help"));
        selector.getItems().setAll(OutliersViewModel.SITES);
        selector.setButtonCell(siteCell(false));
        selector.setCellFactory(list -> siteCell(true));
        selector.setTooltip(new Tooltip(Messages.text("outliers.site.help")));
        selector.prefWidthProperty().bind(Theme.magnificationProperty().multiply(150));
        viewModel.siteProperty().subscribe(selector::setValue);
        selector.valueProperty().addListener((property, before, now) -> viewModel.selectSite(now));
        return selector;
    }

    private static ListCell<Site> siteCell(boolean explained) {
        return new ListCell<>() {
            @Override
            protected void updateItem(Site site, boolean empty) {
                super.updateItem(site, empty);
                if (empty || site == null) {
                    setText(null);
                } else if (explained) {
                    setText(site + " – " + Messages.text("outliers.site." + site));
                } else {
                    setText(site.name());
                }
            }
        };
    }

    private void show(OutlierLook look) {
        OutlierLook before = shown;
        shown = look;
        showFigures(look);
        place.showBadges(look.windows().model().recipe());
        if (!look.sameLayers(before)) {
            Background.latest(map, () -> MagnitudeMap.of(look), this::showMap);
            census.show(look);
        } else {
            mapPicks.show(look.layer(), look.channel());
        }
        if (!look.sameNumbers(before)) {
            Background.latest(ranges, () -> ChannelRanges.of(look), made -> show(made, look));
            showFactors(look);
        } else {
            stripPicks.show(factors.isPresent() ? 0 : Selection.NONE, look.channel());
            markChannel(look);
        }
        if (look.hasDetail()) {
            if (!look.sameNumbers(before)) {
                Background.latest(tokens, () -> TokenMap.of(look), this::showTokens);
            }
            showSelectedToken();
            Background.latest(histogram, () -> ChannelHistogram.of(look), made -> show(made, look));
        }
        showWhy(look);
        read();
        dimDetail();
    }

    private void showFigures(OutlierLook look) {
        SiteStatistics baseline = look.baseline();
        SiteStatistics tuned = look.tuned();
        figures.set(
                "noise",
                look.quantizer().isPresent()
                        ? Figures.number(tuned.signalToNoise(), "dB")
                        : Messages.text("outliers.figure.noise.none"));
        figures.set("kurtosis", baseline.kurtosis(), tuned.kurtosis(), "");
        List<String> first =
                Figures.alike(baseline.firstTokenMagnitude(), tuned.firstTokenMagnitude());
        List<String> others = Figures.alike(baseline.otherMagnitude(), tuned.otherMagnitude());
        figures.set(
                "sink",
                first.getFirst() + " / " + others.getFirst(),
                first.getLast() + " / " + others.getLast());
        figures.set("spread", baseline.rootMeanSquare(), tuned.rootMeanSquare(), "");
    }

    private void showMap(MagnitudeMap made) {
        map.divergingProperty().set(made.isDiverging());
        map.rangeProperty().set(made.range());
        map.dataProperty().set(made.table());
        mapPicks.show(shown.layer(), shown.channel());
        mapCard.setHeading(
                Messages.text("outliers.map.heading." + made.kind(), shown.site().name()));
        String sentence = Messages.text("outliers.map.sentence." + made.kind());
        mapCard.setSentence(
                shown.planted()
                        .map(
                                planting ->
                                        Messages.text(
                                                        "outliers.map.planted",
                                                        OutliersViewModel.places(planting))
                                                + " "
                                                + sentence)
                        .orElse(sentence));
    }

    private void showTokens(TokenMap made) {
        tokenMap = made;
        tokens.rangeProperty().set(made.range());
        tokens.dataProperty().set(made.table());
        tokensCard.setHeading(
                Messages.text(
                        "outliers.tokens.heading.of",
                        Integer.toString(shown.layer()),
                        shown.site().name()));
        boolean difference = shown.comparison() == Comparison.DIFFERENCE;
        String key =
                !difference
                        ? shown.comparison().name()
                        : shown.quantizer().isPresent() ? "ERROR" : "CHANGE";
        String sentence = Messages.text("outliers.tokens.sentence." + key);
        tokensCard.setSentence(
                shown.hasSink()
                        ? sentence + " " + Messages.text("outliers.tokens.sink.sentence")
                        : sentence);
        showSelectedToken();
    }

    private void showSelectedToken() {
        if (tokenMap == null || shown == null) {
            return;
        }
        int token = workbench.selection().place().token();
        int row = token == Selection.NONE ? Selection.NONE : tokenMap.row(token);
        if (shown.channel() < tokenMap.table().columns()) {
            tokenPicks.show(row, shown.channel());
        }
    }

    private void show(ChannelRanges made, OutlierLook look) {
        channelsPerPoint = made.width();
        ranges.setAxes(
                channelAxis(), ChartPane.Axis.linear(look.named(valueTitle(made.errors())), ""));
        ranges.setLines(made.lines());
        markChannel(look);
        String key = made.errors() ? "ERROR" : look.comparison().name();
        String sentence = Messages.text("outliers.ranges.sentence." + key);
        rangesCard.setSentence(
                made.width() == 1
                        ? sentence
                        : sentence
                                + " "
                                + Messages.text(
                                        "outliers.ranges.joined", Integer.toString(made.width())));
        rangesCard.setHeading(
                Messages.text(
                        made.errors()
                                ? "outliers.ranges.heading.errors"
                                : "outliers.ranges.heading.of",
                        Integer.toString(look.layer()),
                        look.site().name()));
    }

    private void markChannel(OutlierLook look) {
        ranges.setMarkers(
                List.of(
                        new ChartPane.Marker(
                                true,
                                look.channel(),
                                Integer.toString(look.channel()),
                                Ink.MUTED)));
    }

    private void show(ChannelHistogram made, OutlierLook look) {
        histogram.emptyTextProperty().set(Messages.text("outliers.histogram.empty"));
        histogram.setAxes(ChartPane.Axis.linear(look.named(valueTitle(false)), ""), tokensAxis());
        histogram.setBins(made.bins(), made.levels());
        histogramCard.setHeading(
                Messages.text(
                        viewModel.isChannelPicked()
                                ? "outliers.histogram.heading.of"
                                : "outliers.histogram.heading.largest",
                        Integer.toString(look.layer()),
                        Integer.toString(look.channel())));
        String step =
                look.quantizer()
                        .map(quantizer -> (double) quantizer.step(look.channel()))
                        .map(Figures::number)
                        .orElse("");
        histogramCard.setSentence(
                Messages.text("outliers.histogram.sentence." + made.note(), step));
    }

    private void showFactors(OutlierLook look) {
        factors = viewModel.factors();
        strip.rangeProperty().set(factors.map(TripFactors::range).orElse(null));
        strip.dataProperty().set(factors.map(TripFactors::strip).orElse(null));
        boolean trip =
                look.windows().model().recipe().activations().method() == ActivationMethod.TRIP;
        strip.emptyTextProperty()
                .set(Messages.text(trip ? "outliers.factors.elsewhere" : "outliers.factors.empty"));
        stripPicks.show(factors.isPresent() ? 0 : Selection.NONE, look.channel());
    }

    private void showWhy(OutlierLook look) {
        editor.show(factors, look.channel());
        if (factors.isEmpty()) {
            why.setBars(List.of(), List.of());
            return;
        }
        TripFactors made = factors.get();
        why.setBars(
                made.candidates(look.channel()),
                List.of(
                        BarChartPane.Bars.of(
                                Messages.text("outliers.why.error"),
                                Ink.TUNED,
                                made.errors(look.channel()))));
    }

    private void read() {
        Heatmap.Cell hovered = strip.hoveredProperty().get();
        stripCard.setSentence(
                factors.isEmpty() || shown == null
                        ? Messages.text("outliers.factors.sentence")
                        : factors.get()
                                .describe(hovered == null ? shown.channel() : hovered.column()));
    }

    /** What is kept in full follows the selected layer a moment later. */
    private void dimDetail() {
        boolean stale =
                workbench.comparisonStaleProperty().get() || shown != null && !shown.hasDetail();
        tokens.setStale(stale);
        histogram.staleProperty().set(stale);
    }
}
