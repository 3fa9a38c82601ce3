package io.agilelens.engine.format.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.agilelens.engine.Golden;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.model.Architecture;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The models of the reference kit, run from a GGUF file: the logits stay those of the kit. */
class GgufForwardTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {"stories260k", "tiny-llama3", "tiny-bloom", "tiny-opt-pre", "tiny-opt-post"})
    void runsLikeTheFolderItWasMadeFrom(String name) {
        Path file = folder.resolve("model.gguf");
        try (Checkpoint original = Checkpoints.open(Golden.model(name))) {
            String type = original.config().path("model_type").stringValue();
            assumeTrue(
                    Architecture.ofModelType(type).isPresent(),
                    "this version of the engine does not run " + type);
            GgufWriter writer =
                    switch (type) {
                        case "bloom" -> GgufExport.bloom(original, Encoding.F32);
                        case "opt" -> GgufExport.opt(original, Encoding.F32);
                        default -> GgufExport.llama(original, Encoding.F32, "llama-bpe");
                    };
            writer.write(file);
        }
        Golden golden = Golden.open("goldens", name);
        for (String sequence : new String[] {"_s0", "_s1"}) {
            int[] ids = golden.ints("ids" + sequence);
            float[] logits = Forward.logits(file, ids).data();
            assertArrayEquals(
                    golden.floats("logits" + sequence),
                    logits,
                    golden.manifest().path("tolerance").path("logits_abs").floatValue());
            // Against the folder itself there is no room but for divisors, which are rounded.
            float[] source = Forward.logits(Golden.model(name), ids).data();
            assertEquals(source.length, logits.length);
            assertArrayEquals(source, logits, name.equals("tiny-llama3") ? 1e-4f : 0);
        }
    }
}
