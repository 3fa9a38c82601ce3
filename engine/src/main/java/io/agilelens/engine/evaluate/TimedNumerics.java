package io.agilelens.engine.evaluate;

import io.agilelens.engine.evaluate.OperatorProfile.Clock;
import io.agilelens.engine.evaluate.OperatorProfile.Operator;
import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.CacheFormat;
import io.agilelens.engine.model.CodedCacheFormat;
import io.agilelens.engine.model.HalfCacheFormat;
import io.agilelens.engine.model.LinearOperator;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.ProbabilityBlock;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.SiteTransform;
import io.agilelens.engine.model.SoftmaxTransform;
import java.util.Optional;

/** A model's arithmetic with a clock beside each part. */
final class TimedNumerics implements Numerics {
    private final Numerics numerics;
    private final Clock clock;

    TimedNumerics(Numerics numerics, Clock clock) {
        this.numerics = numerics;
        this.clock = clock;
    }

    @Override
    public LinearOperator linear(int layer, LinearRole role) {
        return timed(numerics.linear(layer, role));
    }

    @Override
    public Optional<LinearOperator> inputProjection() {
        return numerics.inputProjection().map(this::timed);
    }

    @Override
    public Optional<LinearOperator> outputProjection() {
        return numerics.outputProjection().map(this::timed);
    }

    @Override
    public LinearOperator head() {
        return timed(numerics.head());
    }

    private LinearOperator timed(LinearOperator linear) {
        return new LinearOperator() {
            @Override
            public int inputs() {
                return linear.inputs();
            }

            @Override
            public int outputs() {
                return linear.outputs();
            }

            @Override
            public long bytes() {
                return linear.bytes();
            }

            @Override
            public void apply(Activation input, float[] output) {
                long start = System.nanoTime();
                linear.apply(input, output);
                clock.add(Operator.LINEAR, start);
            }
        };
    }

    @Override
    public SiteTransform site(int layer, Site site) {
        SiteTransform transform = numerics.site(layer, site);
        return (values, marks, workspace) -> {
            long start = System.nanoTime();
            Activation transformed = transform.apply(values, marks, workspace);
            clock.add(Operator.QUANTIZATION, start);
            return transformed;
        };
    }

    @Override
    public Optional<CacheFormat> cacheFormat() {
        return numerics.cacheFormat().map(this::timed);
    }

    /** Half precision has no clock of its own: the kernels read it as it is. */
    private CacheFormat timed(CacheFormat format) {
        return switch (format) {
            case HalfCacheFormat half -> half;
            case CodedCacheFormat coded -> timed(coded);
        };
    }

    private CodedCacheFormat timed(CodedCacheFormat format) {
        return new CodedCacheFormat() {
            @Override
            public int rowBytes() {
                return format.rowBytes();
            }

            @Override
            public void encode(float[] rows, int count, byte[] target, int firstRow) {
                long start = System.nanoTime();
                format.encode(rows, count, target, firstRow);
                clock.add(Operator.QUANTIZATION, start);
            }

            @Override
            public void decode(byte[] source, int count, float[] rows) {
                long start = System.nanoTime();
                format.decode(source, count, rows);
                clock.add(Operator.QUANTIZATION, start);
            }

            @Override
            public void round(float[] rows, int count) {
                long start = System.nanoTime();
                format.round(rows, count);
                clock.add(Operator.QUANTIZATION, start);
            }
        };
    }

    @Override
    public SoftmaxTransform softmax(int layer) {
        SoftmaxTransform transform = numerics.softmax(layer);
        return new SoftmaxTransform() {
            @Override
            public void apply(ProbabilityBlock block) {
                long start = System.nanoTime();
                transform.apply(block);
                clock.add(Operator.QUANTIZATION, start);
            }

            @Override
            public Optional<float[]> valueScales(int heads, int headDimension) {
                return transform.valueScales(heads, headDimension);
            }
        };
    }
}
