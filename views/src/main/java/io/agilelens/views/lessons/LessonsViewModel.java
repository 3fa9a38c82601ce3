package io.agilelens.views.lessons;

import io.agilelens.engine.model.Planting;
import io.agilelens.views.Messages;
import io.agilelens.views.Selection;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleObjectProperty;

/**
 * Runs a lesson: enters its steps, waits until what a step is about is computed, checks answers,
 * and remembers how far each lesson is.
 */
public final class LessonsViewModel {
    private final Workbench workbench;
    private final WorkbenchActions actions;
    private final LessonLibrary library;
    private final ReadOnlyObjectWrapper<Optional<StepView>> view =
            new ReadOnlyObjectWrapper<>(this, "view", Optional.empty());
    private final ReadOnlyObjectWrapper<Optional<LessonEnd>> end =
            new ReadOnlyObjectWrapper<>(this, "end", Optional.empty());
    private final ObjectProperty<LessonProgress> progress =
            new SimpleObjectProperty<>(this, "progress", LessonProgress.NONE);
    private final ReadOnlyBooleanWrapper running = new ReadOnlyBooleanWrapper(this, "running");
    private LessonGuide guide;

    /** The lesson that runs, or null. */
    private Lesson lesson;

    private int index;
    private LessonBeginning beginning;
    private LiveFacts live;
    private Answering answering;
    private boolean leversWanted;
    private boolean selectionWanted;
    private boolean fillWanted;
    private boolean askedForMissing;

    public LessonsViewModel(Workbench workbench, WorkbenchActions actions, LessonLibrary library) {
        this.workbench = workbench;
        this.actions = actions;
        this.library = library;
        workbench
                .modelProperty()
                .addListener(
                        _ -> {
                            if (lesson != null) {
                                live.forget();
                                // Planted outliers are elsewhere than what was selected.
                                selectionWanted = true;
                                fillWanted = true;
                            }
                            refresh();
                        });
        workbench.comparisonProperty().addListener(_ -> refresh());
        workbench.comparisonStaleProperty().addListener(_ -> refresh());
        workbench.qualityProperty().addListener(_ -> refresh());
        workbench.qualityStaleProperty().addListener(_ -> refresh());
        workbench.studiesProperty().addListener(_ -> refresh());
        workbench.kernelsProperty().addListener(_ -> refresh());
        workbench.runs().addListener((javafx.beans.Observable _) -> refresh());
        workbench.history().recipeProperty().addListener(_ -> refresh());
        workbench.selection().placeProperty().addListener(_ -> refresh());
    }

    /** Says who brings the window to where lessons point; before a lesson is started. */
    public void guideBy(LessonGuide windowGuide) {
        guide = windowGuide;
    }

    public List<Lesson> lessons() {
        return library.lessons();
    }

    /** A lesson's title. */
    public static String title(Lesson lesson) {
        return LessonWords.text(lesson.id() + ".title", Facts.NONE);
    }

    /** What a step of a lesson is called. */
    static String title(Lesson lesson, LessonStep step) {
        return LessonWords.text(lesson.id() + "." + step.id() + ".title", Facts.NONE);
    }

    /** A lesson in one sentence. */
    public static String summary(Lesson lesson) {
        return LessonWords.text(lesson.id() + ".summary", Facts.NONE);
    }

    /** The step that runs; empty while no lesson does. */
    ReadOnlyObjectProperty<Optional<StepView>> viewProperty() {
        return view.getReadOnlyProperty();
    }

    /** What is said and asked at the end of a lesson; empty before. */
    ReadOnlyObjectProperty<Optional<LessonEnd>> endProperty() {
        return end.getReadOnlyProperty();
    }

    /** How far each lesson is. */
    public ObjectProperty<LessonProgress> progressProperty() {
        return progress;
    }

    /** What is selected, as far as a question is about it. */
    int picked(SelectionPart part) {
        return part.of(workbench.selection().place());
    }

    ReadOnlyObjectProperty<Selection.Place> placeProperty() {
        return workbench.selection().placeProperty();
    }

    /** Whether there is a model that a lesson can run on. */
    public boolean isModelOpen() {
        return workbench.modelProperty().get().isPresent();
    }

    /** Whether a lesson runs. */
    public ReadOnlyBooleanProperty runningProperty() {
        return running.getReadOnlyProperty();
    }

    /**
     * Starts a lesson where it was left, or from its beginning.
     *
     * @throws IllegalArgumentException if there is no such lesson
     */
    public void start(String id) {
        start(library.find(id).orElseThrow(() -> new IllegalArgumentException("no lesson " + id)));
    }

    void start(Lesson wanted) {
        if (lesson == null) {
            beginning = LessonBeginning.of(workbench);
        }
        lesson = wanted;
        live = new LiveFacts(wanted, this::settle);
        end.set(Optional.empty());
        running.set(true);
        guide.begin();
        enter(resumed(wanted));
    }

    /** The latest step, unless one before it keeps a number that the rest looks back at. */
    private int resumed(Lesson wanted) {
        String latest = progress.get().of(wanted).step();
        List<LessonStep> steps = wanted.steps();
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).id().equals(latest)) {
                return i;
            }
            if (!steps.get(i).keep().isEmpty()) {
                return latest.isEmpty() ? 0 : i;
            }
        }
        return 0;
    }

    private void enter(int step) {
        index = step;
        answering = new Answering(this::words);
        leversWanted = true;
        selectionWanted = true;
        fillWanted = true;
        askedForMissing = false;
        note(progress.get().of(lesson).at(step().id()));
        guide.pointNowhere();
        step().station().ifPresent(guide::open);
        step().compare().ifPresent(guide::compare);
        step().tab().ifPresent(guide::front);
        refresh();
        step().point().ifPresent(guide::point);
    }

    private LessonStep step() {
        return lesson.steps().get(index);
    }

    private void note(LessonProgress.Entry entry) {
        progress.set(progress.get().with(lesson, entry));
    }

    /** Goes to the next step; behind the last one the lesson is done. */
    public void next() {
        if (lesson == null || end.get().isPresent()) {
            return;
        }
        if (index + 1 < lesson.steps().size()) {
            enter(index + 1);
        } else {
            note(progress.get().of(lesson).finished());
            conclude(true);
        }
    }

    /** Goes to the step before; from the end back to the last one. */
    public void back() {
        if (lesson == null) {
            return;
        }
        if (end.get().isPresent()) {
            end.set(Optional.empty());
            enter(index);
        } else if (index > 0) {
            enter(index - 1);
        }
    }

    /** Gives a hint, or, after a wrong answer, the answer. */
    public void hint() {
        if (view.get().flatMap(StepView::asked).isPresent()) {
            answering.hint();
            show();
        }
    }

    /** Checks an answer to the present question. */
    void check(Answer answer) {
        Optional<StepView.Asked> question = view.get().flatMap(StepView::asked);
        if (question.isEmpty()) {
            return;
        }
        if (answering.check(question.get().question(), answer, live.facts())) {
            note(progress.get().of(lesson).answered(step().id()));
        }
        show();
    }

    /** What is known of the opened model while a lesson runs. */
    Facts facts() {
        return live.facts();
    }

    private String words(String part) {
        return LessonWords.text(lesson.id() + "." + step().id() + "." + part, live.facts());
    }

    /** Whether the step waits for something. */
    public boolean isWaiting() {
        return view.get().flatMap(StepView::waiting).isPresent();
    }

    /** Whether the step asks something that can be answered now. */
    public boolean isAsking() {
        return view.get().flatMap(StepView::asked).isPresent();
    }

    /** Asks for what the step waits for, if a person has to, once. */
    public void askForMissing() {
        if (!askedForMissing && view.get().flatMap(StepView::verb).isPresent()) {
            askedForMissing = true;
            help();
        }
    }

    /** Does what the step's button says. */
    void help() {
        Optional<Need> missing = missing(LessonState.of(workbench));
        workbench
                .modelProperty()
                .get()
                .ifPresent(
                        model ->
                                missing.ifPresentOrElse(
                                        need -> help(model, need),
                                        () -> actions.plant(Planting.usual(model.config()))));
    }

    private void help(OpenedModel model, Need need) {
        switch (need) {
            case KERNELS -> actions.measureKernels(model.baseline().kernels().vectorBits());
            case BUDGET -> actions.study(QualityStudy.BUDGET);
            case PINNED -> actions.pinRun();
            case MODEL, PICTURES, QUALITY -> {}
        }
    }

    /** Ends the lesson before its end; it can be taken up again. */
    void leave() {
        if (lesson != null && end.get().isEmpty()) {
            conclude(false);
        } else {
            finish(false);
        }
    }

    private void conclude(boolean done) {
        guide.pointNowhere();
        if (!done && !beginning.isLeft(workbench)) {
            finish(false);
            return;
        }
        int right = progress.get().of(lesson).right().size();
        end.set(Optional.of(new LessonEnd(lesson, done, right, beginning.isLeft(workbench))));
    }

    /** Closes the player; at wish with everything as it was before the lesson. */
    public void finish(boolean restore) {
        if (lesson == null) {
            return;
        }
        if (restore) {
            beginning.restore(workbench, actions);
        }
        lesson = null;
        running.set(false);
        view.set(Optional.empty());
        end.set(Optional.empty());
        guide.pointNowhere();
        guide.open("lessons");
    }

    /** Brings facts and view up to date with the workbench. */
    private void refresh() {
        if (lesson == null || end.get().isPresent()) {
            return;
        }
        if (leversWanted && isModelOpen()) {
            leversWanted = false;
            LessonBeginning.change(
                    workbench,
                    Messages.text("lessons.step.levers", title(lesson)),
                    StepSetup.recipe(workbench, lesson, index));
        }
        live.request(LessonState.of(workbench));
        settle();
    }

    /** Selects what the step wants, keeps what it keeps, and shows it. */
    private void settle() {
        if (lesson == null || end.get().isPresent()) {
            return;
        }
        LessonState state = LessonState.of(workbench);
        if (selectionWanted && live.isModelKnown()) {
            // What depends on the selected layer becomes known once that is selected.
            selectionWanted =
                    !StepSetup.isKnown(step(), live.facts())
                            && !(missing(state).isEmpty() && live.areOf(state, step().needs()));
            workbench
                    .selection()
                    .select(StepSetup.place(step(), live.facts(), workbench.selection().place()));
            state = LessonState.of(workbench);
        }
        if (isReady(state)) {
            fill();
            if (live.keep(step().keep())) {
                live.request(state);
            }
        }
        show();
    }

    /** Types what the step wants into the station, once, so that a person may type over it. */
    private void fill() {
        if (fillWanted) {
            fillWanted = false;
            Map<String, String> numbers = new LinkedHashMap<>();
            step().fill()
                    .forEach(
                            (field, fact) ->
                                    live.facts()
                                            .find(fact)
                                            .ifPresent(known -> numbers.put(field, known.shown())));
            guide.fill(numbers);
        }
    }

    private boolean isReady(LessonState state) {
        return missing(state).isEmpty() && live.areOf(state, step().needs()) && !selectionWanted;
    }

    private Optional<Need> missing(LessonState state) {
        return step().needs().stream().filter(need -> !state.has(need)).findFirst();
    }

    private void show() {
        LessonState state = LessonState.of(workbench);
        view.set(
                Optional.of(
                        new StepPresenter(lesson, index, state, live.facts(), isReady(state))
                                .view(answering.feedback())));
    }
}
