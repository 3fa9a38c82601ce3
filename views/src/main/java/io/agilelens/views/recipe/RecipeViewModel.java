package io.agilelens.views.recipe;

import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.ActivationRecipe;
import io.agilelens.engine.recipe.AwqRecipe;
import io.agilelens.engine.recipe.CacheMethod;
import io.agilelens.engine.recipe.CacheRecipe;
import io.agilelens.engine.recipe.ChannelExponents;
import io.agilelens.engine.recipe.GptqRecipe;
import io.agilelens.engine.recipe.Granularity;
import io.agilelens.engine.recipe.HeadMethod;
import io.agilelens.engine.recipe.HeadRecipe;
import io.agilelens.engine.recipe.Preset;
import io.agilelens.engine.recipe.PruningAction;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SmoothingMethod;
import io.agilelens.engine.recipe.SmoothingRecipe;
import io.agilelens.engine.recipe.SoftmaxMethod;
import io.agilelens.engine.recipe.SoftmaxRecipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.SessionHistory;
import io.agilelens.views.workbench.Workbench;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import javafx.beans.property.ReadOnlyObjectProperty;

/** Turns the knobs of the recipe; each turn is a named step that can be undone. */
public final class RecipeViewModel {
    /** Group sizes on offer; −1 stands for whole rows. */
    public static final List<Integer> GROUPS = List.of(32, 64, 128, -1);

    private final Workbench workbench;
    private final SessionHistory history;

    public RecipeViewModel(Workbench workbench) {
        this.workbench = workbench;
        this.history = workbench.history();
    }

    public ReadOnlyObjectProperty<Recipe> recipeProperty() {
        return history.recipeProperty();
    }

    public SessionHistory history() {
        return history;
    }

    /** Decoder layers of the open model; 0 if there is none. */
    public int layers() {
        return workbench.modelProperty().get().map(m -> m.config().layers()).orElse(0);
    }

    public List<Preset> presets() {
        return workbench.modelProperty().get().map(OpenedModel::presets).orElse(List.of());
    }

    /** The preset that the recipe is, or its short description. */
    public String presetName() {
        Recipe recipe = history.recipe();
        return presets().stream()
                .filter(p -> p.recipe().withExecution(recipe.execution()).equals(recipe))
                .map(Preset::name)
                .findFirst()
                .orElse(Messages.text("recipe.custom"));
    }

    /** Takes a preset's recipe; how it runs stays as it is. */
    public void choose(Preset preset) {
        history.endStep();
        history.change(
                Messages.text("recipe.step.preset", preset.name()),
                preset.recipe().withExecution(history.recipe().execution()));
        history.endStep();
    }

    public void setWeightMethod(WeightMethod method) {
        weights("weights.method", method, w -> w.withMethod(method));
    }

    public void setWeightBits(int bits) {
        weights("weights.bits", bits, w -> w.withBits(bits));
    }

    public void setWeightGroup(int group) {
        weights("weights.group", group, w -> w.withGroup(group));
    }

    public void setWeightSymmetric(boolean symmetric) {
        weights("weights.symmetric", symmetric, w -> w.withSymmetric(symmetric));
    }

    public void setActivationMethod(ActivationMethod method) {
        // TRIP is what gives channels their scales.
        activations(
                "activations.method",
                method,
                a ->
                        a.withMethod(method)
                                .withGranularity(
                                        method == ActivationMethod.TRIP
                                                        && a.granularity() == Granularity.CHANNEL
                                                ? Granularity.TENSOR
                                                : a.granularity()));
    }

    public void setActivationBits(int bits) {
        activations("activations.bits", bits, a -> a.withBits(bits));
    }

    public void setMaxExponent(int exponent) {
        activations("activations.max_exponent", exponent, a -> a.withMaxExponent(exponent));
    }

    public void setGranularity(Granularity granularity) {
        activations("activations.granularity", granularity, a -> a.withGranularity(granularity));
    }

    public void setActivationSymmetric(boolean symmetric) {
        activations("activations.symmetric", symmetric, a -> a.withSymmetric(symmetric));
    }

    /** Lets TRIP choose an exponent, or not; one always stays. */
    public void toggleExponent(int exponent) {
        SortedSet<Integer> exponents = new TreeSet<>();
        for (int candidate : history.recipe().activations().candidates()) {
            exponents.add(candidate);
        }
        if (!exponents.remove(exponent)) {
            exponents.add(exponent);
        }
        if (!exponents.isEmpty()) {
            activations("activations.exponents", exponents, a -> a.withExponents(exponents));
        }
    }

    public void setSmoothingMethod(SmoothingMethod method) {
        smoothing("smoothing.method", method, s -> new SmoothingRecipe(method, s.alpha()));
    }

    public void setSmoothingAlpha(double alpha) {
        smoothing("smoothing.alpha", alpha, s -> new SmoothingRecipe(s.method(), alpha));
    }

    public void setHeadMethod(HeadMethod method) {
        head("head.method", method, h -> new HeadRecipe(method, h.bits(), h.group()));
    }

    public void setHeadBits(int bits) {
        head("head.bits", bits, h -> new HeadRecipe(h.method(), bits, h.group()));
    }

    public void setHeadGroup(int group) {
        head("head.group", group, h -> new HeadRecipe(h.method(), h.bits(), group));
    }

    public void setCacheMethod(CacheMethod method) {
        cache("cache.method", method, c -> new CacheRecipe(method, c.bits()));
    }

    public void setCacheBits(int bits) {
        cache("cache.bits", bits, c -> new CacheRecipe(c.method(), bits));
    }

    public void setGptqDamping(double damping) {
        gptq(
                "weights.gptq.damping",
                damping,
                g ->
                        new GptqRecipe(
                                damping,
                                g.block(),
                                g.activationOrder(),
                                g.staticGroups(),
                                g.sequential()));
    }

    public void setGptqBlock(int block) {
        gptq(
                "weights.gptq.block",
                block,
                g ->
                        new GptqRecipe(
                                g.damping(),
                                block,
                                g.activationOrder(),
                                g.staticGroups(),
                                g.sequential()));
    }

    public void setActivationOrder(boolean ordered) {
        gptq(
                "weights.gptq.act_order",
                ordered,
                g ->
                        new GptqRecipe(
                                g.damping(), g.block(), ordered, g.staticGroups(), g.sequential()));
    }

    public void setStaticGroups(boolean fixed) {
        gptq(
                "weights.gptq.static_groups",
                fixed,
                g ->
                        new GptqRecipe(
                                g.damping(),
                                g.block(),
                                g.activationOrder(),
                                fixed,
                                g.sequential()));
    }

    public void setSequential(boolean sequential) {
        gptq(
                "weights.gptq.sequential",
                sequential,
                g ->
                        new GptqRecipe(
                                g.damping(),
                                g.block(),
                                g.activationOrder(),
                                g.staticGroups(),
                                sequential));
    }

    public void setAwqScale(boolean scale) {
        weights("weights.awq.scale", scale, w -> w.withAwq(new AwqRecipe(scale, w.awq().clip())));
    }

    public void setAwqClip(boolean clip) {
        weights("weights.awq.clip", clip, w -> w.withAwq(new AwqRecipe(w.awq().scale(), clip)));
    }

    public void setSoftmaxMethod(SoftmaxMethod method) {
        softmax("softmax.method", method, s -> new SoftmaxRecipe(method, s.bits()));
    }

    public void setSoftmaxBits(int bits) {
        softmax("softmax.bits", bits, s -> new SoftmaxRecipe(s.method(), bits));
    }

    /** Sets β; with no layer to prune yet, the last third of the layers prunes. */
    public void setBeta(double beta) {
        pruning(
                "pruning.beta",
                beta,
                p ->
                        p.withBeta(beta)
                                .withLayers(
                                        p.layers().isEmpty() && beta > 0
                                                ? lastThird()
                                                : p.layers()));
    }

    /** Prunes at layers {@code from…to}. */
    public void setPrunedLayers(int from, int to) {
        SortedSet<Integer> layers = new TreeSet<>();
        for (int layer = from; layer <= to; layer++) {
            layers.add(layer);
        }
        pruning("pruning.layers", from + "–" + to, p -> p.withLayers(layers));
    }

    public void setTokenScore(TokenScore score) {
        pruning("pruning.score", score, p -> p.withScore(score));
    }

    public void setKeepsPositions(boolean keeps) {
        pruning("pruning.positions", keeps, p -> p.withPositionsKept(keeps));
    }

    public void setPruningAction(PruningAction action) {
        pruning("pruning.action", action, p -> p.withAction(action));
    }

    public void setLowerBits(int bits) {
        pruning("pruning.bits", bits, p -> p.withLowerBits(bits));
    }

    public void setExecution(Execution execution) {
        change("execution", execution, history.recipe().withExecution(execution));
    }

    /** The layers that prune unless somebody says otherwise. */
    SortedSet<Integer> lastThird() {
        return layers() == 0 ? new TreeSet<>() : PruningRecipe.lastThird(0, layers()).layers();
    }

    private void weights(String key, Object value, UnaryOperator<WeightRecipe> turn) {
        change(key, value, history.recipe().withWeights(turn.apply(history.recipe().weights())));
    }

    private void gptq(String key, Object value, UnaryOperator<GptqRecipe> turn) {
        weights(key, value, w -> w.withGptq(turn.apply(w.gptq())));
    }

    private void smoothing(String key, Object value, UnaryOperator<SmoothingRecipe> turn) {
        change(
                key,
                value,
                history.recipe().withSmoothing(turn.apply(history.recipe().smoothing())));
    }

    private void head(String key, Object value, UnaryOperator<HeadRecipe> turn) {
        change(key, value, history.recipe().withHead(turn.apply(history.recipe().head())));
    }

    private void cache(String key, Object value, UnaryOperator<CacheRecipe> turn) {
        change(key, value, history.recipe().withCache(turn.apply(history.recipe().cache())));
    }

    private void activations(String key, Object value, UnaryOperator<ActivationRecipe> turn) {
        Recipe changed =
                history.recipe().withActivations(turn.apply(history.recipe().activations()));
        // Exponents that TRIP may no longer give cannot stay with single channels either.
        change(key, value, ChannelExponents.releaseUnknown(changed));
    }

    private void softmax(String key, Object value, UnaryOperator<SoftmaxRecipe> turn) {
        change(key, value, history.recipe().withSoftmax(turn.apply(history.recipe().softmax())));
    }

    private void pruning(String key, Object value, UnaryOperator<PruningRecipe> turn) {
        change(key, value, history.recipe().withPruning(turn.apply(history.recipe().pruning())));
    }

    private void change(String key, Object value, Recipe changed) {
        history.change(
                key,
                Messages.text(
                        "recipe.step.value",
                        Messages.text("recipe.step." + key),
                        words(key, value)),
                changed);
    }

    private static String words(String key, Object value) {
        return switch (value) {
            case Boolean on -> Messages.text(on ? "recipe.step.on" : "recipe.step.off");
            case Execution execution ->
                    Messages.text("recipe.execution." + execution.name().toLowerCase(Locale.ROOT));
            case Enum<?> choice -> Messages.text("recipe." + key + "." + choice);
            case Number number -> Figures.number(number.doubleValue());
            default -> value.toString();
        };
    }
}
