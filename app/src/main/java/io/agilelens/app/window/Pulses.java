package io.agilelens.app.window;

import javafx.animation.AnimationTimer;

/** Waits for JavaFX to draw. */
final class Pulses {
    /** One pulse lays out and hands over to the renderer; the next one waits for it. */
    private static final int COUNT = 2;

    private Pulses() {}

    /** Does something once what is shown now has been drawn; on the JavaFX thread. */
    static void afterDrawing(Runnable action) {
        new AnimationTimer() {
            private int pulses;

            @Override
            public void handle(long now) {
                // The first call comes before the pulse that draws.
                if (pulses++ == COUNT) {
                    stop();
                    action.run();
                }
            }
        }.start();
    }
}
