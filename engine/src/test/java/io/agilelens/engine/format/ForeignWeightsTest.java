package io.agilelens.engine.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights of other programs: never opened, always with the way to convert them. */
class ForeignWeightsTest {
    private static final String PICKLE =
            "a pickle, which can run code and is not read; convert the model to safetensors"
                    + " (save_pretrained with safe_serialization=True) or get a safetensors copy";

    @TempDir private Path folder;

    @Test
    void saysHowAPickleIsConverted() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{}");
        Path file = Files.writeString(folder.resolve("pytorch_model.bin"), "");
        assertEquals(
                "%s has its weights only as pytorch_model.bin, %s".formatted(folder, PICKLE),
                line(folder));
        assertEquals("%s is %s".formatted(file, PICKLE), line(file));
    }

    @ParameterizedTest
    @CsvSource({
        "pytorch_model.bin.index.json,convert the model to safetensors",
        "pytorch_model-00001-of-00002.bin,convert the model to safetensors",
        "model.pt,convert the model to safetensors",
        "model.pth,convert the model to safetensors",
        "last.ckpt,convert the model to safetensors",
        "consolidated.00.pth,convert_llama_weights_to_hf.py",
        "tf_model.h5,from_tf=True",
        "tf_model-00001-of-00002.h5,from_tf=True",
        "flax_model.msgpack,from_flax=True"
    })
    void saysWhatMendsIt(String name, String remedy) throws IOException {
        Files.writeString(folder.resolve("config.json"), "{}");
        Path file = Files.writeString(folder.resolve(name), "");
        assertTrue(line(folder).contains("has its weights only as " + name), line(folder));
        assertTrue(line(folder).contains(remedy), line(folder));
        assertTrue(line(file).contains(remedy), line(file));
    }

    @Test
    void knowsAPickleByItsFirstBytes() throws IOException {
        Path zip = Files.write(folder.resolve("weights.bin"), new byte[] {'P', 'K', 3, 4, 0});
        assertEquals("%s is %s".formatted(zip, PICKLE), line(zip));
        Path old =
                Files.write(folder.resolve("stories"), new byte[] {(byte) 0x80, 2, (byte) 0x8A, 1});
        assertEquals("%s is %s".formatted(old, PICKLE), line(old));
        Path raw = Files.write(folder.resolve("stories.bin"), new byte[] {0, 2, 0, 0, 0});
        assertFalse(line(raw).contains("pickle"), line(raw));
    }

    /** Beside safetensors weights they do no harm. */
    @Test
    void isIgnoredBesideSafetensors() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{}");
        Files.writeString(folder.resolve("pytorch_model.bin"), "");
        new SafetensorsWriter().write(folder.resolve("model.safetensors"));
        Checkpoints.open(folder).close();
    }

    private static String line(Path path) {
        UserException refused =
                assertThrows(UserException.class, () -> Checkpoints.open(path).close());
        assertFalse(refused.getMessage().contains("\n"), refused.getMessage());
        return refused.getMessage();
    }
}
