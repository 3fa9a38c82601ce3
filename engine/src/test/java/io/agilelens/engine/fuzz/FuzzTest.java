package io.agilelens.engine.fuzz;

import java.util.stream.Stream;

/** Fuzzes every parser of the engine. */
class FuzzTest extends ParserFuzzing {
    FuzzTest() {
        super(
                new FuzzTargets(),
                Stream.of("export", "format", "model", "quant", "recipe", "tensor", "tokenizer")
                        .map(room -> "io.agilelens.engine." + room)
                        .toList());
    }
}
