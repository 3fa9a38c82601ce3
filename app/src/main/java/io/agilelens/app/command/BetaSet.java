package io.agilelens.app.command;

import io.agilelens.engine.evaluate.PruningCurve;
import java.util.SortedSet;
import java.util.TreeSet;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Prune ratios as people write them: {@code 0.1,0.2,0.4}.
 *
 * @param betas ascending
 */
record BetaSet(SortedSet<Double> betas) {
    /** Stands for the ratios that are tried if nobody says others. */
    static final String USUAL = "usual";

    /** Reads what people write. */
    static final class Converter implements ITypeConverter<BetaSet> {
        @Override
        public BetaSet convert(String value) {
            if (value.equals(USUAL)) {
                return new BetaSet(new TreeSet<>(PruningCurve.USUAL_BETAS));
            }
            SortedSet<Double> betas = new TreeSet<>();
            for (String part : value.split(",", -1)) {
                betas.add(number(part.strip(), value));
            }
            return new BetaSet(betas);
        }

        private static double number(String digits, String value) {
            try {
                double number = Double.parseDouble(digits);
                if (number >= 0 && number < 1) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // told below, as for a number out of range
            }
            throw new TypeConversionException(
                    "'%s' is no list of shares from 0 to below 1: write it as 0.1,0.2,0.4"
                            .formatted(value));
        }
    }
}
