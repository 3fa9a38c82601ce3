package io.agilelens.engine.format.gguf;

import io.agilelens.engine.tensor.BlockType;

/** The numbers of block types in files, and their names in ggml's functions. */
final class GgufTypes {
    private GgufTypes() {}

    static int code(BlockType type) {
        return switch (type) {
            case Q4_0 -> 2;
            case Q4_1 -> 3;
            case Q5_0 -> 6;
            case Q5_1 -> 7;
            case Q8_0 -> 8;
            case Q2_K -> 10;
            case Q3_K -> 11;
            case Q4_K -> 12;
            case Q5_K -> 13;
            case Q6_K -> 14;
        };
    }

    static String ggmlName(BlockType type) {
        return type.name().replace('Q', 'q');
    }
}
