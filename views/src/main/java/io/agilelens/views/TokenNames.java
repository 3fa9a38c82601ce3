package io.agilelens.views;

import java.util.List;
import java.util.function.IntFunction;

/** What tokens are called beside a picture: their position and their text, made visible. */
public final class TokenNames {

    private TokenNames() {}

    /** The name of the token at a position, such as {@code 17 ␣the}. */
    public static String name(List<String> tokens, int position) {
        return position + " " + visible(tokens.get(position));
    }

    /** The names of rows or columns that stand for the tokens at some positions. */
    public static IntFunction<String> names(List<String> tokens, int[] positions) {
        return index -> name(tokens, positions[index]);
    }

    /** A token with its spaces and line ends as signs. */
    public static String visible(String token) {
        return token.replace(' ', '␣').replace('\n', '⏎').replace('\t', '⇥').replace('\r', '⏎');
    }
}
