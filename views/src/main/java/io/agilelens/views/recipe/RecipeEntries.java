package io.agilelens.views.recipe;

import io.agilelens.engine.UserException;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.CacheMethod;
import io.agilelens.engine.recipe.Granularity;
import io.agilelens.engine.recipe.HeadMethod;
import io.agilelens.engine.recipe.Knob;
import io.agilelens.engine.recipe.Knobs;
import io.agilelens.engine.recipe.Preset;
import io.agilelens.engine.recipe.PruningAction;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SmoothingMethod;
import io.agilelens.engine.recipe.SoftmaxMethod;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.palette.PaletteEntry;
import io.agilelens.views.workbench.Workbench;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the palette offers of the recipe: presets, choices, switches, and knobs by typing. */
public final class RecipeEntries {
    private static final Pattern TURN = Pattern.compile("(.+?)[\\s=:]+(-?\\d+(?:[.,]\\d+)?)");

    private final RecipeViewModel viewModel;
    private final KnobTurns turns;

    public RecipeEntries(Workbench workbench) {
        viewModel = new RecipeViewModel(workbench);
        turns = new KnobTurns(viewModel);
    }

    /** Presets, the values of every choice, and every switch with what it would become. */
    public List<PaletteEntry> all() {
        List<PaletteEntry> entries = new ArrayList<>();
        if (viewModel.layers() == 0) {
            return entries;
        }
        for (Preset preset : viewModel.presets()) {
            entries.add(
                    PaletteEntry.of(
                            "preset." + preset.name(),
                            Messages.text("palette.kind.preset"),
                            Messages.text("palette.preset", preset.name()),
                            preset.help(),
                            () -> viewModel.choose(preset)));
        }
        Recipe now = viewModel.recipeProperty().get();
        choices(
                entries,
                "weights.method",
                WeightMethod.values(),
                now.weights().method(),
                viewModel::setWeightMethod);
        choices(
                entries,
                "activations.method",
                ActivationMethod.values(),
                now.activations().method(),
                viewModel::setActivationMethod);
        choices(
                entries,
                "activations.granularity",
                granularities(now),
                now.activations().granularity(),
                viewModel::setGranularity);
        choices(
                entries,
                "softmax.method",
                SoftmaxMethod.values(),
                now.softmax().method(),
                viewModel::setSoftmaxMethod);
        choices(
                entries,
                "head.method",
                HeadMethod.values(),
                now.head().method(),
                viewModel::setHeadMethod);
        choices(
                entries,
                "smoothing.method",
                SmoothingMethod.values(),
                now.smoothing().method(),
                viewModel::setSmoothingMethod);
        choices(
                entries,
                "cache.method",
                CacheMethod.values(),
                now.cache().method(),
                viewModel::setCacheMethod);
        choices(
                entries,
                "pruning.action",
                PruningAction.values(),
                now.pruning().action(),
                viewModel::setPruningAction);
        choices(
                entries,
                "pruning.score",
                TokenScore.values(),
                now.pruning().score(),
                viewModel::setTokenScore);
        for (Execution execution : Execution.values()) {
            choice(
                    entries,
                    "execution",
                    Messages.text("recipe.execution." + execution.name().toLowerCase(Locale.ROOT)),
                    execution == now.execution(),
                    () -> viewModel.setExecution(execution));
        }
        flag(
                entries,
                "weights.symmetric",
                now.weights().symmetric(),
                viewModel::setWeightSymmetric);
        flag(
                entries,
                "activations.symmetric",
                now.activations().symmetric(),
                viewModel::setActivationSymmetric);
        flag(
                entries,
                "weights.gptq.act_order",
                now.weights().gptq().activationOrder(),
                viewModel::setActivationOrder);
        flag(
                entries,
                "weights.gptq.static_groups",
                now.weights().gptq().staticGroups(),
                viewModel::setStaticGroups);
        flag(
                entries,
                "weights.gptq.sequential",
                now.weights().gptq().sequential(),
                viewModel::setSequential);
        flag(entries, "weights.awq.scale", now.weights().awq().scale(), viewModel::setAwqScale);
        flag(entries, "weights.awq.clip", now.weights().awq().clip(), viewModel::setAwqClip);
        flag(
                entries,
                "pruning.positions",
                now.pruning().keepsPositions(),
                viewModel::setKeepsPositions);
        return entries;
    }

    private static Granularity[] granularities(Recipe now) {
        // TRIP is what gives channels their scales.
        return now.activations().method() == ActivationMethod.TRIP
                ? new Granularity[] {Granularity.TENSOR, Granularity.TOKEN}
                : Granularity.values();
    }

    private <T> void choices(
            List<PaletteEntry> entries, String key, T[] values, T now, Consumer<T> set) {
        Function<T, String> words = value -> Messages.text("recipe." + key + "." + value);
        for (T value : values) {
            choice(entries, key, words.apply(value), value.equals(now), () -> set.accept(value));
        }
    }

    private void choice(
            List<PaletteEntry> entries, String key, String value, boolean isSet, Runnable set) {
        entries.add(
                PaletteEntry.of(
                        "choice." + key + "." + value,
                        Messages.text("palette.kind.recipe"),
                        Messages.text("palette.choice", name(key), value),
                        isSet ? Messages.text("palette.choice.now") : "",
                        () -> step(set)));
    }

    private void flag(List<PaletteEntry> entries, String key, boolean now, Consumer<Boolean> set) {
        entries.add(
                PaletteEntry.of(
                        "switch." + key,
                        Messages.text("palette.kind.recipe"),
                        Messages.text(now ? "palette.switch.off" : "palette.switch.on", name(key)),
                        "",
                        () -> step(() -> set.accept(!now))));
    }

    private static String name(String key) {
        String name = Messages.text("recipe.step." + key);
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    /** Understands a knob and a number, such as {@code beta 0.3}. */
    public List<PaletteEntry> read(String query) {
        Matcher typed = TURN.matcher(query.strip());
        if (viewModel.layers() == 0 || !typed.matches()) {
            return List.of();
        }
        double value = Double.parseDouble(typed.group(2).replace(',', '.'));
        String name = typed.group(1).toLowerCase(Locale.ROOT);
        return Knobs.ALL.stream()
                .filter(knob -> isMeant(knob, name))
                .sorted(Comparator.comparingInt(knob -> knob.title().length()))
                .map(knob -> turn(knob, value))
                .toList();
    }

    private static boolean isMeant(Knob knob, String name) {
        String known =
                (knob.title()
                                + " "
                                + knob.key().replaceAll("[._]", " ")
                                + " "
                                + greek(knob.title()))
                        .toLowerCase(Locale.ROOT);
        List<String> words = List.of(known.split("\\s+"));
        return Arrays.stream(name.split("[\\s._]+"))
                .allMatch(part -> words.stream().anyMatch(word -> word.startsWith(part)));
    }

    private static String greek(String title) {
        return title.replace("β", "beta").replace("α", "alpha");
    }

    private PaletteEntry turn(Knob knob, double value) {
        String kind = Messages.text("palette.kind.knob");
        double before = KnobTurns.value(viewModel.recipeProperty().get(), knob);
        try {
            knob.check(value);
        } catch (UserException outside) {
            return PaletteEntry.refusal(
                    kind,
                    Messages.text("palette.knob.none", knob.title(), shown(value)),
                    Messages.text(
                            "palette.knob.range", shown(knob.minimum()), shown(knob.maximum())));
        }
        double nearest = knob.nearest(value);
        return PaletteEntry.of(
                "",
                kind,
                Messages.text("palette.knob", knob.title(), shown(nearest)),
                Messages.text("palette.knob.before", shown(before)),
                () -> step(() -> turns.turn(knob, nearest)));
    }

    private void step(Runnable turn) {
        viewModel.history().endStep();
        turn.run();
        viewModel.history().endStep();
    }

    private static String shown(double value) {
        return Figures.number(value);
    }
}
