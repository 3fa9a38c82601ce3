package io.agilelens.engine.calibrate;

import io.agilelens.engine.UserException;
import java.util.List;

/**
 * The windows of token ids that parameters are fitted on. Each window is a sequence on its own.
 *
 * @param source where the text came from, for a person to read
 * @param windows at least one; each with at least one token; read only
 */
public record Calibration(String source, List<int[]> windows) {

    public Calibration {
        windows = List.copyOf(windows);
        if (windows.isEmpty()) {
            throw new UserException(
                    "%s: the calibration text fills no window: give a longer text or a shorter window"
                            .formatted(source));
        }
    }
}
