package io.agilelens.trainer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.ndarray.NDArray;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Makes the shipped sample models and checks them. */
@Command(name = "trainer", description = "Makes the shipped sample models and checks them.")
public final class TrainerCommand {
    private static final Path SAMPLES = Path.of("src/main/resources/io/agilelens/samples");

    /** Losses of the same weights from two runs of FP32 arithmetic differ by less. */
    private static final double LOSS_TOLERANCE = 1e-4;

    @Option(
            names = "--work",
            description = "folder for texts and checkpoints (default: ${DEFAULT-VALUE})",
            defaultValue = "target/trainer",
            scope = CommandLine.ScopeType.INHERIT)
    private Path work;

    @Option(
            names = "--arch",
            description =
                    "llama, opt or bloom (default: llama; check without it verifies every shipped"
                            + " model)",
            scope = CommandLine.ScopeType.INHERIT)
    private Architecture architecture;

    @Option(
            names = "--model",
            description =
                    "folder of the model; its name is the model's (default: the shipped one of the"
                            + " architecture, such as opt-tiny)",
            scope = CommandLine.ScopeType.INHERIT)
    private Path model;

    @Option(
            names = "--minutes",
            description = "wall time to train (default: ${DEFAULT-VALUE})",
            defaultValue = "90",
            scope = CommandLine.ScopeType.INHERIT)
    private int minutes;

    @Option(
            names = "--batch",
            description = "windows per step (default: ${DEFAULT-VALUE})",
            defaultValue = "" + TrainingPlan.BATCH,
            scope = CommandLine.ScopeType.INHERIT)
    private int batch;

    @Option(
            names = "--rate",
            description = "learning rate of the plateau (default: ${DEFAULT-VALUE})",
            defaultValue = "" + TrainingPlan.LEARNING_RATE,
            scope = CommandLine.ScopeType.INHERIT)
    private double rate;

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
        line.registerConverter(Architecture.class, Architecture::of);
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
        Sample sample = chosen();
        TrainingState state;
        if (Files.exists(sample.checkpoint())) {
            state = TrainingState.read(sample.checkpoint());
            System.out.println("going on from step " + state.steps());
        } else {
            Random random = new Random(plan().seed());
            state = TrainingState.fresh(new WeightLayout(sample.shape()).initial(random));
        }
        int workers = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        TrainingRun run = new TrainingRun(sample.shape(), plan(), workers, System.out);
        Files.createDirectories(sample.checkpoint().getParent());
        run.train(state, sample.training(), sample.heldOut(), sample.checkpoint());
        publish(sample);
        check(sample);
    }

    /** Publishes the latest checkpoint without training. */
    @Command(description = "Evaluates the latest checkpoint, writes the model and its card.")
    void publish() throws IOException {
        Sample sample = chosen();
        publish(sample);
        check(sample);
    }

    /** Verifies the chosen model, or all that are shipped. */
    @Command(
            description =
                    "Verifies a model's files against the texts, the tokenizer library and the"
                            + " card.")
    void check() throws IOException {
        if (architecture != null || model != null) {
            check(chosen());
            return;
        }
        for (JsonNode entry : new JsonMapper().readTree(SAMPLES.resolve("index.json"))) {
            ModelFolder folder = new ModelFolder(SAMPLES.resolve(entry.get("name").asString()));
            check(prepare(folder.readShape().architecture(), folder));
        }
    }

    /**
     * A model with all that it takes to train and judge it.
     *
     * @param folder where it is published
     * @param checkpoint where its training stands
     */
    private record Sample(
            ModelFolder folder,
            DecoderShape shape,
            Corpus corpus,
            BytePairEncoding encoding,
            TokenStream training,
            TokenStream heldOut,
            Path checkpoint) {}

    /** The model that the options name. */
    private Sample chosen() throws IOException {
        Architecture wanted = architecture == null ? new Llama() : architecture;
        Path shipped = SAMPLES.resolve(wanted.modelType() + "-tiny");
        return prepare(wanted, new ModelFolder(model == null ? shipped : model));
    }

    private Sample prepare(Architecture wanted, ModelFolder folder) throws IOException {
        DecoderShape shape = wanted.sampleShape();
        Corpus corpus = Corpus.fetch(work.toAbsolutePath());
        BytePairEncoding encoding =
                BytePairTrainer.train(wanted.tokenizer(), corpus.training(), shape.vocabulary());
        return new Sample(
                folder,
                shape,
                corpus,
                encoding,
                new TokenStream(encoding, corpus.training()),
                new TokenStream(encoding, corpus.heldOut()),
                work.resolve(folder.name()).resolve("state.safetensors"));
    }

    private TrainingPlan plan() {
        return new TrainingPlan(minutes, batch, rate, 1);
    }

    private void publish(Sample sample) throws IOException {
        TrainingState state = TrainingState.read(sample.checkpoint());
        ModelFolder folder = sample.folder();
        folder.write(sample.shape(), sample.encoding(), state.weights());
        Evaluation evaluation =
                Evaluation.of(
                        sample.shape(),
                        folder.readWeights(),
                        sample.encoding(),
                        sample.training(),
                        sample.heldOut());
        LossChart chart = new LossChart(state.history(), evaluation.bigramLoss());
        Files.writeString(folder.path().resolve("loss.svg"), chart.svg());
        ModelCard card =
                new ModelCard(
                        folder.name(),
                        sample.shape(),
                        sample.corpus(),
                        sample.training(),
                        sample.heldOut(),
                        state,
                        plan(),
                        evaluation);
        Files.writeString(folder.cardFile(), card.markdown());
        System.out.printf(
                "published %s: held-out loss %.4f, bigram baseline %.4f%n",
                folder.name(), evaluation.loss(), evaluation.bigramLoss());
    }

    private static void check(Sample sample) throws IOException {
        ModelFolder folder = sample.folder();
        require(
                folder.readShape().equals(sample.shape()),
                folder.name() + ": config.json has other dimensions");
        require(
                folder.readEncoding().vocabulary().equals(sample.encoding().vocabulary()),
                folder.name() + ": tokenizer.json has another vocabulary");
        checkTokenizer(sample);
        checkLoss(sample);
        System.out.println(
                "checked " + folder.name() + ": tokenizer, tensors and held-out loss agree");
    }

    private static void checkTokenizer(Sample sample) throws IOException {
        BytePairEncoding encoding = sample.encoding();
        try (HuggingFaceTokenizer library =
                HuggingFaceTokenizer.newInstance(
                        sample.folder().tokenizerFile(), Map.of("truncation", "false"))) {
            for (Document document : sample.corpus().heldOut()) {
                int[] own = encoding.convention().withStart(encoding.encode(document.text()));
                long[] actual = library.encode(document.text()).getIds();
                require(
                        Arrays.equals(Arrays.stream(own).asLongStream().toArray(), actual),
                        "the tokenizer library disagrees on " + document.name());
                require(
                        library.decode(actual, true).equals(document.text()),
                        "decoding does not give back " + document.name());
            }
        }
    }

    private static void checkLoss(Sample sample) throws IOException {
        double published = ModelCard.publishedLoss(Files.readString(sample.folder().cardFile()));
        int context = sample.shape().context();
        int count = sample.heldOut().windows(context) - 1;
        int[][] windows = sample.heldOut().evaluationWindows(context, 0, count);
        try (NDManager manager = NDManager.newBaseManager();
                Decoder decoder = new Decoder(manager, sample.shape(), Decoder.Precision.FLOAT32)) {
            NDArray weights = manager.create(sample.folder().readWeights());
            double loss = Evaluation.meanLoss(decoder, weights, windows);
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
