package io.agilelens.engine.format.gguf;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Matrix;
import java.nio.file.Path;

/** One float32 pass of this engine over a model. */
final class Forward {
    private Forward() {}

    /** The logits of every position, {@code [ids, vocabulary]}. */
    static Matrix logits(Path path, int[] ids) {
        try (Model model = Model.open(Checkpoints.open(path))) {
            Decoder decoder = FloatDecoders.of(model);
            Decoder.Pass pass = decoder.run(ids, Cancellation.never());
            return decoder.logits(pass.hidden(), 0, ids.length);
        }
    }
}
