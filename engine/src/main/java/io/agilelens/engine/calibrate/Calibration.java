package io.agilelens.engine.calibrate;

import io.agilelens.engine.UserException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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

    /** SHA-256 over all windows: each one's length and ids as little-endian 32-bit integers. */
    public String sha256() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (int[] window : windows) {
                ByteBuffer bytes =
                        ByteBuffer.allocate(Integer.BYTES * (window.length + 1))
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putInt(window.length);
                for (int id : window) {
                    bytes.putInt(id);
                }
                digest.update(bytes.array());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
