package io.agilelens.engine.format.gguf;

import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import java.nio.file.Path;

/** One float32 pass of this engine over a model. */
final class Forward {
    private Forward() {}

    /** The logits of every position, {@code [ids, vocabulary]}. */
    static Matrix logits(Path path, int[] ids) {
        try (Model model = Model.open(Checkpoints.open(path))) {
            Kernels kernels = KernelProvider.current().kernels();
            Decoder decoder =
                    new Decoder(
                            model,
                            kernels,
                            new FloatNumerics(
                                    model,
                                    kernels,
                                    WeightPrecision.FP32,
                                    Progress.NONE,
                                    Cancellation.never()));
            Decoder.Pass pass = decoder.run(ids, Cancellation.never());
            return decoder.logits(pass.hidden(), 0, ids.length);
        }
    }
}
