package io.agilelens.engine.evaluate;

import io.agilelens.engine.model.Site;
import io.agilelens.engine.tensor.Matrix;
import java.util.List;
import java.util.Map;

/**
 * Everything one layer computed for one window. Read only.
 *
 * @param before activations at each site but {@link Site#SOFTMAX}, before quantization, {@code
 *     [tokens, channels]}
 * @param after the same after quantization; the same matrix where there is none
 * @param attention probabilities of each head before quantization, {@code [queries, keys]}, zeros
 *     in the future
 * @param quantizedAttention the same after quantization
 * @param positions position in the window of each token that entered the layer
 */
public record LayerDetail(
        int layer,
        Map<Site, Matrix> before,
        Map<Site, Matrix> after,
        List<Matrix> attention,
        List<Matrix> quantizedAttention,
        int[] positions) {}
