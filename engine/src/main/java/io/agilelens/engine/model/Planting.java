package io.agilelens.engine.model;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Outliers put into a model on purpose, so that a small one shows what large ones show: chosen
 * channels of a normed residual stream become {@code factor} times as large, and the weights that
 * read them as much smaller. The model computes the same function; only a quantizer sees the
 * difference. It is the folding of AWQ and SmoothQuant, used the other way round.
 *
 * @param factor by how much the channels grow; with a power of two no weight is rounded
 * @param channels of the residual stream, ascending
 * @param layers ascending, counted from 0
 * @param sites {@link Site#ATTN_INPUT}, {@link Site#MLP_INPUT} or both
 */
public record Planting(
        float factor, SortedSet<Integer> channels, SortedSet<Integer> layers, List<Site> sites) {
    /** Sites that a norm with a gain of its own feeds, and linear layers alone read. */
    public static final List<Site> POSSIBLE_SITES = List.of(Site.ATTN_INPUT, Site.MLP_INPUT);

    /** Largest factor: beyond it half-precision weights would vanish. */
    public static final float LARGEST_FACTOR = 1024;

    /** By how much outlier channels of large models exceed the others, about; a power of two. */
    public static final int USUAL_FACTOR = 32;

    /** How many channels are planted where nobody says otherwise. */
    public static final int USUAL_COUNT = 4;

    /** The key of {@code config.json} that says a checkpoint has planted outliers. */
    public static final String CONFIG_KEY = "agilelens_planted";

    private static final String FACTOR = "factor";
    private static final String CHANNELS = "channels";
    private static final String LAYERS = "layers";
    private static final String SITES = "sites";
    private static final int LARGEST_INDEX = 1 << 20;

    /**
     * @throws UserException if the factor is not in 1…{@value #LARGEST_FACTOR}, a list is empty or
     *     a site cannot be planted
     */
    public Planting {
        if (!(factor > 1) || factor > LARGEST_FACTOR) {
            throw new UserException(
                    "the factor %s of planted outliers is not possible: give more than 1 and at most %.0f"
                            .formatted(factor, LARGEST_FACTOR));
        }
        channels = Collections.unmodifiableSortedSet(new TreeSet<>(channels));
        layers = Collections.unmodifiableSortedSet(new TreeSet<>(layers));
        sites = List.copyOf(sites.isEmpty() ? sites : EnumSet.copyOf(sites));
        if (channels.isEmpty() || layers.isEmpty() || sites.isEmpty()) {
            throw new UserException(
                    "planted outliers need at least one channel, one layer and one site");
        }
        for (Site site : sites) {
            if (!POSSIBLE_SITES.contains(site)) {
                throw new UserException(
                        "outliers cannot be planted at %s: give ATTN_INPUT or MLP_INPUT, which a norm feeds"
                                .formatted(site));
            }
        }
    }

    /**
     * Draws channels by chance, the same in every layer as in large models.
     *
     * @param count at most {@code hidden}
     * @param hidden channels of the residual stream
     */
    public static SortedSet<Integer> drawChannels(int count, int hidden, long seed) {
        List<Integer> all = new ArrayList<>(IntStream.range(0, hidden).boxed().toList());
        Collections.shuffle(all, new Random(seed));
        return new TreeSet<>(all.subList(0, Math.clamp(count, 0, hidden)));
    }

    /** A few channels drawn by chance in every layer, at every place that is possible. */
    public static Planting usual(ModelConfig config) {
        SortedSet<Integer> layers = new TreeSet<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(layer);
        }
        return new Planting(
                USUAL_FACTOR,
                drawChannels(USUAL_COUNT, config.hiddenSize(), 0),
                layers,
                POSSIBLE_SITES);
    }

    /**
     * What a {@code config.json} says.
     *
     * @param source for messages
     * @return empty if nothing was planted
     * @throws UserException if it says something impossible
     */
    static Optional<Planting> read(JsonNode config, Object source) {
        JsonNode node = config.path(CONFIG_KEY);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        try {
            return Optional.of(of(node));
        } catch (UserException impossible) {
            throw new UserException(
                    "%s: config key %s: %s".formatted(source, CONFIG_KEY, impossible.getMessage()),
                    impossible);
        }
    }

    /**
     * What {@link #toJson()} wrote.
     *
     * @throws UserException if it says something impossible
     */
    public static Planting of(JsonNode node) {
        List<Site> sites = new ArrayList<>();
        for (JsonNode site : node.path(SITES)) {
            POSSIBLE_SITES.stream()
                    .filter(known -> known.name().equals(site.asString("")))
                    .forEach(sites::add);
        }
        return new Planting(
                (float) node.path(FACTOR).asDouble(Double.NaN),
                indices(node.path(CHANNELS)),
                indices(node.path(LAYERS)),
                sites);
    }

    private static SortedSet<Integer> indices(JsonNode list) {
        SortedSet<Integer> indices = new TreeSet<>();
        for (JsonNode index : list) {
            int value = index.asInt(-1);
            if (value < 0 || value > LARGEST_INDEX) {
                throw new UserException(
                        "%s is no channel and no layer: give whole numbers from 0"
                                .formatted(Printable.of(index)));
            }
            indices.add(value);
        }
        return indices;
    }

    /** One line for a person to read. */
    public String summary() {
        return "outliers planted, %s times as large, in channels %s of layers %s at %s"
                .formatted(
                        factor == Math.rint(factor)
                                ? Integer.toString((int) factor)
                                : Float.toString(factor),
                        list(channels),
                        list(layers),
                        sites.stream().map(Site::name).collect(Collectors.joining(" and ")));
    }

    /** Numbers with runs drawn together: {@code 0–3, 7}. */
    private static String list(SortedSet<Integer> numbers) {
        List<String> parts = new ArrayList<>();
        Integer first = null;
        Integer last = null;
        for (int number : numbers) {
            if (last != null && number == last + 1) {
                last = number;
                continue;
            }
            if (first != null) {
                parts.add(run(first, last));
            }
            first = number;
            last = number;
        }
        parts.add(run(first, last));
        return String.join(", ", parts);
    }

    private static String run(int first, int last) {
        return first == last ? Integer.toString(first) : first + "–" + last;
    }

    /** As {@link #CONFIG_KEY} holds it. */
    public ObjectNode toJson() {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put(FACTOR, factor);
        ArrayNode sitesNode = node.putArray(SITES);
        sites.forEach(site -> sitesNode.add(site.name()));
        ArrayNode layersNode = node.putArray(LAYERS);
        layers.forEach(layersNode::add);
        ArrayNode channelsNode = node.putArray(CHANNELS);
        channels.forEach(channelsNode::add);
        return node;
    }

    /** The scales that, folded in, make the channels grow at the planted places. */
    Folding folding(ModelConfig shape) {
        float[] scales = new float[shape.hiddenSize()];
        Arrays.fill(scales, 1);
        channels.forEach(channel -> scales[channel] = 1 / factor);
        List<Map<Site, float[]>> folded = new ArrayList<>();
        for (int layer = 0; layer < shape.layers(); layer++) {
            Map<Site, float[]> here = new EnumMap<>(Site.class);
            if (layers.contains(layer)) {
                sites.forEach(site -> here.put(site, scales));
            }
            folded.add(here);
        }
        return new Folding(folded);
    }
}
