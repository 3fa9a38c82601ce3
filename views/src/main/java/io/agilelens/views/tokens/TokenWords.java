package io.agilelens.views.tokens;

import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import java.util.List;

/** What is known about a token, in words. */
final class TokenWords {
    private TokenWords() {}

    /** The token between quotation marks, with spaces and line ends in sight. */
    static String quoted(String token) {
        return "“" + TokenLayout.visible(token) + "”";
    }

    /** One line for the pointer: position, token, fate and losses. */
    static String inShort(TokenTable table, int token) {
        int layer = table.fate(token);
        String key = table.mark()[token] < 0 ? "tokens.left.short" : "tokens.marked.short";
        String fate = layer < 0 ? "" : " · " + Messages.text(key, Integer.toString(layer));
        if (table.isProtected(token)) {
            fate = " · " + Messages.text("tokens.protected");
        }
        List<String> losses = Figures.alike(table.baselineLoss()[token], table.tunedLoss()[token]);
        return token
                + " "
                + quoted(table.tokens().get(token))
                + fate
                + " · "
                + Messages.text("tokens.loss.short", losses.getFirst(), losses.getLast());
    }

    /** Why a token left or stayed, in one sentence. */
    static String reason(TokenTable table, int token) {
        List<Judgement> judgements = table.judgements(token);
        if (judgements.isEmpty()) {
            return Messages.text("tokens.reason.unpruned");
        }
        Judgement last = judgements.getLast();
        if (table.isProtected(token)) {
            return Messages.text("tokens.reason.first");
        }
        if (table.marks()) {
            return markReason(table, token, judgements);
        }
        if (last.left()) {
            return Messages.text(
                    "tokens.reason.left." + table.pruning().score(),
                    Integer.toString(last.layer()),
                    Integer.toString(last.removed()),
                    Integer.toString(last.entered()),
                    Integer.toString(last.rank() + 1));
        }
        return Messages.text(
                "tokens.reason.stayed", Integer.toString(last.entered() - last.removed()));
    }

    /** Why a token has fewer bits, or has not. */
    private static String markReason(TokenTable table, int token, List<Judgement> judgements) {
        if (table.mark()[token] < 0) {
            return Messages.text("tokens.reason.unmarked");
        }
        Judgement marking =
                judgements.stream().filter(Judgement::gotFewerBits).findFirst().orElseThrow();
        return Messages.text(
                "tokens.reason.marked." + table.pruning().score(),
                Integer.toString(marking.layer()),
                Integer.toString(marking.marked()),
                Integer.toString(marking.entered()),
                Integer.toString(marking.rank() + 1),
                Integer.toString(table.pruning().lowerBits()));
    }

    /** How the tuned model came to predict a token, where that needs saying. */
    static String prediction(TokenTable table, int token) {
        if (token == 0) {
            return Messages.text("tokens.loss.first");
        }
        return table.predictedFromAfar()[token] ? Messages.text("tokens.loss.afar") : "";
    }
}
