package io.agilelens.views.attention;

import io.agilelens.engine.evaluate.HeadStatistics;
import io.agilelens.engine.evaluate.LayerDetail;
import io.agilelens.engine.recipe.SoftmaxMethod;
import io.agilelens.engine.recipe.SoftmaxRecipe;
import io.agilelens.views.Comparison;
import io.agilelens.views.workbench.WindowComparison;
import java.util.List;
import java.util.Optional;

/**
 * What the station looks at: one attention head of one layer. Everything on it is drawn from this
 * and nothing else.
 *
 * @param windows the window through both models
 * @param measure what the overview shows of each head
 */
record AttentionLook(
        WindowComparison windows, Comparison comparison, HeadMeasure measure, int layer, int head) {
    private static final int USUAL_BITS = 4;

    int layers() {
        return windows.baseline().heads().size();
    }

    int heads() {
        return windows.baseline().heads().getFirst().size();
    }

    HeadStatistics baseline() {
        return windows.baseline().heads().get(layer).get(head);
    }

    HeadStatistics tuned() {
        return windows.tuned().heads().get(layer).get(head);
    }

    private SoftmaxRecipe softmax() {
        return windows.model().recipe().softmax();
    }

    /** Whether the recipe turns probabilities into powers of two. */
    boolean isLog2() {
        return softmax().method() == SoftmaxMethod.LOG2;
    }

    /** Bits of the recipe's Log2 quantizer; those of the published model if it has none. */
    int bits() {
        return isLog2() ? softmax().bits() : USUAL_BITS;
    }

    /** Heads of a layer of one model. */
    List<HeadStatistics> heads(int ofLayer, boolean ofBaseline) {
        return (ofBaseline ? windows.baseline() : windows.tuned()).heads().get(ofLayer);
    }

    /** The baseline's attention, if it was kept for this layer. */
    Optional<LayerDetail> baselineDetail() {
        return windows.baseline().detail().filter(detail -> detail.layer() == layer);
    }

    /** The tuned model's attention, if it was kept for this layer. */
    Optional<LayerDetail> tunedDetail() {
        return windows.tuned().detail().filter(detail -> detail.layer() == layer);
    }

    boolean hasDetail() {
        return baselineDetail().isPresent() && tunedDetail().isPresent();
    }

    /** Whether two looks show the same overview. */
    boolean sameOverview(AttentionLook other) {
        return other != null
                && windows == other.windows
                && comparison == other.comparison
                && measure == other.measure;
    }

    /** Whether two looks show the same head of the same numbers. */
    boolean sameHead(AttentionLook other) {
        return other != null
                && windows == other.windows
                && comparison == other.comparison
                && layer == other.layer
                && head == other.head;
    }
}
