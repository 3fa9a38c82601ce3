package io.agilelens.views.export;

import io.agilelens.engine.export.ExportReport;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import java.util.List;
import java.util.stream.Collectors;
import javafx.geometry.VPos;
import javafx.scene.control.ButtonType;
import javafx.scene.control.Dialog;
import javafx.scene.control.Label;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.stage.Modality;
import javafx.stage.Window;

/** What an export came to. */
public final class ExportReportDialog extends Dialog<Void> {
    private static final double WIDTH = 600;

    private final GridPane facts = new GridPane();

    public ExportReportDialog(Window owner, ExportReport report) {
        initOwner(owner);
        initModality(Modality.NONE);
        setTitle(Messages.text("saved.title"));
        setHeaderText(Messages.text("saved.header", report.target().getFileName()));
        getDialogPane().getStylesheets().add(Theme.sceneStylesheet());
        getDialogPane().setId("export-report");
        getDialogPane().setPrefWidth(WIDTH);
        getDialogPane().setMinHeight(Region.USE_PREF_SIZE);
        getDialogPane().getButtonTypes().setAll(ButtonType.CLOSE);
        getDialogPane().lookupButton(ButtonType.CLOSE).setId("export-report-close");
        facts.getStyleClass().add("export-form");
        ColumnConstraints names = new ColumnConstraints();
        names.setMinWidth(Region.USE_PREF_SIZE);
        ColumnConstraints values = new ColumnConstraints();
        values.setHgrow(Priority.ALWAYS);
        facts.getColumnConstraints().setAll(names, values);
        describe(report);
        getDialogPane().setContent(facts);
    }

    private void describe(ExportReport report) {
        add("place", report.target().toString());
        add("layout", report.layout());
        add(
                "size",
                Messages.text(
                        report.quantizedWeights() == 0 ? "saved.size.floats" : "saved.size.bits",
                        Figures.bytes(report.bytes()),
                        Figures.number(report.bitsPerWeight()),
                        Figures.number(report.bitsPerQuantizedWeight()),
                        Figures.number(report.compression())));
        add("check", check(report));
        add(
                "lost",
                report.notCarried().isEmpty()
                        ? Messages.text("saving.lost.nothing")
                        : bullets(report.notCarried()));
        if (!report.notes().isEmpty()) {
            add("notes", bullets(report.notes()));
        }
    }

    private static String check(ExportReport report) {
        int tokens = report.logits().tokens();
        return report.logits().identical()
                ? Messages.text("saved.check.identical", tokens)
                : Messages.text(
                        "saved.check.close",
                        Figures.number(report.weightError().largest()),
                        report.weightError().tensor(),
                        tokens,
                        Figures.number(report.logits().largest()));
    }

    /** Lines with a mark in front of each. */
    static String bullets(List<String> lines) {
        return lines.stream().map(line -> "• " + line).collect(Collectors.joining("\n"));
    }

    private void add(String key, String value) {
        Label name = new Label(Messages.text("saved." + key));
        name.getStyleClass().addAll("muted", "export-name");
        GridPane.setValignment(name, VPos.TOP);
        Label text = new Label(value);
        text.setId("export-report-" + key);
        text.setWrapText(true);
        text.setMinHeight(Region.USE_PREF_SIZE);
        GridPane.setValignment(text, VPos.TOP);
        facts.addRow(facts.getRowCount(), name, text);
    }
}
