package io.agilelens.engine.model;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.model.TensorNames.Part;
import io.agilelens.engine.tensor.RowSelection;
import io.agilelens.engine.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The tensors of a decoder by what they are for. Names and shapes are checked against the
 * configuration when this is made; linear weights stay in the mapped file until they are asked for.
 */
public final class ModelWeights {
    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";

    /** The order of the fused projection's parts. */
    private static final List<LinearRole> FUSED =
            List.of(LinearRole.QUERY, LinearRole.KEY, LinearRole.VALUE);

    /** The longest array that a JVM makes. */
    private static final long MOST_ELEMENTS = Integer.MAX_VALUE - 8;

    private final Checkpoint checkpoint;
    private final ModelConfig config;
    private final TensorNames names;

    /** Elements of each tensor that has a use. */
    private final Map<String, Long> used = new LinkedHashMap<>();

    private final Tensor embedding;
    private final Optional<Tensor> positions;
    private final Optional<NormWeights> embeddingNorm;
    private final Optional<LinearWeight> inputProjection;
    private final List<Layer> layers = new ArrayList<>();
    private final Optional<NormWeights> finalNorm;
    private final Optional<LinearWeight> outputProjection;
    private final LinearWeight head;

    private record Layer(
            NormWeights attentionNorm,
            NormWeights mlpNorm,
            Optional<float[]> hiddenDivisors,
            Map<LinearRole, LinearWeight> linears) {}

    /**
     * @throws UserException if a tensor is missing or has another shape than the configuration says
     */
    ModelWeights(Checkpoint checkpoint, ModelConfig config) {
        this.checkpoint = checkpoint;
        this.config = config;
        this.names = config.architecture().names();
        int hidden = config.hiddenSize();
        int embeddingSize = config.embeddingSize();
        int vocabulary = config.vocabularySize();
        embedding = require(names.of(Part.EMBEDDING) + WEIGHT, vocabulary, embeddingSize);
        positions =
                config.positions() instanceof LearnedPositions learned
                        ? Optional.of(positionTable(learned))
                        : Optional.empty();
        embeddingNorm =
                config.embeddingNorm()
                        ? Optional.of(norm(names.of(Part.EMBEDDING_NORM)))
                        : Optional.empty();
        inputProjection = projection(Part.INPUT_PROJECTION, hidden, embeddingSize);
        for (int layer = 0; layer < config.layers(); layer++) {
            Map<LinearRole, LinearWeight> linears = new EnumMap<>(LinearRole.class);
            for (LinearRole role : config.roles()) {
                linears.put(role, find(layer, role));
            }
            layers.add(
                    new Layer(
                            norm(names.of(layer, Part.ATTENTION_NORM)),
                            norm(names.of(layer, Part.MLP_NORM)),
                            findDivisors(layer),
                            linears));
        }
        finalNorm =
                config.finalNorm()
                        ? Optional.of(norm(names.of(Part.FINAL_NORM)))
                        : Optional.empty();
        outputProjection = projection(Part.OUTPUT_PROJECTION, embeddingSize, hidden);
        head =
                new LinearWeight(
                        vocabulary,
                        embeddingSize,
                        config.tiedHead() ? embedding : head(vocabulary, embeddingSize),
                        Optional.empty());
    }

    private Tensor positionTable(LearnedPositions learned) {
        return require(
                names.of(Part.POSITIONS) + WEIGHT,
                (long) learned.offset() + learned.count(),
                config.hiddenSize());
    }

    private Tensor head(long... shape) {
        String name = TensorNames.HEAD + WEIGHT;
        return checked(checkpoint.find(name).orElseThrow(() -> missing(name)), shape);
    }

    private Optional<LinearWeight> projection(Part part, int outputs, int inputs) {
        return config.hasProjections()
                ? Optional.of(
                        new LinearWeight(
                                outputs,
                                inputs,
                                require(names.of(part) + WEIGHT, outputs, inputs),
                                Optional.empty()))
                : Optional.empty();
    }

    private NormWeights norm(String name) {
        int channels = config.hiddenSize();
        if (!config.norm().affine()) {
            return NormWeights.neutral(channels);
        }
        return new NormWeights(
                require(name + WEIGHT, channels).toFloats(),
                switch (config.norm().kind()) {
                    case RMS -> null;
                    case LAYER -> require(name + BIAS, channels).toFloats();
                });
    }

    private Optional<float[]> findDivisors(int layer) {
        Optional<String> name = names.hiddenDivisors(layer);
        return name.flatMap(this::find)
                .map(divisors -> checked(divisors, config.feedForwardSize()))
                .map(this::positive);
    }

    private float[] positive(Tensor divisors) {
        float[] values = divisors.toFloats();
        for (float value : values) {
            if (!(value > 0) || Float.isInfinite(value)) {
                throw new UserException(
                        "%s: tensor %s divides by %s: positive numbers are needed"
                                .formatted(
                                        Printable.of(checkpoint.source()),
                                        Printable.of(divisors.name()),
                                        value));
            }
        }
        return values;
    }

    private LinearWeight find(int layer, LinearRole role) {
        int outputs = role.outputs(config);
        int inputs = role.inputs(config);
        return new LinearWeight(
                outputs,
                inputs,
                linearTensor(layer, role, WEIGHT, outputs, inputs),
                config.biased().contains(role)
                        ? Optional.of(linearTensor(layer, role, BIAS, outputs))
                        : Optional.empty());
    }

    /** A linear's own tensor or, where there is none, its rows of the fused projection's. */
    private Tensor linearTensor(int layer, LinearRole role, String kind, long... shape) {
        String own = names.of(layer, role) + kind;
        Optional<String> fused =
                FUSED.contains(role) && find(own).isEmpty() ? names.fused(layer) : Optional.empty();
        if (fused.isEmpty()) {
            return require(own, shape);
        }
        long[] whole = shape.clone();
        whole[0] *= FUSED.size();
        int length = config.headDimension();
        return RowSelection.runs(
                own,
                require(fused.get() + kind, whole),
                FUSED.indexOf(role) * length,
                length,
                FUSED.size() * length,
                config.heads());
    }

    /** A tensor, under whichever prefix it stands. */
    private Optional<Tensor> find(String name) {
        return names.spellings(name)
                .map(spelling -> checkpoint.find(spelling).orElse(null))
                .filter(Objects::nonNull)
                .findFirst();
    }

    private Tensor require(String name, long... shape) {
        return checked(find(name).orElseThrow(() -> missing(name)), shape);
    }

    private UserException missing(String name) {
        return new UserException(
                "%s: tensor %s is missing: the checkpoint is incomplete or config.json belongs to another model"
                        .formatted(Printable.of(checkpoint.source()), name));
    }

    private Tensor checked(Tensor tensor, long... shape) {
        if (!Arrays.equals(tensor.shape(), shape)) {
            throw new UserException(
                    "%s: tensor %s has shape %s where config.json asks for %s: the files do not belong together"
                            .formatted(
                                    Printable.of(checkpoint.source()),
                                    Printable.of(tensor.name()),
                                    Arrays.toString(tensor.shape()),
                                    Arrays.toString(shape)));
        }
        if (tensor.elements() > MOST_ELEMENTS) {
            throw new UserException(
                    "%s: tensor %s has %d elements: more than %d in one tensor are not supported"
                            .formatted(
                                    Printable.of(checkpoint.source()),
                                    Printable.of(tensor.name()),
                                    tensor.elements(),
                                    MOST_ELEMENTS));
        }
        if (!tensor.isFloat()) {
            throw new UserException(
                    "%s: tensor %s is stored as %s: weights must be of a floating-point type"
                            .formatted(
                                    Printable.of(checkpoint.source()),
                                    Printable.of(tensor.name()),
                                    tensor.storage()));
        }
        used.put(tensor.name(), tensor.elements());
        return tensor;
    }

    /** Number of weights, each counted once. */
    long parameters() {
        return used.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Token embedding, {@code [vocabulary, embedding]}. */
    public Tensor embedding() {
        return embedding;
    }

    /**
     * Rows added to the embedding by position, {@code [offset + positions, hidden]}, if learned.
     */
    Optional<Tensor> positions() {
        return positions;
    }

    /** The norm before the first layer, if there is one. */
    Optional<NormWeights> embeddingNorm() {
        return embeddingNorm;
    }

    /** From the embedding into the residual stream, {@code [hidden, embedding]}. */
    public Optional<LinearWeight> inputProjection() {
        return inputProjection;
    }

    /** From the residual stream to the head, {@code [embedding, hidden]}. */
    public Optional<LinearWeight> outputProjection() {
        return outputProjection;
    }

    /** The norm of the attention block. */
    NormWeights attentionNorm(int layer) {
        return layers.get(layer).attentionNorm();
    }

    /** The norm of the MLP. */
    NormWeights mlpNorm(int layer) {
        return layers.get(layer).mlpNorm();
    }

    /** What the activated hidden layer is divided by, {@code [feedForward]}, if by anything. */
    Optional<float[]> hiddenDivisors(int layer) {
        return layers.get(layer).hiddenDivisors();
    }

    /** The norm behind the last layer, if there is one. */
    Optional<NormWeights> finalNorm() {
        return finalNorm;
    }

    public LinearWeight linear(int layer, LinearRole role) {
        return layers.get(layer).linears().get(role);
    }

    /** The output head, {@code [vocabulary, embedding]}. */
    public LinearWeight head() {
        return head;
    }
}
