package io.agilelens.app.command;

import java.util.SortedSet;
import java.util.TreeSet;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Layers or channels as people write them: {@code 3-5} or {@code 0,2,4-6}, counted from 0.
 *
 * @param indices ascending
 */
record IndexSet(SortedSet<Integer> indices) {
    private static final int MOST = 100_000;

    /** Reads what people write. */
    static final class Converter implements ITypeConverter<IndexSet> {
        @Override
        public IndexSet convert(String value) {
            SortedSet<Integer> indices = new TreeSet<>();
            for (String part : value.split(",", -1)) {
                String[] ends = part.strip().split("-", -1);
                if (ends.length > 2) {
                    throw wrong(value);
                }
                int first = number(ends[0], value);
                int last = ends.length == 1 ? first : number(ends[1], value);
                if (last < first) {
                    throw wrong(value);
                }
                for (int index = first; index <= last; index++) {
                    indices.add(index);
                }
            }
            return new IndexSet(indices);
        }

        private static int number(String digits, String value) {
            try {
                int number = Integer.parseInt(digits.strip());
                if (number >= 0 && number < MOST) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // told below, as for a number out of range
            }
            throw wrong(value);
        }

        private static TypeConversionException wrong(String value) {
            return new TypeConversionException(
                    "'%s' is no list of numbers from 0: write it as 3-5 or 0,2,4-6"
                            .formatted(value));
        }
    }
}
