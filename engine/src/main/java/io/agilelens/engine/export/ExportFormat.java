package io.agilelens.engine.export;

import io.agilelens.engine.format.gguf.GgufType;
import java.util.Locale;
import java.util.Optional;

/** What a tuned model can be written as. */
public sealed interface ExportFormat {

    /** Everything the recipe says, for this program. */
    record Native() implements ExportFormat {
        @Override
        public String id() {
            return "native";
        }
    }

    /** AutoAWQ's gemm layout. */
    record Awq() implements ExportFormat {
        @Override
        public String id() {
            return "awq";
        }
    }

    /**
     * GPTQ's layout.
     *
     * @param version 1 stores zero points less one, 2 as they are
     */
    record Gptq(int version) implements ExportFormat {
        public Gptq {
            if (version != 1 && version != 2) {
                throw new IllegalArgumentException("GPTQ's layout has versions 1 and 2");
            }
        }

        @Override
        public String id() {
            return "gptq";
        }
    }

    /**
     * compressed-tensors.
     *
     * @param layout empty to take {@link Layout#INT_QUANTIZED} where weights are 8 bits a row and
     *     activations are quantized in a way that it can say, else {@link Layout#PACK_QUANTIZED}
     */
    record CompressedTensors(Optional<Layout> layout) implements ExportFormat {
        @Override
        public String id() {
            return "compressed-tensors";
        }
    }

    /** How compressed-tensors stores codes. */
    enum Layout {
        /** Several codes in a 32-bit word; activations stay float. */
        PACK_QUANTIZED,
        /** A byte a code; activations may be quantized. */
        INT_QUANTIZED;

        /** As the format spells it. */
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * One GGUF file.
     *
     * @param type of the quantized linears; empty for the one that is nearest to the recipe
     */
    record Gguf(Optional<GgufType> type) implements ExportFormat {
        @Override
        public String id() {
            return "gguf";
        }
    }

    /** As commands spell it. */
    String id();

    /** Whether it is a folder, otherwise a file. */
    default boolean isFolder() {
        return !(this instanceof Gguf);
    }
}
