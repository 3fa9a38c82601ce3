package io.agilelens.views.lessons;

import io.agilelens.engine.model.Site;
import io.agilelens.views.Selection;

/** A part of what the whole window looks at. */
public enum SelectionPart {
    LAYER,
    SITE,
    CHANNEL,
    HEAD,
    TOKEN;

    /** What is selected; {@link Selection#NONE} if nothing. For a site its ordinal. */
    int of(Selection.Place place) {
        return switch (this) {
            case LAYER -> place.layer();
            case SITE -> place.site().ordinal();
            case CHANNEL -> place.channel();
            case HEAD -> place.head();
            case TOKEN -> place.token();
        };
    }

    /** The place with another value of this part. */
    Selection.Place in(Selection.Place place, int value) {
        return switch (this) {
            case LAYER -> place.withLayer(value);
            case SITE -> place.withSite(Site.values()[value]);
            case CHANNEL -> place.withChannel(value);
            case HEAD -> place.withHead(value);
            case TOKEN -> place.withToken(value);
        };
    }

    /**
     * The value that a fact gives this part.
     *
     * @throws IllegalArgumentException if it gives none
     */
    int value(Fact fact) {
        return switch (fact) {
            case Fact.Figure figure -> (int) figure.value();
            case Fact.Word word when this == SITE -> Site.valueOf(word.id()).ordinal();
            case Fact.Word _, Fact.Places _, Fact.Options _ ->
                    throw new IllegalArgumentException(fact + " selects nothing");
        };
    }
}
