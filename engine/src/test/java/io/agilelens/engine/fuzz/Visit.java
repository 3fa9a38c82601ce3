package io.agilelens.engine.fuzz;

import io.agilelens.engine.evaluate.TensorStatistics;
import io.agilelens.engine.evaluate.generate.EndTokens;
import io.agilelens.engine.export.NativeBundle;
import io.agilelens.engine.export.NativeBundleReader;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import io.agilelens.engine.tensor.Tensor;
import io.agilelens.engine.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;

/** Looks at everything that an opened file offers, as the program would, within bounds. */
public final class Visit {
    private static final int MOST_TENSORS = 64;
    private static final long MOST_ELEMENTS = 1 << 16;
    private static final long MOST_PARAMETERS = 1 << 20;
    private static final int MOST_LAYERS = 16;
    private static final String TEXT = "Hello, the world!  aaa <s> 123 ünï \uD83D\uDC69\n\n";

    private Visit() {}

    /** Opens whatever lies there the way the command line does. */
    public static void anything(Path path) {
        if (NativeBundle.isAt(path)) {
            bundle(path);
        } else {
            checkpoint(path);
            model(path);
        }
    }

    /** Opens a checkpoint and looks at its tensors. */
    public static void checkpoint(Path path) {
        try (Checkpoint checkpoint = Checkpoints.open(path)) {
            checkpoint.format();
            checkpoint.warnings().forEach(FuzzHarness::requireLine);
            EndTokens.of(checkpoint);
            tensors(checkpoint.tensors());
        }
    }

    /** Reads the ends of large tensors and all of small ones. */
    public static void tensors(List<Tensor> tensors) {
        for (Tensor tensor : tensors.subList(0, Math.min(MOST_TENSORS, tensors.size()))) {
            tensor.storage();
            tensor.bytes();
            long elements = tensor.elements();
            if (!tensor.isFloat() || elements == 0) {
                continue;
            }
            if (elements <= MOST_ELEMENTS) {
                TensorStatistics.of(tensor);
            } else {
                float[] some = new float[8];
                tensor.widen(0, some, 0, some.length);
                tensor.widen(elements - some.length, some, 0, some.length);
            }
        }
    }

    /** Opens a model, runs three tokens if it is small, and uses its tokenizer if it has one. */
    public static void model(Path path) {
        try (Model model = Model.open(Checkpoints.open(path))) {
            if (isSmall(model)) {
                Kernels kernels = KernelProvider.current().kernels();
                FloatNumerics numerics =
                        new FloatNumerics(
                                model,
                                kernels,
                                model.precision(),
                                Progress.NONE,
                                Cancellation.never());
                pass(new Decoder(model, kernels, numerics));
            }
        }
    }

    /** Opens a native bundle and runs it. */
    public static void bundle(Path path) {
        try (NativeBundleReader.Bundle bundle = NativeBundleReader.open(path)) {
            if (isSmall(bundle.model())) {
                pass(
                        bundle.run(
                                        KernelProvider.current().kernels(),
                                        WeightPrecision.FP32,
                                        Progress.NONE,
                                        Cancellation.never())
                                .decoder());
            }
        }
    }

    /** Opens whatever lies there and uses its tokenizer too. */
    public static void withTokenizer(Path path) {
        anything(path);
        tokenizer(path);
    }

    /** Loads the tokenizer and uses it. */
    public static void tokenizer(Path path) {
        try (Model model =
                NativeBundle.isAt(path)
                        ? NativeBundleReader.open(path).model()
                        : Model.open(Checkpoints.open(path))) {
            Tokenizer tokenizer = model.tokenizer();
            for (String text : List.of(TEXT, "", "x".repeat(300), " \n".repeat(50))) {
                tokenizer.decode(tokenizer.encode(text, true), true);
                tokenizer.decode(tokenizer.encodeLiterally(text), false);
            }
            tokenizer.decode(new int[] {0, 1, 255, 256, 257, 260, 1000}, false);
            tokenizer.piece(tokenizer.vocabularySize());
            tokenizer.startToken();
            tokenizer.kind();
        }
    }

    private static boolean isSmall(Model model) {
        return model.parameters() <= MOST_PARAMETERS && model.config().layers() <= MOST_LAYERS;
    }

    private static void pass(Decoder decoder) {
        int last = decoder.model().config().vocabularySize() - 1;
        Decoder.Pass pass =
                decoder.run(new int[] {0, last, Math.min(1, last)}, Cancellation.never());
        Matrix logits = decoder.logits(pass.hidden(), 0, pass.hidden().rows());
        if (logits.columns() != last + 1) {
            throw new AssertionError("logits of " + logits.columns() + " tokens");
        }
    }
}
