package io.agilelens.views.outliers;

import io.agilelens.engine.evaluate.OutlierCensus;
import io.agilelens.engine.evaluate.SiteStatistics;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.recipe.ChannelExponents;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.Comparison;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.Selection;
import io.agilelens.views.workbench.WindowComparison;
import io.agilelens.views.workbench.Workbench;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleObjectProperty;

/** What the station shows, made from the workbench and the selection. */
final class OutliersViewModel {
    /** The sites that have channels. */
    static final List<Site> SITES =
            Stream.of(Site.values()).filter(site -> site != Site.SOFTMAX).toList();

    private static final int NAMED_CHANNELS = 6;

    private final Workbench workbench;
    private final ObjectProperty<Comparison> comparison =
            new SimpleObjectProperty<>(this, "comparison", Comparison.BASELINE);
    private final ReadOnlyObjectWrapper<Optional<OutlierLook>> look =
            new ReadOnlyObjectWrapper<>(this, "look", Optional.empty());
    private final ReadOnlyObjectWrapper<Site> site;

    OutliersViewModel(Workbench workbench) {
        this.workbench = workbench;
        Site selected = workbench.selection().place().site();
        site =
                new ReadOnlyObjectWrapper<>(
                        this, "site", selected == Site.SOFTMAX ? Site.MLP_HIDDEN : selected);
        comparison.subscribe(this::look);
        workbench.comparisonProperty().addListener(property -> look());
        workbench.selection().placeProperty().addListener(property -> follow());
        look();
    }

    ObjectProperty<Comparison> comparisonProperty() {
        return comparison;
    }

    /** What is looked at; empty while no window was analyzed. */
    ReadOnlyObjectProperty<Optional<OutlierLook>> lookProperty() {
        return look.getReadOnlyProperty();
    }

    /** The site whose channels are shown: the selected one or, if that has none, the last. */
    ReadOnlyObjectProperty<Site> siteProperty() {
        return site.getReadOnlyProperty();
    }

    /** Whether a channel was picked, rather than the largest taken in its stead. */
    boolean isChannelPicked() {
        Selection.Place place = workbench.selection().place();
        return place.site() == site.get() && place.channel() != Selection.NONE;
    }

    void selectSite(Site wanted) {
        select(place().withSite(wanted));
    }

    void selectChannel(int channel) {
        select(place().withSite(site.get()).withChannel(channel));
    }

    void selectChannel(int layer, int channel) {
        select(place().withSite(site.get()).withLayer(layer).withChannel(channel));
    }

    /** A channel at a token, which is a position in the window. */
    void selectToken(int position, int channel) {
        select(place().withSite(site.get()).withChannel(channel).withToken(position));
    }

    /** What TRIP chose at the place, with what the recipe in force fixes; empty without TRIP. */
    Optional<TripFactors> factors() {
        return look.get()
                .flatMap(
                        seen ->
                                seen.tripFit()
                                        .map(
                                                fit ->
                                                        TripFactors.of(
                                                                fit,
                                                                recipe().channelExponentsAt(
                                                                                seen.layer(),
                                                                                seen.site()))));
    }

    /** Gives the channel that is looked at an exponent in place of TRIP's choice. */
    void fixFactor(int exponent) {
        change(
                "outliers.step.factor",
                seen ->
                        ChannelExponents.fix(
                                recipe(), seen.layer(), seen.site(), seen.channel(), exponent));
    }

    /** Leaves the channel that is looked at to TRIP again. */
    void releaseFactor() {
        change(
                "outliers.step.auto",
                seen ->
                        ChannelExponents.release(
                                recipe(), seen.layer(), seen.site(), seen.channel()));
    }

    /** Leaves all channels of the place to TRIP again. */
    void releaseFactors() {
        change(
                "outliers.step.auto.all",
                seen -> ChannelExponents.releaseAll(recipe(), seen.layer(), seen.site()));
    }

    private void change(String key, Function<OutlierLook, Recipe> changed) {
        look.get()
                .ifPresent(
                        seen ->
                                workbench
                                        .history()
                                        .change(
                                                Messages.text(
                                                        key,
                                                        Integer.toString(seen.layer()),
                                                        seen.site(),
                                                        Integer.toString(seen.channel())),
                                                changed.apply(seen)));
    }

    private Recipe recipe() {
        return workbench.history().recipe();
    }

    /** Outlier channels of the site over all layers. */
    static OutlierCensus census(OutlierLook look) {
        return OutlierCensus.of(look.site(), look.layersOfSite());
    }

    /** The first channels that were planted, and by how much they grew. */
    static String places(Planting planting) {
        String channels =
                planting.channels().stream()
                        .limit(NAMED_CHANNELS)
                        .map(String::valueOf)
                        .collect(Collectors.joining(", "));
        return Messages.text(
                planting.channels().size() > NAMED_CHANNELS
                        ? "outliers.map.planted.more"
                        : "outliers.map.planted.all",
                channels,
                Figures.number(planting.factor()));
    }

    /** Where the largest |x| of the site is. */
    static SiteStatistics largest(OutlierLook look) {
        SiteStatistics largest = look.layersOfSite().getFirst();
        for (SiteStatistics statistics : look.layersOfSite()) {
            if (statistics.magnitude() > largest.magnitude()) {
                largest = statistics;
            }
        }
        return largest;
    }

    private Selection.Place place() {
        return workbench.selection().place();
    }

    private void select(Selection.Place wanted) {
        workbench.selection().select(wanted);
    }

    private void follow() {
        Site selected = place().site();
        if (selected != Site.SOFTMAX) {
            site.set(selected);
        }
        look();
    }

    private void look() {
        look.set(workbench.comparisonProperty().get().map(this::lookAt));
    }

    private OutlierLook lookAt(WindowComparison windows) {
        int layers = windows.baseline().sites().size();
        int layer = Math.clamp(place().layer(), 0, layers - 1);
        SiteStatistics statistics = windows.baseline().sites().get(layer).get(site.get());
        int channel = place().channel();
        boolean known = isChannelPicked() && channel < statistics.channels();
        return new OutlierLook(
                windows,
                comparison.get(),
                layer,
                site.get(),
                known ? channel : statistics.largestChannel());
    }
}
