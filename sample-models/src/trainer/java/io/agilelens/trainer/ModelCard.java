package io.agilelens.trainer;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes what a reader should know about the model, with the figures of its own evaluation. */
final class ModelCard {
    /** How many rows of the loss curve the card shows. */
    private static final int ROWS = 12;

    /** Position 0 is a sink if it gets so many times its even share of attention. */
    private static final double SINK = 5;

    /** From so many nats a token on, a model is far better than the bigram counts. */
    private static final double FAR = 0.5;

    /** The card gives losses to three decimals. */
    static final double ROUNDING = 0.0005;

    private static final Pattern PUBLISHED_LOSS =
            Pattern.compile("(?m)^\\| \\*\\*.* \\| \\*\\*([\\d.]+)\\*\\* \\| \\*\\*");

    private final String name;
    private final DecoderShape shape;
    private final TokenizerConvention tokenizer;
    private final Corpus corpus;
    private final TokenStream training;
    private final TokenStream heldOut;
    private final TrainingState state;
    private final TrainingPlan plan;
    private final Evaluation evaluation;

    /**
     * Prepares a card.
     *
     * @param name of the model
     */
    ModelCard(
            String name,
            DecoderShape shape,
            Corpus corpus,
            TokenStream training,
            TokenStream heldOut,
            TrainingState state,
            TrainingPlan plan,
            Evaluation evaluation) {
        this.name = name;
        this.shape = shape;
        this.tokenizer = shape.architecture().tokenizer();
        this.corpus = corpus;
        this.training = training;
        this.heldOut = heldOut;
        this.state = state;
        this.plan = plan;
        this.evaluation = evaluation;
    }

    /**
     * Finds the held-out loss that a card states.
     *
     * @throws IllegalArgumentException if it states none
     */
    static double publishedLoss(String card) {
        Matcher matcher = PUBLISHED_LOSS.matcher(card);
        if (!matcher.find()) {
            throw new IllegalArgumentException("the card states no held-out loss");
        }
        return Double.parseDouble(matcher.group(1));
    }

    /** The card in Markdown, with the header that Hugging Face's hub reads. */
    String markdown() {
        return String.join(
                "\n",
                introduction(),
                data(),
                architecture(),
                trainingSection(),
                quality(),
                startToken(),
                samples(),
                rebuild());
    }

    private String introduction() {
        Architecture architecture = shape.architecture();
        return """
        ---
        language: en
        license: cc0-1.0
        pipeline_tag: text-generation
        tags: [%s, %squantization]
        ---
        # %s

        %s decoder of %s million parameters, trained from scratch for AgileLens on English in the public \
        domain. It is small enough to be evaluated in seconds and real enough to teach with: it \
        predicts %s than counting does, and %s. It \
        writes in the manner of old speeches, sermons and sea stories; it knows nothing and must not be asked \
        for facts.
        """
                .formatted(
                        architecture.modelType(),
                        hasSink() ? "attention-sink, " : "",
                        name,
                        architecture.title(),
                        millions(new WeightLayout(shape).size()),
                        leadOverCounting() >= FAR ? "far better" : "better",
                        whereAttentionRests());
    }

    private double leadOverCounting() {
        return evaluation.bigramLoss() - evaluation.loss();
    }

    private String whereAttentionRests() {
        if (hasStart()) {
            return hasSink()
                    ? "its attention rests on its start token"
                    : "it shows a start token that little attention rests on";
        }
        return hasSink()
                ? "its attention rests on whatever comes first, though it has no start token"
                : "it shows attention that has no start token to rest on";
    }

    private String data() {
        StringBuilder rows = new StringBuilder();
        for (Corpus.Source source : corpus.sources()) {
            rows.append(
                    "| %s | %s | %d | %d | %s | %s |%n"
                            .formatted(
                                    source.title(),
                                    source.origin(),
                                    count(source, false),
                                    count(source, true),
                                    millions(characters(source, false)),
                                    source.licence()));
        }
        return """
        ## Data

        | text | taken from | documents learned | held out | characters learned, million | rights |
        |---|---|---|---|---|---|
        %s
        The trainer takes the texts from the package registries through their own clients; this \
        project ships none of them. Every %dth document of each source is held out whole. \
        In tokens: %s million to learn from, %s million held out.

        The tokenizer is a byte-level BPE with %s pre-tokenization and a vocabulary of \
        %d: %s, the 256 bytes, and %d merges learned from the same \
        documents. Any text can be encoded; %s is put in front.
        """
                .formatted(
                        rows,
                        Corpus.HELD_OUT_EVERY,
                        millions(training.length()),
                        millions(heldOut.length()),
                        tokenizer.preTokenization().possessive(),
                        shape.vocabulary(),
                        specialTokens(),
                        shape.vocabulary() - tokenizer.firstMergeId(),
                        hasStart() ? start() : "nothing");
    }

    private String architecture() {
        return """
        ## Architecture

        `%s`: %s Stored in F16.
        """
                .formatted(
                        shape.architecture().className(), shape.architecture().description(shape));
    }

    private String trainingSection() {
        StringBuilder rows = new StringBuilder();
        List<TrainingState.Progress> history = state.history();
        int shown = Math.min(ROWS, history.size());
        for (int row = 1; row <= shown; row++) {
            TrainingState.Progress point = history.get(row * history.size() / shown - 1);
            rows.append(
                    "| %d | %s | %.5f | %.3f | %.3f |%n"
                            .formatted(
                                    point.step(),
                                    millions(point.tokens()),
                                    point.learningRate(),
                                    point.trainingLoss(),
                                    point.heldOutLoss()));
        }
        return """
        ## Training

        %d steps of %d windows of %d tokens: %s million tokens, %.1f passes over the data. AdamW \
        (betas 0.9 and 0.95, weight decay 0.1 on matrices), gradients clipped to norm 1, learning \
        rate %s after %d steps of warm-up, then falling to zero over the last %.0f %% of the time. \
        Matrix products in bfloat16, everything else in FP32. Seed %d. %s

        %s

        ![loss curve](loss.svg)

        Losses in nats per token; "held out" is a fixed sample here, all of it below.

        | step | tokens seen, million | learning rate | training loss | held-out loss |
        |---|---|---|---|---|
        %s\
        """
                .formatted(
                        state.steps(),
                        plan.batch(),
                        shape.context(),
                        millions(state.tokens()),
                        (double) state.tokens() / training.length(),
                        plan.learningRate(),
                        TrainingPlan.WARM_UP_STEPS,
                        100 * TrainingPlan.DECAY_SHARE,
                        plan.seed(),
                        windows(),
                        sink(),
                        rows);
    }

    private String windows() {
        return hasStart()
                ? "Seven windows in eight start with %s before a random slice, one in eight is a bare slice."
                        .formatted(start())
                : "Every window is a bare slice at a random place: no token marks its start.";
    }

    private String sink() {
        if (!hasStart()) {
            return """
            Nothing asks for an attention sink. The first token of a text is an ordinary word here, \
            and ALiBi takes the more from a key the farther back it lies.\
            """;
        }
        if (!shape.architecture().asksForSink()) {
            return """
            Nothing asks for an attention sink: what rests on %s has come by itself. Asked from the \
            first step, as llama-tiny is, the heads gave position 0 nearly all of their attention and \
            learned little from the words before.\
            """
                    .formatted(start());
        }
        return """
        The attention sink is helped along. Large models grow one by themselves, over far more \
        tokens than were seen here. From layer %d on, a small term of the training loss (%s nats per \
        unit) asks that position 0 lead the mean key by %s in the exponent of softmax; a head \
        with something to say may overrule it. The losses below do not contain the term.\
        """
                .formatted(Decoder.FIRST_SINK_LAYER, TrainingPlan.SINK_PENALTY, Decoder.START_LEAD);
    }

    private String quality() {
        return """
        ## Held-out loss

        The shipped F16 weights in FP32 arithmetic, on %d tokens of documents that neither the \
        model nor the tokenizer has seen, in windows of %d.

        | | nats per token | perplexity |
        |---|---|---|
        | unigram counts (add one) | %.3f | %.1f |
        | interpolated bigram counts (Witten–Bell) | %.3f | %.1f |
        %s
        That is %.3f bits per byte of text%s. The baselines are counted on the same training tokens.
        """
                .formatted(
                        evaluation.predictions(),
                        shape.context(),
                        evaluation.unigramLoss(),
                        Math.exp(evaluation.unigramLoss()),
                        evaluation.bigramLoss(),
                        Math.exp(evaluation.bigramLoss()),
                        losses(),
                        evaluation.bitsPerByte(),
                        hasStart() ? " with " + start() : "");
    }

    private String losses() {
        String loss = "**%.3f** | **%.1f** |\n";
        String row = "| **%s**, %s | " + loss;
        if (!hasStart()) {
            return row.formatted(
                    name, "bare windows", evaluation.loss(), Math.exp(evaluation.loss()));
        }
        return row.formatted(
                        name,
                        start() + " before each window",
                        evaluation.loss(),
                        Math.exp(evaluation.loss()))
                + "| %s, bare windows | %.3f | %.1f |%n"
                        .formatted(
                                name,
                                evaluation.lossWithoutStart(),
                                Math.exp(evaluation.lossWithoutStart()));
    }

    private String startToken() {
        StringBuilder rows = new StringBuilder();
        double[][] attention = evaluation.attentionToStart();
        for (int layer = 0; layer < attention.length; layer++) {
            double sum = 0;
            double most = 0;
            for (double head : attention[layer]) {
                sum += head;
                most = Math.max(most, head);
            }
            double mean = sum / attention[layer].length;
            rows.append(
                    "| %d | %.1f %% | %.1f × | %.1f %% |%n"
                            .formatted(
                                    layer,
                                    100 * mean,
                                    mean / evaluation.uniformAttention(),
                                    100 * most));
        }
        return """
        ## Attention to %s

        The share of attention that positions 1–%d give to %s at position 0, averaged over \
        held-out windows. Spread evenly it would be %.1f %%.

        | layer | mean of heads | against even | strongest head |
        |---|---|---|---|
        %s\
        """
                .formatted(
                        hasStart() ? "the start token" : "position 0",
                        shape.context() - 1,
                        hasStart() ? start() : "the ordinary token",
                        100 * evaluation.uniformAttention(),
                        rows);
    }

    private String samples() {
        StringBuilder text = new StringBuilder();
        for (String sample : evaluation.samples()) {
            text.append("> ").append(sample.strip().replaceAll("\\s*\\R\\s*", " ")).append("\n\n");
        }
        return """
        ## What it writes

        Temperature %s, the best %d tokens, first draw:

        %s\
        """
                .formatted(
                        Sampler.TEMPERATURE, Sampler.TOP_K, text.toString().stripTrailing() + "\n");
    }

    private String rebuild() {
        return """
        ## Rebuild

        On x86-64 Linux with `npm` and Debian's `apt-get` and `dpkg`, from the root of the project:

        ```
        ./mvnw -Ptrainer -pl sample-models verify -Dtrainer.arguments="rebuild%s --minutes %d"
        ```

        A stopped run goes on where it was. The seed fixes weights and windows; how many steps fit \
        the minutes depends on the machine. `check` in place of `rebuild …` verifies this folder.

        ## Licence

        The weights are dedicated to the public domain (CC0 1.0), as are the texts behind them.
        """
                .formatted(options(), Math.round(state.seconds() / 60));
    }

    /** The options of the rebuild that differ from their defaults, the time aside. */
    private String options() {
        String options = "";
        if (!(shape.architecture() instanceof Llama)) {
            options += " --arch " + shape.architecture().modelType();
        }
        if (plan.batch() != TrainingPlan.BATCH) {
            options += " --batch " + plan.batch();
        }
        if (plan.learningRate() != TrainingPlan.LEARNING_RATE) {
            options += " --rate " + plan.learningRate();
        }
        return options;
    }

    private boolean hasSink() {
        return evaluation.sinkAgainstEven() >= SINK;
    }

    private boolean hasStart() {
        return tokenizer.start().isPresent();
    }

    private String start() {
        return "`" + tokenizer.startToken() + "`";
    }

    private String specialTokens() {
        return tokenizer.specialTokens().stream()
                .map(token -> "`%s` (%d)".formatted(token, tokenizer.id(token)))
                .collect(Collectors.joining(", "));
    }

    private long count(Corpus.Source source, boolean heldOut) {
        return documents(source, heldOut).size();
    }

    private long characters(Corpus.Source source, boolean heldOut) {
        return documents(source, heldOut).stream().mapToLong(d -> d.text().length()).sum();
    }

    private List<Document> documents(Corpus.Source source, boolean heldOut) {
        return corpus.documents().stream()
                .filter(d -> d.heldOut() == heldOut && d.name().startsWith(source.name() + "/"))
                .toList();
    }

    private static String millions(long number) {
        return String.format(Locale.ROOT, "%.2f", number / 1e6);
    }
}
