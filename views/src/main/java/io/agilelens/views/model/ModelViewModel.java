package io.agilelens.views.model;

import io.agilelens.engine.evaluate.TensorStatistics;
import io.agilelens.engine.evaluate.UnusableWeights;
import io.agilelens.engine.model.Alibi;
import io.agilelens.engine.model.LearnedPositions;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.model.PositionEncoding;
import io.agilelens.engine.model.RotaryEmbedding;
import io.agilelens.engine.model.TensorNames;
import io.agilelens.engine.tensor.Tensor;
import io.agilelens.views.Background;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Workbench;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleBooleanProperty;

/** What the Model station says about the open checkpoint. */
public final class ModelViewModel {
    /** Tensors of checkpoints up to this size are looked into at once, others on demand. */
    private static final long SMALL_CHECKPOINT = 64L << 20;

    /**
     * @param name what it is
     * @param value for a person to read
     * @param help one sentence
     * @param origin whether it is where something comes from, which may be long
     */
    public record Fact(String name, String value, String help, boolean origin) {}

    /**
     * A tensor as a row of the table.
     *
     * @param statistics empty until somebody looked into it
     */
    public record Row(Tensor tensor, Optional<TensorStatistics> statistics) {
        String shape() {
            return ModelViewModel.shape(tensor);
        }
    }

    private final ReadOnlyObjectWrapper<List<Fact>> facts = new ReadOnlyObjectWrapper<>(List.of());
    private final ReadOnlyObjectWrapper<List<Row>> rows = new ReadOnlyObjectWrapper<>(List.of());
    private final ReadOnlyObjectWrapper<List<String>> warnings =
            new ReadOnlyObjectWrapper<>(List.of());
    private final ReadOnlyObjectWrapper<Optional<Planting>> planting =
            new ReadOnlyObjectWrapper<>(Optional.empty());
    private final BooleanProperty plantedHere = new SimpleBooleanProperty();
    private final Workbench workbench;
    private final Object statisticsKey = new Object();
    private List<String> openingWarnings = List.of();
    private final Map<String, TensorStatistics> known = new LinkedHashMap<>();

    public ModelViewModel(Workbench workbench) {
        this.workbench = workbench;
        workbench.modelProperty().subscribe(model -> model.ifPresent(this::show));
    }

    public ReadOnlyObjectProperty<List<Fact>> factsProperty() {
        return facts.getReadOnlyProperty();
    }

    public ReadOnlyObjectProperty<List<Row>> rowsProperty() {
        return rows.getReadOnlyProperty();
    }

    public ReadOnlyObjectProperty<List<String>> warningsProperty() {
        return warnings.getReadOnlyProperty();
    }

    /** Outliers that were planted in the model. */
    public ReadOnlyObjectProperty<Optional<Planting>> plantingProperty() {
        return planting.getReadOnlyProperty();
    }

    /** Whether they can be taken out again. */
    public ReadOnlyBooleanProperty plantedHereProperty() {
        return plantedHere;
    }

    private void show(OpenedModel opened) {
        known.clear();
        plantedHere.set(opened.plantedHere());
        planting.set(opened.planting());
        facts.set(facts(opened));
        List<Tensor> tensors = opened.model().checkpoint().tensors();
        rows.set(tensors.stream().map(this::row).toList());
        List<String> lines = new ArrayList<>(opened.model().checkpoint().warnings());
        String note = opened.memory().note(opened.model());
        if (!note.isEmpty()) {
            lines.add(note);
        }
        openingWarnings = List.copyOf(lines);
        warnings.set(openingWarnings);
        long bytes = tensors.stream().mapToLong(Tensor::bytes).sum();
        // Asking for nothing still supersedes what was asked of a model that is closed by now.
        lookInto(
                bytes <= SMALL_CHECKPOINT
                        ? tensors.stream().filter(tensor -> tensor.isFloat()).toList()
                        : List.of());
    }

    /**
     * Selects the layer and the site that a tensor's linear layer reads, for all stations.
     *
     * @return whether the tensor belongs to one
     */
    public boolean selectPlace(Row row) {
        Optional<TensorNames.Place> place =
                workbench
                        .modelProperty()
                        .get()
                        .map(OpenedModel::config)
                        .flatMap(
                                config ->
                                        config.architecture()
                                                .names()
                                                .placeOf(row.tensor().name(), config.layers()));
        place.ifPresent(
                found ->
                        workbench
                                .selection()
                                .select(
                                        workbench
                                                .selection()
                                                .place()
                                                .withLayer(found.layer())
                                                .withSite(found.site())));
        return place.isPresent();
    }

    /** Reads tensors in the background for what their rows say. */
    private void lookInto(List<Tensor> tensors) {
        Background.lengthy(
                statisticsKey,
                () -> {
                    Map<String, TensorStatistics> computed = new LinkedHashMap<>();
                    for (Tensor tensor : tensors) {
                        computed.put(tensor.name(), TensorStatistics.of(tensor));
                    }
                    return computed;
                },
                this::learn);
    }

    /** Takes in what was found out about tensors of the open model, by name. */
    void learn(Map<String, TensorStatistics> statistics) {
        if (known.entrySet().containsAll(statistics.entrySet())) {
            return;
        }
        known.putAll(statistics);
        warnAboutUnusable();
        rows.set(rows.get().stream().map(row -> row(row.tensor())).toList());
    }

    private Row row(Tensor tensor) {
        return new Row(tensor, Optional.ofNullable(known.get(tensor.name())));
    }

    /** Counts NaN and infinity in the tensors looked into so far. */
    private void warnAboutUnusable() {
        List<String> lines = new ArrayList<>(openingWarnings);
        UnusableWeights.of(known)
                .summary()
                .map(summary -> Messages.text("model.unusable", summary))
                .ifPresent(lines::add);
        warnings.set(List.copyOf(lines));
    }

    /** A tensor's sizes, the slowest first. */
    static String shape(Tensor tensor) {
        return Arrays.stream(tensor.shape())
                .mapToObj(Long::toString)
                .collect(Collectors.joining(" × "));
    }

    private static List<Fact> facts(OpenedModel opened) {
        ModelConfig config = opened.config();
        List<Tensor> tensors = opened.model().checkpoint().tensors();
        long bytes = tensors.stream().mapToLong(Tensor::bytes).sum();
        List<Fact> facts = new ArrayList<>();
        add(facts, "architecture", config.architecture().title());
        add(facts, "layers", Integer.toString(config.layers()));
        add(facts, "hidden", Integer.toString(config.hiddenSize()));
        add(
                facts,
                "heads",
                config.heads() == config.keyValueHeads()
                        ? config.heads() + " × " + config.headDimension()
                        : Messages.text(
                                "model.heads.grouped",
                                config.heads(),
                                config.headDimension(),
                                config.keyValueHeads()));
        add(
                facts,
                "feedforward",
                Messages.text(
                        "model.feedforward." + config.feedForward(), config.feedForwardSize()));
        add(facts, "vocabulary", Integer.toString(config.vocabularySize()));
        add(facts, "context", Messages.text("model.tokens", config.contextLength()));
        add(facts, "positions", positions(config.positions()));
        add(facts, "head", Messages.text(config.tiedHead() ? "model.head.tied" : "model.head.own"));
        add(facts, "parameters", Figures.count(opened.model().parameters()));
        add(facts, "format", opened.model().checkpoint().format());
        add(facts, "stored", storage(tensors, Integer.MAX_VALUE));
        add(facts, "bytes", Figures.bytes(bytes));
        add(facts, "memory", Figures.bytes(opened.baseline().numerics().bytes(config)));
        add(facts, "estimate", Figures.bytes(opened.memory().heap()));
        add(facts, "tokenizer", opened.model().tokenizer().kind());
        facts.add(fact("source", opened.reference(), true));
        facts.add(fact("text", opened.text().source(), true));
        facts.add(fact("calibration", opened.calibrationSource(), true));
        return List.copyOf(facts);
    }

    /**
     * How the weights are stored, that of most weights first.
     *
     * @param most how many ways are named; an ellipsis stands for the others
     */
    public static String storage(List<Tensor> tensors, int most) {
        Map<String, Long> elements = new LinkedHashMap<>();
        for (Tensor tensor : tensors) {
            elements.merge(tensor.storage(), tensor.elements(), Long::sum);
        }
        String named =
                elements.entrySet().stream()
                        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                        .limit(most)
                        .map(Map.Entry::getKey)
                        .collect(Collectors.joining(" + "));
        return elements.size() > most ? named + " + …" : named;
    }

    private static String positions(PositionEncoding positions) {
        return switch (positions) {
            case RotaryEmbedding rotary ->
                    Messages.text(
                            "model.positions.rotary",
                            Figures.number(rotary.theta()),
                            scaling(rotary.scaling()));
            case LearnedPositions learned ->
                    Messages.text("model.positions.learned", learned.count());
            case Alibi() -> Messages.text("model.positions.alibi");
        };
    }

    private static String scaling(RotaryEmbedding.Scaling scaling) {
        return switch (scaling) {
            case RotaryEmbedding.Unscaled() -> "";
            case RotaryEmbedding.Linear(double factor) -> stretched("linear", factor);
            case RotaryEmbedding.Dynamic dynamic -> stretched("dynamic", dynamic.factor());
            case RotaryEmbedding.Llama3 llama3 -> stretched("llama3", llama3.factor());
            case RotaryEmbedding.Divisors(List<Float> divisors) ->
                    stretched("divisors", Collections.max(divisors));
        };
    }

    private static String stretched(String type, double factor) {
        return ", " + type + " × " + Figures.number(factor);
    }

    private static void add(List<Fact> facts, String key, String value) {
        facts.add(fact(key, value, false));
    }

    private static Fact fact(String key, String value, boolean origin) {
        return new Fact(
                Messages.text("model." + key),
                value,
                Messages.text("model." + key + ".help"),
                origin);
    }
}
