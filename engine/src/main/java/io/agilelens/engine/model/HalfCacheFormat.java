package io.agilelens.engine.model;

import io.agilelens.engine.kernel.CachePrecision;
import io.agilelens.engine.kernel.Workers;

/**
 * Keys and values in half precision, which kernels read as they are.
 *
 * @param width numbers of a row, {@link ModelConfig#keyValueWidth()}
 */
public record HalfCacheFormat(int width) implements CacheFormat {

    @Override
    public int rowBytes() {
        return width * CachePrecision.HALF.bytes();
    }

    @Override
    public void round(float[] rows, int count) {
        Workers.shared()
                .forRanges(
                        count * width,
                        Workers.grain(1),
                        (from, to) -> {
                            for (int i = from; i < to; i++) {
                                rows[i] = CachePrecision.HALF.round(rows[i]);
                            }
                        });
    }
}
