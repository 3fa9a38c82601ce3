package io.agilelens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agilelens.engine.export.RandomCheckpoint;
import io.agilelens.engine.model.Architecture;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A command run inside this process.
 *
 * @param status exit status
 * @param output what it printed on standard output
 * @param errors what it printed on the error stream
 */
public record CommandRun(int status, String output, String errors) {

    public static CommandRun of(Object... arguments) {
        String[] words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        StringWriter output = new StringWriter();
        StringWriter errors = new StringWriter();
        int status = AgileLens.run(words, new PrintWriter(output), new PrintWriter(errors));
        return new CommandRun(status, output.toString(), errors.toString());
    }

    /** The one JSON object that a successful command printed. */
    public JsonNode json() {
        assertEquals(0, status, errors);
        assertEquals(1, output.lines().count(), output);
        return JsonMapper.shared().readTree(output);
    }

    /** The one line that a failed command printed. */
    public String failure(int expectedStatus) {
        assertEquals(expectedStatus, status, output + errors);
        assertEquals(1, errors.lines().count(), errors);
        assertEquals("", output);
        return errors.strip();
    }

    /** A random LLaMA of three layers, small enough for every test. */
    public static Path tinyModel(Path folder) {
        return tinyModel(folder, Architecture.LLAMA);
    }

    /** The same of any architecture. */
    public static Path tinyModel(Path folder, Architecture architecture) {
        Path model = folder.resolve("tiny");
        var shape = new RandomCheckpoint.Shape(32, 3, 4, 2, 48, 300, 128, false);
        new RandomCheckpoint(architecture, shape, 7)
                .write(model, true, Progress.NONE, Cancellation.never());
        return model;
    }
}
