package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is joined fits into its accumulator, and what is not keeps its segments. */
class SegmentJoiningTest {
    private static final int ROWS = VectorSupport.tileRows();
    private static final int INPUTS = 96;
    private static final int OUTPUTS = 40;

    private static SegmentJoining joining(int bits) {
        return joining(Multiplier.PAIR, ROWS, bits);
    }

    private static SegmentJoining joining(Multiplier multiplier, int rows, int bits) {
        SegmentSums sums =
                WidthTemplate.instantiate(SegmentSums.class, SegmentSumsTemplate.class, bits);
        return new SegmentJoining(multiplier, sums, rows);
    }

    /** Three groups of four runs with shifts 0 to 3. */
    private static Segments segments(byte[] values) {
        return segments(values, Multiplier.PAIR.capacity(4));
    }

    private static Segments segments(byte[] values, long capacity) {
        int[] starts = new int[13];
        int[] groups = new int[12];
        int[] shifts = new int[12];
        for (int run = 0; run < 12; run++) {
            starts[run + 1] = (run + 1) * 8;
            groups[run] = run / 4;
            shifts[run] = run % 4;
        }
        return Segments.of(
                values,
                new byte[OUTPUTS * 3],
                OUTPUTS,
                starts,
                groups,
                shifts,
                capacity,
                SegmentMultiplication.SLICE);
    }

    /** {@code [inputs, rows]} of codes, each at the shift of its segment. */
    private static float[] tile(Segments segments, int[][] codes) {
        int rows = codes.length;
        float[] tile = new float[INPUTS * rows];
        for (int i = 0; i < INPUTS; i++) {
            for (int t = 0; t < rows; t++) {
                tile[i * rows + t] = codes[t][i] * segments.inputFactors()[i];
            }
        }
        return tile;
    }

    private static int[][] codes(KernelInputs inputs, int largest) {
        return codes(inputs, ROWS, largest);
    }

    private static int[][] codes(KernelInputs inputs, int rows, int largest) {
        int[][] codes = new int[rows][INPUTS];
        for (int[] row : codes) {
            byte[] bytes = inputs.bytes(INPUTS, -largest, largest);
            Arrays.setAll(row, i -> bytes[i]);
        }
        return codes;
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 256, 512})
    void smallActivationsGoThroughAGroupAtOnce(int bits) {
        KernelInputs inputs = new KernelInputs(1);
        Segments segments = segments(inputs.bytes(OUTPUTS * INPUTS, -8, 7));
        assertTrue(segments.count() > 3, "groups are cut");
        float[] tile = tile(segments, codes(inputs, 1));
        int[] ends = new int[segments.count()];
        joining(bits).join(segments, 0, segments.count(), tile, 0, ends, 0);
        int units = 0;
        for (int unit = 0; unit < segments.count(); unit = ends[unit]) {
            units++;
        }
        assertEquals(3, units);
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 256, 512})
    void aRowOfOutliersKeepsTheSegmentsOfItsGroup(int bits) {
        KernelInputs inputs = new KernelInputs(2);
        Segments segments = segments(inputs.bytes(OUTPUTS * INPUTS, -8, 7));
        int[][] codes = codes(inputs, 1);
        Arrays.fill(codes[ROWS - 1], 32, 64, -8);
        float[] tile = tile(segments, codes);
        float[] before = tile.clone();
        int[] ends = new int[segments.count()];
        joining(bits).join(segments, 0, segments.count(), tile, 0, ends, 0);
        for (int s = 0; s < segments.count(); s++) {
            if (segments.groups()[s] == 1) {
                assertEquals(s + 1, ends[s]);
                int from = segments.starts()[s] * ROWS;
                int to = segments.starts()[s + 1] * ROWS;
                assertArrayEquals(
                        Arrays.copyOfRange(before, from, to), Arrays.copyOfRange(tile, from, to));
            }
        }
    }

    /** Recomputed with integers, input by input, for every row and output. */
    @ParameterizedTest
    @CsvSource({
        "128, 1", "128, 3", "128, 8", "256, 1", "256, 2", "256, 4", "256, 8", "512, 1", "512, 2",
        "512, 3", "512, 5", "512, 8"
    })
    void noSumNorAnyPartOfItOverflowsAndNoShiftIsLost(int bits, int largest) {
        for (int seed = 0; seed < 20; seed++) {
            KernelInputs inputs = new KernelInputs(seed);
            byte[] values = inputs.bytes(OUTPUTS * INPUTS, -8, 7);
            Segments segments = segments(values);
            int[][] codes = codes(inputs, largest);
            float[] tile = tile(segments, codes);
            int[] ends = new int[segments.count()];
            joining(bits).join(segments, 0, segments.count(), tile, 0, ends, 0);
            int next;
            for (int unit = 0; unit < segments.count(); unit = next) {
                next = ends[unit];
                assertTrue(next > unit && segments.groups()[next - 1] == segments.groups()[unit]);
                int shift = segments.shifts()[segments.lowest(unit, next)];
                for (int t = 0; t < ROWS; t++) {
                    for (int o = 0; o < OUTPUTS; o++) {
                        long sum = 0;
                        for (int i = segments.starts()[unit]; i < segments.starts()[next]; i++) {
                            long x = (long) tile[i * ROWS + t];
                            assertEquals(codes[t][i] << i % 32 / 8, x << shift);
                            sum += x * values[o * INPUTS + i];
                            assertTrue(Math.abs(sum) <= 2047, "seed " + seed + ": " + sum);
                        }
                    }
                }
            }
        }
    }

    /** Parts of a sum may overflow there: integers come back. */
    @ParameterizedTest
    @CsvSource({"128, 127", "128, 30", "256, 30", "256, 127", "512, 60", "512, 10", "512, 127"})
    void sumsOfShortIntegersFit(int bits, int largest) {
        int rows = VectorSupport.shortTileRows();
        int joined = 0;
        for (int seed = 0; seed < 20; seed++) {
            KernelInputs inputs = new KernelInputs(seed);
            byte[] values = inputs.bytes(OUTPUTS * INPUTS, -8, 7);
            Segments segments = segments(values, Multiplier.SHORT.capacity(8));
            int[][] codes = codes(inputs, rows, largest);
            float[] tile = tile(segments, codes);
            int[] ends = new int[segments.count()];
            joining(Multiplier.SHORT, rows, bits).join(segments, 0, ends.length, tile, 0, ends, 0);
            int next;
            for (int unit = 0; unit < segments.count(); unit = next) {
                next = ends[unit];
                joined += next - unit - 1;
                int shift = segments.shifts()[segments.lowest(unit, next)];
                for (int t = 0; t < rows; t++) {
                    for (int o = 0; o < OUTPUTS; o++) {
                        long sum = 0;
                        for (int i = segments.starts()[unit]; i < segments.starts()[next]; i++) {
                            long x = (long) tile[i * rows + t];
                            assertEquals(codes[t][i] << i % 32 / 8, x << shift);
                            sum += x * values[o * INPUTS + i];
                        }
                        assertEquals((short) sum, sum, "seed " + seed);
                    }
                }
            }
        }
        assertEquals(largest <= 30, joined > 0, "segments of small activations are joined");
    }
}
