package io.agilelens.views;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/**
 * What is selected, as a path {@code layer 5 › MLP_HIDDEN › channel 91 › head 2 › token 17}. A
 * click on a part drops the parts behind it; the arrows walk through the history.
 */
public final class SelectionPath extends HBox {
    private final Selection selection;
    private final WrappingRow parts = new WrappingRow(WrappingRow.Align.START, 4, 0);
    private IntFunction<String> tokenName = Integer::toString;

    /**
     * @param selection what is shown and changed
     */
    public SelectionPath(Selection selection) {
        this.selection = selection;
        getStyleClass().add("selection-path");
        parts.getStyleClass().add("selection-path");
        Button back = arrow(Feather.ARROW_LEFT, "selection.back", selection::back);
        back.disableProperty().bind(selection.canGoBackProperty().not());
        Button forward = arrow(Feather.ARROW_RIGHT, "selection.forward", selection::forward);
        forward.disableProperty().bind(selection.canGoForwardProperty().not());
        getChildren().addAll(back, forward, parts);
        selection.placeProperty().subscribe(this::show);
    }

    /** How a token is called; its position unless told otherwise. */
    public void setTokenName(IntFunction<String> tokenName) {
        this.tokenName = tokenName;
        show(selection.place());
    }

    private static Button arrow(Feather icon, String key, Runnable action) {
        Button button = new Button(null, new FontIcon(icon));
        button.getStyleClass().addAll("flat", "icon-button");
        button.setAccessibleText(Messages.text(key));
        Help.on(button, Messages.text(key));
        button.setOnAction(event -> action.run());
        return button;
    }

    private void show(Selection.Place place) {
        int none = Selection.NONE;
        List<Node> nodes = new ArrayList<>();
        if (place.layer() != none) {
            add(
                    nodes,
                    Messages.text("selection.layer", Integer.toString(place.layer())),
                    new Selection.Place(place.layer(), place.site(), none, none, none));
        }
        add(
                nodes,
                place.site().name(),
                new Selection.Place(place.layer(), place.site(), none, none, none));
        if (place.channel() != none) {
            add(
                    nodes,
                    Messages.text("selection.channel", Integer.toString(place.channel())),
                    place.withHead(none).withToken(none));
        }
        if (place.head() != none) {
            add(
                    nodes,
                    Messages.text("selection.head", Integer.toString(place.head())),
                    place.withToken(none));
        }
        if (place.token() != none) {
            add(nodes, Messages.text("selection.token", tokenName.apply(place.token())), place);
        }
        parts.getChildren().setAll(nodes);
    }

    private void add(List<Node> nodes, String text, Selection.Place target) {
        if (!nodes.isEmpty()) {
            Label separator = new Label("›");
            separator.getStyleClass().add("muted");
            nodes.add(separator);
        }
        Hyperlink link = new Hyperlink(text);
        link.setOnAction(event -> selection.select(target));
        Help.on(link, Messages.text("selection.part.help"));
        nodes.add(link);
    }
}
