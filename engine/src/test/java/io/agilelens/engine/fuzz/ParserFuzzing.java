package io.agilelens.engine.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fuzzes the parsers of a module, each in a process with a small heap: first seeds, the kept corpus
 * and random damages, then coverage-guided with Jazzer for {@value #SECONDS} seconds, or for {@code
 * -Dfuzz.minutes} in all. {@code -Dfuzz.input=FILE} with {@code -Dfuzz.target=NAME} runs one input,
 * {@code -Dfuzz.keep=true} adds what a long run reached to the corpus.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ParserFuzzing {
    private static final int SECONDS = 6;
    private static final int RANDOM_INPUTS = 400;
    private static final int HEAP_MEGABYTES = 256;
    private static final int LONGEST_KEPT = 256;

    /** For starting up and for the last input, on a busy machine. */
    private static final int GRACE_SECONDS = 240;

    private static final Path CORPUS = Path.of("src", "test", "resources", "fuzz");
    private static final Path FINDINGS = Path.of("target", "fuzz");

    private final FuzzTargetSource source;
    private final String instrumented;

    @TempDir Path folder;

    /**
     * @param source the module's parsers, which it names as a service, too
     * @param packages whose classes Jazzer watches, with those below them
     */
    protected ParserFuzzing(FuzzTargetSource source, List<String> packages) {
        this.source = source;
        this.instrumented = String.join(":", packages.stream().map(each -> each + ".**").toList());
    }

    /** Their names, or the one that was asked for. */
    protected final Stream<String> targets() {
        String chosen = System.getProperty(JazzerDriver.TARGET, "");
        return source.all().stream()
                .map(FuzzTarget::name)
                .filter(name -> chosen.isEmpty() || chosen.equals(name));
    }

    @ParameterizedTest
    @MethodSource("targets")
    protected final void keepsItsPromisesOnSeedsAndCorpus(String target) throws Exception {
        String input = System.getProperty("fuzz.input", "");
        Path inputs = input.isEmpty() ? corpus(target) : Path.of(input).toAbsolutePath();
        Path work = Files.createDirectory(folder.resolve("work"));
        JavaProgram.Result result =
                new JavaProgram(folder, HEAP_MEGABYTES)
                        .with(CorpusReplay.class.getName(), target, work.toString())
                        .with(inputs.toString(), "" + RANDOM_INPUTS)
                        .run(GRACE_SECONDS);
        assertEquals(0, result.status(), result.tail());
        assertTrue(result.output().contains(CorpusReplay.DONE), result.tail());
    }

    @ParameterizedTest
    @MethodSource("targets")
    protected final void keepsItsPromisesUnderJazzer(String target) throws Exception {
        assumeTrue(System.getProperty("fuzz.input", "").isEmpty(), "one input was asked for");
        long seconds = seconds();
        Path found = Files.createDirectories(FINDINGS.resolve(target).toAbsolutePath());
        Path seeds = Files.createDirectory(folder.resolve("seeds"));
        List<byte[]> generated = FuzzTargetSource.named(target).seeds();
        for (int i = 0; i < generated.size(); i++) {
            Files.write(seeds.resolve("seed-" + i), generated.get(i));
        }
        JavaProgram.Result result =
                jazzer(target)
                        .with("-artifact_prefix=" + found + "/")
                        .with("-max_total_time=" + seconds, "-use_value_profile=1")
                        .with("-seed=" + System.getProperty("fuzz.seed", "1"))
                        .with(grown(target).toString(), corpus(target).toString(), seeds.toString())
                        .run(seconds + GRACE_SECONDS);
        assertEquals(
                0,
                result.status(),
                () ->
                        "the input lies in %s; run it again with -Dfuzz.target=%s -Dfuzz.input=FILE%n%s"
                                .formatted(found, target, result.tail()));
        // Without instrumentation Jazzer runs just as happily and finds nothing.
        assertTrue(result.output().contains(" cov: "), result.tail());
        if (Boolean.getBoolean("fuzz.keep")) {
            keep(target);
        }
    }

    /** Adds to the corpus what a long run found and the corpus does not reach. */
    private void keep(String target) throws Exception {
        JavaProgram.Result result =
                jazzer(target)
                        .with("-merge=1", "-max_len=" + LONGEST_KEPT)
                        .with(corpus(target).toString(), grown(target).toString())
                        .run(GRACE_SECONDS);
        assertEquals(0, result.status(), result.tail());
    }

    private JavaProgram jazzer(String target) {
        return new JavaProgram(folder, HEAP_MEGABYTES)
                .with("-D" + JazzerDriver.TARGET + "=" + target)
                .with("com.code_intelligence.jazzer.Jazzer")
                .with("--target_class=" + JazzerDriver.class.getName())
                .with("--instrumentation_includes=" + instrumented)
                // Its own sanitizers look for faults of web servers.
                .with("--custom_hook_includes=none.**")
                .with("--reproducer_path=" + folder)
                .with("-timeout=20", "-rss_limit_mb=0");
    }

    private long seconds() {
        String minutes = System.getProperty("fuzz.minutes", "");
        return minutes.isEmpty()
                ? SECONDS
                : Math.max(1, (long) (60 * Double.parseDouble(minutes) / targets().count()));
    }

    /** What a long run finds is kept between runs; a short one starts from the corpus alone. */
    private Path grown(String target) throws IOException {
        return Files.createDirectories(
                System.getProperty("fuzz.minutes", "").isEmpty()
                        ? folder.resolve("grown")
                        : FINDINGS.resolve("corpus").resolve(target).toAbsolutePath());
    }

    private static Path corpus(String target) throws IOException {
        return Files.createDirectories(CORPUS.resolve(target).toAbsolutePath());
    }
}
