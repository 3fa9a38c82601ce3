package io.agilelens.engine.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.agilelens.engine.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Disks that fill up at any byte: the old export stays, whole and openable, and nothing else. */
class FullDiskTest {
    private static final int ROUNDS = 30;

    @TempDir Path folder;

    static Set<String> targets() {
        return Targets.FORMATS.keySet();
    }

    /** Writing fails at a random byte of the longest file. */
    @ParameterizedTest
    @MethodSource("targets")
    void aWriteCutShortLeavesTheOld(String name) throws IOException {
        FileSizeLimit.assumeAvailable();
        Path source = Files.createDirectory(folder.resolve("model"));
        Path place = Files.createDirectory(folder.resolve("place"));
        Targets.writeModel(source);
        Random random = new Random(name.hashCode());
        try (Targets targets = Targets.open(source)) {
            ExportReport report = targets.write(place, name, 1);
            targets.write(place, name, 0);
            String old = Targets.digest(place.resolve(name));
            long longest = report.files().values().stream().mapToLong(size -> size).max().orElse(0);
            for (int round = 0; round < ROUNDS; round++) {
                long limit = (long) (random.nextDouble() * longest * 0.99);
                UserException failure;
                try (FileSizeLimit _ = FileSizeLimit.of(limit)) {
                    failure =
                            assertThrows(UserException.class, () -> targets.write(place, name, 1));
                }
                assertTrue(
                        failure.getMessage().contains("cannot be written"), failure.getMessage());
                assertFalse(failure.getMessage().contains("\n"));
                assertEquals(Set.of(name), Targets.names(place));
                assertEquals(old, Targets.digest(place.resolve(name)));
            }
        }
    }

    /** A real file system that has no room left, where one may be mounted. */
    @Test
    void aFullFileSystemLeavesTheOld() throws IOException, InterruptedException {
        Path source = Files.createDirectory(folder.resolve("model"));
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Targets.writeModel(source);
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString()),
                "no file system may be mounted here");
        try (Targets targets = Targets.open(source)) {
            Random random = new Random(3);
            for (String name : Targets.FORMATS.keySet()) {
                targets.write(disk, name, 0);
            }
            Path filler = disk.resolve("filler");
            for (String name : Targets.FORMATS.keySet()) {
                long size = targets.write(disk, name, 1).bytes();
                targets.write(disk, name, 0);
                String old = Targets.digest(disk.resolve(name));
                for (int round = 0; round < 10; round++) {
                    long free = Files.getFileStore(disk).getUsableSpace();
                    // A page for each file and one that holds names.
                    long left = (long) (random.nextDouble() * 0.9 * size);
                    Files.write(filler, new byte[(int) (free - left)]);
                    assertThrows(UserException.class, () -> targets.write(disk, name, 1));
                    Files.delete(filler);
                    assertEquals(old, Targets.digest(disk.resolve(name)));
                    assertEquals(new TreeSet<>(Targets.FORMATS.keySet()), Targets.names(disk));
                }
            }
        } finally {
            run("umount", disk.toString());
        }
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException noSuchProgram) {
            return false;
        }
    }
}
