package io.agilelens.app.live;

import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.WeightPlacement;
import io.agilelens.views.workbench.OpenedModel;

/**
 * How much memory the live loop may take for where passes stood, so that a changed recipe starts in
 * front of its first changed layer: a small part of the heap, nothing where the model itself has
 * not enough room.
 */
final class LiveMemory {
    private static final int SHARE = 32;

    /** Windows looked at one by one: the pictures of both models, and the beginnings. */
    private static final int SINGLE_WINDOWS = 4;

    private LiveMemory() {}

    /** For the passes over all windows of a text. */
    static long windows(WeightPlacement placement, ModelConfig config) {
        return placement.isStreamed(config) ? 0 : Runtime.getRuntime().maxMemory() / SHARE;
    }

    static long windows(OpenedModel opened) {
        return windows(opened.memory().placement(), opened.config());
    }

    /** For the passes over one window. */
    static long window(OpenedModel opened) {
        return windows(opened) / SINGLE_WINDOWS;
    }
}
