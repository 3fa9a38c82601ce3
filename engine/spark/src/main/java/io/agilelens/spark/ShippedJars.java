package io.agilelens.spark;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.agilelens.engine.search.SweepPlan;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * The jars that executors need to do runs and fetch from the driver: the engine, this module and
 * the JSON library. Classes that lie in a folder, as in a build, are packed for the journey.
 */
final class ShippedJars implements AutoCloseable {
    private final List<String> paths = new ArrayList<>();
    private final List<Path> packed = new ArrayList<>();

    private ShippedJars() {}

    static ShippedJars collect() {
        ShippedJars jars = new ShippedJars();
        try {
            for (Class<?> each :
                    List.of(
                            SparkCluster.class,
                            SweepPlan.class,
                            JsonMapper.class,
                            JsonFactory.class,
                            JsonInclude.class)) {
                Path source =
                        Path.of(each.getProtectionDomain().getCodeSource().getLocation().toURI());
                jars.paths.add((Files.isDirectory(source) ? jars.pack(source) : source).toString());
            }
            return jars;
        } catch (IOException failure) {
            jars.close();
            throw new UncheckedIOException(failure);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    List<String> paths() {
        return paths;
    }

    private Path pack(Path folder) throws IOException {
        Path jar = Files.createTempFile("agilelens", ".jar");
        packed.add(jar);
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            for (Path each : files) {
                out.putNextEntry(
                        new JarEntry(folder.relativize(each).toString().replace('\\', '/')));
                Files.copy(each, out);
                out.closeEntry();
            }
        }
        return jar;
    }

    @Override
    public void close() {
        for (Path jar : packed) {
            try {
                Files.deleteIfExists(jar);
            } catch (IOException left) {
                // A file in the temporary folder is nobody's failure.
                continue;
            }
        }
    }
}
