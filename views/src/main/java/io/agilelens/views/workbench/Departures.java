package io.agilelens.views.workbench;

import io.agilelens.engine.evaluate.FirstDivergence;
import io.agilelens.engine.evaluate.SiteNoise;
import java.util.List;

/**
 * Where a tuned model leaves the float model.
 *
 * @param first the first departure and the first changed prediction
 * @param noise by layer and site over the whole text
 */
public record Departures(FirstDivergence first, List<SiteNoise> noise) {

    public Departures {
        noise = List.copyOf(noise);
    }
}
