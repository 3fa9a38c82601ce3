package io.agilelens.app.command;

import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Token ids as people write them: {@code 1,15043,29991}.
 *
 * @param ids read only
 */
record TokenIds(int[] ids) {

    /** Reads what people write. */
    static final class Converter implements ITypeConverter<TokenIds> {
        @Override
        public TokenIds convert(String value) {
            try {
                return new TokenIds(
                        Arrays.stream(value.split("[,\\s]+"))
                                .mapToInt(Integer::parseInt)
                                .toArray());
            } catch (NumberFormatException e) {
                throw new TypeConversionException(
                        "'%s' is no list of token ids: write them as 1,2,3".formatted(value));
            }
        }
    }
}
