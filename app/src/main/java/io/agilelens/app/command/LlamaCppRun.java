package io.agilelens.app.command;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.JsonFiles;
import io.agilelens.engine.format.Printable;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/**
 * What the opt-in measurement of llama.cpp beside this engine has kept.
 *
 * @param system what llama.cpp says of the instructions that it was built for
 * @param rows a type of file each
 */
record LlamaCppRun(String system, JsonNode rows) {
    private static final long LARGEST = 1 << 20;

    /**
     * @throws UserException if it cannot be read or is something else
     */
    static LlamaCppRun read(Path path) {
        JsonNode json = JsonFiles.readObject(path, LARGEST);
        if (!json.path("system").isString() || !json.path("llama_cpp").isArray()) {
            throw new UserException(
                    "%s is not what the measurement of llama.cpp keeps: give the file of -Dagilelens.bench.out"
                            .formatted(Printable.of(path)));
        }
        return new LlamaCppRun(json.path("system").asString(), json.path("llama_cpp"));
    }
}
