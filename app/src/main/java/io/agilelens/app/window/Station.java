package io.agilelens.app.window;

import java.util.function.Supplier;
import javafx.scene.Node;
import org.kordamp.ikonli.Ikon;

/**
 * One of the places a person works at.
 *
 * @param id a stable name, such as {@code outliers}
 * @param title what the list calls it
 * @param help what one does there, in a sentence
 * @param icon stands before the title
 * @param factory makes what the middle shows; called once, when the station is first opened or
 *     before
 */
public record Station(
        String id, String title, String help, Ikon icon, Supplier<? extends Node> factory) {}
