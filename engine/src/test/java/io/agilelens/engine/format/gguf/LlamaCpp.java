package io.agilelens.engine.format.gguf;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.agilelens.engine.tensor.Matrix;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;

/**
 * The real llama.cpp, called through its C interface ({@code llama.h}) in the library that {@code
 * de.kherud:llama} carries. The Java interface of that package gives no logits; the C functions
 * beneath it do.
 *
 * <p>Parameter structs are passed by value. They are declared longer than they are: a caller that
 * passes or receives too many bytes does no harm, and only their first fields are touched.
 */
@SuppressWarnings("restricted")
final class LlamaCpp implements AutoCloseable {
    private static final AddressLayout POINTER =
            ValueLayout.ADDRESS.withTargetLayout(
                    MemoryLayout.sequenceLayout(Long.MAX_VALUE, ValueLayout.JAVA_BYTE));
    private static final StructLayout PARAMETERS =
            MemoryLayout.structLayout(MemoryLayout.sequenceLayout(32, ValueLayout.JAVA_LONG));
    private static final StructLayout BATCH =
            MemoryLayout.structLayout(MemoryLayout.sequenceLayout(7, ValueLayout.JAVA_LONG));

    // Offsets in llama_context_params.
    private static final long CONTEXT = 0;
    private static final long BATCH_SIZE = 4;
    private static final long MICRO_BATCH_SIZE = 8;
    private static final long THREADS = 16;
    private static final long BATCH_THREADS = 20;
    private static final long KEY_TYPE = 88;
    private static final long VALUE_TYPE = 92;
    private static final int F32 = 0;
    private static final int F16 = 1;

    // Offsets in llama_batch.
    private static final long BATCH_COUNT = 0;
    private static final long BATCH_TOKENS = 8;
    private static final long BATCH_POSITIONS = 24;
    private static final long BATCH_SEQUENCE_COUNTS = 32;
    private static final long BATCH_SEQUENCES = 40;
    private static final long BATCH_LOGITS = 48;

    private final MemorySegment model;
    private final MemorySegment vocabulary;

    private LlamaCpp(MemorySegment model) {
        this.model = model;
        this.vocabulary = (MemorySegment) Library.call(Library.GET_VOCABULARY, model);
    }

    /** Skips the calling test where the library has nothing for this machine. */
    static void assumeAvailable() {
        assumeTrue(
                Library.reasonWhyNot() == null,
                () -> "llama.cpp cannot be loaded here: " + Library.reasonWhyNot());
    }

    /** Loads a model, or fails if llama.cpp refuses it. */
    static LlamaCpp open(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment parameters =
                    (MemorySegment) Library.call(Library.MODEL_DEFAULTS, (SegmentAllocator) arena);
            MemorySegment loaded =
                    (MemorySegment)
                            Library.call(
                                    Library.LOAD_MODEL,
                                    arena.allocateFrom(file.toString()),
                                    parameters);
            if (loaded.equals(MemorySegment.NULL)) {
                throw new IllegalArgumentException(
                        "llama.cpp does not load %s:%n%s".formatted(file, Library.log()));
            }
            return new LlamaCpp(loaded);
        }
    }

    /** The ids of a text. */
    int[] tokenize(String text, boolean withSpecialTokens, boolean parseSpecial) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int room = utf8.length + 16;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(utf8.length + 1L);
            MemorySegment.copy(utf8, 0, bytes, ValueLayout.JAVA_BYTE, 0, utf8.length);
            MemorySegment ids = arena.allocate(ValueLayout.JAVA_INT, room);
            int count =
                    (int)
                            Library.call(
                                    Library.TOKENIZE,
                                    vocabulary,
                                    bytes,
                                    utf8.length,
                                    ids,
                                    room,
                                    withSpecialTokens,
                                    parseSpecial);
            return Arrays.copyOf(ids.toArray(ValueLayout.JAVA_INT), count);
        }
    }

    int vocabularySize() {
        return (int) Library.call(Library.VOCABULARY_SIZE, vocabulary);
    }

    /** The logits of every position, {@code [ids, vocabulary]}, keys and values kept in float32. */
    Matrix logits(int[] ids) {
        int size = vocabularySize();
        float[] logits = new float[ids.length * size];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment context =
                    (MemorySegment)
                            Library.call(Library.NEW_CONTEXT, model, contextParameters(arena, ids));
            MemorySegment batch =
                    (MemorySegment)
                            Library.call(
                                    Library.NEW_BATCH, (SegmentAllocator) arena, ids.length, 0, 1);
            fill(batch, ids);
            int failure = (int) Library.call(Library.DECODE, context, batch);
            if (failure != 0) {
                throw new IllegalStateException("llama_decode gives " + failure);
            }
            for (int i = 0; i < ids.length; i++) {
                MemorySegment row = (MemorySegment) Library.call(Library.GET_LOGITS, context, i);
                MemorySegment.copy(row, ValueLayout.JAVA_FLOAT, 0, logits, i * size, size);
            }
            Library.call(Library.FREE_BATCH, batch);
            Library.call(Library.FREE_CONTEXT, context);
        }
        return new Matrix(ids.length, size, logits);
    }

    /** What llama.cpp says of the instructions that this build uses. */
    static String system() {
        return ((MemorySegment) Library.call(Library.SYSTEM_INFO)).getString(0).strip();
    }

    /**
     * A sequence that grows, run on several threads, keys and values kept as llama.cpp likes them.
     * Gives the logits of the last token of each piece only.
     */
    final class Sequence implements AutoCloseable {
        private final Arena arena = Arena.ofConfined();
        private final MemorySegment context;
        private final MemorySegment batch;
        private int length;

        Sequence(int longest, int threads) {
            MemorySegment parameters = lengthParameters(arena, longest, threads);
            context = (MemorySegment) Library.call(Library.NEW_CONTEXT, model, parameters);
            batch =
                    (MemorySegment)
                            Library.call(
                                    Library.NEW_BATCH, (SegmentAllocator) arena, longest, 0, 1);
        }

        /** The first of the logits behind the last id. */
        float run(int[] ids) {
            fill(batch, ids);
            for (int i = 0; i < ids.length; i++) {
                batch.get(POINTER, BATCH_POSITIONS).setAtIndex(ValueLayout.JAVA_INT, i, length + i);
                boolean last = i == ids.length - 1;
                batch.get(POINTER, BATCH_LOGITS)
                        .set(ValueLayout.JAVA_BYTE, i, (byte) (last ? 1 : 0));
            }
            int failure = (int) Library.call(Library.DECODE, context, batch);
            if (failure != 0) {
                throw new IllegalStateException("llama_decode gives " + failure);
            }
            length += ids.length;
            MemorySegment logits =
                    (MemorySegment) Library.call(Library.GET_LOGITS, context, ids.length - 1);
            return logits.get(ValueLayout.JAVA_FLOAT, 0);
        }

        @Override
        public void close() {
            Library.call(Library.FREE_BATCH, batch);
            Library.call(Library.FREE_CONTEXT, context);
            arena.close();
        }
    }

    private static MemorySegment lengthParameters(Arena arena, int length, int threads) {
        MemorySegment parameters =
                (MemorySegment) Library.call(Library.CONTEXT_DEFAULTS, (SegmentAllocator) arena);
        parameters.set(ValueLayout.JAVA_INT, CONTEXT, length);
        parameters.set(ValueLayout.JAVA_INT, BATCH_SIZE, length);
        parameters.set(ValueLayout.JAVA_INT, MICRO_BATCH_SIZE, length);
        parameters.set(ValueLayout.JAVA_INT, THREADS, threads);
        parameters.set(ValueLayout.JAVA_INT, BATCH_THREADS, threads);
        return parameters;
    }

    private static MemorySegment contextParameters(Arena arena, int[] ids) {
        MemorySegment parameters = lengthParameters(arena, Math.max(32, ids.length), 1);
        for (long field : new long[] {KEY_TYPE, VALUE_TYPE}) {
            if (parameters.get(ValueLayout.JAVA_INT, field) != F16) {
                throw new IllegalStateException("llama_context_params has another layout");
            }
            parameters.set(ValueLayout.JAVA_INT, field, F32);
        }
        return parameters;
    }

    private static void fill(MemorySegment batch, int[] ids) {
        batch.set(ValueLayout.JAVA_INT, BATCH_COUNT, ids.length);
        for (int i = 0; i < ids.length; i++) {
            batch.get(POINTER, BATCH_TOKENS).setAtIndex(ValueLayout.JAVA_INT, i, ids[i]);
            batch.get(POINTER, BATCH_POSITIONS).setAtIndex(ValueLayout.JAVA_INT, i, i);
            batch.get(POINTER, BATCH_SEQUENCE_COUNTS).setAtIndex(ValueLayout.JAVA_INT, i, 1);
            batch.get(POINTER, BATCH_SEQUENCES)
                    .getAtIndex(POINTER, i)
                    .set(ValueLayout.JAVA_INT, 0, 0);
            batch.get(POINTER, BATCH_LOGITS).set(ValueLayout.JAVA_BYTE, i, (byte) 1);
        }
    }

    @Override
    public void close() {
        Library.call(Library.FREE_MODEL, model);
    }

    /**
     * Quantizes rows with ggml's own search.
     *
     * @param type ggml's number of the type
     * @param columns elements of a row
     * @param bytes the size of the result
     */
    static byte[] quantize(int type, float[] values, int columns, int bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
            MemorySegment target = arena.allocate(bytes, 16);
            long written =
                    (long)
                            Library.call(
                                    Library.QUANTIZE,
                                    type,
                                    source,
                                    target,
                                    0L,
                                    (long) values.length / columns,
                                    (long) columns,
                                    MemorySegment.NULL);
            if (written != bytes) {
                throw new IllegalStateException("ggml wrote " + written + " bytes, not " + bytes);
            }
            return target.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /**
     * Dequantizes blocks with ggml's reference code.
     *
     * @param type as in ggml's function names: {@code q4_K}
     */
    static float[] dequantize(String type, byte[] blocks, int elements) {
        MethodHandle function =
                Library.function(
                        "dequantize_row_" + type,
                        FunctionDescriptor.ofVoid(POINTER, POINTER, ValueLayout.JAVA_LONG));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocate(blocks.length, 16);
            MemorySegment.copy(blocks, 0, source, ValueLayout.JAVA_BYTE, 0, blocks.length);
            MemorySegment target = arena.allocate(ValueLayout.JAVA_FLOAT, elements);
            Library.call(function, source, target, (long) elements);
            return target.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /** The loaded library and its functions. */
    private static final class Library {
        private static final int LONGEST_LOG = 1000;
        private static final StringBuffer LOG = new StringBuffer();
        private static final String REASON;
        private static final SymbolLookup SYMBOLS;

        static final MethodHandle MODEL_DEFAULTS;
        static final MethodHandle CONTEXT_DEFAULTS;
        static final MethodHandle LOAD_MODEL;
        static final MethodHandle FREE_MODEL;
        static final MethodHandle GET_VOCABULARY;
        static final MethodHandle VOCABULARY_SIZE;
        static final MethodHandle TOKENIZE;
        static final MethodHandle NEW_CONTEXT;
        static final MethodHandle FREE_CONTEXT;
        static final MethodHandle NEW_BATCH;
        static final MethodHandle FREE_BATCH;
        static final MethodHandle DECODE;
        static final MethodHandle GET_LOGITS;
        static final MethodHandle QUANTIZE;
        static final MethodHandle SYSTEM_INFO;

        static {
            SymbolLookup symbols = null;
            String reason = null;
            try {
                symbols = SymbolLookup.libraryLookup(unpack(), Arena.global());
            } catch (RuntimeException | LinkageError failure) {
                reason = failure.toString();
            }
            SYMBOLS = symbols;
            REASON = reason;
            ValueLayout.OfInt integer = ValueLayout.JAVA_INT;
            ValueLayout.OfBoolean flag = ValueLayout.JAVA_BOOLEAN;
            ValueLayout.OfLong wide = ValueLayout.JAVA_LONG;
            MODEL_DEFAULTS =
                    function("llama_model_default_params", FunctionDescriptor.of(PARAMETERS));
            CONTEXT_DEFAULTS =
                    function("llama_context_default_params", FunctionDescriptor.of(PARAMETERS));
            LOAD_MODEL =
                    function(
                            "llama_model_load_from_file",
                            FunctionDescriptor.of(POINTER, POINTER, PARAMETERS));
            FREE_MODEL = function("llama_model_free", FunctionDescriptor.ofVoid(POINTER));
            GET_VOCABULARY =
                    function("llama_model_get_vocab", FunctionDescriptor.of(POINTER, POINTER));
            VOCABULARY_SIZE =
                    function("llama_vocab_n_tokens", FunctionDescriptor.of(integer, POINTER));
            TOKENIZE =
                    function(
                            "llama_tokenize",
                            FunctionDescriptor.of(
                                    integer, POINTER, POINTER, integer, POINTER, integer, flag,
                                    flag));
            NEW_CONTEXT =
                    function(
                            "llama_init_from_model",
                            FunctionDescriptor.of(POINTER, POINTER, PARAMETERS));
            FREE_CONTEXT = function("llama_free", FunctionDescriptor.ofVoid(POINTER));
            NEW_BATCH =
                    function(
                            "llama_batch_init",
                            FunctionDescriptor.of(BATCH, integer, integer, integer));
            FREE_BATCH = function("llama_batch_free", FunctionDescriptor.ofVoid(BATCH));
            DECODE = function("llama_decode", FunctionDescriptor.of(integer, POINTER, BATCH));
            GET_LOGITS =
                    function(
                            "llama_get_logits_ith",
                            FunctionDescriptor.of(POINTER, POINTER, integer));
            QUANTIZE =
                    function(
                            "ggml_quantize_chunk",
                            FunctionDescriptor.of(
                                    wide, integer, POINTER, POINTER, wide, wide, wide, POINTER));
            SYSTEM_INFO = function("llama_print_system_info", FunctionDescriptor.of(POINTER));
            if (reason == null) {
                call(function("llama_backend_init", FunctionDescriptor.ofVoid()));
                listen();
            }
        }

        private Library() {}

        static String reasonWhyNot() {
            return REASON;
        }

        static MethodHandle function(String name, FunctionDescriptor descriptor) {
            return SYMBOLS == null
                    ? null
                    : Linker.nativeLinker().downcallHandle(SYMBOLS.findOrThrow(name), descriptor);
        }

        static Object call(MethodHandle function, Object... arguments) {
            try {
                return function.invokeWithArguments(arguments);
            } catch (RuntimeException | Error failure) {
                throw failure;
            } catch (Throwable impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        /** It tells everything on the error stream unless somebody else listens. */
        private static void listen() {
            FunctionDescriptor callback =
                    FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, POINTER, POINTER);
            try {
                MethodHandle listen =
                        MethodHandles.lookup()
                                .findStatic(
                                        Library.class,
                                        "listen",
                                        MethodType.methodType(
                                                void.class,
                                                int.class,
                                                MemorySegment.class,
                                                MemorySegment.class));
                MemorySegment stub =
                        Linker.nativeLinker().upcallStub(listen, callback, Arena.global());
                call(
                        function("llama_log_set", FunctionDescriptor.ofVoid(POINTER, POINTER)),
                        stub,
                        MemorySegment.NULL);
            } catch (ReflectiveOperationException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        @SuppressWarnings("unused")
        private static void listen(int level, MemorySegment text, MemorySegment data) {
            LOG.append(text.getString(0));
            LOG.delete(0, Math.max(0, LOG.length() - LONGEST_LOG));
        }

        /** The last it said. */
        static String log() {
            return LOG.toString();
        }

        private static Path unpack() {
            String resource =
                    "/de/kherud/llama/%s/%s/%s"
                            .formatted(system(), processor(), System.mapLibraryName("jllama"));
            try (InputStream stream = LlamaCpp.class.getResourceAsStream(resource)) {
                if (stream == null) {
                    throw new UnsatisfiedLinkError("there is no " + resource);
                }
                Path file = Files.createTempFile("llama", System.mapLibraryName(""));
                file.toFile().deleteOnExit();
                Files.copy(stream, file, StandardCopyOption.REPLACE_EXISTING);
                return file;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        private static String system() {
            String name = System.getProperty("os.name");
            return name.startsWith("Mac") ? "Mac" : name.startsWith("Windows") ? "Windows" : name;
        }

        private static String processor() {
            String name = System.getProperty("os.arch");
            return name.equals("amd64") ? "x86_64" : name;
        }
    }
}
