package io.agilelens.views.chart;

import java.util.function.Supplier;
import javafx.scene.layout.Region;

/**
 * A picture that can leave the window as PNG, SVG or CSV. What is shown is taken on the JavaFX
 * thread; documents are made of it on any other.
 */
public interface Exportable {
    /** What is on the screen. */
    Region node();

    /** A name for the file, without its ending. */
    String fileName();

    /**
     * Takes what is shown as a Scalable Vector Graphics document; on the JavaFX thread.
     *
     * @return makes the document, on any thread
     * @throws io.agilelens.engine.UserException if there is nothing to show
     */
    Supplier<String> svg();

    /**
     * Takes the numbers behind the picture, comma-separated, with a heading line; on the JavaFX
     * thread.
     *
     * @return makes the lines, on any thread
     * @throws io.agilelens.engine.UserException if there is nothing to show
     */
    CsvDocument csv();
}
