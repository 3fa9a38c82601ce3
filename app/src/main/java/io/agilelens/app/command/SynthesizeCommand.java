package io.agilelens.app.command;

import io.agilelens.engine.UserException;
import io.agilelens.engine.export.RandomCheckpoint;
import java.nio.file.Path;
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
            paramLabel = "llama",
            description = "Its architecture; opt and bloom come later.")
    private String architecture;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
    private Path folder;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the weights (default 0).")
    private long seed;

    @Option(names = "--replace", description = "Replace what stands there.")
    private boolean replace;

    @Override
    int run(TerminalProgress progress) {
        RandomCheckpoint.Shape shape = shape();
        requireArchitecture();
        new RandomCheckpoint(shape, seed).write(folder, replace, progress, cancellation);
        print(
                progress,
                object().put("out", folder.toString())
                        .put("size", size)
                        .put("architecture", architecture)
                        .put("parameters", shape.parameters())
                        .put("seed", seed),
                "%s: %,d random weights, seed %d".formatted(folder, shape.parameters(), seed));
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

    private void requireArchitecture() {
        switch (architecture.toLowerCase(Locale.ROOT)) {
            case "llama" -> {}
            case "opt", "bloom" ->
                    throw new UserException(
                            "--arch %s comes in a later version: give llama"
                                    .formatted(architecture));
            default ->
                    throw new ParameterException(
                            spec.commandLine(),
                            "--arch '%s' is not known: give llama".formatted(architecture));
        }
    }
}
