package io.agilelens.engine.hostile;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.DType;
import java.nio.file.Path;

/**
 * Runs passes over one model after another, as the window's live loop does, each until its file is
 * changed behind its back. Prints a line when a model runs and a line when it has failed, and ends
 * with status 1 as a command would.
 */
public final class PassLoop {
    static final String RUNNING = "running ";
    static final String FAILED = "failed ";

    /** Large enough that reading it takes longer than damaging it. */
    static final TinyModels.Dimensions DIMENSIONS =
            new TinyModels.Dimensions(8192, 64, 2, 4, 2, 128, 64, false, DType.F32, 5);

    private static final int[] TEXT = {1, 2, 3, 8000};

    private PassLoop() {}

    /**
     * @param arguments the folder with the models, how many there are
     */
    public static void main(String[] arguments) {
        int models = Integer.parseInt(arguments[1]);
        for (int number = 0; number < models; number++) {
            Path folder = Path.of(arguments[0]).resolve(name(number));
            try {
                if (number % 2 == 0) {
                    keepOpen(folder, number);
                } else {
                    openAgain(folder, number);
                }
            } catch (UserException refusal) {
                System.out.println(FAILED + number + " " + refusal.getMessage());
            }
        }
        System.exit(1);
    }

    static String name(int number) {
        return "model-" + number;
    }

    private static void keepOpen(Path folder, int number) {
        try (Model model = Model.open(Checkpoints.open(folder))) {
            pass(model);
            System.out.println(RUNNING + number);
            while (true) {
                pass(model);
            }
        }
    }

    private static void openAgain(Path folder, int number) {
        boolean told = false;
        while (true) {
            try (Model model = Model.open(Checkpoints.open(folder))) {
                pass(model);
            }
            if (!told) {
                System.out.println(RUNNING + number);
                told = true;
            }
        }
    }

    /** Packs all weights anew, so that every byte of the file is read each time. */
    private static void pass(Model model) {
        Decoder decoder = FloatDecoders.of(model);
        Decoder.Pass pass = decoder.run(TEXT, Cancellation.never());
        decoder.logits(pass.hidden(), 0, TEXT.length);
    }
}
