package io.agilelens.views.kernels;

import io.agilelens.engine.kernel.KernelTiming;
import io.agilelens.engine.kernel.Quartiles;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.KernelReport;
import io.agilelens.views.workbench.SavedMeasurement;
import io.agilelens.views.workbench.Workbench;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What products can be set against: another width, what was kept, or a saved run. */
final class ProductReferences {
    private final Workbench workbench;
    private final References references = new References();

    /** How long the product of a timing took elsewhere, if that is known. */
    interface Times extends Function<KernelTiming, Optional<Quartiles>> {}

    /**
     * @param onChange hears that something else is chosen or on offer
     */
    ProductReferences(Workbench workbench, Runnable onChange) {
        this.workbench = workbench;
        workbench.keptKernelsProperty().subscribe(onChange);
        workbench
                .savedMeasurementProperty()
                .subscribe(
                        () -> {
                            onChange.run();
                            chooseSaved();
                        });
        offer(Optional.empty());
        chooseSaved();
        references.chosenProperty().subscribe(onChange);
    }

    References references() {
        return references;
    }

    /** Keeps what is shown, to set later measurements against it. */
    void keep(Optional<KernelReport> shown) {
        workbench.keptKernelsProperty().set(shown);
        kept().ifPresent(references.chosenProperty()::set);
    }

    /** Offers what there is beside the measurement that is shown. */
    void offer(Optional<KernelReport> shown) {
        List<Reference> offered = new ArrayList<>();
        for (int bits : workbench.kernelsByWidth().keySet()) {
            if (shown.isPresent() && shown.get().peak().vectorBits() != bits) {
                offered.add(new Reference.Width(bits));
            }
        }
        kept().ifPresent(offered::add);
        saved().ifPresent(offered::add);
        references.offer(offered);
    }

    private Optional<Reference> kept() {
        return workbench
                .keptKernelsProperty()
                .get()
                .map(each -> new Reference.Kept(Figures.clock(each.measured())));
    }

    private void chooseSaved() {
        saved().ifPresent(references.chosenProperty()::set);
    }

    private Optional<Reference> saved() {
        return workbench
                .savedMeasurementProperty()
                .get()
                .map(each -> new Reference.Saved(each.name()));
    }

    /** The times that the shown ones are set against. */
    Optional<Times> compared() {
        return switch (references.chosenProperty().get()) {
            case Reference.Nothing _ -> Optional.empty();
            case Reference.Width width ->
                    Optional.ofNullable(workbench.kernelsByWidth().get(width.bits()))
                            .map(ProductReferences::times);
            case Reference.Kept _ ->
                    workbench.keptKernelsProperty().get().map(ProductReferences::times);
            case Reference.Saved _ ->
                    workbench.savedMeasurementProperty().get().map(ProductReferences::times);
        };
    }

    private static Times times(KernelReport report) {
        return of -> report.timing(of.name(), of.m(), of.n(), of.k()).map(ProductReferences::time);
    }

    private static Times times(SavedMeasurement saved) {
        return of -> saved.microseconds(of.name(), of.m(), of.n(), of.k());
    }

    static Quartiles time(KernelTiming timing) {
        return new Quartiles(timing.medianMicroseconds(), timing.spreadMicroseconds());
    }

    /** Which model on which machine the chosen file is of, if one is chosen. */
    static String words(Workbench workbench, References references) {
        return workbench
                .savedMeasurementProperty()
                .get()
                .filter(_ -> references.chosenProperty().get() instanceof Reference.Saved)
                .map(each -> " " + Messages.text("kernels.saved", each.name(), each.words()))
                .orElse("");
    }
}
