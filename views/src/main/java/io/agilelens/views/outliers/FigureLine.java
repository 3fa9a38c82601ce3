package io.agilelens.views.outliers;

import io.agilelens.engine.evaluate.SiteStatistics;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.VBox;

/** The figures of the selected site: baseline, then tuned where that differs. */
final class FigureLine extends FlowPane {
    private final Label noise = new Label();
    private final Label kurtosis = new Label();
    private final Label sink = new Label();
    private final Label spread = new Label();

    FigureLine() {
        super(24, 4);
        getStyleClass().add("figure-line");
        noise.setId("outliers-sqnr");
        sink.setId("outliers-sink");
        getChildren()
                .addAll(
                        figure("noise", noise),
                        figure("kurtosis", kurtosis),
                        figure("sink", sink),
                        figure("spread", spread));
    }

    private static VBox figure(String key, Label value) {
        Label name = new Label(Messages.text("outliers.figure." + key));
        name.getStyleClass().addAll("small", "muted");
        Tooltip help = new Tooltip(Messages.text("outliers.figure." + key + ".help"));
        help.setWrapText(true);
        help.setMaxWidth(320);
        name.setTooltip(help);
        value.setTooltip(help);
        return new VBox(name, value);
    }

    void show(OutlierLook look) {
        SiteStatistics baseline = look.baseline();
        SiteStatistics tuned = look.tuned();
        boolean quantized = look.quantizer().isPresent();
        noise.setText(
                quantized
                        ? Figures.number(tuned.signalToNoise(), "dB")
                        : Messages.text("outliers.figure.noise.none"));
        kurtosis.setText(
                both(Figures.number(baseline.kurtosis()), Figures.number(tuned.kurtosis())));
        sink.setText(both(sink(baseline), sink(tuned)));
        spread.setText(
                both(
                        Figures.number(baseline.rootMeanSquare()),
                        Figures.number(tuned.rootMeanSquare())));
    }

    private static String sink(SiteStatistics statistics) {
        return Figures.number(statistics.firstTokenMagnitude())
                + " / "
                + Figures.number(statistics.otherMagnitude());
    }

    private static String both(String baseline, String tuned) {
        return baseline.equals(tuned) ? baseline : baseline + " → " + tuned;
    }
}
