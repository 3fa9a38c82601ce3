package io.agilelens.views.lessons;

import io.agilelens.views.Figures;
import java.util.List;
import java.util.Optional;

/** Knows what a lesson asks and what is right, for tests that answer as a person would. */
public final class LessonSolver {
    private final LessonsViewModel viewModel;

    public LessonSolver(LessonsViewModel viewModel) {
        this.viewModel = viewModel;
    }

    /** Ids of all steps of a lesson. */
    public List<String> steps(String lesson) {
        return LessonLibrary.bundled().find(lesson).orElseThrow().steps().stream()
                .map(LessonStep::id)
                .toList();
    }

    private StepView view() {
        return viewModel.viewProperty().get().orElseThrow();
    }

    /** The step that is shown; empty if no lesson runs. */
    public String step() {
        return viewModel.viewProperty().get().map(view -> view.step().id()).orElse("");
    }

    /** The control or picture that the step marks. */
    public Optional<String> point() {
        return view().step().point();
    }

    /** Whether the step waits for something. */
    public boolean isWaiting() {
        return view().waiting().isPresent();
    }

    /** Whether the step offers a button, for what it waits for or for what the model lacks. */
    public boolean offersHelp() {
        return view().verb().isPresent();
    }

    /** How the question is answered: {@code choose}, {@code number}, {@code pick}, {@code goal}. */
    public Optional<String> kind() {
        return view().asked()
                .map(
                        asked ->
                                switch (asked.question()) {
                                    case Question.Choose _, Question.ChooseOf _ -> "choose";
                                    case Question.Number _ -> "number";
                                    case Question.Pick _ -> "pick";
                                    case Question.Goal _ -> "goal";
                                });
    }

    /** Whether the step asks something, on a model that has it. */
    public boolean isMeantToAsk() {
        return view().step().question().isPresent();
    }

    private Fact right() {
        return viewModel.facts().find(view().asked().orElseThrow().question().fact()).orElseThrow();
    }

    /** The right option as it is shown. */
    public String rightOption() {
        return option(true);
    }

    /** A wrong option as it is shown. */
    public String wrongOption() {
        return option(false);
    }

    private String option(boolean right) {
        String id = ((Fact.Word) right()).id();
        return view().asked().orElseThrow().options().stream()
                .filter(word -> word.id().equals(id) == right)
                .findFirst()
                .orElseThrow()
                .shown();
    }

    /** The right number as a person would type it, rounded as it is shown. */
    public String rightNumber() {
        return right().shown();
    }

    public String wrongNumber() {
        return Figures.number(((Fact.Figure) right()).value() * 3 + 7);
    }

    /** What a right pick selects. */
    public String rightPart() {
        return ((Question.Pick) view().asked().orElseThrow().question()).part().name();
    }

    public int rightPlace() {
        return ((Fact.Places) right()).right().first();
    }

    public int wrongPlace() {
        int place = 0;
        while (((Fact.Places) right()).right().contains(place)) {
            place++;
        }
        return place;
    }

    /** A fact as it is shown. */
    public String fact(String name) {
        return viewModel.facts().find(name).orElseThrow().shown();
    }

    /** What was said to the latest answer: {@code RIGHT}, {@code WRONG} and so on, or nothing. */
    public String feedback() {
        return view().feedback().map(said -> said.kind().name()).orElse("");
    }

    /** The step's words, filled. */
    public String text() {
        StepView view = view();
        return view.title()
                + "\n"
                + view.text()
                + "\n"
                + view.asked().map(StepView.Asked::text).orElse("")
                + "\n"
                + view.feedback().map(StepView.Feedback::text).orElse("");
    }
}
