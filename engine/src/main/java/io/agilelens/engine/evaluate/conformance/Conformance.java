package io.agilelens.engine.evaluate.conformance;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.JsonFiles;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Runs a reference kit: a folder tree whose {@code manifest.json} files, and the JSON files in
 * folders called {@code tokenizer}, say what inputs there are, what must come out and how close.
 * All names, sizes and tolerances come from these files; a manifest's {@code kind} decides what
 * checks it.
 */
public final class Conformance {
    private static final String MANIFEST = "manifest.json";
    private static final String TOKENIZER = "tokenizer";
    private static final int DEEPEST = 8;
    private static final long LARGEST_MANIFEST = 256L << 20;

    private static final List<CaseFamily> FAMILIES =
            List.of(
                    new ForwardPassFamily(),
                    new TripFamily(),
                    new Log2Family(),
                    new UniformFamily(),
                    new PruningFamily(),
                    new PerplexityFamily(),
                    new GptqFamily(),
                    new AwqFamily());

    private Conformance() {}

    /**
     * Runs every case under a folder, in the order of their paths.
     *
     * @param listener hears each case when it is done, on the calling thread
     * @throws UserException if the folder cannot be read or holds no case
     */
    public static ConformanceReport run(
            Path kit,
            Kernels kernels,
            Consumer<CaseResult> listener,
            Progress progress,
            Cancellation cancellation) {
        List<Path> files = find(kit);
        List<CaseResult> results = new ArrayList<>();
        Consumer<CaseResult> collector =
                result -> {
                    results.add(result);
                    listener.accept(result);
                };
        try (KitModels models = new KitModels(kernels, progress, cancellation)) {
            for (int i = 0; i < files.size(); i++) {
                Path file = files.get(i);
                String name = name(kit, file);
                progress.report("checking " + name, i, files.size());
                CaseSink sink = new CaseSink(name, collector, cancellation);
                sink.attempt("", () -> check(file, models, sink));
            }
        }
        progress.report("checking", files.size(), files.size());
        return new ConformanceReport(results);
    }

    private static void check(Path file, KitModels models, CaseSink sink) {
        JsonNode manifest = JsonFiles.readObject(file, LARGEST_MANIFEST);
        KitFolder folder = new KitFolder(file.getParent(), manifest);
        if (!isManifest(file)) {
            TokenizerCases.check(folder, sink);
            return;
        }
        String kind = manifest.path("kind").asString("");
        for (CaseFamily family : FAMILIES) {
            if (family.covers(kind)) {
                family.check(folder, models, sink);
                return;
            }
        }
        sink.unsupported("", "cases of kind \"" + kind + "\" are not known");
    }

    private static List<Path> find(Path kit) {
        if (!Files.isDirectory(kit)) {
            throw new UserException(
                    "%s is no folder: give the folder of a reference kit".formatted(kit));
        }
        List<Path> found;
        try (Stream<Path> files = Files.walk(kit.toAbsolutePath().normalize(), DEEPEST)) {
            found = files.filter(Conformance::holdsCases).sorted().toList();
        } catch (IOException | UncheckedIOException failure) {
            throw new UserException(
                    "%s cannot be searched: %s".formatted(kit, failure.getMessage()), failure);
        }
        if (found.isEmpty()) {
            throw new UserException(
                    "%s holds no %s and no %s/*.json: give the folder of a reference kit"
                            .formatted(kit, MANIFEST, TOKENIZER));
        }
        return found;
    }

    private static boolean holdsCases(Path file) {
        return isManifest(file)
                || file.getFileName().toString().endsWith(".json")
                        && file.getParent().endsWith(TOKENIZER);
    }

    private static boolean isManifest(Path file) {
        return file.endsWith(MANIFEST);
    }

    /** A manifest is called by its folder, another file by its own name without ending. */
    private static String name(Path kit, Path file) {
        Path root = kit.toAbsolutePath().normalize();
        Path named =
                isManifest(file)
                        ? file.getParent()
                        : file.resolveSibling(
                                file.getFileName().toString().replaceFirst("\\.json$", ""));
        Path relative = root.relativize(named);
        Path shown = relative.toString().isEmpty() ? root.getFileName() : relative;
        return shown == null ? root.toString() : shown.toString().replace('\\', '/');
    }
}
