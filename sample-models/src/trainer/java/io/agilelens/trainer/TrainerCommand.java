package io.agilelens.trainer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes the shipped sample model and checks it. */
@Command(name = "trainer", description = "Makes the shipped sample model and checks it.")
public final class TrainerCommand {
    private static final DecoderShape SHAPE = new DecoderShape(2048, 128, 8, 4, 2, 384, 512);

    /** Losses of the same weights from two runs of FP32 arithmetic differ by less. */
    private static final double LOSS_TOLERANCE = 1e-4;

    @Option(
            names = "--work",
            description = "folder for texts and checkpoints (default: ${DEFAULT-VALUE})",
            defaultValue = "target/trainer",
            scope = CommandLine.ScopeType.INHERIT)
    private Path work;

    @Option(
            names = "--model",
            description = "folder of the model (default: ${DEFAULT-VALUE})",
            defaultValue = "src/main/resources/io/agilelens/samples/llama-tiny",
            scope = CommandLine.ScopeType.INHERIT)
    private Path model;

    @Option(
            names = "--minutes",
            description = "wall time to train (default: ${DEFAULT-VALUE})",
            defaultValue = "90",
            scope = CommandLine.ScopeType.INHERIT)
    private int minutes;

    @Option(
            names = "--threads",
            description = "threads that compute gradients (default: all processors)",
            defaultValue = "0",
            scope = CommandLine.ScopeType.INHERIT)
    private int threads;

    @Option(
            names = {"-h", "--help"},
            description = "shows this text",
            usageHelp = true,
            scope = CommandLine.ScopeType.INHERIT)
    private boolean help;

    private TrainerCommand() {}

    /** Runs a subcommand and exits with its status. */
    public static void main(String[] arguments) {
        Locale.setDefault(Locale.ROOT); // the card's figures have decimal points everywhere
        CommandLine line = new CommandLine(new TrainerCommand());
        line.setExecutionExceptionHandler(
                (failure, command, result) -> {
                    command.getErr().println("trainer: " + failure.getMessage());
                    return command.getCommandSpec().exitCodeOnExecutionException();
                });
        System.exit(line.execute(arguments));
    }

    /** Trains, or goes on training, and publishes the result. */
    @Command(description = "Fetches the texts, trains, evaluates, writes the model and its card.")
    void rebuild() throws IOException {
        Prepared prepared = prepare();
        Path checkpoint = checkpoint();
        TrainingState state;
        if (Files.exists(checkpoint)) {
            state = TrainingState.read(checkpoint);
            System.out.println("going on from step " + state.steps());
        } else {
            Random random = new Random(plan().seed());
            state = TrainingState.fresh(new WeightLayout(SHAPE).initial(random));
        }
        int workers = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        TrainingRun run = new TrainingRun(SHAPE, plan(), workers, System.out);
        run.train(state, prepared.training(), prepared.heldOut(), checkpoint);
        publish(prepared);
        check(prepared);
    }

    /** Publishes the latest checkpoint without training. */
    @Command(description = "Evaluates the latest checkpoint, writes the model and its card.")
    void publish() throws IOException {
        Prepared prepared = prepare();
        publish(prepared);
        check(prepared);
    }

    /** Verifies the published model. */
    @Command(
            description =
                    "Verifies the model's files against the texts, the tokenizer library and the"
                            + " card.")
    void check() throws IOException {
        check(prepare());
    }

    private record Prepared(
            Corpus corpus, BytePairEncoding encoding, TokenStream training, TokenStream heldOut) {}

    private Prepared prepare() throws IOException {
        Corpus corpus = Corpus.fetch(work.toAbsolutePath());
        BytePairEncoding encoding = BytePairTrainer.train(corpus.training(), SHAPE.vocabulary());
        return new Prepared(
                corpus,
                encoding,
                new TokenStream(encoding, corpus.training()),
                new TokenStream(encoding, corpus.heldOut()));
    }

    private TrainingPlan plan() {
        return new TrainingPlan(minutes, 4, 3e-3, 1);
    }

    private Path checkpoint() {
        return work.resolve("state.safetensors");
    }

    private void publish(Prepared prepared) throws IOException {
        TrainingState state = TrainingState.read(checkpoint());
        ModelFolder folder = new ModelFolder(model);
        folder.write(SHAPE, prepared.encoding(), state.weights());
        Evaluation evaluation =
                Evaluation.of(
                        SHAPE,
                        folder.readWeights(),
                        prepared.encoding(),
                        prepared.training(),
                        prepared.heldOut());
        LossChart chart = new LossChart(state.history(), evaluation.bigramLoss());
        Files.writeString(model.resolve("loss.svg"), chart.svg());
        ModelCard card =
                new ModelCard(
                        SHAPE,
                        prepared.corpus(),
                        prepared.training(),
                        prepared.heldOut(),
                        state,
                        plan(),
                        evaluation);
        Files.writeString(model.resolve("README.md"), card.markdown());
        System.out.printf(
                "published: held-out loss %.4f, bigram baseline %.4f%n",
                evaluation.loss(), evaluation.bigramLoss());
    }

    private void check(Prepared prepared) throws IOException {
        ModelFolder folder = new ModelFolder(model);
        require(folder.readShape().equals(SHAPE), "config.json has other dimensions");
        BytePairEncoding encoding = folder.readEncoding();
        require(
                encoding.vocabulary().equals(prepared.encoding().vocabulary()),
                "tokenizer.json has another vocabulary");
        checkTokenizer(folder, prepared);
        checkLoss(folder, prepared);
        System.out.println("checked: tokenizer, tensors and held-out loss agree");
    }

    private static void checkTokenizer(ModelFolder folder, Prepared prepared) throws IOException {
        try (HuggingFaceTokenizer library =
                HuggingFaceTokenizer.newInstance(
                        folder.tokenizerFile(), Map.of("truncation", "false"))) {
            for (Document document : prepared.corpus().heldOut()) {
                int[] own = prepared.encoding().encode(document.text());
                long[] expected = new long[own.length + 1];
                expected[0] = BytePairEncoding.START_ID;
                for (int i = 0; i < own.length; i++) {
                    expected[i + 1] = own[i];
                }
                long[] actual = library.encode(document.text()).getIds();
                require(
                        Arrays.equals(expected, actual),
                        "the tokenizer library disagrees on " + document.name());
                require(
                        library.decode(actual, true).equals(document.text()),
                        "decoding does not give back " + document.name());
            }
        }
    }

    private void checkLoss(ModelFolder folder, Prepared prepared) throws IOException {
        double published = ModelCard.publishedLoss(Files.readString(model.resolve("README.md")));
        int count = prepared.heldOut().windows(SHAPE.context()) - 1;
        int[][] windows = prepared.heldOut().evaluationWindows(SHAPE.context(), 0, count);
        try (NDManager manager = NDManager.newBaseManager();
                Decoder decoder = new Decoder(manager, SHAPE, Decoder.Precision.FLOAT32)) {
            double loss =
                    Evaluation.meanLoss(decoder, manager.create(folder.readWeights()), windows);
            require(
                    Math.abs(loss - published) < LOSS_TOLERANCE + ModelCard.ROUNDING,
                    "held-out loss %.4f, but the card says %.3f".formatted(loss, published));
        }
    }

    private static void require(boolean condition, String failure) {
        if (!condition) {
            throw new IllegalStateException(failure);
        }
    }
}
