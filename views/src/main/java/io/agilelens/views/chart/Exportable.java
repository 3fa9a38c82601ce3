package io.agilelens.views.chart;

import javafx.scene.layout.Region;

/** A picture that can leave the window as PNG, SVG or CSV. */
public interface Exportable {
    /** What is on the screen. */
    Region node();

    /** A name for the file, without its ending. */
    String fileName();

    /**
     * @return the picture as a Scalable Vector Graphics document
     * @throws io.agilelens.engine.UserException if there is nothing to show
     */
    String toSvg();

    /**
     * @return the numbers behind the picture, comma-separated, with a heading line
     * @throws io.agilelens.engine.UserException if there is nothing to show
     */
    String toCsv();
}
