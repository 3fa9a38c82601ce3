package io.agilelens.views.chart;

import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import io.agilelens.views.WindowAdvice;
import io.agilelens.views.WrappingHeader;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ToggleButton;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/**
 * A picture with its heading, its tools and one sentence below that says what one is looking at.
 */
public final class ChartCard extends VBox {
    private final Label heading = new Label();
    private final Caption sentence = new Caption();
    private String words;
    private final HBox tools = new HBox();
    private final DoubleProperty magnification = new SimpleDoubleProperty(this, "magnification");
    private final Exportable picture;
    private Subscription kept = Subscription.EMPTY;

    /**
     * A card whose words stand in the bundle.
     *
     * @param key of the words: {@code KEY.heading} and {@code KEY.sentence}
     */
    public static ChartCard of(String key, Exportable picture) {
        return new ChartCard(
                Messages.text(key + ".heading"), Messages.text(key + ".sentence"), picture);
    }

    /**
     * @param heading what the picture shows, in a few words
     * @param sentence what one is looking at and what to look for, in one sentence; {@link
     *     WindowAdvice} may follow
     */
    public ChartCard(String heading, String sentence, Exportable picture) {
        this.picture = picture;
        getStyleClass().add("chart-card");
        this.heading.setText(heading);
        this.heading.getStyleClass().add("card-heading");
        this.heading.setMinWidth(0);
        setSentence(sentence);
        this.sentence.getStyleClass().addAll("small", "muted");
        tools.getStyleClass().add("card-tools");
        tools.setMinWidth(Region.USE_PREF_SIZE);
        if (picture instanceof Heatmap map) {
            tools.getChildren().add(logSwitch(map.logScaleProperty(), "chart.log.help"));
        }
        if (picture instanceof HistogramPane histogram) {
            tools.getChildren()
                    .add(logSwitch(histogram.logCountsProperty(), "chart.log.counts.help"));
        }
        tools.getChildren().add(new ExportBar(picture));
        WrappingHeader header = new WrappingHeader(this.heading, tools, "card-header");
        Region node = picture.node();
        VBox.setVgrow(node, Priority.ALWAYS);
        getChildren().addAll(header, node, this.sentence);
        setMinWidth(0);
        magnification.bind(Theme.magnificationProperty());
        keepHeight(0);
    }

    /**
     * Keeps the card from getting lower than that where type is as large as usual. Usual type gives
     * way in a small window; large type is scrolled to rather than cut.
     *
     * @param least in pixels, or {@link Region#USE_PREF_SIZE}
     */
    public void keepHeight(double least) {
        kept.unsubscribe();
        kept =
                magnification.subscribe(
                        factor -> {
                            if (!minHeightProperty().isBound()) {
                                setMinHeight(factor.doubleValue() > 1 ? USE_COMPUTED_SIZE : least);
                            }
                        });
    }

    /** What the picture is said to show. */
    public String heading() {
        return heading.getText();
    }

    /** The sentence below, without advice that is of use in the window only. */
    public String sentence() {
        return WindowAdvice.leftOut(words);
    }

    /** The picture itself. */
    public Exportable picture() {
        return picture;
    }

    /** Changes what the picture is said to show. */
    public void setHeading(String text) {
        heading.setText(text);
    }

    /** Changes the sentence below; the picture keeps its height. */
    public void setSentence(String text) {
        words = text;
        sentence.change(WindowAdvice.shown(text));
    }

    /** Puts something, such as a badge, left of the tools. */
    public void addTool(Node tool) {
        tools.getChildren().addFirst(tool);
    }

    private static ToggleButton logSwitch(BooleanProperty log, String help) {
        ToggleButton button = new ToggleButton(Messages.text("chart.log"));
        button.getStyleClass().addAll("flat", "small", "export-button");
        Help.on(button, Messages.text(help));
        button.selectedProperty().bindBidirectional(log);
        return button;
    }
}
