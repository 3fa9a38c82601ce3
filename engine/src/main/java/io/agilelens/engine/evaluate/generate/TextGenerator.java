package io.agilelens.engine.evaluate.generate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.KeyValueCache;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Continues a prompt token by token: one pass over the prompt fills the key/value cache, then each
 * token is a pass of its own. A pruned prompt is continued from its last survivor, as the published
 * code does.
 */
public final class TextGenerator {
    private static final double NANOS = 1e9;

    private final Decoder decoder;
    private final TokenPruner pruner;
    private final Tokenizer tokenizer;
    private final Set<Integer> endTokens;

    public TextGenerator(Decoder decoder, TokenPruner pruner) {
        Model model = decoder.model();
        this.decoder = decoder;
        this.pruner = pruner;
        this.tokenizer = model.tokenizer();
        this.endTokens = EndTokens.of(model.checkpoint());
    }

    /**
     * Generates until the end token, the limit, a full context, or the listener's no.
     *
     * @param prompt token ids, at least one
     * @param limit most tokens to generate, at least 1
     * @param listener hears each new piece of text and says whether to go on
     * @throws UserException if the prompt does not fit the context
     */
    public Generation generate(
            int[] prompt,
            int limit,
            Sampling sampling,
            Predicate<String> listener,
            Cancellation cancellation) {
        int context = decoder.model().config().contextLength();
        if (prompt.length == 0) {
            throw new UserException("the prompt has no tokens: give some text");
        }
        if (prompt.length >= context) {
            throw new UserException(
                    "the prompt has %d tokens and fills the model's context of %d: give a shorter one"
                            .formatted(prompt.length, context));
        }
        Sampling.Chooser chooser = sampling.chooser();
        KeyValueCache cache = decoder.cache();
        Transcript transcript = new Transcript(prompt, listener);
        long began = System.nanoTime();
        int next = chooser.choose(lastLogits(prompt, cache, pruner, cancellation));
        double prefill = (System.nanoTime() - began) / NANOS;
        long decodeBegan = System.nanoTime();
        int steps = 0;
        Generation.End end = null;
        while (end == null) {
            if (endTokens.contains(next)) {
                end = Generation.End.END_TOKEN;
            } else if (!transcript.add(next)) {
                end = Generation.End.LISTENER;
            } else if (transcript.generated() == limit) {
                end = Generation.End.LIMIT;
            } else if (prompt.length + transcript.generated() >= context) {
                end = Generation.End.CONTEXT;
            } else {
                next =
                        chooser.choose(
                                lastLogits(
                                        new int[] {next}, cache, TokenPruner.NONE, cancellation));
                steps++;
            }
        }
        double decode = (System.nanoTime() - decodeBegan) / NANOS;
        transcript.finish();
        return new Generation(
                prompt.clone(),
                transcript.ids(),
                transcript.text(),
                end,
                prefill,
                decode,
                steps,
                cache.bytes());
    }

    private float[] lastLogits(
            int[] ids, KeyValueCache cache, TokenPruner pruner, Cancellation cancellation) {
        Decoder.Pass pass = decoder.run(ids, cache, pruner, Probe.NONE, cancellation);
        return decoder.logits(pass.hidden(), pass.hidden().rows() - 1, 1).data();
    }

    /** Text grows by whole characters, while a token may hold part of one. */
    private final class Transcript {
        private static final char INCOMPLETE = '\uFFFD';

        private final Predicate<String> listener;
        private final int promptLength;
        private final int promptText;
        private int[] ids;
        private int length;
        private int told;

        Transcript(int[] prompt, Predicate<String> listener) {
            this.listener = listener;
            this.ids = Arrays.copyOf(prompt, prompt.length + 16);
            this.length = prompt.length;
            this.promptLength = prompt.length;
            this.promptText = tokenizer.decode(prompt, true).length();
            this.told = promptText;
        }

        int generated() {
            return length - promptLength;
        }

        boolean add(int id) {
            if (length == ids.length) {
                ids = Arrays.copyOf(ids, length * 2);
            }
            ids[length++] = id;
            String all = decoded();
            int end = all.length();
            while (end > told && all.charAt(end - 1) == INCOMPLETE) {
                end--;
            }
            return tell(all, end);
        }

        void finish() {
            String all = decoded();
            tell(all, all.length());
        }

        private boolean tell(String all, int end) {
            if (end <= told) {
                return true;
            }
            String piece = all.substring(told, end);
            told = end;
            return listener.test(piece);
        }

        private String decoded() {
            return tokenizer.decode(Arrays.copyOf(ids, length), true);
        }

        int[] ids() {
            return IntStream.range(promptLength, length).map(i -> ids[i]).toArray();
        }

        String text() {
            String all = decoded();
            return all.substring(Math.min(promptText, all.length()));
        }
    }
}
