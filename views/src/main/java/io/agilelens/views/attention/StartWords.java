package io.agilelens.views.attention;

import io.agilelens.views.Messages;

/**
 * What the first position of a window is called: the start token in models that have one, otherwise
 * position 0, where a word of the text stands.
 *
 * @param startToken whether the model has a start token
 */
record StartWords(boolean startToken) {

    /** The text of a key, or of its twin for models without a start token. */
    String text(String key, Object... values) {
        return Messages.text(startToken ? key : key + ".position", values);
    }
}
