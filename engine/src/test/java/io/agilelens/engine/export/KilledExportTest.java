package io.agilelens.engine.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.fuzz.JavaProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writers that are killed at random moments. A program writes all targets at once, so that one kill
 * ends several writes; what is counted are writes that were under way. Whatever stood at a target
 * is whole afterwards, one version or the other, and opens.
 */
class KilledExportTest {
    private static final int WRITES = 200;
    private static final int MOST_KILLS = 200;

    @TempDir Path folder;

    @Test
    void leaveWhatStoodThereWhole(TestReporter reporter) throws Exception {
        Path source = Files.createDirectory(folder.resolve("model"));
        Path place = Files.createDirectory(folder.resolve("place"));
        Path own = Files.createDirectory(folder.resolve("program"));
        Path ready = own.resolve("ready");
        Targets.writeModel(source);
        Random random = new Random(11);
        Map<String, Integer> killed = new TreeMap<>();
        int kills = 0;
        try (Targets targets = Targets.open(source)) {
            Map<String, Set<String>> versions = versions(targets, place);
            while (killed.values().stream().mapToInt(Integer::intValue).sum() < WRITES) {
                assertTrue(kills++ < MOST_KILLS, "only " + killed + " writes were under way");
                Files.deleteIfExists(ready);
                Process process = program(own, source, place, ready).start();
                while (!Files.exists(ready)) {
                    assertTrue(process.isAlive(), () -> output(own));
                    Thread.sleep(2);
                }
                Thread.sleep(random.nextInt(200), random.nextInt(1_000_000));
                assertTrue(process.isAlive(), () -> output(own));
                process.destroyForcibly().waitFor();
                TreeSet<String> left = Targets.names(place);
                for (String name : Targets.FORMATS.keySet()) {
                    if (left.stream().anyMatch(entry -> entry.startsWith("." + name + ".new-"))) {
                        killed.merge(name, 1, Integer::sum);
                    }
                    Path target = place.resolve(name);
                    Targets.recover(target);
                    assertTrue(
                            versions.get(name).contains(Targets.digest(target)),
                            name + " is neither the old nor the new");
                }
            }
            // The next write clears away what dead writers left.
            for (String name : Targets.FORMATS.keySet()) {
                targets.write(place, name, 0);
            }
            assertEquals(new TreeSet<>(Targets.FORMATS.keySet()), Targets.names(place));
        }
        assertEquals(Targets.FORMATS.keySet(), new HashSet<>(killed.keySet()));
        reporter.publishEntry("writes killed in %d kills".formatted(kills), killed.toString());
    }

    private static Map<String, Set<String>> versions(Targets targets, Path place)
            throws IOException {
        Map<String, Set<String>> versions = new HashMap<>();
        for (String name : Targets.FORMATS.keySet()) {
            Set<String> digests = new HashSet<>();
            for (int variant = 0; variant < targets.variants(); variant++) {
                targets.write(place, name, variant);
                digests.add(Targets.digest(place.resolve(name)));
            }
            assertEquals(targets.variants(), digests.size(), "versions differ");
            versions.put(name, digests);
        }
        return versions;
    }

    private static JavaProgram program(Path own, Path source, Path place, Path ready) {
        return new JavaProgram(own, 200)
                .with(
                        "-XX:TieredStopAtLevel=1",
                        "-Dagilelens.kernels=scalar",
                        "-Dagilelens.threads=1",
                        ExportLoop.class.getName(),
                        source.toString(),
                        place.toString(),
                        ready.toString());
    }

    private static String output(Path own) {
        try {
            return Files.readString(own.resolve("output"));
        } catch (IOException failure) {
            return failure.toString();
        }
    }
}
