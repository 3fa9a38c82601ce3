package io.agilelens.engine.export;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.export.ExportReport.LogitComparison;
import io.agilelens.engine.export.ExportReport.WeightError;
import io.agilelens.engine.export.packed.AwqLayout;
import io.agilelens.engine.export.packed.GptqLayout;
import io.agilelens.engine.export.packed.IntQuantizedLayout;
import io.agilelens.engine.export.packed.PackQuantizedLayout;
import io.agilelens.engine.export.packed.PackedLayout;
import io.agilelens.engine.export.packed.QuantizedModule;
import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.HuggingFaceFolder;
import io.agilelens.engine.format.ModelFolder;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.LinearWeight;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/** Writes a model folder whose quantized linears are packed as another tool packs them. */
final class PackedExport {
    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";

    private final ExportSource source;
    private final TunedModel tuned;
    private final ExportFormat format;
    private final PackedLayout layout;
    private final List<QuantizedModule> modules;
    private final List<String> plain;
    private final TunedCheckpoint floats;

    private PackedExport(ExportSource source, ExportFormat format) {
        this.source = source;
        this.tuned = source.tuned();
        this.format = format;
        this.layout = layout();
        this.modules = QuantizedModule.of(tuned);
        this.plain = plain();
        this.floats = TunedCheckpoint.floats(tuned);
        requirePossible();
    }

    static ExportReport write(
            ExportSource source,
            ExportFormat format,
            Path target,
            boolean replace,
            Progress progress,
            Cancellation cancellation) {
        PackedExport export = new PackedExport(source, format);
        if (replace) {
            ModelFolder.requireReplaceable(
                    target, Optional.of(source.tuned().model().checkpoint().source()));
        }
        ExportReport[] report = new ExportReport[1];
        AtomicFiles.writeFolder(
                target,
                replace,
                place -> {
                    export.writeTo(place, progress, cancellation);
                    report[0] = export.verify(place, target, progress, cancellation);
                });
        return report[0];
    }

    private PackedLayout layout() {
        Recipe recipe = tuned.recipe();
        return switch (format) {
            case ExportFormat.Awq _ -> new AwqLayout();
            case ExportFormat.Gptq gptq ->
                    new GptqLayout(
                            gptq.version(),
                            recipe.weights().method() == WeightMethod.GPTQ
                                    ? recipe.weights().gptq()
                                    : null);
            case ExportFormat.CompressedTensors compressed ->
                    Losses.isIntQuantized(recipe, tuned.model().config(), compressed)
                            ? new IntQuantizedLayout(
                                    modelType(),
                                    Losses.scheme(recipe, tuned.model().config(), tuned.plan())
                                            .orElse(null))
                            : new PackQuantizedLayout(modelType());
            case ExportFormat.Native _, ExportFormat.Gguf _ ->
                    throw new IllegalArgumentException(format.id());
        };
    }

    /** The type that most checkpoints of this model's kind compute in. */
    private DType modelType() {
        return tuned.model().weights().embedding() instanceof DenseTensor dense
                        && (dense.dtype() == DType.F16 || dense.dtype() == DType.BF16)
                ? dense.dtype()
                : DType.F32;
    }

    /** Names of the linears that the recipe leaves alone, those outside the layers too. */
    private List<String> plain() {
        Set<String> quantized = new HashSet<>();
        modules.forEach(module -> quantized.add(module.name() + WEIGHT));
        Set<String> names = new TreeSet<>();
        for (int layer = 0; layer < tuned.model().config().layers(); layer++) {
            for (LinearRole role : tuned.model().config().roles()) {
                names.add(tuned.model().weights().linear(layer, role).storedIn());
            }
        }
        tuned.model().weights().inputProjection().map(LinearWeight::storedIn).ifPresent(names::add);
        tuned.model()
                .weights()
                .outputProjection()
                .map(LinearWeight::storedIn)
                .ifPresent(names::add);
        names.removeAll(quantized);
        return names.stream()
                .map(name -> name.substring(0, name.length() - WEIGHT.length()))
                .toList();
    }

    private void requirePossible() {
        if (modules.isEmpty()) {
            throw new UserException(
                    "weights.method is none: --format %s holds quantized weights only: give weights a method, or use --format native or gguf"
                            .formatted(format.id()));
        }
        for (QuantizedModule module : modules) {
            layout.require(module);
            // Finds scales and zero points that do not fit before anything is written.
            layout.stored(module);
        }
        if (floats.hasDivisors() && !layout.carriesDivisors()) {
            throw new UserException(
                    "weights.method awq leaves scales behind BLOOM's GELU, which only --format awq"
                            + " and native hold: use one of these");
        }
    }

    private void writeTo(Path place, Progress progress, Cancellation cancellation)
            throws IOException {
        Checkpoint checkpoint = tuned.model().checkpoint();
        ObjectNode config = (ObjectNode) checkpoint.config().deepCopy();
        config.set("quantization_config", layout.settings(modules, plain));
        if (layout.biasType().isPresent()) {
            // What loaders compute in, as the packed parts are made for it.
            config.put("torch_dtype", "float16");
            config.remove("dtype");
        }
        Files.writeString(place.resolve(HuggingFaceFolder.CONFIG), config.toPrettyString());
        for (var file : layout.files(modules, plain).entrySet()) {
            Files.writeString(place.resolve(file.getKey()), file.getValue().toPrettyString());
        }
        CheckpointFolder.writeTokenizer(checkpoint, place);
        ModelFolder.copyCompanions(checkpoint.source(), place);
        Files.writeString(
                place.resolve(SideFile.NAME), SideFile.of(source, losses()).toPrettyString());
        writer(cancellation)
                .write(place.resolve(HuggingFaceFolder.WEIGHTS), progress, cancellation);
        cancellation.check();
    }

    private List<String> losses() {
        return Losses.of(tuned.recipe(), tuned.model().config(), format);
    }

    private SafetensorsWriter writer(Cancellation cancellation) {
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
        Map<String, QuantizedModule> weights = new HashMap<>();
        Set<String> biases = new HashSet<>();
        for (QuantizedModule module : modules) {
            weights.put(module.name() + WEIGHT, module);
            biases.add(module.name() + BIAS);
        }
        for (Tensor tensor : floats.tensors()) {
            cancellation.check();
            QuantizedModule module = weights.get(tensor.name());
            if (module != null) {
                layout.add(writer, module);
            } else if (biases.contains(tensor.name()) && layout.biasType().isPresent()) {
                requireHalf(tensor);
                writer.add(tensor, layout.biasType().get());
            } else {
                CheckpointFolder.add(writer, tensor);
            }
        }
        return writer;
    }

    private static void requireHalf(Tensor bias) {
        for (float value : bias.toFloats()) {
            if (Float.isFinite(value) && Float.isInfinite(DType.F16.round(value))) {
                throw new UserException(
                        "%s holds %s, which is too large for F16, the type this format stores it in: use --format compressed-tensors or native"
                                .formatted(bias.name(), value));
            }
        }
    }

    private ExportReport verify(
            Path place, Path target, Progress progress, Cancellation cancellation) {
        Verification verification = new Verification(target, source, progress, cancellation);
        TunedCheckpoint tunedWeights = floats.with(modules, QuantizedModule::weight);
        try (Model again = Model.open(Checkpoints.open(place))) {
            WeightError error = verification.tensors(again.checkpoint(), expected(tunedWeights));
            LogitComparison logits = verification.logits(tunedWeights, again);
            return report(place, target, again, error, logits);
        }
    }

    private Map<String, Verification.Expected> expected(TunedCheckpoint tunedWeights) {
        TunedCheckpoint declared = floats.with(modules, layout::stored);
        Set<String> biases = new HashSet<>();
        if (layout.biasType().isPresent()) {
            modules.forEach(module -> biases.add(module.name() + BIAS));
        }
        Map<String, Verification.Expected> expected = new LinkedHashMap<>();
        for (Tensor tensor : declared.tensors()) {
            Tensor wanted =
                    biases.contains(tensor.name())
                            ? new RoundedTensor(tensor, layout.biasType().orElseThrow())
                            : tensor;
            expected.put(
                    tensor.name(),
                    new Verification.Expected(
                            wanted, 0, tunedWeights.find(tensor.name()).orElseThrow()));
        }
        return expected;
    }

    private ExportReport report(
            Path place, Path target, Model again, WeightError error, LogitComparison logits) {
        long quantizedWeights = 0;
        long quantizedBytes = 0;
        for (QuantizedModule module : modules) {
            Tensor tensor = again.checkpoint().find(module.name() + WEIGHT).orElseThrow();
            quantizedWeights += tensor.elements();
            quantizedBytes += tensor.bytes();
        }
        return new ExportReport(
                format,
                again.checkpoint().format(),
                target,
                ExportFiles.sizes(place),
                again.checkpoint().tensors().stream().mapToLong(Tensor::bytes).sum(),
                tuned.model().checkpoint().tensors().stream().mapToLong(Tensor::bytes).sum(),
                quantizedWeights,
                quantizedBytes,
                tuned.model().parameters(),
                error,
                logits,
                losses(),
                notes());
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (layout.biasType().isPresent()
                && modules.stream()
                        .map(module -> floats.find(module.name() + BIAS))
                        .flatMap(Optional::stream)
                        .anyMatch(bias -> !CheckpointFolder.isExact(bias, DType.F16))) {
            notes.add("biases of quantized linears are rounded to F16, as this layout has them");
        }
        if (format instanceof ExportFormat.CompressedTensors && modelType() == DType.BF16) {
            notes.add("scales are rounded to BF16, the model's own type, as this format has them");
        }
        tuned.model()
                .planting()
                .ifPresent(
                        planting ->
                                notes.add(
                                        "the model has planted outliers, as config.json says: %s"
                                                .formatted(Printable.of(planting.toJson()))));
        return notes;
    }
}
