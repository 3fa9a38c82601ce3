package io.agilelens.app.live;

import io.agilelens.engine.tokenizer.Tokenizer;
import io.agilelens.views.workbench.OpenedModel;
import java.util.ArrayList;
import java.util.List;

/** Tokens as the text they stand for, spaces and line ends included. */
final class TokenLabels {

    private TokenLabels() {}

    static List<String> of(OpenedModel opened, int[] ids) {
        Tokenizer tokenizer = opened.model().tokenizer();
        List<String> labels = new ArrayList<>(ids.length);
        for (int id : ids) {
            labels.add(label(tokenizer, id));
        }
        return labels;
    }

    private static String label(Tokenizer tokenizer, int id) {
        String piece = tokenizer.piece(id);
        String text = tokenizer.decode(new int[] {id}, false);
        if (text.isEmpty() || text.indexOf('\uFFFD') >= 0) {
            return piece;
        }
        // Decoding a single SentencePiece token drops the space that its first character stands
        // for.
        return piece.startsWith("\u2581") && !text.startsWith(" ") ? " " + text : text;
    }
}
