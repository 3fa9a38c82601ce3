package io.agilelens.views.attention;

import io.agilelens.engine.evaluate.HeadStatistics;
import io.agilelens.views.Comparison;
import io.agilelens.views.Selection;
import io.agilelens.views.workbench.WindowComparison;
import io.agilelens.views.workbench.Workbench;
import java.util.List;
import java.util.Optional;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleObjectProperty;

/** What the station shows, made from the workbench and the selection. */
final class AttentionViewModel {
    private final Workbench workbench;
    private final ObjectProperty<Comparison> comparison =
            new SimpleObjectProperty<>(this, "comparison", Comparison.BASELINE);
    private final ObjectProperty<HeadMeasure> measure =
            new SimpleObjectProperty<>(this, "measure", HeadMeasure.START);
    private final ReadOnlyObjectWrapper<Optional<AttentionLook>> look =
            new ReadOnlyObjectWrapper<>(this, "look", Optional.empty());

    AttentionViewModel(Workbench workbench) {
        this.workbench = workbench;
        comparison.addListener(property -> look());
        measure.addListener(property -> look());
        workbench.comparisonProperty().addListener(property -> look());
        workbench.selection().placeProperty().addListener(property -> look());
        look();
    }

    ObjectProperty<Comparison> comparisonProperty() {
        return comparison;
    }

    /** What the overview shows of each head. */
    ObjectProperty<HeadMeasure> measureProperty() {
        return measure;
    }

    /** What is looked at; empty while no window was analyzed. */
    ReadOnlyObjectProperty<Optional<AttentionLook>> lookProperty() {
        return look.getReadOnlyProperty();
    }

    /** Whether a head was picked, rather than the one that looks most at the start token. */
    boolean isHeadPicked() {
        return workbench.selection().place().head() != Selection.NONE;
    }

    void selectHead(int layer, int head) {
        Selection selection = workbench.selection();
        selection.select(selection.place().withLayer(layer).withHead(head));
    }

    /** A token that queries, by its position in the window. */
    void selectToken(int head, int position) {
        Selection selection = workbench.selection();
        selection.select(selection.place().withHead(head).withToken(position));
    }

    private void look() {
        look.set(workbench.comparisonProperty().get().map(this::lookAt));
    }

    private AttentionLook lookAt(WindowComparison windows) {
        Selection.Place place = workbench.selection().place();
        List<List<HeadStatistics>> layers = windows.baseline().heads();
        int layer = Math.clamp(place.layer(), 0, layers.size() - 1);
        List<HeadStatistics> heads = layers.get(layer);
        int head =
                isHeadPicked() ? Math.clamp(place.head(), 0, heads.size() - 1) : mostAtStart(heads);
        return new AttentionLook(windows, comparison.get(), measure.get(), layer, head);
    }

    private static int mostAtStart(List<HeadStatistics> heads) {
        int most = 0;
        for (int head = 1; head < heads.size(); head++) {
            if (heads.get(head).startAttention() > heads.get(most).startAttention()) {
                most = head;
            }
        }
        return most;
    }
}
