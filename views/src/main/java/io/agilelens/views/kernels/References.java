package io.agilelens.views.kernels;

import java.util.ArrayList;
import java.util.List;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;

/** What a measurement can be set against, and what it is set against. */
final class References {
    private final ObjectProperty<Reference> chosen =
            new SimpleObjectProperty<>(this, "chosen", new Reference.Nothing());
    private final ObservableList<Reference> offered =
            FXCollections.observableArrayList(new Reference.Nothing());

    /** One of those that are offered. */
    ObjectProperty<Reference> chosenProperty() {
        return chosen;
    }

    /** Nothing comes first. */
    ObservableList<Reference> offered() {
        return offered;
    }

    /** Offers others; nothing is chosen if what was is not among them. */
    void offer(List<Reference> others) {
        List<Reference> wanted = new ArrayList<>();
        wanted.add(new Reference.Nothing());
        wanted.addAll(others);
        if (!wanted.equals(offered)) {
            offered.setAll(wanted);
        }
        if (!wanted.contains(chosen.get())) {
            chosen.set(wanted.getFirst());
        }
    }
}
