package io.agilelens.app.conformance;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.FileErrors;
import io.agilelens.engine.format.JsonFiles;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A folder with reference data: every {@code manifest.json} says what kind of data lies beside it,
 * and JSON files with tokenizer cases name their tokenizer.
 */
public final class ConformanceKit {
    private static final long LARGEST_CASES = 64L << 20;
    private static final List<Family> FAMILIES =
            List.of(
                    new ForwardFamily(),
                    new TripFamily(),
                    new Log2Family(),
                    new UniformFamily(),
                    new PruneFamily(),
                    new PerplexityFamily());

    private final Path root;

    /**
     * @param root the kit, or any folder in it
     */
    public ConformanceKit(Path root) {
        this.root = root;
    }

    /**
     * Runs every case.
     *
     * @param listener hears each result as it comes
     * @throws UserException if the folder cannot be read
     */
    public List<CaseResult> run(
            Consumer<CaseResult> listener, Progress progress, Cancellation cancellation) {
        List<Path> files = jsonFiles();
        List<CaseResult> results = new ArrayList<>();
        try (KitModels models = new KitModels()) {
            for (int i = 0; i < files.size(); i++) {
                cancellation.check();
                progress.report("checking " + name(files.get(i)), i, files.size());
                for (CaseResult result : results(files.get(i), models)) {
                    results.add(result);
                    listener.accept(result);
                }
            }
        }
        return results;
    }

    private List<Path> jsonFiles() {
        if (!Files.isDirectory(root)) {
            throw new UserException(
                    "%s is no folder; give the folder with the reference data"
                            .formatted(Printable.of(root)));
        }
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException failure) {
            throw FileErrors.reading(root, failure);
        }
    }

    private List<CaseResult> results(Path file, KitModels models) {
        if (file.endsWith(GoldenFolder.MANIFEST)) {
            String name = name(file.getParent());
            try {
                return manifest(name, GoldenFolder.open(file), models);
            } catch (RuntimeException failure) {
                // Whatever goes wrong in one case must not keep the others from running.
                return List.of(CaseResult.broken(name, reason(failure)));
            }
        }
        return tokenizerCases(file);
    }

    private static List<CaseResult> manifest(String name, GoldenFolder golden, KitModels models) {
        String kind = golden.manifest().path("kind").asString("");
        for (Family family : FAMILIES) {
            if (family.covers(kind)) {
                return family.run(name, golden, models);
            }
        }
        return List.of(
                CaseResult.unsupported(name, "no check for '%s'".formatted(Printable.of(kind))));
    }

    private List<CaseResult> tokenizerCases(Path file) {
        if (isInsideModel(file)) {
            return List.of();
        }
        String name = name(file).replaceFirst("\\.json$", "");
        try {
            JsonNode node = JsonFiles.readObject(file, LARGEST_CASES);
            if (!TokenizerFamily.covers(node)) {
                return List.of();
            }
            String tokenizer = node.path("tokenizer").asString("");
            for (Path place = file.toAbsolutePath().getParent();
                    place != null;
                    place = place.getParent()) {
                Path json = place.resolve(tokenizer);
                if (Files.isRegularFile(json)) {
                    return List.of(TokenizerFamily.run(name, node, json.getParent()));
                }
            }
            return List.of(
                    CaseResult.broken(name, "the tokenizer %s is not there".formatted(tokenizer)));
        } catch (RuntimeException failure) {
            // As above: one broken file is one failure.
            return List.of(CaseResult.broken(name, reason(failure)));
        }
    }

    private static boolean isInsideModel(Path file) {
        return Files.exists(file.resolveSibling("config.json"));
    }

    private static String reason(RuntimeException failure) {
        return failure instanceof UserException
                ? failure.getMessage()
                : Printable.of(failure.toString());
    }

    private String name(Path path) {
        String relative = root.relativize(path).toString();
        return relative.isEmpty()
                ? String.valueOf(root.getFileName())
                : relative.replace('\\', '/');
    }
}
