package io.agilelens.views.model;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.TensorStatistics;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.tensor.Tensor;
import io.agilelens.engine.tokenizer.Tokenizer;
import io.agilelens.views.Background;
import io.agilelens.views.Comparison;
import io.agilelens.views.Selection;
import io.agilelens.views.TokenNames;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.WindowComparison;
import io.agilelens.views.workbench.Workbench;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleObjectProperty;

/**
 * Looks into one tensor of the open checkpoint. Values are read in the background, only while
 * somebody looks, and given up as soon as something else is wanted.
 */
final class WeightViewModel {

    /**
     * A place in the tensor.
     *
     * @param output the row, 0 of a tensor of one dimension
     * @param input the column
     */
    record Cell(int output, int input) {}

    private final Workbench workbench;
    private final int mostCells;
    private final ReadOnlyObjectWrapper<Optional<Tensor>> tensor =
            new ReadOnlyObjectWrapper<>(this, "tensor", Optional.empty());
    private final ObjectProperty<Comparison> comparison =
            new SimpleObjectProperty<>(this, "comparison", Comparison.BASELINE);
    private final ObjectProperty<WeightHistogram.Scope> scope =
            new SimpleObjectProperty<>(this, "scope", WeightHistogram.Scope.TENSOR);
    private final BooleanProperty watched = new SimpleBooleanProperty(this, "watched");
    private final ReadOnlyObjectWrapper<Optional<WeightPicture>> picture =
            new ReadOnlyObjectWrapper<>(this, "picture", Optional.empty());
    private final ReadOnlyObjectWrapper<Optional<WeightHistogram>> histogram =
            new ReadOnlyObjectWrapper<>(this, "histogram", Optional.empty());
    private final ReadOnlyObjectWrapper<Optional<Cell>> cell =
            new ReadOnlyObjectWrapper<>(this, "cell", Optional.empty());

    private final Object pictureKey = new Object();
    private final Object histogramKey = new Object();
    private Optional<LinearPlace> place = Optional.empty();
    private BiConsumer<String, TensorStatistics> onRead = (_, _) -> {};
    private Consumer<String> onFollow = _ -> {};

    WeightViewModel(Workbench workbench) {
        this(workbench, WeightMap.mostCells());
    }

    /**
     * @param mostCells of a map
     */
    WeightViewModel(Workbench workbench, int mostCells) {
        this.workbench = workbench;
        this.mostCells = mostCells;
        workbench.modelProperty().addListener(property -> reopen());
        workbench.comparisonProperty().addListener(property -> read());
        workbench.selection().placeProperty().addListener(property -> follow());
        comparison.addListener(property -> read());
        watched.addListener(property -> read());
        scope.addListener(property -> count());
        cell.addListener(property -> count());
    }

    /** The tensor that is looked into. */
    ReadOnlyObjectProperty<Optional<Tensor>> tensorProperty() {
        return tensor.getReadOnlyProperty();
    }

    /** Which of its values are shown. */
    ObjectProperty<Comparison> comparisonProperty() {
        return comparison;
    }

    /** Whose values the histogram counts. */
    ObjectProperty<WeightHistogram.Scope> scopeProperty() {
        return scope;
    }

    /** Whether somebody looks; nothing is read otherwise. */
    BooleanProperty watchedProperty() {
        return watched;
    }

    /** What was read; of the present tensor, perhaps of an older recipe or comparison. */
    ReadOnlyObjectProperty<Optional<WeightPicture>> pictureProperty() {
        return picture.getReadOnlyProperty();
    }

    /** How its values spread, with the levels of the selected cell's group. */
    ReadOnlyObjectProperty<Optional<WeightHistogram>> histogramProperty() {
        return histogram.getReadOnlyProperty();
    }

    /** The selected cell; the value farthest from zero until somebody selects one. */
    ReadOnlyObjectProperty<Optional<Cell>> cellProperty() {
        return cell.getReadOnlyProperty();
    }

    /** Hears the statistics of tensors that were read, by name. */
    void onRead(BiConsumer<String, TensorStatistics> listener) {
        onRead = listener;
    }

    /** Hears which tensor is looked into because something else was selected in the window. */
    void onFollow(Consumer<String> listener) {
        onFollow = listener;
    }

    /** The linear layer that the tensor is the weight of, if it is one. */
    Optional<LinearPlace> place() {
        return place;
    }

    /**
     * Looks into a tensor.
     *
     * @param wanted with floats, at least one
     */
    void open(Tensor wanted) {
        if (tensor.get().filter(present -> present == wanted).isPresent()) {
            return;
        }
        place = model().flatMap(model -> LinearPlace.of(model, wanted.name()));
        picture.set(Optional.empty());
        histogram.set(Optional.empty());
        cell.set(Optional.empty());
        tensor.set(Optional.of(wanted));
        read();
    }

    /** Looks away. */
    void close() {
        place = Optional.empty();
        tensor.set(Optional.empty());
        picture.set(Optional.empty());
        histogram.set(Optional.empty());
        cell.set(Optional.empty());
        Background.drop(pictureKey);
        Background.drop(histogramKey);
    }

    /** Whether a tensor has values to look at. */
    static boolean isReadable(Tensor tensor) {
        return tensor.isFloat() && tensor.elements() > 0;
    }

    /** Selects a place in the tensor; an input channel is the site's channel for all stations. */
    void select(int output, int input) {
        cell.set(Optional.of(new Cell(output, input)));
        place.ifPresent(
                linear ->
                        workbench
                                .selection()
                                .select(
                                        workbench
                                                .selection()
                                                .place()
                                                .withLayer(linear.layer())
                                                .withSite(linear.site())
                                                .withChannel(input)));
    }

    private Optional<Model> model() {
        return workbench.modelProperty().get().map(OpenedModel::model);
    }

    /** The tensor of the same name in another model, whose files are other ones. */
    private void reopen() {
        Optional<Tensor> before = tensor.get();
        close();
        model().flatMap(model -> before.flatMap(old -> model.checkpoint().find(old.name())))
                .filter(WeightViewModel::isReadable)
                .ifPresent(this::open);
    }

    private void follow() {
        Selection.Place selected = workbench.selection().place();
        if (place.isEmpty() || model().isEmpty()) {
            return;
        }
        Model model = model().get();
        LinearPlace wanted = place.get().following(selected, model);
        String name = wanted.storedIn(model);
        if (!name.equals(tensor.get().map(Tensor::name).orElse(""))) {
            model.checkpoint().find(name).ifPresent(this::open);
            onFollow.accept(name);
        }
        followChannel();
    }

    /** An input channel that is selected in the window, if it is one of this weight's. */
    private Optional<Integer> selectedInput() {
        Selection.Place selected = workbench.selection().place();
        return place.filter(linear -> linear.reads(selected))
                .filter(_ -> selected.channel() != Selection.NONE)
                .filter(
                        _ ->
                                picture.get()
                                        .flatMap(WeightPicture::map)
                                        .filter(map -> selected.channel() < map.cells().inputs())
                                        .isPresent())
                .map(_ -> selected.channel());
    }

    private void followChannel() {
        cell.get()
                .ifPresent(
                        now ->
                                selectedInput()
                                        .ifPresent(
                                                input ->
                                                        cell.set(
                                                                Optional.of(
                                                                        new Cell(
                                                                                now.output(),
                                                                                input)))));
    }

    /** Reads the tensor for the comparison, under the recipe as it was fitted last. */
    private void read() {
        if (!watched.get() || tensor.get().isEmpty()) {
            Background.drop(pictureKey);
            return;
        }
        Tensor wanted = tensor.get().get();
        Comparison compared = comparison.get();
        Optional<TunedModel> model = tunedModel();
        WeightPicture before = picture.get().orElse(null);
        WeightMap.RowNames rows = rowNames(wanted);
        Background.lengthy(
                pictureKey,
                () -> {
                    WeightReading now =
                            WeightReading.of(
                                    wanted, model, before == null ? null : before.reading());
                    return before != null
                                    && before.reading() == now
                                    && before.comparison() == compared
                            ? before
                            : WeightPicture.of(now, compared, rows, mostCells);
                },
                this::show);
    }

    /** What the recipe made of the open model; of another model it is nothing. */
    private Optional<TunedModel> tunedModel() {
        return workbench
                .comparisonProperty()
                .get()
                .filter(_ -> workbench.modelProperty().get().isPresent())
                .map(WindowComparison::model);
    }

    private void show(WeightPicture made) {
        picture.set(Optional.of(made));
        onRead.accept(made.reading().stored().name(), made.reading().baseline());
        if (cell.get().isEmpty()) {
            cell.set(made.map().flatMap(map -> first(map)));
        } else {
            count();
        }
    }

    private Optional<Cell> first(WeightMap map) {
        int output = Math.max(0, map.cells().largestRow());
        int input = Math.max(0, map.cells().largestColumn());
        return Optional.of(new Cell(output, selectedInput().orElse(input)));
    }

    private void count() {
        if (picture.get().isEmpty() || cell.get().isEmpty()) {
            return;
        }
        WeightPicture whole = picture.get().get();
        Cell at = cell.get().get();
        WeightHistogram.Scope counted = scope.get();
        Background.latest(
                histogramKey,
                () -> WeightHistogram.of(whole, counted, at.output(), at.input()),
                made -> histogram.set(Optional.of(made)));
    }

    /** Rows of the embedding and of the head are tokens. */
    private WeightMap.RowNames rowNames(Tensor wanted) {
        if (wanted.shape().length < 2) {
            return new WeightMap.RowNames(WeightMap.RowKind.VECTOR, _ -> "");
        }
        return model().filter(model -> isVocabulary(model, wanted.name()))
                .map(Model::tokenizer)
                .map(
                        tokenizer ->
                                new WeightMap.RowNames(
                                        WeightMap.RowKind.TOKEN, row -> token(tokenizer, row)))
                .orElse(new WeightMap.RowNames(WeightMap.RowKind.OUTPUT, Integer::toString));
    }

    private static boolean isVocabulary(Model model, String tensor) {
        return model.weights().embedding().name().equals(tensor)
                || model.weights().head().storedIn().equals(tensor);
    }

    /** Rows beyond the vocabulary only make its number round. */
    private static String token(Tokenizer tokenizer, int row) {
        if (row >= tokenizer.vocabularySize()) {
            return Integer.toString(row);
        }
        String text = tokenizer.decode(new int[] {row}, false);
        return row + " " + TokenNames.visible(text.isEmpty() ? tokenizer.piece(row) : text);
    }
}
