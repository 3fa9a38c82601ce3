package io.agilelens.views.workbench;

import io.agilelens.engine.evaluate.OperatorProfile;
import io.agilelens.engine.evaluate.generate.PassBenchmark;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;

/**
 * Speed of whole passes of a model in several arithmetics, measured in the same rounds, and where
 * their time goes.
 *
 * @param prompt tokens of the prompt
 * @param tokens tokens behind it, one at a time
 * @param rows the float model first
 * @param isShort whether further arithmetics were left out, for they have no room in memory
 * @param machine whose vectors and threads they ran on
 * @param measured when it was finished
 */
public record PassReport(
        int prompt,
        int tokens,
        List<Row> rows,
        boolean isShort,
        Machine machine,
        LocalDateTime measured) {

    public PassReport {
        rows = List.copyOf(rows);
    }

    /**
     * What passes ran on.
     *
     * @param vectorBits width of the vectors, 0 for scalar code
     * @param threads threads that ran at once
     */
    public record Machine(int vectorBits, int threads) {}

    /** What was measured in an arithmetic, if it was. */
    public Optional<Row> row(String name) {
        return rows.stream().filter(each -> each.name().equals(name)).findFirst();
    }

    /**
     * One arithmetic.
     *
     * @param name for a person to read
     * @param ofRecipe whether it is the recipe that was in force
     * @param speeds round by round
     * @param prefill of a prompt at once, on one thread
     * @param decode of single tokens behind it, on one thread
     */
    public record Row(
            String name,
            boolean ofRecipe,
            PassBenchmark.Speeds speeds,
            OperatorProfile prefill,
            OperatorProfile decode) {}
}
