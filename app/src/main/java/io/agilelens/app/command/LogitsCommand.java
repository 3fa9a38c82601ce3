package io.agilelens.app.command;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.format.FileErrors;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.PassSize;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.tensor.Matrix;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Raw logits, for comparing with other programs. */
@Command(
        name = "logits",
        description =
                "Writes the logits of all positions as raw little-endian float32, row-major"
                        + " [tokens, vocabulary].")
public final class LogitsCommand extends EngineCommand {
    private static final int ROWS = 64;

    @Mixin private ModelOption modelOption;
    @Mixin private RecipeOption recipeOption;

    @Option(
            names = "--ids",
            required = true,
            paramLabel = "1,2,3",
            converter = TokenIds.Converter.class,
            description = "Token ids, start token included.")
    private TokenIds ids;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where to write.")
    private Path file;

    @Option(
            names = "--layers",
            description =
                    "Also write the residual stream behind each layer, [layers, tokens, hidden], to"
                            + " FILE.layers.")
    private boolean withLayers;

    @Option(names = "--replace", description = "Replace what stands there.")
    private boolean replace;

    @Override
    int run(TerminalProgress progress) {
        try (OpenModel open = modelOption.open()) {
            open.expect(PassSize.window(ids.ids().length));
            TunedModel tuned = open.tune(recipeOption, progress, cancellation);
            Layers layers = new Layers();
            Decoder.Pass pass =
                    tuned.decoder()
                            .run(
                                    ids.ids(),
                                    null,
                                    tuned.recipe().pruning().pruner(),
                                    withLayers ? layers : Probe.NONE,
                                    cancellation);
            int rows = pass.hidden().rows();
            int vocabulary = open.config().vocabularySize();
            AtomicFiles.writeFile(
                    file, replace, place -> writeLogits(place, tuned.decoder(), pass.hidden()));
            ObjectNode result = Results.of(open);
            result.put("recipe", tuned.recipe().summary());
            shape(result.putObject("logits").put("file", file.toString()), rows, vocabulary);
            ArrayNode survivors = result.putArray("positions");
            Arrays.stream(pass.survivors()).forEach(survivors::add);
            String human = "%s: [%d, %d] float32".formatted(file, rows, vocabulary);
            if (withLayers) {
                Path layersFile = file.resolveSibling(file.getFileName() + ".layers");
                AtomicFiles.writeFile(layersFile, replace, layers::write);
                ObjectNode node = result.putObject("layers").put("file", layersFile.toString());
                node.put("hidden_size", open.config().hiddenSize());
                ArrayNode counts = node.putArray("tokens_by_layer");
                layers.outputs.forEach(output -> counts.add(output.rows()));
                human +=
                        "%n%s: %d layers of [tokens, %d] float32"
                                .formatted(
                                        layersFile,
                                        layers.outputs.size(),
                                        open.config().hiddenSize());
            }
            print(progress, result, human);
        }
        return 0;
    }

    private static void shape(ObjectNode node, int rows, int columns) {
        node.putArray("shape").add(rows).add(columns);
    }

    /** A few rows at a time: all logits of a long text can be larger than the memory. */
    private static void writeLogits(Path place, Decoder decoder, Matrix hidden) throws IOException {
        try (OutputStream stream = Files.newOutputStream(place)) {
            for (int from = 0; from < hidden.rows(); from += ROWS) {
                write(stream, decoder.logits(hidden, from, Math.min(ROWS, hidden.rows() - from)));
            }
        }
    }

    private static void write(OutputStream stream, Matrix rows) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(rows.columns() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < rows.rows(); row++) {
            bytes.clear();
            bytes.asFloatBuffer().put(rows.data(), rows.offset(row), rows.columns());
            stream.write(bytes.array());
        }
    }

    /** Keeps what leaves each layer. */
    private static final class Layers implements Probe {
        private final List<Matrix> outputs = new ArrayList<>();

        @Override
        public void layerOutput(int layer, Matrix residual) {
            outputs.add(residual.copy());
        }

        void write(Path place) {
            try (OutputStream stream = Files.newOutputStream(place)) {
                for (Matrix output : outputs) {
                    LogitsCommand.write(stream, output);
                }
            } catch (IOException failure) {
                throw asUserException(place, failure);
            }
        }

        private static UserException asUserException(Path place, IOException failure) {
            return FileErrors.writing(place, failure);
        }
    }
}
