package io.agilelens.app.command;

import java.util.List;
import java.util.Optional;

/**
 * What other engines reached on the machine that this project began on, for comparison by ratio:
 * prefill of 512 tokens is scaled by the machines' multiply-add peaks, decoding of 64 tokens by
 * their memory bandwidths. Medians of alternating rounds on LLaMA shapes with random weights.
 */
final class PeerFigures {
    /** 10^9 multiply-accumulates a second and thread. */
    private static final double PEAK = 50.7;

    /** 10^9 bytes a second, of one thread or two together: measured as 24 to 26. */
    private static final double BANDWIDTH = 25;

    /** llama.cpp built for the machine's own processor. */
    static final String LLAMA_CPP = "llama.cpp";

    static final String LLAMA3_JAVA = "llama3.java";

    /**
     * @param size {@code 110m} or {@code 1.1b}
     * @param type of the weights, by GGUF's names
     * @param prefill tokens a second
     * @param decode tokens a second
     */
    record Figure(
            String engine, String size, String type, int threads, double prefill, double decode) {}

    static final List<Figure> ALL =
            List.of(
                    new Figure(LLAMA_CPP, "110m", "F16", 1, 472, 69),
                    new Figure(LLAMA_CPP, "110m", "Q8_0", 1, 356, 97),
                    new Figure(LLAMA_CPP, "110m", "Q4_0", 1, 380, 164),
                    new Figure(LLAMA_CPP, "110m", "F16", 2, 704, 95),
                    new Figure(LLAMA_CPP, "110m", "Q8_0", 2, 656, 166),
                    new Figure(LLAMA_CPP, "110m", "Q4_0", 2, 773, 279),
                    new Figure(LLAMA_CPP, "1.1b", "F16", 2, 74, 12.9),
                    new Figure(LLAMA_CPP, "1.1b", "Q8_0", 2, 54, 21),
                    new Figure(LLAMA_CPP, "1.1b", "Q4_0", 2, 58, 36),
                    new Figure(LLAMA3_JAVA, "110m", "F16", 1, 53, 42),
                    new Figure(LLAMA3_JAVA, "110m", "Q8_0", 1, 48, 38),
                    new Figure(LLAMA3_JAVA, "110m", "Q4_0", 1, 55, 49),
                    new Figure(LLAMA3_JAVA, "110m", "F16", 2, 85, 57),
                    new Figure(LLAMA3_JAVA, "110m", "Q8_0", 2, 91, 75),
                    new Figure(LLAMA3_JAVA, "110m", "Q4_0", 2, 99, 82),
                    new Figure(LLAMA3_JAVA, "1.1b", "F16", 2, 9, 8.3),
                    new Figure(LLAMA3_JAVA, "1.1b", "Q8_0", 2, 9, 8.9),
                    new Figure(LLAMA3_JAVA, "1.1b", "Q4_0", 2, 10, 9.6));

    private PeerFigures() {}

    /**
     * The figure of as many threads; where there are more than were measured, of the most.
     *
     * @return empty if there is none for this model
     */
    static Optional<Figure> of(String engine, String size, String type, int threads) {
        return ALL.stream()
                .filter(figure -> figure.engine().equals(engine))
                .filter(figure -> figure.size().equals(size) && figure.type().equals(type))
                .filter(figure -> figure.threads() <= threads)
                .max((a, b) -> Integer.compare(a.threads(), b.threads()));
    }

    /**
     * What the peer's prefill would be here.
     *
     * @param gigaFlops the peak of all threads here, a multiply-add counting two
     */
    static double prefillHere(Figure figure, double gigaFlops) {
        return figure.prefill() * gigaFlops / (2 * PEAK * figure.threads());
    }

    /** What the peer's decoding would be here. */
    static double decodeHere(Figure figure, double gigabytesPerSecond) {
        return figure.decode() * gigabytesPerSecond / BANDWIDTH;
    }
}
