package io.agilelens.engine.tensor;

/**
 * A tensor whose last dimension is multiplied channel by channel: the columns of a matrix {@code
 * [outputs, channels]}, or the elements of a vector {@code [channels]}. Multiplied on the way, so
 * that nothing is kept.
 *
 * @param source what is stored, of floats
 * @param factors one a channel; read only
 */
public record ChannelScaled(Tensor source, float[] factors) implements Tensor {

    public ChannelScaled {
        long[] shape = source.shape();
        if (shape.length == 0 || shape[shape.length - 1] != factors.length || !source.isFloat()) {
            throw new IllegalArgumentException(
                    "tensor %s does not have %d channels of floats"
                            .formatted(source.name(), factors.length));
        }
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public long[] shape() {
        return source.shape();
    }

    @Override
    public String storage() {
        return source.storage();
    }

    @Override
    public long bytes() {
        return source.bytes();
    }

    @Override
    public boolean isFloat() {
        return true;
    }

    @Override
    public void widen(long first, float[] target, int offset, int count) {
        source.widen(first, target, offset, count);
        int channel = (int) (first % factors.length);
        for (int i = offset; i < offset + count; i++) {
            target[i] *= factors[channel];
            channel = channel + 1 == factors.length ? 0 : channel + 1;
        }
    }
}
