package io.agilelens.app.window;

import io.agilelens.app.bench.BenchFile;
import io.agilelens.app.session.SessionJson;
import io.agilelens.engine.format.JsonFiles;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/** What a JSON file holds, whatever its name. */
enum JsonKind {
    SESSION,
    /** A saved run of {@code bench}. */
    MEASUREMENT,
    /** A recipe, or nothing that is known here; reading it as a recipe says so. */
    RECIPE;

    private static final long LARGEST_FILE = 16 << 20;

    /**
     * @throws io.agilelens.engine.UserException if it cannot be read or is no JSON object
     */
    static JsonKind of(Path file) {
        JsonNode root = JsonFiles.readObject(file, LARGEST_FILE);
        if (SessionJson.isMarked(root)) {
            return SESSION;
        }
        return BenchFile.isMarked(root) ? MEASUREMENT : RECIPE;
    }
}
