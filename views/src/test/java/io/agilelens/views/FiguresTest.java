package io.agilelens.views;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FiguresTest {

    @Test
    void numbersHaveFourDigitsAndARealMinus() {
        assertEquals("41.21", Figures.number(41.2087));
        assertEquals("−0.25", Figures.number(-0.25));
        assertEquals("1234000", Figures.number(1234321));
        assertEquals("1.234e−5", Figures.number(1.2341e-5));
        assertEquals("1e7", Figures.number(1e7));
        assertEquals("0", Figures.number(-0.0));
        assertEquals("–", Figures.number(Double.NaN));
        assertEquals("∞", Figures.number(Double.POSITIVE_INFINITY));
        assertEquals("3 ms", Figures.number(3, "ms"));
    }

    @Test
    void numbersSideBySideHaveTheSameDecimals() {
        assertEquals(List.of("54.70", "56.99"), Figures.alike(54.7, 56.9876));
        assertEquals(List.of("95.3", "104.6"), Figures.alike(95.31, 104.62));
        assertEquals(List.of("9.9", "999.9"), Figures.alike(9.94, 999.94));
        assertEquals(List.of("10", "1000"), Figures.alike(9.96, 999.96));
        assertEquals(List.of("0.00000", "−0.04510"), Figures.alike(0, -0.0451));
        assertEquals(List.of("–", "54.70"), Figures.alike(Double.NaN, 54.7));
        assertEquals("54.70", Figures.fourDigits(54.7));
        assertEquals("0", Figures.fourDigits(0));
    }

    @Test
    void theSameDecimalsHideNoSmallNumber() {
        assertEquals(List.of("0.0451", "122.5"), Figures.alike(0.0451, 122.5));
        assertEquals(List.of("3.2", "25000"), Figures.alike(3.2, 25_000));
        assertEquals(List.of("1e−9", "2.5e−9"), Figures.alike(1e-9, 2.5e-9));
    }

    @Test
    void standardErrorsHaveTwoDigits() {
        assertEquals("54.70 ± 2.1", Figures.withError(54.7, 2.1456));
        assertEquals("2.702 ± 0.065", Figures.withError(2.702, 0.0649));
        assertEquals("2.0", Figures.error(1.9999));
        assertEquals("124", Figures.error(123.7));
        assertEquals("54.70", Figures.withError(54.7, Double.NaN));
        assertEquals("83.7 %", Figures.percent(0.8373));
        assertEquals("100 %", Figures.percent(1));
    }

    @Test
    void sizesThatAreComparedHaveOneUnit() {
        Figures.ByteUnit unit = Figures.ByteUnit.of(LongStream.of(3_145_728, 909_312));
        assertEquals("888 KiB", unit.text(909_312));
        assertEquals("3072 KiB", unit.text(3_145_728));
        Figures.ByteUnit large =
                Figures.ByteUnit.of(LongStream.of(13_500_000_000L, 3_780_000_000L));
        assertEquals("3.52 GiB", large.text(3_780_000_000L));
        assertEquals("12.57 GiB", large.text(13_500_000_000L));
        assertEquals("512 B", Figures.ByteUnit.of(LongStream.of(512)).text(512));
        assertEquals("B", Figures.ByteUnit.of(LongStream.empty()).name());
    }

    @Test
    void everyNumberIsReadBackWithinHalfOfItsFourthDigit() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            double value = random.nextGaussian() * Math.pow(10, random.nextInt(24) - 12);
            double read = Double.parseDouble(Figures.number(value).replace('−', '-'));
            assertTrue(Math.abs(read - value) <= Math.abs(value) * 5.001e-4, value + " → " + read);
        }
    }

    @Test
    void differencesCarryTheirSign() {
        assertEquals("+1.8", Figures.signed(1.8));
        assertEquals("−1.8", Figures.signed(-1.8));
        assertEquals("+4.4 %", Figures.relative(43.0128, 41.2));
        assertEquals("−50 %", Figures.relative(1, 2));
        assertEquals("0.0 %", Figures.relative(2, 2));
        assertEquals("–", Figures.relative(2, 0));
        assertEquals("2.10×", Figures.times(2.1));
    }

    @Test
    void whatIsManyTimesAsMuchHasFourDigitsToo() {
        assertEquals("+9999 %", Figures.relative(100.99, 1));
        assertEquals("+4.648e10 %", Figures.relative(2.543e10, 54.7118));
        assertEquals("999.9×", Figures.times(999.9));
        assertEquals("1235×", Figures.times(1234.56));
        assertEquals("4.648e8×", Figures.change(2.543e10, 54.71));
    }

    @Test
    void sizesCountsAndTimesChooseTheirUnit() {
        assertEquals("512 B", Figures.bytes(512));
        assertEquals("3.91 MiB", Figures.bytes(4_100_000));
        assertEquals("8192", Figures.count(8192));
        assertEquals("2.01 M", Figures.count(2_010_000));
        assertEquals("12 s", Figures.seconds(12));
        assertEquals("3.2 ms", Figures.seconds(0.0032));
        assertEquals("450 ns", Figures.seconds(4.5e-7));
        assertEquals("3 min", Figures.seconds(170));
    }
}
