package io.agilelens.views.kernels;

import io.agilelens.engine.evaluate.OperatorProfile;
import io.agilelens.engine.evaluate.OperatorProfile.Operator;
import io.agilelens.engine.kernel.Quartiles;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.chart.BarChartPane;
import io.agilelens.views.chart.Ink;
import io.agilelens.views.workbench.PassReport;
import io.agilelens.views.workbench.Workbench;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;

/** What whole passes make of the kernels: tokens a second, and where the time goes. */
final class PassesViewModel {
    /** There are only so many inks; further bars are pale. */
    private static final int INKS = 6;

    /**
     * A line of the table.
     *
     * @param prefill tokens a second, with spread
     * @param decode likewise
     * @param prefillToFloat how many times as fast as the float model, round by round
     * @param decodeToFloat likewise
     * @param prefillChange against the reference
     * @param decodeChange likewise
     */
    record Row(
            String name,
            Quartiles prefill,
            Quartiles decode,
            double prefillToFloat,
            double decodeToFloat,
            SpeedRatio prefillChange,
            SpeedRatio decodeChange) {}

    /**
     * Everything that is drawn.
     *
     * @param phases the one group of the bars of speed
     * @param speed one bar an arithmetic: tokens a second
     * @param operators labels of the groups of shares
     * @param shares one set of bars an arithmetic: per cent of the time
     * @param changes one series an arithmetic, against the reference; empty without one
     */
    record Picture(
            List<String> phases,
            List<BarChartPane.Bars> speed,
            List<String> operators,
            List<BarChartPane.Bars> shares,
            List<Row> rows,
            String conditions,
            List<SpeedRatio.Series> changes) {
        static final Picture NONE =
                new Picture(List.of(), List.of(), List.of(), List.of(), List.of(), "", List.of());
    }

    private final ReadOnlyObjectWrapper<Picture> picture =
            new ReadOnlyObjectWrapper<>(Picture.NONE);
    private final Workbench workbench;
    private final BooleanProperty decode;
    private final References references = new References();

    /**
     * @param decode whether one token at a time is shown instead of a prompt
     */
    PassesViewModel(Workbench workbench, BooleanProperty decode) {
        this.workbench = workbench;
        this.decode = decode;
        workbench.passesProperty().subscribe(this::draw);
        workbench.keptPassesProperty().subscribe(this::draw);
        workbench
                .savedMeasurementProperty()
                .subscribe(
                        _ -> {
                            draw();
                            saved().ifPresent(references.chosenProperty()::set);
                        });
        references.chosenProperty().subscribe(this::draw);
        decode.subscribe(this::draw);
        draw();
    }

    ReadOnlyObjectProperty<Picture> pictureProperty() {
        return picture.getReadOnlyProperty();
    }

    /** What the shown speeds are or can be set against. */
    References references() {
        return references;
    }

    /** Keeps what is shown, to set later measurements against it. */
    void keep() {
        workbench.keptPassesProperty().set(workbench.passesProperty().get());
        kept().ifPresent(references.chosenProperty()::set);
    }

    private Optional<Reference> kept() {
        return workbench
                .keptPassesProperty()
                .get()
                .map(each -> new Reference.Kept(Figures.clock(each.measured())));
    }

    /** A file that has passes behind a prompt as long as the measured ones. */
    private Optional<Reference> saved() {
        return workbench
                .savedMeasurementProperty()
                .get()
                .filter(_ -> isCovered(true) || isCovered(false))
                .map(each -> new Reference.Saved(each.name()));
    }

    private boolean isCovered(boolean decoding) {
        Speeds speeds = savedSpeeds();
        return workbench.passesProperty().get().map(PassReport::rows).orElse(List.of()).stream()
                .anyMatch(row -> speeds.of(row, decoding).isPresent());
    }

    /** How fast the arithmetic of a row was elsewhere, if that is known. */
    private interface Speeds {
        Optional<Quartiles> of(PassReport.Row row, boolean decoding);
    }

    private Speeds compared() {
        return switch (references.chosenProperty().get()) {
            case Reference.Kept _ ->
                    (row, decoding) ->
                            workbench
                                    .keptPassesProperty()
                                    .get()
                                    .flatMap(each -> each.row(row.name()))
                                    .map(before -> Quartiles.of(speeds(before, decoding)));
            case Reference.Saved _ -> savedSpeeds();
            case Reference.Nothing _, Reference.Width _ -> (_, _) -> Optional.empty();
        };
    }

    private Speeds savedSpeeds() {
        Optional<PassReport> report = workbench.passesProperty().get();
        Optional<String> precision =
                workbench.modelProperty().get().map(opened -> opened.model().precision().name());
        return (row, decoding) -> {
            boolean floats = report.filter(each -> each.rows().getFirst() == row).isPresent();
            String name = floats ? precision.orElse("") : row.name();
            return workbench
                    .savedMeasurementProperty()
                    .get()
                    .filter(_ -> !row.ofRecipe() && report.isPresent())
                    .flatMap(each -> each.speed(name, decoding, report.get().prompt()));
        };
    }

    /** Why a file that is there cannot be chosen, or which it is if it is chosen. */
    private String againstWords(PassReport report) {
        return workbench
                .savedMeasurementProperty()
                .get()
                .filter(_ -> saved().isEmpty())
                .map(
                        each ->
                                " "
                                        + Messages.text(
                                                "kernels.saved.passes.none",
                                                each.name(),
                                                Integer.toString(report.prompt())))
                .orElseGet(() -> ProductReferences.words(workbench, references));
    }

    /** What was measured, on what and when, for the badge. */
    String origin() {
        return workbench
                .passesProperty()
                .get()
                .map(
                        each ->
                                Messages.text(
                                        "kernels.passes.origin",
                                        Integer.toString(each.rows().size()),
                                        Integer.toString(
                                                each.rows().getFirst().speeds().prefill().length),
                                        KernelsViewModel.vectors(each.machine().vectorBits()),
                                        each.machine().threads(),
                                        Figures.moment(each.measured())))
                .map(words -> Messages.text("kernels.origin.ratios", words))
                .orElse("");
    }

    private void draw() {
        references.offer(Stream.of(kept(), saved()).flatMap(Optional::stream).toList());
        Optional<PassReport> report = workbench.passesProperty().get();
        picture.set(report.map(this::picture).orElse(Picture.NONE));
    }

    private Picture picture(PassReport report) {
        List<PassReport.Row> measured = report.rows();
        List<BarChartPane.Bars> speed = new ArrayList<>();
        List<BarChartPane.Bars> shares = new ArrayList<>();
        List<SpeedRatio.Series> changes = new ArrayList<>();
        List<Row> rows = rows(measured, compared());
        for (PassReport.Row row : measured) {
            Ink ink = row.ofRecipe() ? Ink.TUNED : Ink.series(speed.size());
            boolean pale = speed.size() >= INKS;
            Quartiles quartiles = Quartiles.of(speeds(row, decode.get()));
            double half = quartiles.spread() / 2;
            speed.add(
                    new BarChartPane.Bars(
                            row.name(),
                            ink,
                            new double[] {quartiles.median()},
                            new double[] {Math.max(0, quartiles.median() - half)},
                            new double[] {quartiles.median() + half},
                            pale));
            Row line = rows.get(shares.size());
            SpeedRatio change = decode.get() ? line.decodeChange() : line.prefillChange();
            if (change.isKnown()) {
                changes.add(new SpeedRatio.Series(row.name(), ink, List.of(change), pale));
            }
            OperatorProfile profile = decode.get() ? row.decode() : row.prefill();
            shares.add(
                    new BarChartPane.Bars(
                            row.name(),
                            ink,
                            Arrays.stream(Operator.values())
                                    .mapToDouble(each -> 100 * profile.shares().get(each))
                                    .toArray(),
                            new double[0],
                            new double[0],
                            pale));
        }
        String conditions =
                Messages.text(
                                "kernels.passes.conditions",
                                Integer.toString(report.prompt()),
                                Integer.toString(report.tokens()))
                        + againstWords(report);
        return new Picture(
                List.of(Messages.text(decode.get() ? "kernels.decode" : "kernels.prefill")),
                speed,
                Arrays.stream(Operator.values())
                        .map(each -> Messages.text("kernels.operator." + each))
                        .toList(),
                shares,
                rows,
                report.isShort()
                        ? conditions + " " + Messages.text("kernels.passes.short")
                        : conditions,
                changes);
    }

    private static double[] speeds(PassReport.Row row, boolean decoding) {
        return decoding ? row.speeds().decode() : row.speeds().prefill();
    }

    private static List<Row> rows(List<PassReport.Row> measured, Speeds against) {
        PassReport.Row floats = measured.getFirst();
        return measured.stream()
                .map(
                        row ->
                                new Row(
                                        row.name(),
                                        Quartiles.of(row.speeds().prefill()),
                                        Quartiles.of(row.speeds().decode()),
                                        Quartiles.ofRatios(
                                                        row.speeds().prefill(),
                                                        floats.speeds().prefill())
                                                .median(),
                                        Quartiles.ofRatios(
                                                        row.speeds().decode(),
                                                        floats.speeds().decode())
                                                .median(),
                                        change(row, against, false),
                                        change(row, against, true)))
                .toList();
    }

    private static SpeedRatio change(PassReport.Row row, Speeds against, boolean decoding) {
        return against.of(row, decoding)
                .map(before -> SpeedRatio.ofSpeeds(Quartiles.of(speeds(row, decoding)), before))
                .orElse(SpeedRatio.NONE);
    }
}
