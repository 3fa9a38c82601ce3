package io.agilelens.views.settings;

import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import io.agilelens.views.Motion;
import io.agilelens.views.Theme;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import javafx.beans.value.ObservableValue;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ButtonType;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ChoiceBox;
import javafx.scene.control.Control;
import javafx.scene.control.Dialog;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.stage.Window;
import javafx.util.StringConverter;
import javafx.util.Subscription;

/** What a person chooses once: looks, motion, threads. Every choice holds at once and is kept. */
public final class SettingsDialog extends Dialog<Void> {
    private static final double WIDTH = 560;

    private final SettingsHost host;
    private final GridPane form = new GridPane();
    private Subscription followed = Subscription.EMPTY;

    public SettingsDialog(Window owner, SettingsHost host) {
        this.host = host;
        initOwner(owner);
        setTitle(Messages.text("settings.title"));
        setHeaderText(Messages.text("settings.title"));
        getDialogPane().setId("settings");
        getDialogPane().getStylesheets().add(Theme.sceneStylesheet());
        getDialogPane().setContent(content());
        getDialogPane().setPrefWidth(WIDTH);
        getDialogPane().setMinHeight(Region.USE_PREF_SIZE);
        getDialogPane().getButtonTypes().setAll(ButtonType.CLOSE);
        getDialogPane().lookupButton(ButtonType.CLOSE).setId("settings-close");
        setOnHidden(_ -> followed.unsubscribe());
    }

    private Node content() {
        form.getStyleClass().add("export-form");
        ColumnConstraints names = new ColumnConstraints();
        names.setMinWidth(Region.USE_PREF_SIZE);
        ColumnConstraints fields = new ColumnConstraints();
        fields.setHgrow(Priority.ALWAYS);
        form.getColumnConstraints().setAll(names, fields);
        row(
                "theme",
                choice("theme", List.of(Theme.Mode.values()), Theme.modeProperty(), Theme::apply));
        row(
                "zoom",
                choice(
                        "zoom",
                        Theme.zooms(),
                        Theme.zoomProperty().asObject(),
                        zoom -> Messages.text("settings.zoom.share", zoom),
                        Theme::setZoom));
        CheckBox projector = new CheckBox(Messages.text("settings.projector.on"));
        projector.setId("settings-projector");
        projector.setOnAction(_ -> Theme.setProjector(projector.isSelected()));
        follow(Theme.projectorProperty(), projector::setSelected);
        row("projector", projector);
        row(
                "motion",
                choice(
                        "motion",
                        List.of(Motion.Mode.values()),
                        Motion.modeProperty(),
                        Motion::apply));
        row("threads", threads());
        TextField folder = new TextField(host.cacheFolder());
        folder.setId("settings-cache");
        folder.setEditable(false);
        row("cache", folder);
        Button kernels = button("kernels", host::forgetKernels);
        Button layout = button("layout", host::resetLayout);
        HBox resets = new HBox(8, kernels, layout);
        form.addRow(form.getRowCount(), new Label(Messages.text("settings.reset")), resets);
        return new VBox(form);
    }

    private Node threads() {
        List<Integer> offered = new ArrayList<>(List.of(0));
        int most = Math.max(Runtime.getRuntime().availableProcessors(), host.threads());
        for (int threads = 1; threads <= most; threads++) {
            offered.add(threads);
        }
        ChoiceBox<Integer> box =
                box(
                        "threads",
                        offered,
                        threads ->
                                threads == 0
                                        ? Messages.text("settings.threads.all")
                                        : Integer.toString(threads));
        box.setValue(host.threads());
        box.setDisable(!host.keeps());
        box.valueProperty().subscribe((_, now) -> host.setThreads(now));
        Label note = new Label(Messages.text("settings.threads.now", host.threadsNow()));
        note.getStyleClass().addAll("small", "muted");
        note.setWrapText(true);
        HBox line = new HBox(8, box, note);
        line.getStyleClass().add("top-bar-line");
        line.setAlignment(javafx.geometry.Pos.CENTER_LEFT);
        HBox.setHgrow(note, Priority.ALWAYS);
        return line;
    }

    private <T> ChoiceBox<T> choice(
            String key, List<T> values, ObservableValue<T> shown, Consumer<T> choose) {
        return choice(
                key,
                values,
                shown,
                value -> Messages.text("settings." + key + "." + value),
                choose);
    }

    private <T> ChoiceBox<T> choice(
            String key,
            List<T> values,
            ObservableValue<T> shown,
            Function<T, String> words,
            Consumer<T> choose) {
        ChoiceBox<T> box = box(key, values, words);
        follow(shown, box::setValue);
        box.valueProperty()
                .subscribe(
                        (_, now) -> {
                            if (now != null && !now.equals(shown.getValue())) {
                                choose.accept(now);
                            }
                        });
        return box;
    }

    private static <T> ChoiceBox<T> box(String key, List<T> values, Function<T, String> words) {
        ChoiceBox<T> box = new ChoiceBox<>();
        box.setId("settings-" + key);
        box.getItems().setAll(values);
        box.setConverter(
                new StringConverter<>() {
                    @Override
                    public String toString(T value) {
                        return value == null ? "" : words.apply(value);
                    }

                    @Override
                    public T fromString(String text) {
                        throw new UnsupportedOperationException("values are chosen, not typed");
                    }
                });
        return box;
    }

    /** Looks may change by keys while the dialog is open. */
    private <T> void follow(ObservableValue<T> value, Consumer<? super T> show) {
        followed = followed.and(value.subscribe(show));
    }

    private Button button(String key, Runnable effect) {
        Button button = new Button(Messages.text("settings." + key));
        button.setId("settings-" + key);
        button.setOnAction(_ -> effect.run());
        Help.wrapped(button, Messages.text("settings." + key + ".help"));
        return button;
    }

    private void row(String key, Node field) {
        Label name = new Label(Messages.text("settings." + key));
        name.setLabelFor(field);
        name.getStyleClass().add("settings-name");
        String help = Messages.text("settings." + key + ".help");
        Help.wrapped(name, help);
        if (field instanceof Control control) {
            Help.wrapped(control, help);
            control.setAccessibleText(Messages.text("settings." + key));
        } else {
            field.lookupAll(".choice-box").forEach(each -> each.setAccessibleText(name.getText()));
        }
        form.addRow(form.getRowCount(), name, field);
    }
}
