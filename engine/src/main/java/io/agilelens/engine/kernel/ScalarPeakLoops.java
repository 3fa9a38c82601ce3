package io.agilelens.engine.kernel;

/** {@link PeakLoops} in scalar code, which does not fuse the addition. */
final class ScalarPeakLoops implements PeakLoops {

    @Override
    public int multiplicationsPerStep() {
        return 8;
    }

    @Override
    public float multiplyAdd(int steps, float factor) {
        float a = 1;
        float b = 2;
        float c = 3;
        float d = 4;
        float e = 5;
        float f = 6;
        float g = 7;
        float h = 8;
        for (int i = 0; i < steps; i++) {
            a = a * factor + 1;
            b = b * factor + 1;
            c = c * factor + 1;
            d = d * factor + 1;
            e = e * factor + 1;
            f = f * factor + 1;
            g = g * factor + 1;
            h = h * factor + 1;
        }
        return a + b + c + d + e + f + g + h;
    }

    @Override
    public float sum(float[] x, int from, int to) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = from;
        for (; i < to - 3; i += 4) {
            a += x[i];
            b += x[i + 1];
            c += x[i + 2];
            d += x[i + 3];
        }
        for (; i < to; i++) {
            a += x[i];
        }
        return a + b + c + d;
    }
}
