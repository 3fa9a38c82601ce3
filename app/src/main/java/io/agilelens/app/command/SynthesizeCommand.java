package io.agilelens.app.command;

import io.agilelens.engine.export.RandomCheckpoint;
import io.agilelens.engine.model.Architecture;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Makes a model to measure with. */
@Command(
        name = "synthesize",
        description = "Writes a checkpoint of real shapes with random F16 weights, for measuring.")
public final class SynthesizeCommand extends EngineCommand {
    @Parameters(index = "0", paramLabel = "110m|1.1b", description = "Its size.")
    private String size;

    @Option(
            names = "--arch",
            required = true,
            paramLabel = "llama|opt|bloom",
            description = "Its architecture.")
    private String architecture;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
    private Path folder;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the weights (default 0).")
    private long seed;

    @Option(names = "--replace", description = "Replace what stands there.")
    private boolean replace;

    @Override
    int run(TerminalProgress progress) {
        var checkpoint = new RandomCheckpoint(architecture(), shape(), seed);
        checkpoint.write(folder, replace, progress, cancellation);
        long parameters = checkpoint.parameters();
        print(
                progress,
                object().put("out", folder.toString())
                        .put("size", size)
                        .put("architecture", architecture)
                        .put("parameters", parameters)
                        .put("seed", seed),
                "%s: %,d random weights, seed %d".formatted(folder, parameters, seed));
        return 0;
    }

    private RandomCheckpoint.Shape shape() {
        return switch (size.toLowerCase(Locale.ROOT)) {
            case "110m" -> RandomCheckpoint.Shape.SIZE_110M;
            case "1.1b" -> RandomCheckpoint.Shape.SIZE_1_1B;
            default ->
                    throw new ParameterException(
                            spec.commandLine(),
                            "the size '%s' is not known: give 110m or 1.1b".formatted(size));
        };
    }

    private Architecture architecture() {
        return Arrays.stream(Architecture.values())
                .filter(known -> known.modelType().equalsIgnoreCase(architecture))
                .findFirst()
                .orElseThrow(
                        () ->
                                new ParameterException(
                                        spec.commandLine(),
                                        "--arch '%s' is not known: give llama, opt or bloom"
                                                .formatted(architecture)));
    }
}
