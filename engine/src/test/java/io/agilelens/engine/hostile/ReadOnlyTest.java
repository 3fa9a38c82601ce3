package io.agilelens.engine.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agilelens.engine.Trees;
import io.agilelens.engine.UserException;
import io.agilelens.engine.fuzz.SeedFormat;
import io.agilelens.engine.fuzz.Visit;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Opening, running and closing a model leaves its folder exactly as it was. */
class ReadOnlyTest {
    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2020-02-02T02:02:02Z"));

    @TempDir Path temporary;

    @ParameterizedTest
    @EnumSource
    void nothingChangesInTheFolder(SeedFormat format) throws Exception {
        Path folder = format.seed().writeTo(Trees.create(temporary.resolve("model")));
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        for (Path file : Trees.files(folder)) {
            Files.setLastModifiedTime(file, LONG_AGO);
            if (posix) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
            }
        }
        Files.setLastModifiedTime(folder, LONG_AGO);
        if (posix) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
        }
        Map<String, String> before = state(folder);
        try {
            Visit.withTokenizer(folder.resolve(format.opened()));
        } catch (UserException refusal) {
            if (format.isRead()) {
                throw refusal;
            }
        } finally {
            if (posix) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
        assertEquals(before, state(folder));
        assertEquals(LONG_AGO, Files.getLastModifiedTime(folder));
    }

    private static Map<String, String> state(Path folder) throws Exception {
        Map<String, String> state = new TreeMap<>();
        for (Path file : Trees.files(folder)) {
            state.put(file.toString(), digest(file) + " " + Files.getLastModifiedTime(file));
        }
        return state;
    }

    private static String digest(Path file) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
