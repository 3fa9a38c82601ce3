package io.agilelens.views;

import io.agilelens.engine.model.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;

/**
 * What the whole window looks at. Picking something in one view shows it in all others; back and
 * forward walk through what was looked at before.
 */
public final class Selection {
    /** Stands for a part that is not selected. */
    public static final int NONE = -1;

    private static final int LONGEST_HISTORY = 200;

    /**
     * One place in the model and the text.
     *
     * @param layer the decoder layer, or {@link #NONE}
     * @param site the place in the layer
     * @param channel the channel of the site, or {@link #NONE}
     * @param head the attention head, or {@link #NONE}
     * @param token the position in the text, or {@link #NONE}
     */
    public record Place(int layer, Site site, int channel, int head, int token) {
        /** Where a window starts. */
        public static final Place START = new Place(0, Site.MLP_HIDDEN, NONE, NONE, NONE);

        public Place {
            Objects.requireNonNull(site);
        }

        public Place withLayer(int newLayer) {
            return new Place(newLayer, site, channel, head, token);
        }

        /** Another site; a channel of the old one would mean nothing there. */
        public Place withSite(Site newSite) {
            return newSite == site ? this : new Place(layer, newSite, NONE, head, token);
        }

        public Place withChannel(int newChannel) {
            return new Place(layer, site, newChannel, head, token);
        }

        public Place withHead(int newHead) {
            return new Place(layer, site, channel, newHead, token);
        }

        public Place withToken(int newToken) {
            return new Place(layer, site, channel, head, newToken);
        }
    }

    private final ReadOnlyObjectWrapper<Place> place = new ReadOnlyObjectWrapper<>(Place.START);
    private final ReadOnlyBooleanWrapper canGoBack = new ReadOnlyBooleanWrapper();
    private final ReadOnlyBooleanWrapper canGoForward = new ReadOnlyBooleanWrapper();
    private final List<Place> history = new ArrayList<>(List.of(Place.START));
    private int index;

    /** What is looked at; never null. */
    public ReadOnlyObjectProperty<Place> placeProperty() {
        return place.getReadOnlyProperty();
    }

    public Place place() {
        return place.get();
    }

    public ReadOnlyBooleanProperty canGoBackProperty() {
        return canGoBack.getReadOnlyProperty();
    }

    public ReadOnlyBooleanProperty canGoForwardProperty() {
        return canGoForward.getReadOnlyProperty();
    }

    /** Looks at something; what lay forward in the history is forgotten. */
    public void select(Place wanted) {
        if (wanted.equals(place.get())) {
            return;
        }
        history.subList(index + 1, history.size()).clear();
        history.add(wanted);
        if (history.size() > LONGEST_HISTORY) {
            history.removeFirst();
        }
        show(history.size() - 1);
    }

    /** Looks at what was looked at before, if anything was. */
    public void back() {
        if (index > 0) {
            show(index - 1);
        }
    }

    /** Undoes {@link #back}. */
    public void forward() {
        if (index < history.size() - 1) {
            show(index + 1);
        }
    }

    /** Starts over, as another model needs. */
    public void reset() {
        history.clear();
        history.add(Place.START);
        show(0);
    }

    private void show(int newIndex) {
        index = newIndex;
        canGoBack.set(index > 0);
        canGoForward.set(index < history.size() - 1);
        place.set(history.get(index));
    }
}
