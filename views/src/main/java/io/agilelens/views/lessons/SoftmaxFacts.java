package io.agilelens.views.lessons;

import io.agilelens.engine.evaluate.HeadStatistics;
import io.agilelens.engine.evaluate.LayerDetail;
import io.agilelens.engine.evaluate.WindowAnalysis;
import io.agilelens.engine.quant.Log2Quantizer;
import io.agilelens.engine.quant.UnitQuantizer;
import io.agilelens.engine.tensor.Matrix;
import io.agilelens.views.TokenNames;
import io.agilelens.views.workbench.WindowComparison;
import java.util.List;

/** What uniform steps and powers of two leave of attention probabilities. */
final class SoftmaxFacts {
    private static final int BITS = 4;
    private static final int FEW_BITS = 3;

    /** Losses that differ by less than this share count as alike. */
    private static final double ALIKE = 1e-4;

    private SoftmaxFacts() {}

    static Facts of(LessonState state) {
        Facts.Builder facts = new Facts.Builder();
        WindowComparison windows = state.comparison().orElseThrow();
        HeadStatistics head = widest(windows.baseline());
        Log2Quantizer log2 = new Log2Quantizer(BITS);
        facts.whole("tokens", windows.tokens().size())
                .word("gain", "shift")
                .whole("layer", head.layer())
                .whole("head", head.head())
                .percent("start", head.startAttention())
                .number("entropy", head.entropy(), "bits")
                .whole("bits", BITS)
                .whole("few", FEW_BITS)
                .number("uniform.step", new UnitQuantizer(BITS).apply(1f / ((1 << BITS) - 1)))
                .number("uniform.half", 0.5 / ((1 << BITS) - 1))
                .whole("rungs", log2.largestCode())
                .number("least", Math.scalb(1.0, -log2.largestCode()))
                .whole("few.rungs", (1 << FEW_BITS) - 1)
                .percent("lost", head.lostMass(BITS))
                .percent("few.lost", head.lostMass(FEW_BITS));
        windows.baseline()
                .detail()
                .filter(detail -> detail.layer() == head.layer())
                .ifPresent(detail -> tell(facts, windows, detail, head));
        return facts.build();
    }

    /** The head that looks most widely about: many small probabilities. */
    private static HeadStatistics widest(WindowAnalysis analysis) {
        HeadStatistics widest = null;
        for (List<HeadStatistics> layer : analysis.heads()) {
            for (HeadStatistics head : layer) {
                if (widest == null || head.entropy() > widest.entropy()) {
                    widest = head;
                }
            }
        }
        return widest;
    }

    private static void tell(
            Facts.Builder facts,
            WindowComparison windows,
            LayerDetail detail,
            HeadStatistics head) {
        Matrix attention = detail.attention().get(head.head());
        double uniform = lost(attention);
        facts.percent("uniform.lost", uniform)
                .word(
                        "keeps",
                        Math.abs(uniform - head.lostMass(BITS)) < ALIKE
                                ? "alike"
                                : uniform > head.lostMass(BITS) ? "log2" : "uniform");
        int query = attention.rows() - 1;
        int key = example(attention, query);
        float probability = attention.get(query, key);
        int exponent = Log2Quantizer.exponent(probability);
        facts.whole("query", detail.positions()[query])
                .word("query.name", "token", name(windows, detail.positions()[query]))
                .word("key.name", "token", name(windows, detail.positions()[key]))
                .number("probability", probability)
                .whole("exponent", exponent)
                .number("rounded", new Log2Quantizer(BITS).apply(probability))
                .number("rounded.uniform", new UnitQuantizer(BITS).apply(probability));
    }

    private static String name(WindowComparison windows, int position) {
        return "“" + TokenNames.visible(windows.tokens().get(position)) + "”";
    }

    /** Share of the probability that uniform steps of four bits turn into 0. */
    private static double lost(Matrix attention) {
        UnitQuantizer uniform = new UnitQuantizer(BITS);
        double lost = 0;
        double all = 0;
        for (int query = 0; query < attention.rows(); query++) {
            for (int key = 0; key <= query && key < attention.columns(); key++) {
                float probability = attention.get(query, key);
                all += probability;
                lost += uniform.apply(probability) == 0 ? probability : 0;
            }
        }
        return lost / all;
    }

    /**
     * A key whose probability is nothing special: above nought on the ladder, below the first
     * uniform step if there is one such, and well between two roundings.
     */
    private static int example(Matrix attention, int query) {
        int best = 0;
        double bestScore = Double.POSITIVE_INFINITY;
        for (int key = 0; key < attention.columns() && key <= query; key++) {
            double p = attention.get(query, key);
            if (p > 0) {
                double bits = -Math.log(p) / Math.log(2);
                double unclear = Math.abs(bits - Math.rint(bits));
                // About 2^-6 is lost by uniform steps and kept by powers of two.
                double score = Math.abs(bits - 6) + 4 * unclear;
                if (score < bestScore) {
                    bestScore = score;
                    best = key;
                }
            }
        }
        return best;
    }
}
