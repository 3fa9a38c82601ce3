package io.agilelens.engine.calibrate;

import io.agilelens.engine.model.Site;
import io.agilelens.engine.quant.ActivationQuantizer;
import io.agilelens.engine.quant.TripFit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Quantizers of activations, by layer; sites that are not in the maps stay float.
 *
 * @param quantizers of tokens without a mark
 * @param marked of marked tokens, where these have fewer bits
 * @param tripFits why TRIP chose its exponents
 */
record FittedActivations(
        List<Map<Site, ActivationQuantizer>> quantizers,
        List<Map<Site, ActivationQuantizer>> marked,
        List<Map<Site, TripFit>> tripFits) {

    /** Nothing is quantized. */
    static FittedActivations none(int layers) {
        return new FittedActivations(maps(layers), maps(layers), maps(layers));
    }

    private static <T> List<Map<Site, T>> maps(int layers) {
        return Stream.<Map<Site, T>>generate(() -> new EnumMap<>(Site.class))
                .limit(layers)
                .toList();
    }
}
