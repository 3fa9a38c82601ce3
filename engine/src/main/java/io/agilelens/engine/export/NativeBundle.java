package io.agilelens.engine.export;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.HuggingFaceFolder;
import io.agilelens.engine.format.ModelFolder;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TensorNames;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.quant.ActivationQuantizer;
import io.agilelens.engine.quant.ChannelwiseQuantizer;
import io.agilelens.engine.quant.QuantizationPlan;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.quant.TokenwiseQuantizer;
import io.agilelens.engine.quant.TripQuantizer;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.Matrix;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a tuned model as a folder that holds everything it needs to give the same numbers again:
 * packed weights, the parameters of every quantizer, the recipe and the tokenizer. {@code
 * docs/native-bundle.md} describes it to the bit; {@link NativeBundleReader} opens it.
 *
 * <p>The folder is written beside its place, read again, compared with the model in memory logit by
 * logit, and only then moved.
 */
public final class NativeBundle {
    private static final List<String> COPIED =
            List.of(
                    "tokenizer.json",
                    "tokenizer.model",
                    "tokenizer_config.json",
                    "special_tokens_map.json",
                    "generation_config.json",
                    "chat_template.jinja");

    private final TunedModel tuned;
    private final Checkpoint source;
    private final TensorNames names;
    private final Calibration calibration;
    private final WeightPrecision precision;

    private NativeBundle(ExportSource source) {
        this.tuned = source.tuned();
        this.source = tuned.model().checkpoint();
        this.names = tuned.model().config().architecture().names();
        this.calibration = source.calibration();
        this.precision = source.precision();
    }

    /** Whether a folder is a native bundle. */
    public static boolean isAt(Path folder) {
        AtomicFiles.recover(folder);
        return Files.isRegularFile(folder.resolve(BundleLayout.MANIFEST));
    }

    /**
     * @throws UserException if the target exists and may not be replaced, cannot be written, or
     *     does not give the same logits when it is read again
     */
    static ExportReport write(
            ExportSource source,
            Path target,
            boolean replace,
            Progress progress,
            Cancellation cancellation) {
        if (replace) {
            ModelFolder.requireReplaceable(
                    target, Optional.of(source.tuned().model().checkpoint().source()));
        }
        NativeBundle bundle = new NativeBundle(source);
        AtomicFiles.writeFolder(
                target,
                replace,
                place -> {
                    bundle.writeTo(place, cancellation, progress);
                    progress.report("verifying", 0, 1);
                    bundle.verify(place, target, source.text(), cancellation);
                });
        return bundle.report(target, source.text().length);
    }

    private void writeTo(Path place, Cancellation cancellation, Progress progress)
            throws IOException {
        for (String name : COPIED) {
            Path file = source.source().resolve(name);
            if (Files.isRegularFile(file)) {
                Files.copy(file, place.resolve(name));
            }
        }
        if (!Files.isDirectory(source.source())) {
            CheckpointFolder.writeTokenizer(source, place);
        }
        ObjectNode config = (ObjectNode) source.config().deepCopy();
        config.putObject(BundleLayout.QUANTIZATION_CONFIG)
                .put("quant_method", BundleLayout.FORMAT)
                .put("version", BundleManifest.version(tuned.plan()));
        Files.writeString(place.resolve(HuggingFaceFolder.CONFIG), config.toPrettyString());
        Files.writeString(place.resolve(BundleLayout.RECIPE), RecipeJson.write(tuned.recipe()));
        Files.writeString(
                place.resolve(BundleLayout.MANIFEST),
                BundleManifest.of(
                                tuned.plan(),
                                tuned.model().config().tiedHead(),
                                names,
                                source,
                                calibration)
                        .toPrettyString());
        cancellation.check();
        tensors().write(place.resolve(HuggingFaceFolder.WEIGHTS), progress, cancellation);
        cancellation.check();
    }

    private SafetensorsWriter tensors() {
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", BundleLayout.FORMAT);
        Set<String> quantized = new HashSet<>();
        Set<String> stillRead = new HashSet<>();
        for (int layer = 0; layer < tuned.plan().layers().size(); layer++) {
            QuantizationPlan.Layer plan = tuned.plan().layers().get(layer);
            for (LinearRole role : tuned.model().config().roles()) {
                QuantizedWeight weight = plan.weights().get(role);
                String stored = tuned.model().weights().linear(layer, role).storedIn();
                if (weight == null) {
                    stillRead.add(stored);
                } else {
                    quantized.add(stored);
                    addWeight(writer, names.of(layer, role), weight);
                }
            }
            for (Map.Entry<Site, ActivationQuantizer> site :
                    new TreeMap<>(plan.activations()).entrySet()) {
                String name = BundleLayout.site(names, layer, site.getKey());
                addActivation(writer, name, site.getValue());
                ActivationQuantizer marked = plan.markedActivations().get(site.getKey());
                if (marked != null) {
                    addActivation(writer, name + BundleLayout.MARKED, marked);
                }
            }
        }
        if (tuned.plan().head().isPresent()) {
            addWeight(writer, TensorNames.HEAD, tuned.plan().head().get());
            if (!tuned.model().config().tiedHead()) {
                quantized.add(tuned.model().weights().head().storedIn());
            }
        }
        quantized.removeAll(stillRead);
        for (Tensor tensor : source.tensors()) {
            if (!quantized.contains(tensor.name())) {
                writer.add(tensor);
            }
        }
        return writer;
    }

    private static void addWeight(SafetensorsWriter writer, String name, QuantizedWeight weight) {
        int outputs = weight.outputs();
        int rowBytes = CodePacking.rowBytes(weight.inputs(), weight.bits());
        writer.add(
                name + BundleLayout.CODES,
                DType.U8,
                new long[] {outputs, rowBytes},
                channel ->
                        write(
                                channel,
                                CodePacking.pack(
                                        weight.codes(), outputs, weight.inputs(), weight.bits())));
        writer.add(
                name + BundleLayout.SCALES,
                DType.F32,
                new long[] {outputs, weight.groups()},
                weight.scales());
        byte[] zeros = new byte[weight.zeros().length];
        for (int i = 0; i < zeros.length; i++) {
            zeros[i] = (byte) weight.zeros()[i];
        }
        writer.add(
                name + BundleLayout.ZEROS,
                DType.U8,
                new long[] {outputs, weight.groups()},
                channel -> write(channel, zeros));
        if (weight.hasContiguousGroups()) {
            addIntegers(writer, name + BundleLayout.GROUPS, weight.groupStarts());
        } else {
            addIntegers(writer, name + BundleLayout.GROUP_INDEX, weight.groupOf());
        }
    }

    /** Numbers that say which inputs form a group. */
    private static int indexLength(QuantizedWeight weight) {
        return weight.hasContiguousGroups() ? weight.groups() + 1 : weight.inputs();
    }

    private static void addActivation(
            SafetensorsWriter writer, String name, ActivationQuantizer quantizer) {
        switch (quantizer) {
            case TripQuantizer trip -> {
                writer.add(
                        name + BundleLayout.SCALES,
                        DType.F32,
                        new long[] {1},
                        new float[] {trip.base()});
                addIntegers(writer, name + BundleLayout.ZEROS, new int[] {trip.zero()});
                addIntegers(writer, name + BundleLayout.EXPONENTS, trip.exponents());
            }
            case ChannelwiseQuantizer uniform -> {
                int count = uniform.parameters().size();
                float[] scales = new float[count];
                int[] zeros = new int[count];
                for (int i = 0; i < count; i++) {
                    scales[i] = uniform.parameters().get(i).scale();
                    zeros[i] = uniform.parameters().get(i).zero();
                }
                writer.add(name + BundleLayout.SCALES, DType.F32, new long[] {count}, scales);
                addIntegers(writer, name + BundleLayout.ZEROS, zeros);
            }
            case TokenwiseQuantizer tokenwise -> {
                // Its scales are found while running.
                if (tokenwise.exponents().length > 0) {
                    addIntegers(writer, name + BundleLayout.EXPONENTS, tokenwise.exponents());
                }
            }
        }
    }

    private static void addIntegers(SafetensorsWriter writer, String name, int[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            bytes.putInt(value);
        }
        writer.add(
                name,
                DType.I32,
                new long[] {values.length},
                channel -> write(channel, bytes.array()));
    }

    private static void write(WritableByteChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private void verify(Path place, Path target, int[] text, Cancellation cancellation) {
        Kernels kernels = tuned.kernels();
        TokenPruner pruner = tuned.recipe().pruning().pruner();
        try (NativeBundleReader.Bundle bundle = NativeBundleReader.open(place)) {
            TunedModel again = bundle.run(kernels, precision, Progress.NONE, cancellation);
            if (!Arrays.equals(
                    logits(tuned.decoder(), pruner, text, cancellation),
                    logits(again.decoder(), pruner, text, cancellation))) {
                throw new UserException(
                        "%s was not written: read again, the bundle gives other logits than the tuned model; this is a fault of the program, please report it with the recipe"
                                .formatted(Printable.of(target)));
            }
        }
    }

    private static float[] logits(
            Decoder decoder, TokenPruner pruner, int[] text, Cancellation cancellation) {
        Decoder.Pass pass = decoder.run(text, null, pruner, Probe.NONE, cancellation);
        Matrix logits = decoder.logits(pass.hidden(), 0, pass.hidden().rows());
        return logits.data();
    }

    private ExportReport report(Path target, int verifiedTokens) {
        long quantizedWeights = 0;
        long quantizedBytes = 0;
        List<QuantizedWeight> weights = new ArrayList<>();
        tuned.plan().layers().forEach(layer -> weights.addAll(layer.weights().values()));
        tuned.plan().head().ifPresent(weights::add);
        for (QuantizedWeight weight : weights) {
            quantizedWeights += (long) weight.outputs() * weight.inputs();
            quantizedBytes +=
                    (long) weight.outputs() * CodePacking.rowBytes(weight.inputs(), weight.bits())
                            + 5L * weight.scales().length
                            + 4L * indexLength(weight);
        }
        long sourceBytes = source.tensors().stream().mapToLong(Tensor::bytes).sum();
        long weightBytes;
        try (var file =
                io.agilelens.engine.format.SafetensorsFile.open(
                        target.resolve(HuggingFaceFolder.WEIGHTS))) {
            weightBytes = file.tensors().stream().mapToLong(Tensor::bytes).sum();
        }
        return new ExportReport(
                new ExportFormat.Native(),
                "native bundle",
                target,
                ExportFiles.sizes(target),
                weightBytes,
                sourceBytes,
                quantizedWeights,
                quantizedBytes,
                tuned.model().parameters(),
                ExportReport.WeightError.NONE,
                new ExportReport.LogitComparison(verifiedTokens, 0, 0),
                List.of(),
                List.of());
    }
}
