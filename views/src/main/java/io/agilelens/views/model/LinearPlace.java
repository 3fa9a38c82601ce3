package io.agilelens.views.model;

import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Site;
import io.agilelens.views.Selection;
import java.util.Optional;

/**
 * Which linear layer a weight is. Of a fused projection it is the first of those in it.
 *
 * @param layer the decoder layer
 */
record LinearPlace(int layer, LinearRole role) {

    /**
     * @param tensor as the checkpoint spells it
     * @return empty for tensors that are no linear's weight
     */
    static Optional<LinearPlace> of(Model model, String tensor) {
        for (int layer = 0; layer < model.config().layers(); layer++) {
            for (LinearRole role : model.config().roles()) {
                LinearPlace place = new LinearPlace(layer, role);
                if (place.storedIn(model).equals(tensor)) {
                    return Optional.of(place);
                }
            }
        }
        return Optional.empty();
    }

    /** The site whose channels are the weight's input channels. */
    Site site() {
        return role.input();
    }

    /** The tensor that holds the weight. */
    String storedIn(Model model) {
        return model.weights().linear(layer, role).storedIn();
    }

    /** Whether a selection is about the activations that this weight reads. */
    boolean reads(Selection.Place selected) {
        return selected.layer() == layer && selected.site() == site();
    }

    /**
     * The weight to look at when something else is selected: in its layer the one that reads its
     * site, of several the one that is looked at already; where no linear reads the site, this
     * weight in that layer.
     */
    LinearPlace following(Selection.Place selected, Model model) {
        int layers = model.config().layers();
        int next = selected.layer() >= 0 && selected.layer() < layers ? selected.layer() : layer;
        if (selected.site() == site()) {
            return new LinearPlace(next, role);
        }
        return model.config().roles().stream()
                .filter(other -> other.input() == selected.site())
                .sorted()
                .findFirst()
                .map(other -> new LinearPlace(next, other))
                .orElse(new LinearPlace(next, role));
    }
}
