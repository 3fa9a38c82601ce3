package io.agilelens.engine.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.Trees;
import io.agilelens.engine.fuzz.JavaProgram;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Another process damages the weights while passes run: each time one line, never a crash. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "keeps others from changing an open file")
class VanishingModelTest {
    private static final int MODELS = 30;
    private static final int MOST_SECONDS = 300;

    @TempDir Path folder;

    /** What happens to a file behind an open model. */
    private enum Mishap {
        CUT_SHORT {
            @Override
            void befall(Path file, long size) throws IOException {
                truncate(file, size / 3);
            }
        },
        EMPTIED {
            @Override
            void befall(Path file, long size) throws IOException {
                truncate(file, 0);
            }
        },
        REMOVED {
            @Override
            void befall(Path file, long size) throws IOException {
                Files.delete(file);
            }
        },
        REPLACED {
            @Override
            void befall(Path file, long size) throws IOException {
                Path other = Files.writeString(file.resolveSibling("other"), "something else");
                Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
            }
        },
        WRITTEN_OVER {
            @Override
            void befall(Path file, long size) throws IOException {
                Files.writeString(file, "x".repeat((int) (size / 2)));
            }
        };

        abstract void befall(Path file, long size) throws IOException;

        private static void truncate(Path file, long size) throws IOException {
            try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
                open.setLength(size);
            }
        }
    }

    @Test
    void everyMishapEndsInALine() throws Exception {
        Path models = Files.createDirectory(folder.resolve("models"));
        JavaProgram program =
                new JavaProgram(folder, 512)
                        .with(PassLoop.class.getName(), models.toString(), "" + MODELS);
        prepare(models, 0);
        Process process = program.start();
        Random random = new Random(4);
        for (int number = 0; number < MODELS; number++) {
            prepare(models, number + 1);
            awaitLine(process, PassLoop.RUNNING + number);
            Thread.sleep(random.nextInt(40));
            Path file = weights(models, number);
            mishap(number).befall(file, Files.size(file));
            awaitLine(process, PassLoop.FAILED + number + " ");
            Trees.delete(models.resolve(PassLoop.name(number)));
        }
        JavaProgram.Result result = program.await(process, MOST_SECONDS);
        assertEquals(1, result.status(), result.tail());
        assertFalse(Files.exists(folder.resolve("hs_err.log")), result.tail());
        List<String> lines =
                result.output().lines().filter(line -> !line.startsWith("WARNING:")).toList();
        assertEquals(2 * MODELS, lines.size(), result.tail());
        for (int number = 0; number < MODELS; number++) {
            String line = lines.get(2 * number + 1);
            assertTrue(line.contains(models.resolve(PassLoop.name(number)).toString()), line);
        }
    }

    /** Both ways of running a model meet every mishap. */
    private static Mishap mishap(int number) {
        return Mishap.values()[number / 2 % Mishap.values().length];
    }

    private static Path weights(Path models, int number) {
        return models.resolve(PassLoop.name(number)).resolve("model.safetensors");
    }

    private static void prepare(Path models, int number) throws IOException {
        if (number == 0) {
            TinyModels.write(
                    Files.createDirectory(models.resolve(PassLoop.name(0))), PassLoop.DIMENSIONS);
        } else if (number < MODELS) {
            Path target = Files.createDirectory(models.resolve(PassLoop.name(number)));
            for (Path file : Trees.files(models.resolve(PassLoop.name(number - 1)))) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
    }

    private void awaitLine(Process process, String start) throws Exception {
        Path output = folder.resolve("output");
        long deadline = System.nanoTime() + MOST_SECONDS * 1_000_000_000L;
        while (System.nanoTime() < deadline) {
            String text = new String(Files.readAllBytes(output));
            if (text.lines().anyMatch(line -> line.startsWith(start)) && text.endsWith("\n")) {
                return;
            }
            assertTrue(process.isAlive(), () -> "ended before '" + start + "': " + text);
            Thread.sleep(5);
        }
        process.destroyForcibly();
        throw new AssertionError("no line '" + start + "'");
    }
}
