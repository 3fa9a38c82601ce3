package io.agilelens.views.kernels;

import io.agilelens.views.Arrangement;
import io.agilelens.views.Messages;
import io.agilelens.views.WorkButton;
import io.agilelens.views.chart.BarChartPane;
import io.agilelens.views.chart.ChartCard;
import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.workbench.Measuring;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import javafx.scene.control.Label;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** Which vectors are in use and why, and what each width would make of the model's products. */
final class WidthsPane extends StackPane {
    private final KernelsViewModel model;
    private final BarChartPane chart =
            new BarChartPane(
                    Messages.text("kernels.widths.heading"),
                    Messages.text("kernels.column.name"),
                    ChartPane.Axis.linear(Messages.text("kernels.throughput"), "GMAC/s"));
    private final Label reason = new Label();
    private final Label remark = new Label();
    private final MeasuredPane pane;

    WidthsPane(Workbench workbench, KernelsViewModel model, WorkbenchActions actions) {
        this.model = model;
        chart.setId("kernels-width-chart");
        remark.setId("kernels-width-remark");
        for (Label label : new Label[] {reason, remark}) {
            label.setWrapText(true);
            label.setMinHeight(USE_PREF_SIZE);
        }
        reason.setText(model.reason() + ".");
        ChartCard card = ChartCard.of("kernels.widths", chart);
        VBox.setVgrow(card, Priority.ALWAYS);
        VBox content = new VBox(8, reason, remark, card);
        pane =
                new MeasuredPane(
                        "kernels.widths",
                        model.reason(),
                        verb ->
                                new WorkButton(
                                        workbench,
                                        actions,
                                        Measuring.WIDTHS,
                                        verb,
                                        actions::measureWidths),
                        Arrangement.of(content));
        getChildren().add(pane);
        model.widthPictureProperty().subscribe(this::show);
    }

    private void show(WidthPicture picture) {
        chart.setBars(picture.arithmetics(), picture.bars());
        remark.setText(picture.remark());
        pane.show(!picture.bars().isEmpty(), picture.conditions(), model.widthsOrigin());
    }
}
