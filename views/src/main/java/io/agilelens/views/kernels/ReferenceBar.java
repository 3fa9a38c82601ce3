package io.agilelens.views.kernels;

import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.layout.HBox;
import javafx.util.StringConverter;

/** Chooses what a measurement is set against, and keeps the present one for later. */
final class ReferenceBar extends HBox {
    private static final double WIDTH = 156;

    private final ComboBox<Reference> choice = new ComboBox<>();
    private final References references;

    /**
     * @param key what identifiers begin with
     * @param keep keeps what is shown
     */
    ReferenceBar(String key, References references, Runnable keep) {
        super(4);
        this.references = references;
        getStyleClass().add("card-tools");
        choice.setId(key + "-against");
        choice.setAccessibleText(Messages.text("kernels.against"));
        Help.wrapped(choice, Messages.text("kernels.against.help"));
        choice.getStyleClass().add("card-choice");
        choice.setPrefWidth(WIDTH);
        choice.setMinWidth(USE_PREF_SIZE);
        choice.setConverter(
                new StringConverter<>() {
                    @Override
                    public String toString(Reference reference) {
                        return reference == null ? "" : reference.title();
                    }

                    @Override
                    public Reference fromString(String text) {
                        throw new UnsupportedOperationException("references are chosen, not typed");
                    }
                });
        references.offered().subscribe(this::show);
        references.chosenProperty().subscribe(this::show);
        choice.setOnAction(
                _ -> {
                    // The list is being replaced.
                    if (choice.getValue() != null) {
                        references.chosenProperty().set(choice.getValue());
                    }
                });
        Button kept = new Button(Messages.text("kernels.keep"));
        kept.setId(key + "-keep");
        kept.getStyleClass().add("small");
        kept.setMinWidth(USE_PREF_SIZE);
        Help.wrapped(kept, Messages.text("kernels.keep.help"));
        kept.setOnAction(_ -> keep.run());
        getChildren().addAll(choice, kept);
        show();
    }

    private void show() {
        if (!choice.getItems().equals(references.offered())) {
            choice.getItems().setAll(references.offered());
        }
        choice.setValue(references.chosenProperty().get());
    }
}
