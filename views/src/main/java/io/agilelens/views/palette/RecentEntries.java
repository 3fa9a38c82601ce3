package io.agilelens.views.palette;

import java.util.List;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;

/** Which entries were used last, newest first. */
public final class RecentEntries {
    private static final int MOST = 12;

    private final ObservableList<String> ids = FXCollections.observableArrayList();

    /** Names of entries, newest first. */
    public ObservableList<String> ids() {
        return FXCollections.unmodifiableObservableList(ids);
    }

    /** Takes over what was kept of an earlier run. */
    public void restore(List<String> kept) {
        ids.setAll(kept.stream().filter(id -> !id.isBlank()).distinct().limit(MOST).toList());
    }

    void used(PaletteEntry entry) {
        if (!entry.id().isEmpty()) {
            ids.remove(entry.id());
            ids.addFirst(entry.id());
            if (ids.size() > MOST) {
                ids.removeLast();
            }
        }
    }
}
