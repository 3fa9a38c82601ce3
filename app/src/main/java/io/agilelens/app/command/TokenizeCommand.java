package io.agilelens.app.command;

import io.agilelens.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Text to ids. */
@Command(name = "tokenize", description = "Token ids of a text.")
public final class TokenizeCommand extends EngineCommand {
    @Mixin private ModelOption modelOption;
    @Mixin private TextOption textOption;

    @Option(
            names = "--no-special-tokens",
            description = "Leave out the start token and what else the tokenizer adds.")
    private boolean withoutSpecialTokens;

    @Option(
            names = "--literal",
            description = "Read what looks like a special token as plain text; adds none either.")
    private boolean literal;

    @Option(names = "--pieces", description = "Also give each token as the vocabulary spells it.")
    private boolean pieces;

    @Override
    int run(TerminalProgress progress) {
        try (OpenModel open = modelOption.open()) {
            String text = textOption.read(this, (_, reader) -> readAll(reader));
            Tokenizer tokenizer = open.model().tokenizer();
            int[] ids =
                    literal
                            ? tokenizer.encodeLiterally(text)
                            : tokenizer.encode(text, !withoutSpecialTokens);
            ObjectNode result =
                    object().put("model", open.name())
                            .put("tokens", ids.length)
                            .put("replaced_sequences", textOption.replaced());
            ArrayNode list = result.putArray("ids");
            Arrays.stream(ids).forEach(list::add);
            String human = Arrays.stream(ids).mapToObj(String::valueOf).collect(joined());
            if (pieces) {
                ArrayNode spelled = result.putArray("pieces");
                Arrays.stream(ids).forEach(id -> spelled.add(tokenizer.piece(id)));
                human =
                        Arrays.stream(ids)
                                .mapToObj(id -> id + "\t" + tokenizer.piece(id))
                                .collect(Collectors.joining("\n"));
            }
            print(progress, result, human);
        }
        return 0;
    }

    private static String readAll(Reader reader) throws IOException {
        StringWriter text = new StringWriter();
        reader.transferTo(text);
        return text.toString();
    }

    private static java.util.stream.Collector<CharSequence, ?, String> joined() {
        return Collectors.joining(",");
    }
}
