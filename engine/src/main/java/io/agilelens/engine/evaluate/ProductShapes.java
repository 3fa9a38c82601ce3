package io.agilelens.engine.evaluate;

import io.agilelens.engine.kernel.KernelBenchmark;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.ModelConfig;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The products that a model consists of. */
public final class ProductShapes {
    private ProductShapes() {}

    /**
     * The linears of a decoder layer, keys and values of grouped heads included.
     *
     * @param tokens how many are multiplied at once; several counts one after the other
     * @return each shape once, in the order of the layer
     */
    public static List<KernelBenchmark.Shape> of(ModelConfig config, int... tokens) {
        Set<KernelBenchmark.Shape> shapes = new LinkedHashSet<>();
        for (int count : tokens) {
            for (LinearRole role : config.roles()) {
                shapes.add(
                        new KernelBenchmark.Shape(
                                count, role.outputs(config), role.inputs(config)));
            }
        }
        return List.copyOf(shapes);
    }
}
