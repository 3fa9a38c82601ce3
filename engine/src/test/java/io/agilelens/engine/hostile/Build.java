package io.agilelens.engine.hostile;

import io.agilelens.engine.fuzz.Fields;
import io.agilelens.engine.fuzz.FolderImage;
import io.agilelens.engine.fuzz.SeedModels;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the cases' builders have in common. */
final class Build {
    static final String CONFIG = "config.json";
    static final String WEIGHTS = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";
    static final String TOKENIZER = "tokenizer.json";

    private Build() {}

    /** A sound model with one file replaced. */
    static HostileCase.Builder llamaWith(String file, String content) {
        return with(SeedModels.llama(), file, content);
    }

    static HostileCase.Builder with(FolderImage image, String file, String content) {
        return folder -> {
            image.writeTo(folder);
            Files.writeString(folder.resolve(file), content.replace('\'', '"'));
        };
    }

    /** A sound model with some keys of a JSON file changed. */
    static HostileCase.Builder llamaWith(String file, UnaryOperator<ObjectNode> change) {
        return with(SeedModels.llama(), file, change);
    }

    static HostileCase.Builder with(
            FolderImage image, String file, UnaryOperator<ObjectNode> change) {
        return folder -> {
            image.writeTo(folder);
            byte[] json = Files.readAllBytes(folder.resolve(file));
            ObjectNode root = (ObjectNode) JsonMapper.shared().readTree(json);
            Files.writeString(folder.resolve(file), change.apply(root).toString());
        };
    }

    /** A safetensors file of this header, single quotes standing for double ones. */
    static HostileCase.Builder header(String header, int dataBytes) {
        return folder ->
                Files.write(
                        folder.resolve(WEIGHTS), safetensors(header.replace('\'', '"'), dataBytes));
    }

    static byte[] safetensors(String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return new Fields().u64(json.length).bytes(json).bytes(new byte[dataBytes]).toBytes();
    }

    /** A text of many repeated parts, {@code head part, part, … tail}. */
    static void longText(Path file, String head, int parts, IntFunction<String> part, String tail)
            throws IOException {
        try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(file))) {
            stream.write(head.getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < parts; i++) {
                stream.write(part.apply(i).getBytes(StandardCharsets.UTF_8));
                if (i < parts - 1) {
                    stream.write(',');
                }
            }
            stream.write(tail.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** A short quoted text that differs for every number; the cases need millions. */
    static String key(int number) {
        return '"' + Integer.toHexString(number) + '"';
    }

    /** A safetensors file whose header is such a text. */
    static HostileCase.Builder longHeader(
            String head, int parts, IntFunction<String> part, String tail) {
        return folder -> {
            Path file = folder.resolve(WEIGHTS);
            longText(file, "12345678" + head, parts, part, tail);
            try (RandomAccessFile patched = new RandomAccessFile(file.toFile(), "rw")) {
                patched.write(new Fields().u64(patched.length() - Long.BYTES).toBytes());
            }
        };
    }

    /** A name that leads to somewhere else. */
    static void link(Path link, Path target) throws IOException {
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, target);
    }

    /** A pipe that nobody writes into: whoever opens it waits for ever. */
    static void pipe(Path pipe) throws IOException {
        Files.deleteIfExists(pipe);
        try {
            int status = new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
            if (status != 0) {
                throw new IOException("mkfifo ended with " + status);
            }
        } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
        }
    }
}
