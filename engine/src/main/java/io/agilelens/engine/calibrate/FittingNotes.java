package io.agilelens.engine.calibrate;

import io.agilelens.engine.model.Folding;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SmoothingMethod;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What a recipe asks for that a model's form does not allow, for a person to read. */
public final class FittingNotes {
    private static final String NORMS =
            "its norms have no gain, or what they give also goes into the residual stream";

    private FittingNotes() {}

    /** A line each; none if everything is in force. */
    public static List<String> of(ModelConfig config, Recipe recipe) {
        List<String> notes = new ArrayList<>();
        if (recipe.smoothing().method() == SmoothingMethod.SMOOTHQUANT
                && !Smoothing.isPossible(config)) {
            notes.add("smoothing.method smoothquant is left out: " + NORMS);
        }
        Set<Site> unscaled = EnumSet.noneOf(Site.class);
        for (int layer = 0; layer < config.layers(); layer++) {
            for (LinearRole role : config.roles()) {
                Site site = role.input();
                WeightRecipe weights = recipe.weightsAt(layer, site);
                if (weights.method() == WeightMethod.AWQ
                        && weights.awq().scale()
                        && Smoothing.SITES.contains(site)
                        && !Folding.isPossible(config, site)) {
                    unscaled.add(site);
                }
            }
        }
        if (!unscaled.isEmpty()) {
            notes.add("AWQ searches no scales at %s: %s".formatted(unscaled, NORMS));
        }
        return notes;
    }
}
