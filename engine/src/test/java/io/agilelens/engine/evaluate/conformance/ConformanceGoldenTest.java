package io.agilelens.engine.evaluate.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.Golden;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The whole reference kit. */
class ConformanceGoldenTest {

    /** Folder of a family, and how many of its cases pass at least. */
    private static final Map<String, Integer> PASSES =
            Map.ofEntries(
                    Map.entry("goldens/stories260k", 22),
                    Map.entry("goldens/tiny-llama3", 22),
                    Map.entry("goldens/tiny-opt", 44),
                    Map.entry("goldens/tiny-bloom", 22),
                    Map.entry("tokenizer/", 25),
                    Map.entry("quant/trip/", 240),
                    Map.entry("quant/log2", 9),
                    Map.entry("quant/uniform", 72),
                    Map.entry("quant/prune/", 60),
                    Map.entry("quant/gptq/", 90),
                    Map.entry("quant/awq/", 79),
                    Map.entry("ppl", 40));

    @Test
    void everyCaseThatThisVersionKnowsPasses() {
        List<CaseResult> heard = new ArrayList<>();
        ConformanceReport report =
                Conformance.run(
                        Golden.root(),
                        KernelProvider.current().kernels(),
                        heard::add,
                        Progress.NONE,
                        Cancellation.never());
        assertEquals(report.results(), heard);
        assertEquals(
                List.of(),
                heard.stream().filter(result -> result.outcome() == Outcome.FAIL).toList());
        PASSES.forEach(
                (folder, least) -> {
                    long passed =
                            heard.stream()
                                    .filter(result -> result.name().startsWith(folder))
                                    .filter(result -> result.outcome() == Outcome.PASS)
                                    .count();
                    assertTrue(passed >= least, folder + ": only " + passed + " pass");
                });
        assertTrue(report.conforms(true));
    }
}
