package io.agilelens.app.fuzz;

import io.agilelens.engine.fuzz.ParserFuzzing;
import java.util.List;

/** Fuzzes the readers of the program's own documents. */
class FuzzTest extends ParserFuzzing {
    FuzzTest() {
        super(
                new DocumentTargets(),
                List.of(
                        "io.agilelens.app.bench",
                        "io.agilelens.app.session",
                        "io.agilelens.engine.format",
                        "io.agilelens.engine.recipe"));
    }
}
