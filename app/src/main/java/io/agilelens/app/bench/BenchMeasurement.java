package io.agilelens.app.bench;

import io.agilelens.engine.UserException;
import io.agilelens.engine.kernel.Quartiles;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.SavedMeasurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Makes of a saved run of {@code bench} what a model's own measurements are set against. */
public final class BenchMeasurement {
    private BenchMeasurement() {}

    /**
     * @param name of the file, for a person to read
     * @throws UserException if the run is of a model of other shapes
     */
    public static SavedMeasurement of(BenchFile file, String name, OpenedModel opened) {
        List<SavedMeasurement.Product> products = new ArrayList<>();
        for (JsonNode row : file.rows("kernels")) {
            JsonNode shape = row.path("shape");
            products.add(
                    new SavedMeasurement.Product(
                            row.path("name").asString(),
                            shape.path(0).asInt(),
                            shape.path(1).asInt(),
                            shape.path(2).asInt(),
                            quartiles(row, "microseconds")));
        }
        requireShapes(file, products, opened);
        List<SavedMeasurement.Pass> passes = new ArrayList<>();
        for (String phase : List.of("prefill", "decode")) {
            for (JsonNode row : file.rows(phase)) {
                passes.add(
                        new SavedMeasurement.Pass(
                                row.path("name").asString("").toLowerCase(Locale.ROOT),
                                phase.equals("decode"),
                                row.path("prompt_tokens").asInt(),
                                quartiles(row, "tokens_per_second")));
            }
        }
        return new SavedMeasurement(name, words(file), products, passes);
    }

    private static Quartiles quartiles(JsonNode row, String key) {
        return new Quartiles(row.path(key).asDouble(), row.path("spread").asDouble());
    }

    /** Passes of different models are not to be compared, nor is a product with another one. */
    private static void requireShapes(
            BenchFile file, List<SavedMeasurement.Product> products, OpenedModel opened) {
        if (products.isEmpty()) {
            throw new UserException(
                    "%s has no products, by which it would be known to be of this model: save a run without --no-kernels"
                            .formatted(file.name()));
        }
        ModelConfig config = opened.config();
        for (LinearRole role : List.of(LinearRole.QUERY, LinearRole.UP, LinearRole.DOWN)) {
            int outputs = role.outputs(config);
            int inputs = role.inputs(config);
            if (products.stream().noneMatch(each -> each.n() == outputs && each.k() == inputs)) {
                throw new UserException(
                        "%s has no product of %d outputs and %d inputs, so it is of another model: give a run that bench --save wrote of %s"
                                .formatted(file.name(), outputs, inputs, opened.title()));
            }
        }
    }

    private static String words(BenchFile file) {
        JsonNode machine = file.machine();
        return Messages.text(
                "kernels.saved.words",
                file.json().path("model").asString("?"),
                machine.path("processor").asString("?"),
                Integer.toString(machine.path("simd_bits").asInt()),
                machine.path("threads").asInt());
    }
}
