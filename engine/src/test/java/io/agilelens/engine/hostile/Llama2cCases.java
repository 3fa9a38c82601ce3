package io.agilelens.engine.hostile;

import io.agilelens.engine.fuzz.Fields;
import io.agilelens.engine.fuzz.Llama2cBytes;
import io.agilelens.engine.fuzz.Visit;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The files of llama2.c. */
final class Llama2cCases {
    private static final String MODEL = "model.bin";
    private static final String TOKENIZER = "tokenizer.bin";

    private final List<HostileCase> cases = new ArrayList<>();

    static List<HostileCase> all() {
        Llama2cCases all = new Llama2cCases();
        all.models();
        all.tokenizers();
        return all.cases;
    }

    private void refused(String name, byte[] model, byte[] tokenizer) {
        cases.add(
                HostileCase.refused(
                        name,
                        MODEL,
                        Visit::withTokenizer,
                        folder -> {
                            Files.write(folder.resolve(MODEL), model);
                            Files.write(folder.resolve(TOKENIZER), tokenizer);
                        }));
    }

    private void model(String name, byte[] content) {
        refused(name, content, Llama2cBytes.tokenizer().toBytes());
    }

    /** The sound model with one of its seven numbers replaced. */
    private void number(String name, int place, int value) {
        Fields file = new Fields();
        byte[] sound = Llama2cBytes.model().toBytes();
        file.bytes(Arrays.copyOf(sound, 4 * place)).u32(value);
        file.bytes(Arrays.copyOfRange(sound, 4 * place + 4, sound.length));
        model(name, file.toBytes());
    }

    private void models() {
        byte[] sound = Llama2cBytes.model().toBytes();
        model("no bytes", new byte[0]);
        model("fewer bytes than seven numbers have", new byte[20]);
        model("nothing but zeros", new byte[4096]);
        model("cut short", Arrays.copyOf(sound, sound.length - 100));
        model("a byte too many", Arrays.copyOf(sound, sound.length + 1));
        number("width 0", 0, 0);
        number("width −16", 0, -16);
        number("width 2^31 − 1", 0, Integer.MAX_VALUE);
        number("width in big-endian order", 0, Integer.reverseBytes(16));
        number("no layers", 2, 0);
        number("2^31 − 1 layers", 2, Integer.MAX_VALUE);
        number("three heads", 3, 3);
        number("no key heads", 4, 0);
        number("three key heads", 4, 3);
        number("vocabulary −2^31", 5, Integer.MIN_VALUE);
        number("no positions", 6, 0);
        number("2^31 − 1 positions", 6, Integer.MAX_VALUE);
    }

    private void tokenizer(String name, Fields content) {
        refused(name, Llama2cBytes.model().toBytes(), content.toBytes());
    }

    private void tokenizers() {
        byte[] sound = Llama2cBytes.tokenizer().toBytes();
        tokenizer("a vocabulary of no bytes", new Fields());
        tokenizer(
                "a vocabulary cut short",
                new Fields().bytes(Arrays.copyOf(sound, sound.length / 2)));
        tokenizer("a piece of 2^31 − 1 bytes", new Fields().u32(8).f32(0).u32(Integer.MAX_VALUE));
        tokenizer("a piece of −1 bytes", new Fields().u32(8).f32(0).u32(-1).bytes(new byte[4000]));
    }
}
