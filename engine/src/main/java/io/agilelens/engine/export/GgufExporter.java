package io.agilelens.engine.export;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.export.ExportReport.LogitComparison;
import io.agilelens.engine.export.ExportReport.WeightError;
import io.agilelens.engine.export.gguf.BlockEncoder;
import io.agilelens.engine.export.gguf.CarriedCodes;
import io.agilelens.engine.export.gguf.GgufContents;
import io.agilelens.engine.export.gguf.GgufEntry;
import io.agilelens.engine.export.packed.QuantizedModule;
import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.FileErrors;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.format.gguf.GgufCheckpoint;
import io.agilelens.engine.format.gguf.GgufFileWriter;
import io.agilelens.engine.format.gguf.GgufTokenizerWriter;
import io.agilelens.engine.format.gguf.GgufType;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.TensorNames;
import io.agilelens.engine.quant.QuantizedTensor;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.RowSelection;
import io.agilelens.engine.tensor.StoredBytes;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Writes a tuned model as one GGUF file. Codes of the recipe go into the file as they are where the
 * block type can hold them; otherwise the weights are quantized anew from the float model, in which
 * AWQ's and SmoothQuant's scales are folded. F16 holds the tuned weights as numbers.
 */
final class GgufExporter {
    static final String SIDE_KEY = "agilelens.export";
    private static final String WEIGHT = ".weight";
    private static final String HEAD = TensorNames.HEAD + WEIGHT;

    private final ExportSource source;
    private final TunedModel tuned;
    private final ExportFormat.Gguf format;
    private final TunedCheckpoint floats;
    private final TunedCheckpoint tunedWeights;
    private final Map<String, QuantizedModule> modules = new HashMap<>();
    private final Optional<QuantizedWeight> head;

    /** The type for each number of bits that the recipe has, those of most weights first. */
    private final Map<Integer, GgufType> types = new LinkedHashMap<>();

    private final GgufContents contents;
    private final List<Planned> planned = new ArrayList<>();
    private final boolean hasTokenizer;

    /** How the values of a tensor get into the file. */
    private enum Way {
        /** Plain numbers. */
        NUMBERS,
        /** The recipe's codes. */
        CARRIED,
        /** Quantized by the block type's own rules. */
        REQUANTIZED
    }

    /**
     * @param wanted the type that it has if its rows consist of whole blocks
     */
    private record Planned(
            GgufEntry entry, GgufType wanted, GgufType type, Way way, Tensor values) {}

    private GgufExporter(ExportSource source, ExportFormat.Gguf format, Cancellation cancellation) {
        this.source = source;
        this.tuned = source.tuned();
        this.format = format;
        List<QuantizedModule> quantized = QuantizedModule.of(tuned);
        quantized.forEach(module -> modules.put(module.name() + WEIGHT, module));
        this.head = tuned.plan().head();
        TunedCheckpoint folded = TunedCheckpoint.floats(tuned);
        TunedCheckpoint rounded = folded.with(quantized, QuantizedModule::weight);
        if (head.isPresent()) {
            folded = folded.withHead(floatHead());
            rounded = rounded.withHead(new QuantizedTensor(HEAD, head.get()));
        }
        this.floats = folded.withoutDivisors();
        this.tunedWeights = rounded.withoutDivisors();
        chooseTypes(quantized);
        this.contents =
                GgufContents.of(
                        tuned.model(),
                        head.isPresent() || !tuned.model().config().tiedHead(),
                        name -> floats.findAnySpelling(name).isPresent());
        for (GgufEntry entry : contents.entries()) {
            cancellation.check();
            planned.add(plan(entry));
        }
        this.hasTokenizer = hasTokenizer();
    }

    /** The head before it was quantized, under its own name also where it is the embedding. */
    private Tensor floatHead() {
        Tensor weight = tuned.model().weights().head().weight();
        int rows = Math.toIntExact(weight.shape()[0]);
        return RowSelection.runs(HEAD, weight, 0, rows, rows, 1);
    }

    static ExportReport write(
            ExportSource source,
            ExportFormat.Gguf format,
            Path target,
            boolean replace,
            Progress progress,
            Cancellation cancellation) {
        if (replace) {
            requireReplaceable(target, source.tuned().model().checkpoint().source());
        }
        progress.report("reading weights", 0, 1);
        GgufExporter exporter = new GgufExporter(source, format, cancellation);
        ExportReport[] report = new ExportReport[1];
        AtomicFiles.writeFile(
                target,
                replace,
                place -> {
                    exporter.writer().write(place, progress, cancellation);
                    report[0] = exporter.verify(place, target, progress, cancellation);
                });
        return report[0];
    }

    /** Only what this program exported is replaced, as with folders. */
    private static void requireReplaceable(Path target, Path model) {
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        String name = Printable.of(target);
        try {
            if (Files.exists(model) && Files.isSameFile(model, target)) {
                throw new UserException(
                        "%s is the model itself and would be lost; choose another name"
                                .formatted(name));
            }
        } catch (IOException failure) {
            throw FileErrors.reading(target, failure);
        }
        if (Files.isRegularFile(target) && !GgufCheckpoint.hasKey(target, SIDE_KEY)) {
            throw new UserException(
                    "%s was not exported by this program and would be lost; choose another name"
                            .formatted(name));
        }
    }

    // ---- which type

    /** Weights of as many bits have one type, for the format takes one for each tensor. */
    private void chooseTypes(List<QuantizedModule> quantized) {
        Map<Integer, List<QuantizedModule>> byBits =
                quantized.stream().collect(Collectors.groupingBy(QuantizedModule::bits));
        byBits.entrySet().stream()
                .sorted(
                        Comparator.comparingLong(
                                        (Map.Entry<Integer, List<QuantizedModule>> each) ->
                                                weights(each.getValue()))
                                .reversed())
                .forEach(
                        each ->
                                types.put(
                                        each.getKey(),
                                        format.type()
                                                .orElseGet(
                                                        () ->
                                                                nearest(
                                                                        each.getKey(),
                                                                        each.getValue()))));
    }

    private static long weights(List<QuantizedModule> modules) {
        return modules.stream()
                .mapToLong(module -> (long) module.weight().outputs() * module.weight().inputs())
                .sum();
    }

    /** The type of most weights. */
    private GgufType mainType() {
        return types.values().stream()
                .findFirst()
                .orElseGet(() -> format.type().orElse(GgufType.F16));
    }

    /** The type for a tensor, if its rows consist of whole blocks. */
    private GgufType wanted(String name) {
        if (name.equals(HEAD) && head.isPresent()) {
            return headType(head.get());
        }
        if (modules.isEmpty()) {
            return mainType();
        }
        return modules.containsKey(name) ? types.get(modules.get(name).bits()) : GgufType.F16;
    }

    /** A type that was asked for is for the linears; the head keeps the recipe's precision. */
    private GgufType headType(QuantizedWeight weight) {
        return format.type()
                .filter(type -> !type.isBlock())
                .orElseGet(() -> nearest(weight.bits(), type -> CarriedCodes.fit(type, weight)));
    }

    private static GgufType nearest(int bits, List<QuantizedModule> modules) {
        return nearest(
                bits,
                type ->
                        modules.stream()
                                .allMatch(module -> CarriedCodes.fit(type, module.weight())));
    }

    /**
     * The type that comes nearest to what the recipe does with some weights of as many bits.
     *
     * @param fit whether a type can hold their codes
     */
    private static GgufType nearest(int bits, Predicate<GgufType> fit) {
        for (GgufType exact : List.of(GgufType.Q4_0, GgufType.Q4_1, GgufType.Q8_0)) {
            boolean near = exact != GgufType.Q8_0 || bits > 4;
            if (near && fit.test(exact)) {
                return exact;
            }
        }
        return bits <= 4 ? GgufType.Q4_K : bits <= 6 ? GgufType.Q6_K : GgufType.Q8_0;
    }

    private Planned plan(GgufEntry entry) {
        Tensor floating = floats.findAnySpelling(entry.source()).orElseThrow();
        Tensor tunedTensor = tunedWeights.findAnySpelling(entry.source()).orElseThrow();
        float largest = largest(tunedTensor);
        if (floating.shape().length == 1) {
            return new Planned(entry, GgufType.F32, GgufType.F32, Way.NUMBERS, tunedTensor);
        }
        GgufType wanted = wanted(floating.name());
        GgufType used = wanted.isBlock() ? fitting(wanted, floating.shape()[1]) : GgufType.F16;
        // A tensor with divisors in it is more than its codes.
        if (used.isBlock()
                && isQuantized(floating.name())
                && tunedTensor instanceof QuantizedTensor plain) {
            QuantizedWeight weight = plain.weight();
            if (CarriedCodes.fit(used, weight) && hasHalfScales(weight)) {
                return new Planned(entry, wanted, used, Way.CARRIED, tunedTensor);
            }
        }
        if (used.isBlock() && holds(used, Math.max(largest, largest(floating)))) {
            return new Planned(entry, wanted, used, Way.REQUANTIZED, floating);
        }
        return new Planned(
                entry,
                wanted,
                holds(GgufType.F16, largest) ? GgufType.F16 : GgufType.F32,
                Way.NUMBERS,
                tunedTensor);
    }

    private static boolean hasHalfScales(QuantizedWeight weight) {
        for (int i = 0; i < weight.scales().length; i++) {
            float scale = weight.scales()[i];
            float half = DType.F16.round(scale);
            if (Float.isInfinite(half)
                    || Float.isInfinite(DType.F16.round(scale * weight.zeros()[i]))
                    || half == 0) {
                return false;
            }
        }
        return true;
    }

    /** The type, or what llama.cpp takes where its blocks do not fill the rows. */
    private static GgufType fitting(GgufType type, long columns) {
        if (columns % type.blockElements() == 0) {
            return type;
        }
        GgufType smaller =
                switch (type) {
                    case Q4_K -> GgufType.Q4_1;
                    case Q6_K -> GgufType.Q8_0;
                    default -> GgufType.F16;
                };
        return columns % smaller.blockElements() == 0 ? smaller : GgufType.F16;
    }

    /** Largest magnitude; refuses what is no number. */
    private float largest(Tensor tensor) {
        float[] values = new float[(int) Math.min(1 << 16, tensor.elements())];
        float largest = 0;
        for (long first = 0; first < tensor.elements(); first += values.length) {
            int count = (int) Math.min(values.length, tensor.elements() - first);
            tensor.widen(first, values, 0, count);
            for (int i = 0; i < count; i++) {
                if (!Float.isFinite(values[i])) {
                    throw new UserException(
                            "%s: tensor %s holds %s, which spoils every block it would be part of: mend the weights, or use --format native"
                                    .formatted(
                                            Printable.of(tuned.model().checkpoint().source()),
                                            Printable.of(tensor.name()),
                                            values[i]));
                }
                largest = Math.max(largest, Math.abs(values[i]));
            }
        }
        return largest;
    }

    /**
     * Whether half-precision scales of a type can hold a tensor's largest value, and are not all so
     * small that they lose digits.
     */
    private static boolean holds(GgufType type, float largest) {
        float levels =
                switch (type) {
                    case F32, F16 -> 1;
                    case Q8_0 -> 127;
                    case Q4_0 -> 8;
                    case Q4_1 -> 15;
                    case Q4_K -> 15 * 63;
                    case Q6_K -> 32 * 127;
                };
        float scale = largest / levels;
        boolean small = type.isBlock() && largest != 0 && scale < 0x1p-14f / 16;
        // The largest value itself is a minimum of Q4_1.
        return !Float.isInfinite(DType.F16.round(Math.max(scale, largest))) && !small;
    }

    // ---- writing

    private boolean hasTokenizer() {
        try {
            tuned.model().checkpoint().tokenizer();
            return true;
        } catch (UserException none) {
            return false;
        }
    }

    private GgufFileWriter writer() {
        Checkpoint checkpoint = tuned.model().checkpoint();
        GgufFileWriter writer =
                new GgufFileWriter()
                        .text("general.architecture", contents.architecture())
                        .text("general.name", String.valueOf(checkpoint.source().getFileName()))
                        .whole("general.quantization_version", 2)
                        .whole("general.file_type", mainType().fileType());
        contents.describe(writer);
        if (hasTokenizer) {
            GgufTokenizerWriter.write(writer, checkpoint, tuned.model().config().vocabularySize());
        } else {
            writer.text("tokenizer.ggml.model", "no_vocab");
        }
        tuned.model()
                .planting()
                .ifPresent(
                        planting ->
                                writer.text(GgufCheckpoint.PLANTED, planting.toJson().toString()));
        writer.text(SIDE_KEY, SideFile.of(source, losses()).toString());
        contents.rotaryDivisors()
                .ifPresent(
                        divisors ->
                                writer.add(
                                        "rope_freqs.weight",
                                        GgufType.F32,
                                        new long[] {divisors.length},
                                        channel ->
                                                BlockEncoder.write(
                                                        channel,
                                                        GgufType.F32,
                                                        vector("rope_freqs", divisors))));
        for (Planned tensor : planned) {
            add(writer, tensor);
        }
        return writer;
    }

    private void add(GgufFileWriter writer, Planned tensor) {
        GgufEntry entry = tensor.entry();
        Tensor values =
                entry.rows() == null
                        ? tensor.values()
                        : new RowSelection(entry.name(), tensor.values(), entry.rows());
        writer.add(
                entry.name(),
                tensor.type(),
                values.shape(),
                channel -> {
                    if (tensor.way() == Way.CARRIED) {
                        CarriedCodes.write(channel, tensor.type(), codes(tensor));
                    } else {
                        BlockEncoder.write(channel, tensor.type(), values);
                    }
                });
    }

    private boolean isQuantized(String name) {
        return modules.containsKey(name) || name.equals(HEAD) && head.isPresent();
    }

    private static QuantizedWeight codes(Planned tensor) {
        QuantizedWeight weight = ((QuantizedTensor) tensor.values()).weight();
        int[] rows = tensor.entry().rows();
        return rows == null
                ? weight
                : QuantizedModule.rows(List.of(weight), new int[rows.length], rows);
    }

    private static Tensor vector(String name, float[] values) {
        java.nio.ByteBuffer bytes =
                java.nio.ByteBuffer.allocate(values.length * Float.BYTES)
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new DenseTensor(
                name, DType.F32, new long[] {values.length}, StoredBytes.of(bytes.array()));
    }

    // ---- verifying

    private ExportReport verify(
            Path place, Path target, Progress progress, Cancellation cancellation) {
        Verification verification = new Verification(target, source, progress, cancellation);
        try (Model again = Model.open(GgufCheckpoint.open(place))) {
            WeightError error = verification.tensors(again.checkpoint(), expected(again));
            LogitComparison logits = verification.logits(tunedWeights, again);
            List<String> notes = notes();
            tokenizerNote(again).ifPresent(notes::add);
            return report(place, target, again, error, logits, notes);
        }
    }

    private Map<String, Verification.Expected> expected(Model again) {
        Map<String, Verification.Expected> expected = new LinkedHashMap<>();
        for (Planned tensor : planned) {
            Tensor wanted =
                    tensor.type() == GgufType.F16 && tensor.way() == Way.NUMBERS
                            ? new RoundedTensor(tensor.values(), DType.F16)
                            : tensor.values();
            expected.put(
                    tensor.entry().again(),
                    new Verification.Expected(
                            wanted,
                            deviation(tensor),
                            tunedWeights.findAnySpelling(tensor.entry().source()).orElseThrow()));
        }
        for (Tensor tensor : again.checkpoint().tensors()) {
            // The reader fills in biases of zeros where only some linears have one.
            if (tensor.name().endsWith(".bias") && !expected.containsKey(tensor.name())) {
                Tensor zeros = vector(tensor.name(), new float[Math.toIntExact(tensor.elements())]);
                expected.put(tensor.name(), new Verification.Expected(zeros, 0, zeros));
            }
        }
        return expected;
    }

    /** How far a tensor may be from what was put in, as {@link Verification.Expected} has it. */
    private static double deviation(Planned tensor) {
        return switch (tensor.way()) {
            case NUMBERS -> 0;
            case CARRIED -> 0.01;
            case REQUANTIZED ->
                    switch (tensor.type()) {
                        case F32, F16 -> 0;
                        case Q8_0 -> 0.02;
                        case Q6_K -> 0.06;
                        case Q4_0, Q4_1, Q4_K -> 0.35;
                    };
        };
    }

    private Optional<String> tokenizerNote(Model again) {
        if (!hasTokenizer) {
            return Optional.of("the source has no tokenizer, and so has the file none");
        }
        return TokenizerProbe.compare(tuned.model().tokenizer(), again.tokenizer());
    }

    private List<String> losses() {
        return Losses.of(tuned.recipe(), tuned.model().config(), format);
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        Map<Way, Map<GgufType, Integer>> counts = new TreeMap<>();
        for (Planned tensor : planned) {
            if (tensor.entry().linear()) {
                counts.computeIfAbsent(tensor.way(), _ -> new TreeMap<>())
                        .merge(tensor.type(), 1, Integer::sum);
            }
        }
        counts.forEach(
                (way, types) ->
                        types.forEach(
                                (used, count) ->
                                        notes.add(
                                                switch (way) {
                                                    case CARRIED ->
                                                            "%d linears hold the recipe's codes as they are, in %s"
                                                                    .formatted(count, used);
                                                    case REQUANTIZED ->
                                                            "%d linears are quantized anew from the float weights, in %s"
                                                                    .formatted(count, used);
                                                    case NUMBERS ->
                                                            "%d linears are plain numbers, in %s"
                                                                    .formatted(count, used);
                                                })));
        Map<GgufType, Integer> fallen = new TreeMap<>();
        for (Planned tensor : planned) {
            if (tensor.way() != Way.NUMBERS && tensor.type() != tensor.wanted()) {
                fallen.merge(tensor.wanted(), 1, Integer::sum);
            }
        }
        fallen.forEach(
                (type, count) ->
                        notes.add(
                                "%d of them have rows that blocks of %s do not fill"
                                        .formatted(count, type)));
        tuned.model()
                .planting()
                .ifPresent(
                        _ ->
                                notes.add(
                                        "the model has planted outliers, as the key %s says"
                                                .formatted(GgufCheckpoint.PLANTED)));
        if (!modules.isEmpty()) {
            notes.add(
                    head.isPresent()
                            ? "the embedding stays F16, as the recipe leaves it"
                            : "the embedding and the head stay F16, as the recipe leaves them");
        }
        if (head.isPresent()) {
            notes.add(headNote());
        }
        return notes;
    }

    private String headNote() {
        Planned tensor =
                planned.stream()
                        .filter(each -> each.entry().source().equals(HEAD))
                        .findFirst()
                        .orElseThrow();
        String note =
                switch (tensor.way()) {
                    case CARRIED -> "the head holds the recipe's codes as they are, in %s";
                    case REQUANTIZED -> "the head is quantized anew from the float weights, in %s";
                    case NUMBERS -> "the head is plain numbers, in %s";
                };
        return note.formatted(tensor.type());
    }

    /** The types of the weights, that of most of them first. */
    private String layout() {
        return types.isEmpty()
                ? mainType().toString()
                : types.values().stream()
                        .distinct()
                        .map(GgufType::toString)
                        .collect(Collectors.joining(", "));
    }

    private ExportReport report(
            Path place,
            Path target,
            Model again,
            WeightError error,
            LogitComparison logits,
            List<String> notes) {
        long quantizedWeights = 0;
        long quantizedBytes = 0;
        for (Planned tensor : planned) {
            if (tensor.type().isBlock()) {
                long elements = tensor.values().elements();
                quantizedWeights += elements;
                quantizedBytes += tensor.type().bytes(elements);
            }
        }
        long size;
        try {
            size = Files.size(place);
        } catch (IOException failure) {
            throw FileErrors.reading(place, failure);
        }
        return new ExportReport(
                format,
                "GGUF " + layout(),
                target,
                Map.of(String.valueOf(target.getFileName()), size),
                again.checkpoint().tensors().stream().mapToLong(Tensor::bytes).sum(),
                tuned.model().checkpoint().tensors().stream().mapToLong(Tensor::bytes).sum(),
                quantizedWeights,
                quantizedBytes,
                tuned.model().parameters(),
                error,
                logits,
                losses(),
                notes);
    }
}
