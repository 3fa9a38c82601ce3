package io.agilelens.views.plant;

import io.agilelens.engine.UserException;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.model.Site;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.IntegerProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleIntegerProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.beans.value.ObservableValue;

/** Which outliers are to be planted in a model, as a person says it piece by piece. */
final class PlantViewModel {
    private static final String USUAL_FACTOR = Integer.toString(Planting.USUAL_FACTOR);
    private static final String USUAL_COUNT = Integer.toString(Planting.USUAL_COUNT);

    private final ModelConfig config;
    private final StringProperty factor = new SimpleStringProperty(USUAL_FACTOR);
    private final BooleanProperty drawn = new SimpleBooleanProperty(true);
    private final StringProperty count = new SimpleStringProperty(USUAL_COUNT);
    private final StringProperty seed = new SimpleStringProperty("0");
    private final StringProperty list = new SimpleStringProperty("");
    private final IntegerProperty firstLayer = new SimpleIntegerProperty(0);
    private final IntegerProperty lastLayer = new SimpleIntegerProperty();
    private final BooleanProperty attention = new SimpleBooleanProperty(true);
    private final BooleanProperty mlp = new SimpleBooleanProperty(true);
    private final ReadOnlyObjectWrapper<Optional<Planting>> planting =
            new ReadOnlyObjectWrapper<>(Optional.empty());
    private final ReadOnlyStringWrapper problem = new ReadOnlyStringWrapper("");

    /**
     * @param present what is planted already, to start from
     */
    PlantViewModel(ModelConfig config, Optional<Planting> present) {
        this.config = config;
        lastLayer.set(config.layers() - 1);
        present.ifPresent(this::startFrom);
        for (ObservableValue<?> piece :
                List.of(factor, drawn, count, seed, list, firstLayer, lastLayer, attention, mlp)) {
            piece.addListener((_, _, _) -> read());
        }
        read();
    }

    private void startFrom(Planting present) {
        factor.set(number(present.factor()));
        drawn.set(false);
        list.set(
                present.channels().stream().map(String::valueOf).collect(Collectors.joining(", ")));
        firstLayer.set(present.layers().first());
        lastLayer.set(present.layers().last());
        attention.set(present.sites().contains(Site.ATTN_INPUT));
        mlp.set(present.sites().contains(Site.MLP_INPUT));
    }

    int layers() {
        return config.layers();
    }

    /** By how much the channels grow, as it was typed. */
    StringProperty factorProperty() {
        return factor;
    }

    /** Whether channels are drawn by chance; otherwise they are listed. */
    BooleanProperty drawnProperty() {
        return drawn;
    }

    /** How many channels are drawn. */
    StringProperty countProperty() {
        return count;
    }

    /** Where the draw starts from. */
    StringProperty seedProperty() {
        return seed;
    }

    /** Channels such as {@code 3, 17, 20-23}. */
    StringProperty listProperty() {
        return list;
    }

    IntegerProperty firstLayerProperty() {
        return firstLayer;
    }

    IntegerProperty lastLayerProperty() {
        return lastLayer;
    }

    /** Whether {@link Site#ATTN_INPUT} is planted. */
    BooleanProperty attentionProperty() {
        return attention;
    }

    /** Whether {@link Site#MLP_INPUT} is planted. */
    BooleanProperty mlpProperty() {
        return mlp;
    }

    /** What all pieces come to; empty while one of them is unusable. */
    ReadOnlyObjectProperty<Optional<Planting>> plantingProperty() {
        return planting.getReadOnlyProperty();
    }

    /** What is unusable, in one line; empty if nothing is. */
    ReadOnlyStringProperty problemProperty() {
        return problem.getReadOnlyProperty();
    }

    /** The power of two that the factor is, or is nearest to, as its exponent. */
    double factorExponent() {
        try {
            return Math.log(readFactor()) / Math.log(2);
        } catch (UserException unusable) {
            return 1;
        }
    }

    /** Makes the factor a power of two. */
    void setFactorExponent(double exponent) {
        factor.set(Long.toString(1L << Math.round(exponent)));
    }

    private void read() {
        try {
            SortedSet<Integer> layers =
                    new TreeSet<>(
                            IntStream.rangeClosed(firstLayer.get(), lastLayer.get())
                                    .boxed()
                                    .toList());
            List<Site> sites = new ArrayList<>();
            if (attention.get()) {
                sites.add(Site.ATTN_INPUT);
            }
            if (mlp.get()) {
                sites.add(Site.MLP_INPUT);
            }
            Planting read = new Planting(readFactor(), channels(), layers, sites);
            problem.set("");
            planting.set(Optional.of(read));
        } catch (UserException unusable) {
            planting.set(Optional.empty());
            problem.set(unusable.getMessage());
        }
    }

    private float readFactor() {
        try {
            return Float.parseFloat(factor.get().strip().replace(',', '.'));
        } catch (NumberFormatException unusable) {
            throw new UserException(Messages.text("plant.problem.factor", factor.get()), unusable);
        }
    }

    private SortedSet<Integer> channels() {
        if (!drawn.get()) {
            return listed();
        }
        int wanted = (int) whole(count.get(), 1, config.hiddenSize(), "plant.problem.count");
        long start = whole(seed.get(), Long.MIN_VALUE, Long.MAX_VALUE, "plant.problem.seed");
        return Planting.drawChannels(wanted, config.hiddenSize(), start);
    }

    private SortedSet<Integer> listed() {
        SortedSet<Integer> channels = new TreeSet<>();
        for (String part : list.get().split("[,;\\s]+")) {
            if (part.isEmpty()) {
                continue;
            }
            String[] ends = part.split("[-–]", -1);
            int first = channel(ends[0]);
            int last = ends.length == 1 ? first : channel(ends[ends.length - 1]);
            if (ends.length > 2 || last < first) {
                throw unlisted(part);
            }
            IntStream.rangeClosed(first, last).forEach(channels::add);
        }
        return channels;
    }

    private int channel(String digits) {
        return (int) whole(digits, 0, config.hiddenSize() - 1L, "plant.problem.list");
    }

    private UserException unlisted(String part) {
        return new UserException(
                Messages.text("plant.problem.list", part, 0, config.hiddenSize() - 1));
    }

    private static long whole(String text, long least, long most, String problem) {
        try {
            long number = Long.parseLong(text.strip());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException unusable) {
            // Told below, as for a number out of range.
        }
        throw new UserException(Messages.text(problem, text.strip(), least, most));
    }

    private static String number(float value) {
        return value == Math.rint(value) ? Integer.toString((int) value) : Figures.number(value);
    }
}
