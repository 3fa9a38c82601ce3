package io.agilelens.views.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.views.Badge;
import io.agilelens.views.GuiTest;
import io.agilelens.views.Selection;
import io.agilelens.views.SelectionPath;
import io.agilelens.views.Theme;
import java.awt.font.FontRenderContext;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javafx.geometry.Insets;
import javafx.geometry.Point2D;
import javafx.geometry.VerticalDirection;
import javafx.scene.Parent;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jfree.data.Range;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChartPanesTest extends GuiTest {
    private static final Path PICTURES = Path.of("target", "pictures");

    private final List<Exportable> pictures = new ArrayList<>();
    private LineChartPane lines;
    private GridPane grid;

    @Override
    protected Parent createRoot() {
        lines = lines();
        ScatterChartPane scatter = scatter();
        BarChartPane bars = bars();
        HistogramPane histogram = histogram();
        Heatmap outliers = heatmap(false);
        Heatmap difference = heatmap(true);
        pictures.addAll(List.of(lines, scatter, bars, histogram, outliers, difference));
        grid = new GridPane(16, 16);
        grid.setPadding(new Insets(16));
        for (int i = 0; i < pictures.size(); i++) {
            ChartCard card =
                    new ChartCard(
                            pictures.get(i).fileName(),
                            "One sentence says what one is looking at and what to look for.",
                            pictures.get(i));
            if (i == 0) {
                card.addTool(Badge.estimate(2));
            }
            GridPane.setHgrow(card, Priority.ALWAYS);
            GridPane.setVgrow(card, Priority.ALWAYS);
            card.setPrefSize(300, 260);
            grid.add(card, i % 2, i / 2);
        }
        Selection selection = new Selection();
        selection.select(Selection.Place.START.withLayer(5).withChannel(91).withToken(17));
        VBox root = new VBox(new SelectionPath(selection), grid);
        VBox.setVgrow(grid, Priority.ALWAYS);
        return root;
    }

    @Override
    protected double height() {
        return 960;
    }

    private static LineChartPane lines() {
        LineChartPane pane =
                new LineChartPane(
                        "perplexity",
                        ChartPane.Axis.linear("windows scored", ""),
                        ChartPane.Axis.linear("perplexity", ""));
        double[] x = new double[12];
        double[] baseline = new double[12];
        double[] tuned = new double[12];
        double[] low = new double[12];
        double[] high = new double[12];
        for (int i = 0; i < 12; i++) {
            x[i] = i + 1;
            baseline[i] = 41.2 + 2.0 / (i + 1);
            tuned[i] = 43 + 3.0 / (i + 1);
            low[i] = tuned[i] - 3.0 / Math.sqrt(i + 1);
            high[i] = tuned[i] + 3.0 / Math.sqrt(i + 1);
        }
        pane.setLines(
                List.of(
                        LineChartPane.Line.of("baseline", Ink.BASELINE, x, baseline),
                        new LineChartPane.Line("tuned", Ink.TUNED, x, tuned, low, high)));
        pane.setMarkers(List.of(new ChartPane.Marker(true, 8, "whole text", Ink.MUTED)));
        return pane;
    }

    private static ScatterChartPane scatter() {
        ScatterChartPane pane = qualityBySize("MiB");
        List<ScatterChartPane.Point> points =
                List.of(
                        ScatterChartPane.Point.of("FP", Ink.BASELINE, 7.8, 41.2),
                        ScatterChartPane.Point.of("RTN-W4", Ink.SERIES_5, 2.2, 52.4),
                        ScatterChartPane.Point.of("AWQ-W4A16", Ink.TUNED, 2.3, 43.0),
                        ScatterChartPane.Point.of("Agile-Quant-8", Ink.SERIES_3, 4.1, 41.9));
        pane.setPoints(points, List.of(points.get(0), points.get(2), points.get(3)));
        return pane;
    }

    private static BarChartPane bars() {
        BarChartPane pane =
                new BarChartPane(
                        "latency of one linear",
                        "numeric format",
                        ChartPane.Axis.linear("latency", "ms"));
        pane.setBars(
                List.of("FP32", "FP16", "INT8", "INT4", "TRIP"),
                List.of(
                        new BarChartPane.Bars(
                                "prefill",
                                Ink.SERIES_2,
                                new double[] {4.1, 2.9, 1.6, 1.2, 1.7},
                                new double[] {3.9, 2.8, 1.5, 1.1, 1.5},
                                new double[] {4.6, 3.1, 1.8, 1.5, 2.1},
                                false),
                        BarChartPane.Bars.of("decode", Ink.SERIES_3, 1.1, .9, .7, .45, .8)));
        return pane;
    }

    private static HistogramPane histogram() {
        HistogramPane pane =
                new HistogramPane(
                        "values of channel 91",
                        ChartPane.Axis.linear("x", ""),
                        ChartPane.Axis.logarithmic("values", ""));
        Random random = new Random(5);
        double[] edges = new double[65];
        double[] before = new double[64];
        double[] after = new double[64];
        for (int i = 0; i <= 64; i++) {
            edges[i] = -4 + i / 8.0;
        }
        for (int i = 0; i < 50_000; i++) {
            double x = random.nextGaussian();
            int bin = (int) Math.clamp(Math.floor((x + 4) * 8), 0, 63);
            before[bin]++;
            after[Math.clamp(Math.round(x * 2) * 4 + 32, 0, 63)]++;
        }
        double[] levels = new double[15];
        for (int i = 0; i < 15; i++) {
            levels[i] = (i - 7) * 0.5;
        }
        pane.setBins(
                List.of(
                        new HistogramPane.Bins("baseline", Ink.BASELINE, edges, before),
                        new HistogramPane.Bins("tuned", Ink.TUNED, edges, after)),
                levels);
        return pane;
    }

    private static Heatmap heatmap(boolean difference) {
        Heatmap map = new Heatmap();
        map.titleProperty().set(difference ? "difference" : "outliers");
        map.divergingProperty().set(difference);
        Random random = new Random(11);
        float[] values = new float[8 * 512];
        for (int i = 0; i < values.length; i++) {
            double x = random.nextGaussian() * (i % 512 == 91 ? 12 : 1);
            values[i] = (float) (difference ? x : Math.abs(x));
        }
        map.dataProperty()
                .set(
                        HeatmapData.adopt(
                                8,
                                512,
                                values,
                                HeatmapData.Labels.numbered("max |x|", "", "layer", "channel")));
        map.select(5, 91);
        return map;
    }

    @Test
    void everyPictureIsDrawnInBothThemesAndCanBeSaved(@TempDir Path folder) throws Exception {
        Files.createDirectories(PICTURES);
        for (Theme.Mode mode : List.of(Theme.Mode.LIGHT, Theme.Mode.DARK)) {
            interact(() -> Theme.apply(mode));
            settle();
            Path file = PICTURES.resolve("charts-" + mode + ".png");
            interact(() -> savePng(file));
            assertTrue(Files.size(file) > 20_000, file + " looks empty");
        }
        for (Exportable picture : pictures) {
            for (Export.Format format : Export.Format.values()) {
                Path file = folder.resolve(picture.fileName() + format.ending());
                interact(() -> Export.take(picture, format).write(file));
                assertTrue(Files.size(file) > 100, file.toString());
            }
            byte[] svg = Files.readAllBytes(folder.resolve(picture.fileName() + ".svg"));
            Files.write(PICTURES.resolve(ExportBar.safeName(picture.fileName()) + ".svg"), svg);
            var document =
                    DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(new ByteArrayInputStream(svg));
            assertEquals("svg", document.getDocumentElement().getTagName());
            assertTrue(document.getElementsByTagName("text").getLength() > 5);
        }
    }

    private void savePng(Path file) {
        try {
            Export.writePng(grid.getParent(), 1, file);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void hoverTellsTheExactValueOfTheNearestPoint() {
        settle();
        Point2D middle = middle(lines);
        Label hover = (Label) lines.lookup(".chart-hover");
        boolean found = false;
        for (int dy = -60; dy <= 60 && !found; dy += 6) {
            moveTo(middle.add(0, dy));
            found = hover.isVisible();
        }
        assertTrue(found, "no point near the middle");
        assertTrue(hover.getText().matches("(baseline|tuned) · windows scored \\d+ · .*"));
    }

    @Test
    void wheelZoomsDragPansDoubleClickShowsAll() {
        settle();
        Range whole = lines.visibleX();
        moveTo(middle(lines));
        scroll(4, VerticalDirection.UP);
        Range zoomed = lines.visibleX();
        assertTrue(zoomed.getLength() < 0.7 * whole.getLength());
        drag(MouseButton.PRIMARY).dropBy(40, 0);
        assertTrue(lines.visibleX().getLowerBound() < zoomed.getLowerBound());
        assertEquals(zoomed.getLength(), lines.visibleX().getLength(), 1e-9);
        doubleClickOn(middle(lines));
        assertEquals(whole, lines.visibleX());
    }

    /** The bars in sight are those of before until the painter is done. */
    @Test
    void nothingIsPickedFromWhatIsAboutToBeReplaced() {
        BarChartPane bars = (BarChartPane) pictures.get(2);
        List<Integer> picked = new ArrayList<>();
        settle();
        interact(
                () -> {
                    bars.setOnPick(pick -> picked.add(pick.index()));
                    Point2D last = clickFromTheRight(bars, picked);
                    assertEquals(List.of(4), picked);
                    bars.setBars(
                            List.of("FP32"),
                            List.of(BarChartPane.Bars.of("prefill", Ink.SERIES_2, 4.1)));
                    click(bars, last);
                    assertEquals(List.of(4), picked);
                    picked.clear();
                });
        settle();
        interact(() -> clickFromTheRight(bars, picked));
        assertEquals(List.of(0), picked);
    }

    /**
     * Clicks until something is picked.
     *
     * @return where it was
     */
    private static Point2D clickFromTheRight(ChartPane chart, List<Integer> picked) {
        for (double x = chart.getWidth() - 1; x > 0; x -= 4) {
            for (double y = 1; y < chart.getHeight(); y += 4) {
                Point2D at = new Point2D(x, y);
                click(chart, at);
                if (!picked.isEmpty()) {
                    return at;
                }
            }
        }
        throw new AssertionError("nothing can be picked");
    }

    private static void click(ChartPane chart, Point2D at) {
        mouse(chart, MouseEvent.MOUSE_PRESSED, at.getX(), at.getY());
        mouse(chart, MouseEvent.MOUSE_CLICKED, at.getX(), at.getY());
    }

    @Test
    void linkedChartsShareTheirXRange() {
        settle();
        LineChartPane other = lines();
        interact(
                () -> {
                    ChartPane.linkX(lines, other);
                    grid.add(other, 0, 3);
                });
        settle();
        moveTo(middle(lines));
        scroll(3, VerticalDirection.UP);
        assertEquals(lines.visibleX(), other.visibleX());
    }

    @Test
    void anExportButtonWritesWhereItIsTold(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("curve.csv");
        ExportBar bar = (ExportBar) lines.getParent().lookup(".export-bar");
        bar.setChooser(format -> Optional.of(file));
        clickOn((Button) bar.lookup("#export-csv"));
        PictureWriter.awaitIdle();
        String text = Files.readString(file, StandardCharsets.UTF_8);
        assertTrue(text.startsWith("series,windows scored,perplexity,low,high\r\n"), text);
        assertEquals(1 + 24, text.lines().count());
    }

    @Test
    void pointsThatCrowdAllHaveTheirNames() {
        ScatterChartPane crowd =
                new ScatterChartPane(
                        "crowd", ChartPane.Axis.linear("x", ""), ChartPane.Axis.linear("y", ""));
        List<ScatterChartPane.Point> points = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            points.add(
                    ScatterChartPane.Point.of(
                            "arithmetic " + i, Ink.TUNED, 50 + i % 3 * 3, 50 + i / 3 * 3));
        }
        points.add(ScatterChartPane.Point.of("far", Ink.BASELINE, 0, 0));
        points.add(ScatterChartPane.Point.of("away", Ink.BASELINE, 100, 100));
        interact(
                () -> {
                    crowd.resize(700, 500);
                    crowd.setPoints(points, List.of());
                    String svg = crowd.svg().get();
                    for (ScatterChartPane.Point point : points) {
                        assertTrue(svg.contains(">" + point.name() + "<"), point.name());
                    }
                });
    }

    @Test
    void namesOfGroupsAreAllThereAndApart() {
        BarChartPane pane = bars();
        List<String> names = List.of("FP32", "INT8-TRIP", "W4A8-TRIP", "INT4-TRIP");
        pane.setBars(names, List.of(BarChartPane.Bars.of("decode", Ink.SERIES_3, 1, 2, 3, 4)));
        List<String> broken = List.of("FP32", "INT8-", "TRIP", "W4A8-", "TRIP", "INT4-", "TRIP");
        interact(
                () -> {
                    assertEquals(names, texts(apart(wordsBelow(pane, 700))));
                    assertEquals(broken, texts(apart(wordsBelow(pane, 250))));
                    List<Word> upright = wordsBelow(pane, 170);
                    assertEquals(names, texts(upright));
                    assertTrue(upright.stream().allMatch(Word::upright));
                });
    }

    @Test
    void numbersOfGroupsThinOut() {
        BarChartPane pane = bars();
        List<String> numbers = IntStream.range(0, 48).mapToObj(Integer::toString).toList();
        double[] values = numbers.stream().mapToDouble(Double::parseDouble).toArray();
        pane.setBars(numbers, List.of(BarChartPane.Bars.of("loss", Ink.SERIES_3, values)));
        interact(
                () -> {
                    assertEquals(numbers, texts(apart(wordsBelow(pane, 2000))));
                    List<String> some = texts(apart(wordsBelow(pane, 400)));
                    assertEquals("0", some.getFirst());
                    assertTrue(some.size() > 8 && some.size() < 48, some.toString());
                });
    }

    /**
     * Text of a chart.
     *
     * @param left where it begins, in pixels
     * @param right where it ends, if it lies
     */
    private record Word(String text, double left, double right, double y, boolean upright) {}

    private static List<String> texts(List<Word> words) {
        return words.stream().map(Word::text).toList();
    }

    /** The same words, none of which touches another one on its line. */
    private static List<Word> apart(List<Word> words) {
        for (Word one : words) {
            for (Word other : words) {
                assertTrue(
                        one.y() != other.y()
                                || one.left() >= other.left()
                                || one.right() < other.left() - 2,
                        one + " and " + other);
            }
        }
        return words;
    }

    /** What is written between the bars and the axis' title of a chart so wide. */
    private static List<Word> wordsBelow(BarChartPane pane, double width) {
        pane.resize(width, 260);
        List<Word> words = words(pane);
        return words.subList(0, texts(words).indexOf("numeric format"));
    }

    private static Word word(ChartPane pane, String text) {
        return words(pane).stream().filter(each -> each.text().equals(text)).findFirst().get();
    }

    /** All that is written in a chart. */
    private static List<Word> words(ChartPane pane) {
        FontRenderContext measure = new FontRenderContext(null, true, true);
        return Pattern.compile(
                        "<text transform='matrix\\(\\S+ (\\S+) .*?' x='(\\S+)' y='(\\S+)'"
                                + " font-size='(\\S+)'.*?>(.*?)</text>")
                .matcher(pane.svg().get())
                .results()
                .map(
                        found -> {
                            double left = Double.parseDouble(found.group(2));
                            double size = Double.parseDouble(found.group(4));
                            String text = found.group(5);
                            return new Word(
                                    text,
                                    left,
                                    left + Awt.font(size).getStringBounds(text, measure).getWidth(),
                                    Double.parseDouble(found.group(3)),
                                    Double.parseDouble(found.group(1)) < -0.5);
                        })
                .toList();
    }

    /** Curves would run through it. */
    @Test
    void theWordOfALineAcrossHasItsOwnGround() {
        interact(
                () -> {
                    String svg = lines.svg().get();
                    String before = svg.substring(0, svg.indexOf(">whole text<"));
                    String ground = before.substring(before.lastIndexOf("<path"));
                    double opacity =
                            Double.parseDouble(
                                    ground.replaceAll("(?s).*fill-opacity='([0-9.]+)'.*", "$1"));
                    assertTrue(opacity > 0.7, ground);
                });
    }

    private static Point2D middle(ChartPane pane) {
        return pane.localToScreen(pane.getWidth() / 2 + 12, pane.getHeight() / 2);
    }

    /** The numbers that stand beside a picture's axes. */
    private static List<Double> numbers(ChartPane pane) {
        return numberWords(pane).map(Double::valueOf).toList();
    }

    private static Stream<String> numberWords(ChartPane pane) {
        return Pattern.compile(">\\s*([0-9.]+)\\s*<")
                .matcher(pane.svg().get())
                .results()
                .map(match -> match.group(1));
    }

    private static ScatterChartPane qualityBySize(String unit) {
        return new ScatterChartPane(
                "quality by size",
                ChartPane.Axis.logarithmic("size", unit),
                ChartPane.Axis.linear("perplexity", ""));
    }

    /** Recipes of the same bits differ by a hundredth in size: nothing that a person looks for. */
    @Test
    void sizesThatAreAllButEqualAreNotDrawnApart() {
        ScatterChartPane pane = qualityBySize("KiB");
        pane.setPoints(
                List.of(
                        ScatterChartPane.Point.of("one", Ink.TUNED, 862.9, 55.12),
                        ScatterChartPane.Point.of("other", Ink.TUNED, 871.5, 57.9)),
                List.of());
        interact(() -> grid.add(pane, 0, 3));
        settle();
        Range sizes = pane.visibleX();
        assertTrue(sizes.getUpperBound() > 1.4 * sizes.getLowerBound(), sizes.toString());
        List<Double> sizeTicks = numbers(pane).stream().filter(sizes::contains).toList();
        assertTrue(sizeTicks.size() >= 3, sizeTicks.toString());
        assertTrue(sizeTicks.stream().allMatch(tick -> tick % 50 == 0), sizeTicks.toString());
    }

    /** A curve that reaches the upper edge would run through it. */
    @Test
    void theWordOfALineStandsAboveAllCurves() {
        LineChartPane pane =
                new LineChartPane(
                        "ranges",
                        ChartPane.Axis.linear("channel", ""),
                        ChartPane.Axis.linear("value", ""));
        double[] x = IntStream.range(0, 100).asDoubleStream().toArray();
        double[] highest = IntStream.range(0, 100).mapToDouble(i -> 7.5).toArray();
        double[] lowest = IntStream.range(0, 100).mapToDouble(i -> -7.5).toArray();
        pane.setLines(
                List.of(
                        LineChartPane.Line.of("highest level", Ink.MUTED, x, highest),
                        LineChartPane.Line.of("lowest level", Ink.MUTED, x, lowest)));
        pane.setMarkers(List.of(new ChartPane.Marker(true, 42, "channel 42", Ink.MUTED)));
        interact(() -> grid.add(pane, 0, 3));
        settle();
        double word = word(pane, "channel 42").y();
        double curve = pane.pixelY(7.5);
        assertTrue(curve > word + 2, "the word ends at " + word + ", the curve is at " + curve);
    }

    /** A single run on the board, or several that are the same. */
    @Test
    void aRangeOfOneValueHasTicksThatDiffer() {
        ScatterChartPane pane = qualityBySize("MiB");
        pane.setPoints(
                List.of(ScatterChartPane.Point.of("RTN-W4", Ink.TUNED, 0.8672, 55.12)), List.of());
        interact(() -> grid.add(pane, 0, 3));
        settle();
        List<String> numbers = numberWords(pane).toList();
        assertTrue(numbers.size() >= 4, numbers.toString());
        assertEquals(numbers.stream().distinct().toList(), numbers);
    }
}
