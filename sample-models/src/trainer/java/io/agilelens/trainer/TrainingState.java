package io.agilelens.trainer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that a training run needs to go on after it was stopped.
 *
 * @param steps optimizer steps taken
 * @param tokens tokens seen
 * @param seconds wall time spent on them
 * @param weights the flat vector, see {@link WeightLayout}
 * @param firstMoment state of {@link AdamW}
 * @param secondMoment state of {@link AdamW}
 * @param history the losses so far
 */
record TrainingState(
        int steps,
        long tokens,
        double seconds,
        float[] weights,
        float[] firstMoment,
        float[] secondMoment,
        List<Progress> history) {

    /**
     * One point of the loss curve.
     *
     * @param step optimizer steps taken
     * @param tokens tokens seen
     * @param learningRate at this step
     * @param trainingLoss mean since the point before, nats per token
     * @param heldOutLoss on a fixed sample of held-out windows, nats per token
     */
    record Progress(
            int step, long tokens, double learningRate, double trainingLoss, double heldOutLoss) {
        private String write() {
            return "%d,%d,%s,%s,%s"
                    .formatted(step, tokens, learningRate, trainingLoss, heldOutLoss);
        }

        private static Progress read(String line) {
            String[] fields = line.split(",");
            return new Progress(
                    Integer.parseInt(fields[0]),
                    Long.parseLong(fields[1]),
                    Double.parseDouble(fields[2]),
                    Double.parseDouble(fields[3]),
                    Double.parseDouble(fields[4]));
        }
    }

    TrainingState {
        history = List.copyOf(history);
    }

    /** The state before the first step. */
    static TrainingState fresh(float[] weights) {
        return new TrainingState(
                0, 0, 0, weights, new float[weights.length], new float[weights.length], List.of());
    }

    void write(Path file) throws IOException {
        Map<String, Safetensors.Entry> tensors = new LinkedHashMap<>();
        List<Integer> shape = List.of(weights.length);
        tensors.put("weights", new Safetensors.Entry(shape, weights));
        tensors.put("first_moment", new Safetensors.Entry(shape, firstMoment));
        tensors.put("second_moment", new Safetensors.Entry(shape, secondMoment));
        List<String> lines = history.stream().map(Progress::write).toList();
        Safetensors.write(
                file,
                tensors,
                Safetensors.ElementType.F32,
                Map.of(
                        "steps", Integer.toString(steps),
                        "tokens", Long.toString(tokens),
                        "seconds", Double.toString(seconds),
                        "history", String.join("\n", lines)));
    }

    static TrainingState read(Path file) throws IOException {
        Safetensors.Contents contents = Safetensors.read(file);
        List<Progress> history = new ArrayList<>();
        contents.metadata().get("history").lines().map(Progress::read).forEach(history::add);
        return new TrainingState(
                Integer.parseInt(contents.metadata().get("steps")),
                Long.parseLong(contents.metadata().get("tokens")),
                Double.parseDouble(contents.metadata().get("seconds")),
                contents.tensors().get("weights").values(),
                contents.tensors().get("first_moment").values(),
                contents.tensors().get("second_moment").values(),
                history);
    }
}
