package io.agilelens.engine.quant;

import io.agilelens.engine.model.CodedCacheFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Keeps keys and values as codes: each token and head has a scale and a zero point, found when the
 * token is seen, from the smallest to the largest number with zero in the range (METHOD §2.1's
 * unsigned quantizer). A row holds, head after head, a little-endian float32 scale, a byte of zero
 * point and the codes, bit after bit, lowest first.
 *
 * @param bits 2…8
 * @param headDimension numbers that share a scale
 * @param heads key/value heads
 */
public record CacheQuantizer(int bits, int headDimension, int heads) implements CodedCacheFormat {
    private static final int HEADER = Float.BYTES + 1;

    public CacheQuantizer {
        if (bits < 2 || bits > 8) {
            throw new IllegalArgumentException("bits must lie in 2…8, not " + bits);
        }
    }

    @Override
    public int rowBytes() {
        return heads * headBytes();
    }

    private int headBytes() {
        return HEADER + (headDimension * bits + 7) / 8;
    }

    private AffineQuantizer quantizer(float[] rows, int first) {
        float low = 0;
        float high = 0;
        for (int i = first; i < first + headDimension; i++) {
            low = Math.min(low, rows[i]);
            high = Math.max(high, rows[i]);
        }
        return AffineQuantizer.fit(low, high, range());
    }

    private IntegerRange range() {
        return new IntegerRange(bits, false);
    }

    @Override
    public void encode(float[] rows, int count, byte[] target, int firstRow) {
        ByteBuffer bytes = ByteBuffer.wrap(target).order(ByteOrder.LITTLE_ENDIAN);
        for (int block = 0; block < count * heads; block++) {
            int first = block * headDimension;
            int at = (firstRow * heads + block) * headBytes();
            AffineQuantizer quantizer = quantizer(rows, first);
            bytes.putFloat(at, quantizer.scale());
            bytes.put(at + Float.BYTES, (byte) quantizer.zero());
            int pending = 0;
            int held = 0;
            int place = at + HEADER;
            for (int i = first; i < first + headDimension; i++) {
                pending |= quantizer.encode(rows[i]) << held;
                held += bits;
                if (held >= 8) {
                    target[place++] = (byte) pending;
                    pending >>>= 8;
                    held -= 8;
                }
            }
            if (held > 0) {
                target[place] = (byte) pending;
            }
        }
    }

    @Override
    public void decode(byte[] source, int count, float[] rows) {
        ByteBuffer bytes = ByteBuffer.wrap(source).order(ByteOrder.LITTLE_ENDIAN);
        int mask = (1 << bits) - 1;
        for (int block = 0; block < count * heads; block++) {
            int at = block * headBytes();
            int zero = source[at + Float.BYTES] & 0xff;
            var quantizer = new AffineQuantizer(bytes.getFloat(at), zero, range());
            int pending = 0;
            int held = 0;
            int place = at + HEADER;
            int first = block * headDimension;
            for (int i = first; i < first + headDimension; i++) {
                if (held < bits) {
                    pending |= (source[place++] & 0xff) << held;
                    held += 8;
                }
                rows[i] = quantizer.decode(pending & mask);
                pending >>>= bits;
                held -= bits;
            }
        }
    }

    @Override
    public void round(float[] rows, int count) {
        for (int block = 0; block < count * heads; block++) {
            int first = block * headDimension;
            AffineQuantizer quantizer = quantizer(rows, first);
            for (int i = first; i < first + headDimension; i++) {
                rows[i] = quantizer.apply(rows[i]);
            }
        }
    }
}
