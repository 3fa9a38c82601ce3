package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The models that come with the program, as class-path resources: {@code
 * io/agilelens/samples/index.json} lists them, each has its files in a folder of its name beside
 * that. Weights are mapped, and only a file can be mapped, so a sample inside a jar is unpacked
 * once into the user's cache.
 */
public final class SampleLibrary {
    private static final String ROOT = "io/agilelens/samples/";
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]*");
    private static final List<String> NEEDED =
            List.of(HuggingFaceFolder.CONFIG, HuggingFaceFolder.WEIGHTS, "tokenizer.json");
    private static final List<String> OPTIONAL =
            List.of("generation_config.json", "tokenizer_config.json", "README.md");
    private static final int KEY_DIGITS = 16;

    private final ClassLoader loader;
    private final Supplier<Path> cache;
    private final List<Sample> samples;

    /**
     * A model of the library.
     *
     * @param name as in {@code sample:NAME}
     * @param title for a person to read
     * @param summary one sentence
     */
    public record Sample(String name, String title, String summary) {}

    /**
     * @param loader where the resources are looked for
     * @param cache where samples from a jar are unpacked
     */
    SampleLibrary(ClassLoader loader, Supplier<Path> cache) {
        this.loader = loader;
        this.cache = cache;
        this.samples = readIndex();
    }

    /** The library on the class path; empty where no samples were packed. */
    public static SampleLibrary onClassPath() {
        return new SampleLibrary(
                SampleLibrary.class.getClassLoader(), () -> UserCache.folder("samples"));
    }

    private List<Sample> readIndex() {
        byte[] index = bytes("index.json");
        if (index == null) {
            return List.of();
        }
        List<Sample> listed = new ArrayList<>();
        for (JsonNode entry : JsonMapper.shared().readTree(index)) {
            String name = entry.path("name").stringValue();
            if (!NAME.matcher(name).matches()) {
                throw new IllegalStateException("the sample index has the bad name " + name);
            }
            listed.add(
                    new Sample(
                            name,
                            entry.path("title").stringValue(),
                            entry.path("summary").stringValue()));
        }
        return List.copyOf(listed);
    }

    /** All samples, the one to show first at the front. */
    public List<Sample> samples() {
        return samples;
    }

    /**
     * The folder of a sample, unpacked if need be. Its files are exactly those of the library.
     *
     * @throws UserException if there is no such sample or the cache cannot be written
     */
    public Path folder(String name) {
        if (samples.stream().noneMatch(sample -> sample.name().equals(name))) {
            throw new UserException(noSuchSample(name));
        }
        URL config = loader.getResource(ROOT + name + "/" + HuggingFaceFolder.CONFIG);
        if (config != null && config.getProtocol().equals("file")) {
            return folderOf(config);
        }
        return unpack(name);
    }

    private String noSuchSample(String name) {
        String line = "there is no sample '%s'; ".formatted(Printable.of(name));
        return samples.isEmpty()
                ? line + "this build has no samples at all, give a model folder"
                : line
                        + "there are: "
                        + String.join(", ", samples.stream().map(Sample::name).toList());
    }

    private static Path folderOf(URL config) {
        try {
            return Path.of(config.toURI()).getParent();
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Path unpack(String name) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String file : NEEDED) {
            byte[] content = bytes(name + "/" + file);
            if (content == null) {
                throw new IllegalStateException("the sample " + name + " lacks " + file);
            }
            files.put(file, content);
        }
        for (String file : OPTIONAL) {
            byte[] content = bytes(name + "/" + file);
            if (content != null) {
                files.put(file, content);
            }
        }
        Path folder = cache.get().resolve(name + "-" + key(files));
        boolean wasThere = Files.exists(folder);
        if (!holds(folder, files)) {
            try {
                AtomicFiles.writeFolder(folder, wasThere, place -> write(place, files));
            } catch (UserException failure) {
                // Another process may have been quicker with the same sample.
                if (!holds(folder, files)) {
                    throw failure;
                }
            }
        }
        return folder;
    }

    private static void write(Path folder, Map<String, byte[]> files) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue());
        }
    }

    private static boolean holds(Path folder, Map<String, byte[]> files) {
        try {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Path copy = folder.resolve(file.getKey());
                if (!Files.isRegularFile(copy)
                        || Files.size(copy) != file.getValue().length
                        || !Arrays.equals(Files.readAllBytes(copy), file.getValue())) {
                    return false;
                }
            }
            return true;
        } catch (IOException unreadable) {
            return false;
        }
    }

    /** The start of a SHA-256 over names and contents. */
    private static String key(Map<String, byte[]> files) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            files.forEach(
                    (name, content) -> {
                        digest.update(
                                (name + " " + content.length + "\n")
                                        .getBytes(StandardCharsets.UTF_8));
                        digest.update(content);
                    });
            return HexFormat.of().formatHex(digest.digest()).substring(0, KEY_DIGITS);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private byte[] bytes(String resource) {
        try (InputStream stream = loader.getResourceAsStream(ROOT + resource)) {
            return stream == null ? null : stream.readAllBytes();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
