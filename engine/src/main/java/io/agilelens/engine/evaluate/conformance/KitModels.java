package io.agilelens.engine.evaluate.conformance;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Architecture;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The models that a kit's cases name, each opened once. */
final class KitModels implements AutoCloseable {
    private final Kernels kernels;
    private final Progress progress;
    private final Cancellation cancellation;
    private final Map<Path, Decoder> decoders = new LinkedHashMap<>();

    KitModels(Kernels kernels, Progress progress, Cancellation cancellation) {
        this.kernels = kernels;
        this.progress = progress;
        this.cancellation = cancellation;
    }

    Kernels kernels() {
        return kernels;
    }

    Progress progress() {
        return progress;
    }

    Cancellation cancellation() {
        return cancellation;
    }

    /**
     * The model that the manifest names, in full precision.
     *
     * @throws UnsupportedModelException if its architecture is not known
     * @throws UserException if it is missing or damaged
     */
    Decoder decoder(KitFolder folder) {
        Path path = path(folder, folder.manifest().path("model").asString(""));
        Decoder opened = decoders.get(path);
        if (opened != null) {
            return opened;
        }
        Model model = Model.open(supported(Checkpoints.open(path)));
        Decoder decoder;
        try {
            decoder =
                    new Decoder(
                            model,
                            kernels,
                            new FloatNumerics(
                                    model, kernels, WeightPrecision.FP32, progress, cancellation));
        } catch (RuntimeException failure) {
            model.close();
            throw failure;
        }
        decoders.put(path, decoder);
        return decoder;
    }

    private static Checkpoint supported(Checkpoint checkpoint) {
        String type = checkpoint.config().path("model_type").asString("");
        if (!type.isEmpty() && Architecture.ofModelType(type).isEmpty()) {
            checkpoint.close();
            throw new UnsupportedModelException("models of type " + type + " are not known yet");
        }
        return checkpoint;
    }

    /**
     * Where a path of the manifest leads. It is relative to the kit's root, which lies some folders
     * above the case; a remark in parentheses may follow it.
     */
    static Path path(KitFolder folder, String named) {
        String plain = named.replaceFirst("\\s*\\(.*\\)\\s*$", "");
        if (!plain.isEmpty()) {
            Path from = folder.path().toAbsolutePath().normalize();
            for (Path place = from; place != null; place = place.getParent()) {
                if (Files.exists(place.resolve(plain))) {
                    return place.resolve(plain);
                }
            }
        }
        throw new UserException(
                "%s: the manifest names \"%s\", which is in no folder above: get the whole kit"
                        .formatted(folder.path(), named));
    }

    @Override
    public void close() {
        decoders.values().forEach(decoder -> decoder.model().close());
    }
}
