package io.agilelens.app.command;

import io.agilelens.engine.UserException;
import io.agilelens.engine.export.PlantedFolder;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.model.Site;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import tools.jackson.databind.node.ObjectNode;

/** Makes a small model show what large ones show. */
@Command(
        name = "plant",
        description =
                "Writes a copy of a model with outliers planted in it; the model computes the"
                        + " same.")
public final class PlantCommand extends EngineCommand {
    private static final int CHANNELS = 4;

    @Mixin private ModelOption modelOption;

    @Option(
            names = "--factor",
            paramLabel = "F",
            defaultValue = "32",
            description =
                    "By how much the channels grow (default ${DEFAULT-VALUE}); powers of two round"
                            + " no weight.")
    private float factor;

    @Option(
            names = "--channels",
            paramLabel = "LIST",
            converter = IndexSet.Converter.class,
            description = "Channels of the residual stream, such as 3,17 or 0-7.")
    private IndexSet channels;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "How many channels to draw instead (default " + CHANNELS + ").")
    private Integer count;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the draw (default 0).")
    private long seed;

    @Option(
            names = "--layers",
            paramLabel = "LIST",
            converter = IndexSet.Converter.class,
            description = "Layers, such as 2-5 (default: all).")
    private IndexSet layers;

    @Option(
            names = "--sites",
            split = ",",
            paramLabel = "SITE",
            defaultValue = "ATTN_INPUT,MLP_INPUT",
            description = "ATTN_INPUT, MLP_INPUT or both (default: both).")
    private List<Site> sites;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
    private Path folder;

    @Option(names = "--replace", description = "Replace what stands there.")
    private boolean replace;

    @Override
    int run(TerminalProgress progress) {
        requirePositive("--count", count);
        if (channels != null && count != null) {
            throw new ParameterException(
                    spec.commandLine(), "--channels and --count exclude each other: give one");
        }
        try (OpenModel open = modelOption.open()) {
            if (open.bundle().isPresent()) {
                throw new UserException(
                        "%s is a native bundle, its weights are quantized already: plant in the float model it was made from"
                                .formatted(open.name()));
            }
            PlantedFolder.Written written =
                    PlantedFolder.write(
                            open.model(),
                            planting(open.config()),
                            folder,
                            replace,
                            open.kernels(),
                            progress,
                            cancellation);
            report(progress, written);
        }
        return 0;
    }

    private Planting planting(ModelConfig config) {
        if (count != null && count >= config.hiddenSize()) {
            throw new UserException(
                    "--count is %d and the model has %d channels: give fewer, for outliers are few"
                            .formatted(count, config.hiddenSize()));
        }
        SortedSet<Integer> drawn =
                channels != null
                        ? channels.indices()
                        : Planting.drawChannels(
                                count == null ? CHANNELS : count, config.hiddenSize(), seed);
        SortedSet<Integer> all =
                new TreeSet<>(IntStream.range(0, config.layers()).boxed().toList());
        return new Planting(factor, drawn, layers == null ? all : layers.indices(), sites);
    }

    private void report(TerminalProgress progress, PlantedFolder.Written written) {
        ObjectNode result =
                object().put("model", modelOption.reference())
                        .put("out", written.folder().toString());
        result.set("planted", written.planting().toJson());
        result.put("compared_tokens", written.comparedTokens());
        put(result, "largest_logit_difference", written.largestDifference());
        put(result, "largest_logit", written.largestLogit());
        print(
                progress,
                result,
                "%s: %s%nlogits of %d tokens differ by at most %.2g, the largest being %.3g"
                        .formatted(
                                written.folder(),
                                written.planting().summary(),
                                written.comparedTokens(),
                                written.largestDifference(),
                                written.largestLogit()));
    }
}
