package io.agilelens.views.lessons;

import io.agilelens.views.Messages;
import io.agilelens.views.workbench.OpenedModel;
import java.util.List;
import java.util.Optional;

/** Puts a step into words, as far as what it is about is known. */
final class StepPresenter {
    private final Lesson lesson;
    private final int index;
    private final LessonStep step;
    private final LessonState state;
    private final Facts facts;
    private final boolean ready;

    /**
     * @param state what the workbench holds
     * @param facts the latest
     * @param ready whether they are of {@code state} and nothing is missing
     */
    StepPresenter(Lesson lesson, int index, LessonState state, Facts facts, boolean ready) {
        this.lesson = lesson;
        this.index = index;
        this.step = lesson.steps().get(index);
        this.state = state;
        this.facts = facts;
        this.ready = ready;
    }

    StepView view(Optional<StepView.Feedback> feedback) {
        Optional<Need> missing = step.needs().stream().filter(need -> !state.has(need)).findFirst();
        boolean lacking = ready && step.about().filter(fact -> !facts.isTrue(fact)).isPresent();
        Optional<StepView.Asked> question =
                ready ? step.question().flatMap(this::ask) : Optional.empty();
        boolean impossible = ready && !lacking && question.isEmpty() && step.question().isPresent();
        String text =
                ready ? words(lacking ? "without" : "text") : LessonWords.known(key("text"), facts);
        return new StepView(
                lesson,
                index,
                words("title"),
                impossible ? text + " " + Messages.text("lessons.impossible") : text,
                ready ? Optional.empty() : Optional.of(waiting(missing)),
                lacking ? offer() : missing.flatMap(StepPresenter::verb),
                question,
                feedback);
    }

    private Optional<String> offer() {
        boolean planted = state.model().flatMap(OpenedModel::planting).isPresent();
        return planted
                ? Optional.empty()
                : step.offer().map(offer -> Messages.text("lessons.offer." + offer));
    }

    private Optional<StepView.Asked> ask(Question question) {
        if (facts.find(question.fact()).isEmpty()) {
            return Optional.empty();
        }
        List<Fact.Word> options =
                switch (question) {
                    case Question.Choose choose ->
                            choose.options().stream()
                                    .map(id -> new Fact.Word(id, words("option." + id)))
                                    .toList();
                    case Question.ChooseOf choose ->
                            facts.find(choose.options(), Fact.Options.class)
                                    .map(Fact.Options::words)
                                    .orElse(List.of());
                    case Question.Number _, Question.Pick _, Question.Goal _ -> List.of();
                };
        return Optional.of(new StepView.Asked(question, words("question"), options));
    }

    private String words(String part) {
        return LessonWords.text(key(part), facts);
    }

    private String key(String part) {
        return lesson.id() + "." + step.id() + "." + part;
    }

    private static Optional<String> verb(Need need) {
        return switch (need) {
            case KERNELS, BUDGET, PINNED -> Optional.of(Messages.text("lessons.verb." + need));
            case MODEL, PICTURES, QUALITY -> Optional.empty();
        };
    }

    private StepView.Waiting waiting(Optional<Need> missing) {
        if (state.model().isEmpty()) {
            return new StepView.Waiting(Messages.text("lessons.wait.open"), -1);
        }
        Need need = missing.orElse(Need.PICTURES);
        double fraction =
                need == Need.QUALITY && state.qualityCurrent()
                        ? state.quality()
                                .tuned()
                                .map(value -> (double) value.windows() / value.totalWindows())
                                .orElse(-1.0)
                        : -1;
        return new StepView.Waiting(Messages.text("lessons.wait." + need), fraction);
    }
}
