package io.agilelens.views;

import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Quality;
import io.agilelens.views.workbench.Workbench;
import java.util.Locale;
import java.util.Optional;
import javafx.scene.control.Label;

/** Says beside a number how it came about. */
public final class Badge extends Label {

    /** How a number came about. */
    public enum Kind {
        /** Computed over the whole text. */
        EXACT,
        /** Computed over some windows of the text. */
        ESTIMATE,
        /** Quantized values, floating-point arithmetic. */
        SIMULATED,
        /** Integer kernels. */
        EXECUTED,
        /** Timed on this machine. */
        MEASURED,
        /** Of a model that outliers were put into on purpose. */
        PLANTED
    }

    private Badge(Kind kind, String text) {
        super(text);
        getStyleClass().addAll("badge", "small", "badge-" + kind.name().toLowerCase(Locale.ROOT));
        setMinWidth(USE_PREF_SIZE);
    }

    private static Badge explained(Kind kind, String text) {
        Badge badge = new Badge(kind, text);
        Help.on(badge, Messages.text("badge." + kind + ".help"));
        return badge;
    }

    /** A badge of any kind but {@link Kind#ESTIMATE} and {@link Kind#MEASURED}. */
    public static Badge of(Kind kind) {
        if (kind == Kind.ESTIMATE) {
            throw new IllegalArgumentException("an estimate says over how many windows");
        }
        if (kind == Kind.MEASURED) {
            throw new IllegalArgumentException("a measurement says when it was");
        }
        return explained(kind, Messages.text("badge." + kind));
    }

    /**
     * The badge {@code exact} of a number that is over something else than the text.
     *
     * @param help over what, in one sentence
     */
    public static Badge exact(String help) {
        Badge badge = new Badge(Kind.EXACT, Messages.text("badge.EXACT"));
        Help.on(badge, help);
        return badge;
    }

    /**
     * The badge {@code measured}.
     *
     * @param what was measured, on what and when
     */
    public static Badge measured(String what) {
        Badge badge = new Badge(Kind.MEASURED, Messages.text("badge.MEASURED"));
        Help.wrapped(badge, what);
        badge.setAccessibleText(badge.getText() + ": " + what);
        return badge;
    }

    /** The badge {@code executed} or {@code simulated}: by what arithmetic a recipe is computed. */
    public static Badge arithmetic(Recipe recipe) {
        return of(recipe.execution() == Execution.EXECUTED ? Kind.EXECUTED : Kind.SIMULATED);
    }

    /** The badge {@code planted} if outliers were planted in the open model. */
    public static Optional<Badge> planted(Workbench workbench) {
        return workbench.modelProperty().get().flatMap(OpenedModel::planting).map(Badge::planted);
    }

    /** The badge {@code planted}, whose tooltip says what was planted where. */
    public static Badge planted(Planting planting) {
        Badge badge = new Badge(Kind.PLANTED, Messages.text("badge.PLANTED"));
        Help.wrapped(badge, Messages.text("badge.PLANTED.help") + "\n" + planting.summary());
        badge.setAccessibleText(badge.getText() + ": " + planting.summary());
        return badge;
    }

    /** The badge {@code est. n windows}. */
    public static Badge estimate(int windows) {
        return explained(Kind.ESTIMATE, Messages.text("badge.ESTIMATE", windows));
    }

    /**
     * The badge {@code est. n windows, x %} of a perplexity that is not exact, with what it is over
     * in its tooltip.
     *
     * @param quality with a tuned value
     */
    public static Badge estimate(Quality quality, Optional<OpenedModel> opened) {
        Perplexity value = quality.tuned().orElseThrow();
        if (opened.isEmpty()) {
            return estimate(value.windows());
        }
        TokenWindows text = opened.get().text();
        double percent = 100 * quality.share(text);
        String share = Figures.fixed(percent, percent < 10 ? 1 : 0) + " %";
        String help = Messages.text("badge.ESTIMATE.share.help", share, value.window());
        Badge badge =
                new Badge(
                        Kind.ESTIMATE,
                        Messages.text("badge.ESTIMATE.share", value.windows(), share));
        Help.wrapped(
                badge,
                quality.isSketch()
                        ? help + " " + Messages.text("badge.ESTIMATE.sketch.help")
                        : help);
        return badge;
    }
}
