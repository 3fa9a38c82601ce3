package io.agilelens.app.session;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.format.JsonFiles;
import io.agilelens.engine.format.UserState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was opened lately, the latest first.
 *
 * @param models references, as a person gave them
 * @param sessions paths
 */
public record RecentFiles(List<String> models, List<String> sessions) {
    public static final RecentFiles NONE = new RecentFiles(List.of(), List.of());

    private static final int MOST = 10;
    private static final int LONGEST = 4096;
    private static final long LARGEST_FILE = 1 << 18;
    private static final String MODELS = "models";
    private static final String SESSIONS = "sessions";

    public RecentFiles {
        models = List.copyOf(models);
        sessions = List.copyOf(sessions);
    }

    public RecentFiles withModel(String reference) {
        return new RecentFiles(withFirst(models, reference), sessions);
    }

    public RecentFiles withSession(Path file) {
        return new RecentFiles(models, withFirst(sessions, file.toString()));
    }

    private static List<String> withFirst(List<String> list, String first) {
        List<String> changed = new ArrayList<>(list);
        changed.remove(first);
        changed.addFirst(first);
        return changed.subList(0, Math.min(MOST, changed.size()));
    }

    /**
     * Reads what {@link #write} wrote; a file that is missing or broken holds nothing, for it is
     * only a convenience.
     *
     * @param state the user's folder of such things
     */
    public static RecentFiles read(Path state) {
        Path file = file(state);
        if (!Files.exists(file)) {
            return NONE;
        }
        try {
            JsonNode root = JsonFiles.readObject(file, LARGEST_FILE);
            return new RecentFiles(names(root.path(MODELS)), names(root.path(SESSIONS)));
        } catch (UserException broken) {
            return NONE;
        }
    }

    private static List<String> names(JsonNode list) {
        List<String> names = new ArrayList<>();
        for (JsonNode name : list) {
            String text = name.asString("");
            if (!text.isBlank() && text.length() <= LONGEST && names.size() < MOST) {
                names.add(text);
            }
        }
        return names;
    }

    /**
     * @throws UserException if it cannot be written
     */
    public void write(Path state) {
        UserState.made(state);
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ArrayNode modelNodes = root.putArray(MODELS);
        models.forEach(modelNodes::add);
        ArrayNode sessionNodes = root.putArray(SESSIONS);
        sessions.forEach(sessionNodes::add);
        AtomicFiles.writeFile(
                file(state), true, place -> Files.writeString(place, root.toPrettyString()));
    }

    private static Path file(Path state) {
        return state.resolve("recent.json");
    }
}
