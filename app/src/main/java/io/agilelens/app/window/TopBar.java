package io.agilelens.app.window;

import io.agilelens.engine.model.Planting;
import io.agilelens.views.Badge;
import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import io.agilelens.views.chart.ChartStyle;
import java.util.Optional;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The line above everything: which model this is, and what can be done with the whole of it. */
public final class TopBar extends HBox {
    private final Label model = new Label();
    private final HBox planted = new HBox();
    private final HBox actions = new HBox();
    private final ObjectProperty<ChartStyle> style = new SimpleObjectProperty<>(this, "style");
    private final Button theme = iconButton(Feather.MOON, "window.theme", Theme::toggle);

    TopBar() {
        getStyleClass().add("top-bar");
        Label product = new Label(Messages.text("window.product"));
        product.getStyleClass().add("heading");
        product.setMinWidth(Region.USE_PREF_SIZE);
        model.getStyleClass().add("muted");
        model.setMinWidth(0);
        actions.getStyleClass().add("top-actions");
        actions.setMinWidth(Region.USE_PREF_SIZE);
        theme.setId("theme-switch");
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        HBox.setHgrow(model, Priority.SOMETIMES);
        planted.setMinWidth(Region.USE_PREF_SIZE);
        planted.getStyleClass().add("top-actions");
        getChildren().addAll(product, model, planted, gap, actions, theme);
        // Bound, not subscribed: looks outlive a window and must not hold it.
        style.bind(Theme.chartStyleProperty());
        style.subscribe(
                shown -> theme.setGraphic(new FontIcon(shown.dark() ? Feather.SUN : Feather.MOON)));
    }

    /** Says which model is open, such as {@code llama-tiny · 8 layers · 2.0 M · F16}. */
    public void setModel(String summary) {
        model.setText(summary);
        model.setTooltip(summary.isEmpty() ? null : new Tooltip(summary));
    }

    /** Says which outliers were planted in the model, if any. */
    public void setPlanting(Optional<Planting> planting) {
        planted.getChildren().setAll(planting.map(Badge::planted).stream().toList());
        planted.setManaged(planting.isPresent());
    }

    /** Adds a button or a menu behind those already there. */
    public void addAction(Node action) {
        actions.getChildren().add(action);
    }

    /** Adds something behind all actions and the switch of the theme. */
    void addLast(Node node) {
        getChildren().add(node);
    }

    /** A button with only a picture; its words are in the tooltip. */
    public static Button iconButton(Ikon icon, String key, Runnable action) {
        Button button = new Button(null, new FontIcon(icon));
        button.getStyleClass().addAll("flat", "icon-button");
        button.setAccessibleText(Messages.text(key));
        button.setTooltip(new Tooltip(Messages.text(key)));
        button.setOnAction(event -> action.run());
        return button;
    }
}
