package io.agilelens.views.workbench;

import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.Selection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.collections.ObservableMap;

/**
 * What every view looks at: the model, the recipe, the selection, and the numbers made from them.
 * The application's live loop fills it in; view models read it. Touched on the JavaFX thread only,
 * and holding no controls.
 */
public final class Workbench {
    private final Selection selection = new Selection();
    private final ObjectProperty<Optional<OpenedModel>> model =
            new SimpleObjectProperty<>(this, "model", Optional.empty());
    private final ObjectProperty<Optional<ModelOpening>> opening =
            new SimpleObjectProperty<>(this, "opening", Optional.empty());
    private final ObservableMap<Work, WorkStatus> underWay = FXCollections.observableHashMap();
    private final ObjectProperty<Optional<WindowComparison>> comparison =
            new SimpleObjectProperty<>(this, "comparison", Optional.empty());
    private final ObjectProperty<Boolean> comparisonStale =
            new SimpleObjectProperty<>(this, "comparisonStale", false);
    private final ObjectProperty<Quality> quality =
            new SimpleObjectProperty<>(this, "quality", Quality.NONE);
    private final ObjectProperty<Boolean> qualityStale =
            new SimpleObjectProperty<>(this, "qualityStale", false);
    private final ObjectProperty<Optional<ChangedLayers>> changedLayers =
            new SimpleObjectProperty<>(this, "changedLayers", Optional.empty());
    private final ObjectProperty<Optional<KernelReport>> kernels =
            new SimpleObjectProperty<>(this, "kernels", Optional.empty());
    private final ObservableMap<Integer, KernelReport> kernelsByWidth =
            FXCollections.observableMap(new TreeMap<>());
    private final ObjectProperty<Optional<PassReport>> passes =
            new SimpleObjectProperty<>(this, "passes", Optional.empty());
    private final ObjectProperty<Optional<SavedMeasurement>> savedMeasurement =
            new SimpleObjectProperty<>(this, "savedMeasurement", Optional.empty());
    private final ObjectProperty<Optional<KernelReport>> keptKernels =
            new SimpleObjectProperty<>(this, "keptKernels", Optional.empty());
    private final ObjectProperty<Optional<PassReport>> keptPasses =
            new SimpleObjectProperty<>(this, "keptPasses", Optional.empty());
    private final ObservableMap<Recipe, RecipeSpeed.Measured> speeds =
            FXCollections.observableHashMap();
    private final ObjectProperty<Optional<SearchStatus>> search =
            new SimpleObjectProperty<>(this, "search", Optional.empty());
    private final ObjectProperty<Studies> studies =
            new SimpleObjectProperty<>(this, "studies", Studies.NONE);
    private final ObservableMap<String, Double> dividers = FXCollections.observableHashMap();
    private final ObservableList<PinnedRun> runs = FXCollections.observableArrayList();
    private final SessionHistory history = new SessionHistory(runs);

    /** What is looked at. */
    public Selection selection() {
        return selection;
    }

    /** The recipe in force, and every change that a person made to the session. */
    public SessionHistory history() {
        return history;
    }

    /** The open model; empty before the first one is there. */
    public ObjectProperty<Optional<OpenedModel>> modelProperty() {
        return model;
    }

    /** The model that is being opened, beside or before the open one; mostly empty. */
    public ObjectProperty<Optional<ModelOpening>> openingProperty() {
        return opening;
    }

    /** Work that runs or waits for its turn, and how far it is. */
    public ObservableMap<Work, WorkStatus> underWay() {
        return underWay;
    }

    /** The shown window through the float and the tuned model. */
    public ObjectProperty<Optional<WindowComparison>> comparisonProperty() {
        return comparison;
    }

    /** Whether {@link #comparisonProperty} belongs to an older recipe or selection. */
    public ObjectProperty<Boolean> comparisonStaleProperty() {
        return comparisonStale;
    }

    /** Perplexities, running or final. */
    public ObjectProperty<Quality> qualityProperty() {
        return quality;
    }

    /** Whether {@link #qualityProperty} belongs to an older recipe. */
    public ObjectProperty<Boolean> qualityStaleProperty() {
        return qualityStale;
    }

    /** Whether pictures and perplexity are there, of what is in force, and the latter is exact. */
    public boolean isComplete() {
        return comparison.get().isPresent()
                && !comparisonStale.get()
                && !qualityStale.get()
                && quality.get().isExact();
    }

    /** What the latest change makes of the layers that it reaches; empty until that is known. */
    public ObjectProperty<Optional<ChangedLayers>> changedLayersProperty() {
        return changedLayers;
    }

    /** The latest kernel measurement. */
    public ObjectProperty<Optional<KernelReport>> kernelsProperty() {
        return kernels;
    }

    /** The latest kernel measurement with vectors of each width, in bits; 0 is scalar code. */
    public ObservableMap<Integer, KernelReport> kernelsByWidth() {
        return kernelsByWidth;
    }

    /** The latest measurement of whole passes. */
    public ObjectProperty<Optional<PassReport>> passesProperty() {
        return passes;
    }

    /** A measurement that was read from a file, to compare the model's own ones with. */
    public ObjectProperty<Optional<SavedMeasurement>> savedMeasurementProperty() {
        return savedMeasurement;
    }

    /** The kernel measurement that a person kept to compare later ones with. */
    public ObjectProperty<Optional<KernelReport>> keptKernelsProperty() {
        return keptKernels;
    }

    /** The measurement of whole passes that a person kept to compare later ones with. */
    public ObjectProperty<Optional<PassReport>> keptPassesProperty() {
        return keptPasses;
    }

    /** How fast recipes are when executed, as far as that was measured; each as executed. */
    public ObservableMap<Recipe, RecipeSpeed.Measured> speeds() {
        return speeds;
    }

    /** Keeps a kernel measurement as the latest one and as that of its width. */
    public void addKernels(KernelReport report) {
        kernelsByWidth.put(report.peak().vectorBits(), report);
        kernels.set(Optional.of(report));
    }

    /** Forgets what was measured, as a model of another shape needs. */
    public void forgetMeasurements() {
        kernelsByWidth.clear();
        speeds.clear();
        savedMeasurement.set(Optional.empty());
        keptKernels.set(Optional.empty());
        keptPasses.set(Optional.empty());
        kernels.set(Optional.empty());
        passes.set(Optional.empty());
    }

    /** The search that is running; empty while none is. */
    public ObjectProperty<Optional<SearchStatus>> searchProperty() {
        return search;
    }

    /** Where quality goes, as far as it was asked. */
    public ObjectProperty<Studies> studiesProperty() {
        return studies;
    }

    /**
     * Where dividers inside stations were moved to: by the divider's name, the share of the part
     * left of it or above, 0…1. One that is not there is where it usually is.
     */
    public ObservableMap<String, Double> dividers() {
        return dividers;
    }

    /** Runs kept for comparison, in the order of pinning; each change is a step of the history. */
    public ObservableList<PinnedRun> runs() {
        return runs;
    }

    /** A name that no pinned run has yet, made from a wish. */
    public String freeRunName(String wish) {
        return freeName(wish, runs.stream().map(PinnedRun::name).toList());
    }

    /** The same runs with names that no pinned run and none of the others has. */
    public List<PinnedRun> named(List<PinnedRun> wished) {
        List<String> taken = new ArrayList<>(runs.stream().map(PinnedRun::name).toList());
        List<PinnedRun> named = new ArrayList<>();
        for (PinnedRun run : wished) {
            String name = freeName(run.name(), taken);
            taken.add(name);
            named.add(run.withName(name));
        }
        return List.copyOf(named);
    }

    private static String freeName(String wish, List<String> taken) {
        String name = wish;
        for (int n = 2; taken.contains(name); n++) {
            name = wish + " (" + n + ")";
        }
        return name;
    }
}
