package io.agilelens.engine.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.kernel.KernelBenchmark.Shape;
import io.agilelens.engine.model.Model;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProductShapesTest {

    /** 32 wide, keys and values half as wide, 48 within the feed-forward network. */
    @Test
    void keysAndValuesOfGroupedHeadsAreAShapeOfTheirOwn(@TempDir Path folder) {
        TinyModels.write(folder, TinyModels.Dimensions.small());
        try (Model model = Model.open(ModelReference.parse(folder.toString()).open())) {
            assertEquals(
                    List.of(
                            new Shape(1, 32, 32),
                            new Shape(1, 16, 32),
                            new Shape(1, 48, 32),
                            new Shape(1, 32, 48),
                            new Shape(7, 32, 32),
                            new Shape(7, 16, 32),
                            new Shape(7, 48, 32),
                            new Shape(7, 32, 48)),
                    ProductShapes.of(model.config(), 1, 7));
        }
    }
}
