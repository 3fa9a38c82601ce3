package io.agilelens.app.session;

import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.format.JsonFiles;
import io.agilelens.engine.format.Printable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Session documents as JSON; {@code docs/sessions.md} describes the keys. An unknown key is an
 * error that names it.
 */
public final class SessionJson {
    /** What the names of session files end with. */
    public static final String ENDING = ".agilelens";

    /** The key that marks a session and says how it is written. */
    static final String VERSION_KEY = "agilelens_session";

    static final int VERSION = 1;

    /** Far more than a thousand pinned runs take. */
    private static final long LARGEST_FILE = 4 << 20;

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private SessionJson() {}

    /** Whether a file's name says that it is a session. */
    public static boolean isNamedSession(Path file) {
        Path name = file.getFileName();
        return name != null && name.toString().toLowerCase(Locale.ROOT).endsWith(ENDING);
    }

    /** Whether an object says that it is a session. */
    public static boolean isMarked(JsonNode root) {
        return root.has(VERSION_KEY);
    }

    /**
     * @throws io.agilelens.engine.UserException if the file cannot be read or is no session
     */
    public static SessionDocument read(Path file) {
        return parse(readBytes(file), file);
    }

    /**
     * The bytes of a session file.
     *
     * @throws io.agilelens.engine.UserException if they cannot be read or are too many
     */
    public static byte[] readBytes(Path file) {
        return JsonFiles.readBytes(file, LARGEST_FILE);
    }

    /**
     * @param file where it came from, for error lines
     * @throws io.agilelens.engine.UserException if it is no session
     */
    public static SessionDocument parse(byte[] json, Path file) {
        JsonNode root = JsonFiles.parseObject(json, file);
        return new SessionReader(Printable.of(file)).read(root);
    }

    /** The document written in full. */
    public static String write(SessionDocument document) {
        return MAPPER.writeValueAsString(SessionWriter.write(document)) + "\n";
    }

    /**
     * Writes the file.
     *
     * @param replace whether an existing one may be replaced
     * @throws io.agilelens.engine.UserException if that is not possible; what was there stays
     */
    public static void write(SessionDocument document, Path file, boolean replace) {
        byte[] bytes = write(document).getBytes(StandardCharsets.UTF_8);
        AtomicFiles.writeFile(file, replace, place -> Files.write(place, bytes));
    }
}
