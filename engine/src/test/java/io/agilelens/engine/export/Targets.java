package io.agilelens.engine.export;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.gguf.GgufType;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * One target for each format, into which either of two tuned models is written again and again, so
 * that a test can tell an old export from a new one and both from half of one.
 */
final class Targets implements AutoCloseable {
    static final Map<String, ExportFormat> FORMATS = new LinkedHashMap<>();

    static {
        FORMATS.put("native", new ExportFormat.Native());
        FORMATS.put("awq", new ExportFormat.Awq());
        FORMATS.put("gptq", new ExportFormat.Gptq(1));
        FORMATS.put("gptq-v2", new ExportFormat.Gptq(2));
        FORMATS.put("packed", new ExportFormat.CompressedTensors(Optional.empty()));
        FORMATS.put(
                "integer",
                new ExportFormat.CompressedTensors(Optional.of(ExportFormat.Layout.INT_QUANTIZED)));
        FORMATS.put("q4_1.gguf", new ExportFormat.Gguf(Optional.of(GgufType.Q4_1)));
        FORMATS.put("q8_0.gguf", new ExportFormat.Gguf(Optional.of(GgufType.Q8_0)));
    }

    private final Model model;
    private final List<TunedModel> variants;

    private Targets(Model model) {
        this.model = model;
        this.variants =
                List.of(
                        TunedModels.tune(model, TunedModels.weights(4, 16, true)),
                        TunedModels.tune(model, TunedModels.weights(4, 32, true)));
    }

    /** Writes the float model. */
    static void writeModel(Path folder) {
        TinyModels.write(
                folder,
                new TinyModels.Dimensions(
                        TinyModels.SMALLEST_VOCABULARY, 32, 1, 2, 1, 64, 64, true, DType.F32, 3));
    }

    static Targets open(Path source) {
        return new Targets(Model.open(Checkpoints.open(source)));
    }

    int variants() {
        return variants.size();
    }

    /** Replaces what stands at a target. */
    ExportReport write(Path folder, String name, int variant) {
        ExportSource source = TunedModels.source(variants.get(variant));
        return Exporter.write(
                new ExportSource(
                        source.tuned(), source.calibration(), source.precision(), new int[] {1, 2}),
                FORMATS.get(name),
                folder.resolve(name),
                true,
                Progress.NONE,
                Cancellation.never());
    }

    /** Opens a target as a user would and gives what its files hold. */
    static String digest(Path target) throws IOException {
        if (NativeBundle.isAt(target)) {
            NativeBundleReader.open(target).close();
        } else {
            Checkpoints.open(target).close();
        }
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
        if (Files.isRegularFile(target)) {
            digest.update(Files.readAllBytes(target));
        } else {
            try (Stream<Path> files = Files.list(target)) {
                for (Path file : new TreeSet<>(files.toList())) {
                    digest.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
                    digest.update(Files.readAllBytes(file));
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Names of a folder, hidden ones too. */
    static TreeSet<String> names(Path folder) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        try (Stream<Path> entries = Files.list(folder)) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        }
        return names;
    }

    /** Puts back what a killed writer moved aside, as opening does. */
    static void recover(Path target) {
        AtomicFiles.recover(target);
    }

    @Override
    public void close() {
        model.close();
    }
}
