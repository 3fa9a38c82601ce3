package io.agilelens.engine.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.format.UserCache;
import io.agilelens.engine.task.AbandonableCall;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/**
 * A {@code tokenizer.json} loaded into the Hugging Face tokenizers library. That library frees its
 * memory on close without waiting for calls that still use it, so a lock makes close wait.
 */
final class NativeTokenizer implements AutoCloseable {
    private final HuggingFaceTokenizer tokenizer;
    private final Path source;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    /**
     * @param json the text of a tokenizer.json
     * @param source where it was read, for messages
     * @throws UserException if the library refuses it
     * @throws java.util.concurrent.CancellationException if the thread's work was cancelled; the
     *     library is not waited for then
     */
    NativeTokenizer(String json, Path source) {
        this.source = source;
        Library.load();
        // A thousand pieces take the library a millisecond or two.
        tokenizer =
                AbandonableCall.of(
                        "tokenizer", () -> build(json, source), HuggingFaceTokenizer::close);
    }

    private static HuggingFaceTokenizer build(String json, Path source) {
        try {
            return HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)),
                    Map.of("truncation", "false", "padding", "false"));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        } catch (RuntimeException refusal) {
            throw new UserException(
                    "%s cannot be used as a tokenizer: %s; get the file again"
                            .formatted(Printable.of(source), Printable.of(refusal.getMessage())),
                    refusal);
        }
    }

    int[] encode(String text, boolean withSpecialTokens) {
        String wellFormed = withoutLoneSurrogates(text);
        long[] ids =
                use(
                        "the text cannot be encoded",
                        library -> library.encode(wellFormed, withSpecialTokens, false).getIds());
        int[] narrowed = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            narrowed[i] = Math.toIntExact(ids[i]);
        }
        return narrowed;
    }

    /**
     * The library would misread every character outside the basic plane beside a lone surrogate.
     */
    private static String withoutLoneSurrogates(String text) {
        int[] characters =
                text.codePoints()
                        .map(character -> isSurrogate(character) ? 0xFFFD : character)
                        .toArray();
        return new String(characters, 0, characters.length);
    }

    private static boolean isSurrogate(int character) {
        return character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
    }

    String decode(long[] ids, boolean skipSpecialTokens) {
        return use("the ids cannot be decoded", library -> library.decode(ids, skipSpecialTokens));
    }

    private <T> T use(String failure, Function<HuggingFaceTokenizer, T> call) {
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the tokenizer of " + source + " is closed");
            }
            return call.apply(tokenizer);
        } catch (IllegalStateException mistake) {
            throw mistake;
        } catch (RuntimeException refusal) {
            throw new UserException(
                    "%s: %s: %s; check that the tokenizer belongs to the model"
                            .formatted(
                                    Printable.of(source),
                                    failure,
                                    Printable.of(refusal.getMessage())),
                    refusal);
        } finally {
            Reference.reachabilityFence(this);
            lock.readLock().unlock();
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            closed = true;
            tokenizer.close();
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** The shared library, unpacked once into the user's cache. */
    private static final class Library {
        private static final String CACHE = "DJL_CACHE_DIR";

        static {
            // Otherwise the library reports its use to its makers and may download.
            System.setProperty("ai.djl.offline", "true");
            System.setProperty("OPT_OUT_TRACKING", "true");
            if (System.getenv(CACHE) == null && System.getProperty(CACHE) == null) {
                System.setProperty(CACHE, UserCache.folder("native").toString());
            }
        }

        private Library() {}

        static void load() {
            try {
                LibUtils.checkStatus();
            } catch (RuntimeException | LinkageError failure) {
                throw new UserException(
                        "the tokenizers library cannot be loaded: %s; set DJL_CACHE_DIR to a folder you may write to"
                                .formatted(Printable.of(failure.getMessage())),
                        failure);
            }
        }
    }
}
