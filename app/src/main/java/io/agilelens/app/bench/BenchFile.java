package io.agilelens.app.bench;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.JsonFiles;
import io.agilelens.engine.format.Printable;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A run of {@code bench} that was saved.
 *
 * @param name the file's, for messages
 * @param json the object that the command printed
 */
public record BenchFile(String name, JsonNode json) {
    private static final long LARGEST = 16 << 20;
    private static final List<String> PHASES = List.of("prefill", "decode");

    /**
     * @throws UserException if it cannot be read or is something else
     */
    public static BenchFile read(Path path) {
        BenchFile file = new BenchFile(Printable.of(path), JsonFiles.readObject(path, LARGEST));
        file.requirePositive(file.machine(), "machine", "fma_peak_gflops");
        file.requirePositive(file.machine(), "machine", "bandwidth_gb_per_s");
        for (String phase : PHASES) {
            for (JsonNode row : file.rows(phase)) {
                file.requireText(row, phase, "weights");
                file.requireText(row, phase, "activations");
                file.requirePositive(row, phase, "prompt_tokens");
                file.requirePositive(row, phase, "tokens_per_second");
                file.requireSpread(row, phase);
            }
        }
        for (JsonNode row : file.rows("kernels")) {
            file.requireText(row, "kernels", "name");
            file.requirePositive(row, "kernels", "microseconds");
            file.requireSpread(row, "kernels");
            file.requireShape(row.path("shape"));
        }
        return file;
    }

    /** Whether an object looks like a run of {@code bench}, be it whole or not. */
    public static boolean isMarked(JsonNode json) {
        return json.has("machine") && json.has("kernels");
    }

    /** The machine's part of the object. */
    public JsonNode machine() {
        return json.path("machine");
    }

    /** 10^9 multiply-adds a second, counted as two operations each. */
    public double peak() {
        return machine().path("fma_peak_gflops").asDouble();
    }

    /** 10^9 bytes a second. */
    public double bandwidth() {
        return machine().path("bandwidth_gb_per_s").asDouble();
    }

    /**
     * Inputs that share a scale of quantized weights, −1 for whole rows; 0 if there are no such
     * weights, or the run is from before it was told.
     */
    public int group() {
        for (JsonNode row : rows("prefill")) {
            int group = row.path("group").asInt(0);
            if (group != 0) {
                return group;
            }
        }
        return 0;
    }

    /** {@link #group()} in words. */
    public String groupWords() {
        return group() < 0 ? "whole rows" : "groups of %d".formatted(group());
    }

    /**
     * @param key such as {@code kernels}
     * @throws UserException if the file has no such list
     */
    public JsonNode rows(String key) {
        JsonNode rows = json.path(key);
        if (!rows.isArray()) {
            throw foreign("it has no list " + key);
        }
        return rows;
    }

    private void requirePositive(JsonNode node, String where, String key) {
        JsonNode value = node.path(key);
        if (!value.isNumber() || !(value.asDouble() > 0) || Double.isInfinite(value.asDouble())) {
            throw foreign("%s has no positive %s".formatted(where, key));
        }
    }

    private void requireSpread(JsonNode row, String where) {
        JsonNode spread = row.path("spread");
        if (!spread.isNumber()
                || !(spread.asDouble() >= 0)
                || Double.isInfinite(spread.asDouble())) {
            throw foreign("a row of %s has no spread of zero or more".formatted(where));
        }
    }

    private void requireShape(JsonNode shape) {
        boolean whole = shape.isArray() && shape.size() == 3;
        for (JsonNode side : shape) {
            whole &= side.isInt() && side.asInt() > 0;
        }
        if (!whole) {
            throw foreign("a row of kernels has no shape of three whole numbers");
        }
    }

    private void requireText(JsonNode node, String where, String key) {
        if (!node.path(key).isString()) {
            throw foreign("a row of %s has no %s".formatted(where, key));
        }
    }

    private UserException foreign(String what) {
        return new UserException(
                "%s is not a saved run of bench, %s: give a file that bench --save wrote"
                        .formatted(name, what));
    }
}
